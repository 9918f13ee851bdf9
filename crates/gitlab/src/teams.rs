//! The groups below the groups in scope, as teams: a request for each hundred groups, and one for each group's
//! people.

use std::collections::BTreeMap;
use std::sync::Arc;

use fleetwright_core::team::{Member, Team};
use fleetwright_forge::http::{About, encoded};
use fleetwright_forge::team::{MAX_MEMBERS, MAX_TEAMS, bounded, refused};
use fleetwright_forge::{ForgeError, OrgTeams, bulk};

use crate::Inner;
use crate::wire::{Group, GroupMember};

/// How many entries a page has: GitLab's most.
const PAGE: usize = 100;

/// What a token needs (docs.gitlab.com/api/groups and /api/members).
const NEEDS: &str =
    "the token needs the scope `read_api` or `api`, and its user has to be a member of the group";

impl Inner {
    /// The groups below each group in scope.
    pub(crate) async fn teams(self: &Arc<Self>) -> Vec<OrgTeams> {
        let mut all = Vec::with_capacity(self.groups.len());
        for group in &self.groups {
            let told = self.below(group).await;
            all.push((group.clone(), told.map_err(|error| lacking(group, error))));
        }
        all
    }

    async fn below(self: &Arc<Self>, top: &str) -> Result<Vec<Team>, ForgeError> {
        let what = format!("the groups below {top}");
        let path = format!("/groups/{}/descendant_groups?per_page={PAGE}", encoded(top));
        let about = About { repo: "", what: &what };
        let mut groups: Vec<Group> = self.rest.pages(about, &path, MAX_TEAMS / PAGE + 1).await?;
        bounded(top, groups.len())?;
        groups.sort_by(|a, b| a.full_path.cmp(&b.full_path));
        let paths: BTreeMap<u64, String> =
            groups.iter().map(|group| (group.id, group.full_path.clone())).collect();
        let ids = groups.iter().map(|group| group.id).collect();
        let told = bulk::each(ids, bulk::AT_ONCE, |id| Arc::clone(self).people(id)).await;
        let mut teams = Vec::with_capacity(groups.len());
        for (group, members) in groups.into_iter().zip(told) {
            let parent = group.parent_id.and_then(|id| paths.get(&id).cloned());
            teams.push(team(top, (group, parent), members?));
        }
        Ok(teams)
    }

    /// Who is directly in a group and may use the server.
    async fn people(self: Arc<Self>, group: u64) -> Result<Vec<Member>, ForgeError> {
        let about = About { repo: "", what: "the members of a group" };
        let path = format!("/groups/{group}/members?per_page={PAGE}");
        let all: Vec<GroupMember> = self.rest.pages(about, &path, MAX_MEMBERS / PAGE).await?;
        Ok(all.into_iter().filter(|member| member.state == "active").map(member).collect())
    }
}

fn lacking(group: &str, error: ForgeError) -> ForgeError {
    match error {
        ForgeError::NotFound { .. } => refused(group, NEEDS),
        ForgeError::Refused { why, .. } | ForgeError::Access { why, .. } => {
            refused(group, &format!("{NEEDS} ({why})"))
        }
        other => other,
    }
}

fn team(top: &str, (group, parent): (Group, Option<String>), members: Vec<Member>) -> Team {
    let path = group.full_path;
    let below = path.get(top.len()..).and_then(|rest| rest.strip_prefix('/')).unwrap_or(&path);
    Team {
        slug: below.replace('/', "-"),
        name: group.name,
        description: group.description.unwrap_or_default(),
        parent,
        picture: group.avatar_url.unwrap_or_default(),
        members,
        path,
    }
}

fn member(member: GroupMember) -> Member {
    let email = member.email.filter(|email| !email.is_empty()).or(member.public_email);
    Member {
        login: member.username,
        name: member.name,
        email: email.unwrap_or_default(),
        picture: member.avatar_url.unwrap_or_default(),
    }
}
