//! The teams of organisations, and who is in them.
//!
//! GraphQL tells a hundred teams with a hundred people each for one point; larger teams take a page more
//! for each hundred. Plain REST takes one request a team, and tells neither names nor addresses of people.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_core::team::{Member, Team};
use fleetwright_forge::http::Permission;
use fleetwright_forge::team::{MAX_MEMBERS, MAX_TEAMS, bounded, refused};
use fleetwright_forge::{ForgeError, OrgTeams};
use serde_json::Value;

use crate::api::PAGE;
use crate::fault::Deed;
use crate::graph::{Answered, Trouble, quote};
use crate::hub::Hub;
use crate::value::{escape, is, list, string, text, there};

/// What a token needs (docs.github.com, "Scopes for OAuth apps" and "Permissions required for GitHub Apps").
const NEEDS: &str = "the token needs the scope `read:org`, an App the organisation permission `members: read`, \
    and its owner has to be a member of the organisation";

/// How often in a row a query may be too much before the forge is down.
const PATIENCE: usize = 8;

const WHAT: &str = "read the teams";

/// The teams of each organisation in scope.
pub(crate) async fn teams(hub: &Hub) -> Vec<OrgTeams> {
    let mut all = Vec::with_capacity(hub.settings.orgs.len());
    for org in &hub.settings.orgs {
        let told = if hub.rest_only() { by_rest(hub, org).await } else { by_graph(hub, org).await };
        all.push((org.clone(), told.map_err(|error| lacking(org, error))));
    }
    all
}

/// A refusal with what to change.
fn lacking(org: &str, error: ForgeError) -> ForgeError {
    match error {
        ForgeError::NotFound { .. } => refused(org, NEEDS),
        ForgeError::Refused { why, .. } | ForgeError::Access { why, .. } => {
            refused(org, &format!("{NEEDS} ({why})"))
        }
        other => other,
    }
}

/// An organisation being asked by GraphQL.
struct Asked<'a> {
    hub: &'a Hub,
    org: &'a str,
    /// Whether addresses of e-mail are asked for: a token without the scope for them gets no answer at all.
    email: bool,
}

async fn by_graph(hub: &Hub, org: &str) -> Result<Vec<Team>, ForgeError> {
    let mut asked = Asked { hub, org, email: true };
    let (mut teams, mut after) = (Vec::new(), String::from("null"));
    loop {
        let page = asked.page(&after).await?;
        let before = teams.len();
        for node in list(&page, "/nodes") {
            let mut team = asked.team(node);
            if is(node, "/members/pageInfo/hasNextPage") {
                let from = quote(&string(node, "/members/pageInfo/endCursor"));
                team.members.extend(asked.members(node, from).await?);
            }
            teams.push(team);
        }
        bounded(org, teams.len())?;
        // A page with nothing on it is the last, whatever it says.
        if !is(&page, "/pageInfo/hasNextPage") || teams.len() == before {
            return Ok(teams);
        }
        after = quote(&string(&page, "/pageInfo/endCursor"));
    }
}

impl Asked<'_> {
    /// One page of teams; nothing for a person, who has none.
    async fn page(&mut self, after: &str) -> Result<Value, ForgeError> {
        let mut refusals = 0;
        loop {
            let size = self.hub.teams.size();
            let select = format!(
                "teams(first: {size}, after: {after}) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ slug \
                 combinedSlug name description avatarUrl parentTeam {{ slug }} {} }} }}",
                self.people("null")
            );
            match self.ask(&select).await {
                Ok(mut answer) => {
                    self.hub.teams.answered();
                    let teams = answer.pointer_mut("/repositoryOwner/teams").map(Value::take);
                    return Ok(teams.unwrap_or_default());
                }
                Err(Trouble::TooMuch(_)) if refusals < PATIENCE => {
                    refusals += 1;
                    self.hub.teams.refused(size);
                }
                Err(Trouble::TooMuch(why)) => return Err(ForgeError::unknown(why)),
                Err(Trouble::Lacks) => {}
                Err(Trouble::Fault(ForgeError::Access { why, .. }))
                    if self.email && why.contains("'email'") =>
                {
                    self.email = false;
                }
                Err(Trouble::Fault(error)) => return Err(error),
            }
        }
    }

    /// The rest of a large team's people.
    async fn members(&self, team: &Value, from: String) -> Result<Vec<Member>, ForgeError> {
        let (mut all, mut after) = (Vec::new(), from);
        for _ in 0..MAX_MEMBERS / PAGE {
            let select =
                format!("team(slug: {}) {{ {} }}", quote(&string(team, "/slug")), self.people(&after));
            let answer = self.ask(&select).await.map_err(|trouble| match trouble {
                Trouble::Fault(error) => error,
                Trouble::TooMuch(why) => ForgeError::unknown(why),
                Trouble::Lacks => ForgeError::unknown("the server does not know a field"),
            })?;
            let page = answer.pointer("/repositoryOwner/team/members").unwrap_or(&Value::Null);
            all.extend(list(page, "/nodes").map(graph_member));
            if !is(page, "/pageInfo/hasNextPage") {
                break;
            }
            after = quote(&string(page, "/pageInfo/endCursor"));
        }
        Ok(all)
    }

    async fn ask(&self, select: &str) -> Result<Value, Trouble> {
        let about = format!("{}/", self.org);
        let deed = Deed { repo: &about, what: WHAT };
        let query = format!(
            "query {{ repositoryOwner(login: {}) {{ login ... on Organization {{ {select} }} }} }}",
            quote(self.org)
        );
        let answered = self.hub.graph.query_as(deed, Permission::Members, &query).await?;
        self.whole(answered).map_err(Trouble::Fault)
    }

    /// An answer without gaps: half of the people of a team are not the team. An address that is not told
    /// is no gap.
    fn whole(&self, answered: Answered) -> Result<Value, ForgeError> {
        if let Some(fault) = answered.faults.iter().find(|fault| !fault.path.ends_with(".email")) {
            return Err(match fault.kind.as_str() {
                "NOT_FOUND" | "FORBIDDEN" | "INSUFFICIENT_SCOPES" => refused(self.org, &fault.message),
                _ => ForgeError::unknown(&fault.message),
            });
        }
        match there(&answered.data, "/repositoryOwner") {
            true => Ok(answered.data),
            false => Err(ForgeError::NotFound { what: format!("the owner {}", self.org) }),
        }
    }

    fn people(&self, after: &str) -> String {
        let email = if self.email { " email" } else { "" };
        format!(
            "members(first: {PAGE}, after: {after}, membership: IMMEDIATE) {{ pageInfo {{ hasNextPage endCursor }} \
             nodes {{ login name avatarUrl{email} }} }}"
        )
    }

    fn team(&self, node: &Value) -> Team {
        // The organisation's own letters: the configuration may write others.
        let (slug, whole) = (string(node, "/slug"), string(node, "/combinedSlug"));
        let org = whole.split_once('/').map_or(self.org, |(org, _)| org);
        Team {
            path: format!("{org}/{slug}"),
            slug,
            name: string(node, "/name"),
            description: string(node, "/description"),
            parent: text(node, "/parentTeam/slug").map(|parent| format!("{org}/{parent}")),
            picture: string(node, "/avatarUrl"),
            members: list(node, "/members/nodes").map(graph_member).collect(),
        }
    }
}

fn graph_member(node: &Value) -> Member {
    Member {
        login: string(node, "/login"),
        name: string(node, "/name"),
        email: string(node, "/email"),
        picture: string(node, "/avatarUrl"),
    }
}

async fn by_rest(hub: &Hub, org: &str) -> Result<Vec<Team>, ForgeError> {
    let about = format!("{org}/");
    let as_whom = (Deed { repo: &about, what: WHAT }, Permission::Members);
    let path = format!("/orgs/{}/teams", escape(org));
    let nodes = match hub.api.list_as(as_whom, &path, "", MAX_TEAMS / PAGE).await {
        Err(ForgeError::NotFound { .. }) if is_person(hub, org).await => return Ok(Vec::new()),
        told => told?,
    };
    let mut teams = Vec::with_capacity(nodes.len());
    for node in &nodes {
        let slug = string(node, "/slug");
        let path = format!("{path}/{}/members", escape(&slug));
        let members = hub.api.list_as(as_whom, &path, "", MAX_MEMBERS / PAGE).await?;
        teams.push(Team {
            path: format!("{org}/{slug}"),
            slug,
            name: string(node, "/name"),
            description: string(node, "/description"),
            parent: text(node, "/parent/slug").map(|parent| format!("{org}/{parent}")),
            picture: String::new(),
            members: members.iter().map(rest_member).collect(),
        });
    }
    without_inherited(&mut teams);
    Ok(teams)
}

/// Whether an owner is a person, who has no teams.
async fn is_person(hub: &Hub, owner: &str) -> bool {
    let about = format!("{owner}/");
    let deed = Deed { repo: &about, what: "ask what the owner is" };
    let said = hub.api.look_for(deed, &format!("/users/{}", escape(owner))).await;
    said.ok().flatten().is_some_and(|said| text(&said, "/type") == Some("User"))
}

fn rest_member(node: &Value) -> Member {
    Member { login: string(node, "/login"), picture: string(node, "/avatar_url"), ..Member::default() }
}

/// Takes out of each team who is in a team below it: REST tells them too, and does not say which they are.
fn without_inherited(teams: &mut [Team]) {
    let parents: BTreeMap<String, String> =
        teams.iter().filter_map(|team| Some((team.path.clone(), team.parent.clone()?))).collect();
    let mut below: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for team in teams.iter() {
        let (mut at, mut above) = (team.path.as_str(), BTreeSet::new());
        while let Some(parent) = parents.get(at).filter(|parent| above.insert(parent.as_str())) {
            let people = team.members.iter().map(|member| member.login.clone());
            below.entry(parent.clone()).or_default().extend(people);
            at = parent;
        }
    }
    for team in teams {
        if let Some(inherited) = below.get(&team.path) {
            team.members.retain(|member| !inherited.contains(&member.login));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn team(path: &str, parent: Option<&str>, logins: &[&str]) -> Team {
        let member = |login: &&str| Member { login: (*login).to_owned(), ..Member::default() };
        let members = logins.iter().map(member).collect();
        Team { path: path.to_owned(), parent: parent.map(str::to_owned), members, ..Team::default() }
    }

    #[test]
    fn who_is_in_a_team_below_is_not_in_the_one_above() {
        let mut teams = vec![
            team("a/top", None, &["ann", "bob", "cid"]),
            team("a/mid", Some("a/top"), &["bob", "cid"]),
            team("a/low", Some("a/mid"), &["cid"]),
            // Two that claim to be above each other end the walk.
            team("a/x", Some("a/y"), &["dan"]),
            team("a/y", Some("a/x"), &["eve"]),
        ];
        without_inherited(&mut teams);
        let left: Vec<Vec<&str>> = teams
            .iter()
            .map(|team| team.members.iter().map(|member| member.login.as_str()).collect())
            .collect();
        assert_eq!(left[..3], [vec!["ann"], vec!["bob"], vec!["cid"]]);
    }
}
