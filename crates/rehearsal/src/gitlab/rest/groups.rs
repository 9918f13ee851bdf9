//! Groups below a group, and who is in them.

use serde_json::{Value, json};

use super::pages;
use crate::gitlab::shape::user::user;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::Account;
use crate::model::team::Team;
use crate::world::{Access, Refusal, State};

/// What a token that may not know of a group is told: that there is none (lib/api/helpers.rb, "find_group!").
fn seen<'a>(state: &'a State, access: &Access, group: &str) -> Result<Vec<&'a Team>, Refusal> {
    state.teams_of(access, group).map_err(|_| Refusal::Missing("404 Group Not Found"))
}

/// `GET /groups/{id}/descendant_groups`.
pub(super) fn descendants(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let teams = seen(call.state, call.access()?, call.param("id"))?;
    let all: Vec<Team> = teams.into_iter().cloned().collect();
    Ok(pages::list(call, all, |team| shown(call.state, call.base, &team)))
}

/// `GET /groups/{id}/members`: those of the group itself, by its number.
pub(super) fn members(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.number("id")?;
    let team = call.state.teams.iter().find(|team| team.id == id).ok_or(Refusal::NotFound)?;
    seen(call.state, call.access()?, &team.org)?;
    let people: Vec<Account> = call.state.people_of(team, false);
    Ok(pages::list(call, people, |account| {
        let mut shown = user(call.base, &account);
        shown["access_level"] = json!(30);
        shown["expires_at"] = Value::Null;
        shown["membership_state"] = json!("active");
        shown
    }))
}

fn shown(state: &State, base: &str, team: &Team) -> Value {
    let org = state.account(&team.org);
    let path = format!("{}/{}", org.login, state.line_of(team).join("/"));
    json!({
        "id": team.id,
        "web_url": format!("{base}/groups/{path}"),
        "name": team.name,
        "path": team.slug,
        "description": team.description,
        "visibility": "private",
        "avatar_url": null,
        "full_name": path.replace('/', " / "),
        "full_path": path,
        "parent_id": state.above(team).map_or(org.id, |parent| parent.id),
    })
}
