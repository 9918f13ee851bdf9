//! Where queries begin.

use serde_json::Value;

use super::record::actor;
use super::repository::named;
use super::thing::{Answered, Thing, held, maybe, record};
use crate::github::shape::node::parts;
use crate::github::shape::time::time;
use crate::graphql::run::{Fault, Given, Got};
use crate::limits::Unit;
use crate::model::account::{AccountKind, Level, Scope};
use crate::world::{Access, State};

/// A field of the root. `cost` is what the query costs.
pub(super) fn query(
    state: &mut State,
    access: &Access,
    (field, cost): (&str, u64),
    given: &Given<'_>,
) -> Answered {
    let text = |name| given.text(name).unwrap_or_default();
    match field {
        "viewer" => Ok(Got::One(actor(state, &access.credential.login))),
        "repository" => named(state, access, &format!("{}/{}", text("owner"), text("name"))).map(Got::One),
        "repositoryOwner" => maybe(owner(state, &text("login"), None)),
        "organization" | "user" => {
            let kind = if field == "user" { AccountKind::User } else { AccountKind::Organization };
            let word = if field == "user" { "a User" } else { "an Organization" };
            let login = text("login");
            let message = format!("Could not resolve to {word} with the login of '{login}'.");
            let missing = Fault::Refused { kind: "NOT_FOUND", message };
            owner(state, &login, Some(kind)).map(Got::One).ok_or(missing)
        }
        "node" => {
            let id = text("id");
            by_id(state, access, &id).map(Got::One).ok_or_else(|| no_node(&id))
        }
        "nodes" => {
            let ids = given.texts("ids").unwrap_or_default();
            Ok(Got::Many(ids.iter().map(|id| by_id(state, access, id)).collect()))
        }
        "rateLimit" => maybe(rate_limit(state, access, cost)),
        _ => Err(Fault::Unknown),
    }
}

fn no_node(id: &str) -> Fault {
    let message = format!("Could not resolve to a node with the global id of '{id}'");
    Fault::Refused { kind: "NOT_FOUND", message }
}

fn owner(state: &State, login: &str, kind: Option<AccountKind>) -> Option<Thing> {
    let account = state.account(login);
    let owns = state.repos().any(|repo| repo.owner.eq_ignore_ascii_case(login));
    let known = owns || state.accounts.contains_key(&login.to_lowercase());
    (known && kind.is_none_or(|kind| kind == account.kind)).then_some(Thing::Owner(account.login))
}

/// What a node id stands for, as far as the token sees it.
pub(super) fn by_id(state: &State, access: &Access, id: &str) -> Option<Thing> {
    let (kind, parts) = parts(id)?;
    let number = |at: usize| parts.get(at).and_then(|part| part.parse::<u64>().ok());
    let repo = state.repo(number(0)?).ok()?;
    state.allowed(access, &repo.full_name(), Scope::Metadata, Level::Read).ok()?;
    match kind.as_str() {
        "R" => Some(Thing::Repository(repo.id)),
        "PR" => state.seen_pull(repo.id, number(1)?).ok().map(|pull| Thing::Pull(repo.id, pull.number)),
        "C" => Some(Thing::Commit(repo.id, parts.get(1)?.parse().ok()?)),
        "REF" => Some(Thing::Branch(repo.id, parts.get(1)?.clone())),
        _ => None,
    }
}

/// What is left of the hour; null where limits are off.
fn rate_limit(state: &mut State, access: &Access, cost: u64) -> Option<Thing> {
    let standing = state.standing(&access.credential.budget());
    let standing = standing.into_iter().find(|standing| standing.unit == Unit::Graphql)?;
    // A point was taken before the query ran; the rest is taken after it.
    let used = (standing.used + cost.saturating_sub(1)).min(standing.limit);
    let fields = vec![
        ("limit", held(standing.limit)),
        ("cost", held(cost)),
        ("remaining", held(standing.limit - used)),
        ("used", held(used)),
        ("resetAt", held(time(standing.reset))),
        ("nodeCount", held(Value::from(0))),
    ];
    Some(record("RateLimit", &[], fields))
}
