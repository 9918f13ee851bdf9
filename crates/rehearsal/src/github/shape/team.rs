//! Teams.

use serde_json::{Value, json};

use super::node::node;
use crate::model::team::Team;
use crate::world::State;

/// A team with the one above it.
pub(in crate::github) fn team(state: &State, base: &str, team: &Team) -> Value {
    let mut shown = simple(state, base, team);
    shown["parent"] = state.above(team).map_or(Value::Null, |parent| simple(state, base, parent));
    shown
}

fn simple(state: &State, base: &str, team: &Team) -> Value {
    let org = state.account(&team.org);
    let url = format!("{base}/organizations/{}/team/{}", org.id, team.id);
    json!({
        "id": team.id,
        "node_id": node("T", &[&team.id.to_string()]),
        "name": team.name,
        "slug": team.slug,
        "description": if team.description.is_empty() { Value::Null } else { json!(team.description) },
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "url": url,
        "html_url": format!("{base}/orgs/{}/teams/{}", org.login, team.slug),
        "members_url": format!("{url}/members{{/member}}"),
        "repositories_url": format!("{url}/repos"),
        "type": "organization",
        "organization_id": org.id,
    })
}
