//! Teams, and who is in them.

use super::pages::Page;
use crate::github::shape::team::team;
use crate::github::shape::user::user;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::Account;
use crate::model::team::Team;
use crate::world::Refusal;

/// `GET /orgs/{org}/teams`.
pub(super) fn of_org(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let all: Vec<Team> =
        call.state.teams_of(call.access()?, call.param("org"))?.into_iter().cloned().collect();
    Ok(Page::of(call).list(call, all, |one| team(call.state, call.base, &one)))
}

/// `GET /orgs/{org}/teams/{team_slug}/members`: those of the teams below it too.
pub(super) fn members(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let teams = call.state.teams_of(call.access()?, call.param("org"))?;
    let slug = call.param("team_slug");
    let one = teams.into_iter().find(|team| team.slug == slug).ok_or(Refusal::NotFound)?;
    let people: Vec<Account> = call.state.people_of(one, true);
    Ok(Page::of(call).list(call, people, |account| user(call.base, &account)))
}
