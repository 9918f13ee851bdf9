//! Organisations, their teams, and who is in these (routers/api/v1/org/team.go).

use serde_json::{Value, json};

use super::pages;
use crate::gitea::shape::user::user;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Account, AccountKind};
use crate::model::team::Team;
use crate::world::Refusal;

/// `GET /orgs/{org}`.
pub(super) fn one(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let account = call.state.accounts.get(&call.param("org").to_lowercase());
    let account = account.filter(|account| account.kind == AccountKind::Organization);
    let account = account.ok_or(Refusal::NotFound)?;
    Ok(Answer::ok(json!({
        "id": account.id,
        "name": account.login,
        "username": account.login,
        "full_name": account.name,
        "description": "",
        "visibility": "private",
    })))
}

/// `GET /orgs/{org}/teams`.
pub(super) fn teams(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let all: Vec<Team> =
        call.state.teams_of(call.access()?, call.param("org"))?.into_iter().cloned().collect();
    Ok(pages::list(call, all, |team| shown(&team)))
}

/// `GET /teams/{id}/members`.
pub(super) fn members(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.number("id")?;
    let team = call.state.teams.iter().find(|team| team.id == id).ok_or(Refusal::NotFound)?;
    call.state.teams_of(call.access()?, &team.org)?;
    let people: Vec<Account> = call.state.people_of(team, false);
    Ok(pages::list(call, people, |account| user(call.base, &account)))
}

/// A team has one name, and none is above it.
fn shown(team: &Team) -> Value {
    json!({
        "id": team.id,
        "name": team.slug,
        "description": team.description,
        "organization": null,
        "includes_all_repositories": false,
        "permission": "write",
        "units": ["repo.code", "repo.pulls"],
        "can_create_org_repo": false,
    })
}
