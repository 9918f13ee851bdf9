//! Teams, and who is in them.

use super::connection::page;
use super::record::actor;
use super::thing::{Answered, Thing, fault, leaf, maybe};
use crate::github::shape::node::node;
use crate::graphql::run::{Fault, Given, Got};
use crate::model::account::TokenKind;
use crate::model::team::Team;
use crate::world::{Access, Refusal, State};

/// `teams` and `team` of an organisation.
pub(super) fn of_org(
    state: &State,
    access: &Access,
    (org, field): (&str, &str),
    given: &Given<'_>,
) -> Answered {
    let teams = state.teams_of(access, org).map_err(|refusal| lacking(access, &refusal, field))?;
    if field == "teams" {
        return page("TeamConnection", teams.into_iter().map(|team| Thing::Team(team.id)).collect(), given);
    }
    let slug = given.text("slug").unwrap_or_default();
    maybe(teams.into_iter().find(|team| team.slug == slug).map(|team| Thing::Team(team.id)))
}

/// docs.github.com, "Scopes for OAuth apps": a token of the old kind is told which scope it lacks.
fn lacking(access: &Access, refusal: &Refusal, field: &str) -> Fault {
    match (refusal, access.credential.kind) {
        (Refusal::Forbidden(_), TokenKind::Personal) => {
            let message = format!(
                "Your token has not been granted the required scopes to execute this query. The '{field}' field \
                 requires one of the following scopes: ['read:org'], but your token has only been granted the: \
                 ['repo'] scopes."
            );
            Fault::Refused { kind: "INSUFFICIENT_SCOPES", message }
        }
        _ => fault(refusal),
    }
}

/// A field of a team.
pub(super) fn team(state: &State, (id, field): (u64, &str), given: &Given<'_>) -> Answered {
    let found = state.teams.iter().find(|team| team.id == id);
    let Some(team) = found else { return Err(fault(&Refusal::NotFound)) };
    match field {
        "members" => {
            let all = given.get("membership").as_str() != Some("IMMEDIATE");
            let people = state.people_of(team, all);
            page(
                "TeamMemberConnection",
                people.iter().map(|account| actor(state, &account.login)).collect(),
                given,
            )
        }
        "parentTeam" => maybe(state.above(team).map(|parent| Thing::Team(parent.id))),
        "organization" => Ok(Got::One(Thing::Owner(team.org.clone()))),
        _ => plain(state, team, field),
    }
}

fn plain(state: &State, team: &Team, field: &str) -> Answered {
    let org = state.account(&team.org).login;
    let page = format!("{}/orgs/{org}/teams/{}", state.url(), team.slug);
    match field {
        "id" => leaf(node("T", &[&team.id.to_string()])),
        "databaseId" => leaf(team.id),
        "slug" => leaf(team.slug.clone()),
        "combinedSlug" => leaf(format!("{org}/{}", team.slug)),
        "name" => leaf(team.name.clone()),
        "description" => leaf(team.description.clone()),
        "avatarUrl" => leaf(format!("{}/avatars/t{}", state.url(), team.id)),
        "url" => leaf(page),
        "editTeamUrl" => leaf(format!("{page}/edit")),
        "membersUrl" => leaf(format!("{page}/members")),
        "privacy" => leaf("VISIBLE"),
        _ => Err(Fault::Unknown),
    }
}
