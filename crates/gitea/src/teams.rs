//! The teams of organisations: a request for each fifty teams, and one for each team's people.

use std::sync::Arc;

use fleetwright_core::team::{Member, Team};
use fleetwright_forge::http::{About, encoded};
use fleetwright_forge::team::{MAX_MEMBERS, MAX_TEAMS, bounded, refused};
use fleetwright_forge::{ForgeError, OrgTeams, bulk};

use crate::Inner;
use crate::wire::{OrgTeam, TeamMember, User};

/// How many entries a page has: Gitea's most, unless its administrator says otherwise.
const PAGE: usize = 50;

/// What a token needs (routers/api/v1/api.go: "reqOrgMembership", "tokenRequiresScopes").
const NEEDS: &str =
    "the token needs the scope `read:organization`, and its user has to be a member of the organisation";

impl Inner {
    /// The teams of each organisation in scope.
    pub(crate) async fn teams(self: &Arc<Self>) -> Vec<OrgTeams> {
        let mut all = Vec::with_capacity(self.owners.len());
        for owner in &self.owners {
            let told = self.teams_of(owner).await;
            all.push((owner.clone(), told.map_err(|error| lacking(owner, error))));
        }
        all
    }

    async fn teams_of(self: &Arc<Self>, owner: &str) -> Result<Vec<Team>, ForgeError> {
        let what = format!("the teams of {owner}");
        let about = About { repo: "", what: &what };
        let org = format!("/orgs/{}", encoded(owner));
        let path = format!("{org}/teams?limit={PAGE}");
        let mut teams: Vec<OrgTeam> = match self.rest.pages(about, &path, MAX_TEAMS / PAGE + 1).await {
            // A person has no teams, and is no organisation.
            Err(ForgeError::NotFound { .. }) if self.rest.find::<User>(about, &org).await?.is_none() => {
                return Ok(Vec::new());
            }
            told => told?,
        };
        bounded(owner, teams.len())?;
        teams.sort_by(|a, b| a.name.cmp(&b.name));
        let ids = teams.iter().map(|team| team.id).collect();
        let told = bulk::each(ids, bulk::AT_ONCE, |id| Arc::clone(self).people(id)).await;
        let mut all = Vec::with_capacity(teams.len());
        for (team, members) in teams.into_iter().zip(told) {
            all.push(Team {
                path: format!("{owner}/{}", team.name),
                slug: team.name.clone(),
                name: team.name,
                description: team.description,
                members: members?,
                ..Team::default()
            });
        }
        Ok(all)
    }

    async fn people(self: Arc<Self>, team: u64) -> Result<Vec<Member>, ForgeError> {
        let about = About { repo: "", what: "the members of a team" };
        let path = format!("/teams/{team}/members?limit={PAGE}");
        let all: Vec<TeamMember> = self.rest.pages(about, &path, MAX_MEMBERS / PAGE).await?;
        Ok(all.into_iter().map(member).collect())
    }
}

fn lacking(owner: &str, error: ForgeError) -> ForgeError {
    match error {
        ForgeError::NotFound { .. } => refused(owner, NEEDS),
        ForgeError::Refused { why, .. } | ForgeError::Access { why, .. } => {
            refused(owner, &format!("{NEEDS} ({why})"))
        }
        other => other,
    }
}

fn member(member: TeamMember) -> Member {
    // The default of NO_REPLY_ADDRESS in app.ini is `noreply.` before the server's name.
    let hidden = member.email.split_once('@').is_none_or(|(_, host)| host.starts_with("noreply."));
    Member {
        login: member.login,
        name: member.full_name,
        email: if hidden { String::new() } else { member.email },
        picture: member.avatar_url,
    }
}
