//! What GitLab tells by itself.
//!
//! Source: docs.gitlab.com/user/project/integrations/webhooks (the token comes as it is in
//! `X-Gitlab-Token`; `X-Gitlab-Event-UUID` and `Idempotency-Key` stay the same when a delivery is tried
//! again) and webhook_events (bodies).

use fleetwright_core::Oid;
use fleetwright_forge::http::Secret;
use fleetwright_forge::webhook::{Delivery, Hint, MAX_DELIVERY, Refusal};
use serde_json::Value;
use subtle::ConstantTimeEq;

/// The delivery's own name: one that was taken already is not taken again.
pub fn delivery_id<'a>(delivery: &'a Delivery<'_>) -> Option<&'a str> {
    let names = ["idempotency-key", "x-gitlab-event-uuid"];
    let named = names.into_iter().find_map(|name| delivery.header(name));
    named.filter(|id| !id.is_empty() && id.len() <= 100)
}

/// Where to look, once the token is one of `secrets`. Nothing is read before.
///
/// # Errors
/// A token that is missing or wrong, a body that is too large or no JSON.
pub fn read(delivery: &Delivery<'_>, secrets: &[Secret]) -> Result<Vec<Hint>, Refusal> {
    let given = delivery.header("x-gitlab-token").unwrap_or_default();
    let mut known = subtle::Choice::from(0);
    // All are compared, so that the time does not tell which one came close.
    for secret in secrets.iter().filter(|secret| !secret.expose().is_empty()) {
        known |= given.as_bytes().ct_eq(secret.expose().as_bytes());
    }
    if !bool::from(known) {
        return Err(Refusal::Forged);
    }
    if delivery.body.len() > MAX_DELIVERY {
        return Err(Refusal::TooLarge);
    }
    let body: Value =
        serde_json::from_slice(delivery.body).map_err(|error| Refusal::Unreadable(error.to_string()))?;
    Ok(hints(&body))
}

fn hints(body: &Value) -> Vec<Hint> {
    let kind = text(body, "/object_kind").or_else(|| text(body, "/event_name")).unwrap_or_default();
    let Some(repo) = repo(body) else { return Vec::new() };
    let pull = |at: &str| number(body, at).map(|number| Hint::Pull { repo: repo.clone(), number });
    let head = |at: &str| oid(body, at).map(|head| Hint::Head { repo: repo.clone(), head });
    match kind {
        "merge_request" => pull("/object_attributes/iid").into_iter().collect(),
        "note" => pull("/merge_request/iid").into_iter().collect(),
        // Of a pipeline of the result of a merge only the request is known: its commit is nobody's head.
        "pipeline" => {
            [pull("/merge_request/iid"), head("/object_attributes/sha")].into_iter().flatten().collect()
        }
        "build" => head("/sha").into_iter().collect(),
        "push" => {
            let default = text(body, "/project/default_branch").map(|branch| format!("refs/heads/{branch}"));
            let moved = text(body, "/ref").map(str::to_owned) == default;
            let whole = moved.then(|| Hint::Repo { repo: repo.clone() });
            // A request is known by the head it had.
            [whole, head("/before")].into_iter().flatten().collect()
        }
        "project_create" | "project_destroy" | "project_rename" | "project_transfer" | "project_update" => {
            let old = text(body, "/old_path_with_namespace").map(|old| Hint::Repo { repo: old.to_owned() });
            std::iter::once(Hint::Repo { repo: repo.clone() }).chain(old).collect()
        }
        _ => Vec::new(),
    }
}

fn repo(body: &Value) -> Option<String> {
    let paths =
        ["/project/path_with_namespace", "/path_with_namespace", "/merge_request/target/path_with_namespace"];
    if let Some(path) = paths.into_iter().find_map(|path| text(body, path)) {
        return Some(path.to_owned());
    }
    // A job's event of an older server names the project by its page only.
    let page = text(body, "/repository/homepage")?;
    let (_, rest) = page.split_once("://")?;
    let (_, path) = rest.split_once('/')?;
    Some(path.trim_end_matches('/').to_owned())
}

fn text<'a>(body: &'a Value, at: &str) -> Option<&'a str> {
    body.pointer(at).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn number(body: &Value, at: &str) -> Option<u64> {
    body.pointer(at).and_then(Value::as_u64)
}

fn oid(body: &Value, at: &str) -> Option<Oid> {
    let oid: Oid = text(body, at)?.parse().ok()?;
    Some(oid).filter(|oid| *oid != Oid::ZERO)
}
