//! What Gitea and Forgejo tell by themselves.
//!
//! Source: docs.gitea.com/usage/webhooks: `X-Gitea-Signature` is the HMAC-SHA256 of the body in hex, without
//! a prefix; Forgejo sends `X-Forgejo-Signature` as well, and both `X-Hub-Signature-256` with `sha256=`.
//! Events: `pull_request`, `pull_request_sync` for a new head, and so on; `X-Gitea-Event-Type` is the
//! precise one.

use fleetwright_core::Oid;
use fleetwright_forge::http::Secret;
use fleetwright_forge::webhook::{Delivery, Hint, MAX_DELIVERY, Refusal};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The headers that may carry the signature.
const SIGNATURES: [&str; 3] = ["x-forgejo-signature", "x-gitea-signature", "x-hub-signature-256"];

/// The delivery's own name: one that was taken already is not taken again.
pub fn delivery_id<'a>(delivery: &'a Delivery<'_>) -> Option<&'a str> {
    let names = ["x-forgejo-delivery", "x-gitea-delivery"];
    let named = names.into_iter().find_map(|name| delivery.header(name));
    named.filter(|id| !id.is_empty() && id.len() <= 100)
}

/// Where to look, once the signature is right by one of `secrets`, each of which may belong to one
/// repository only. Nothing is read before.
///
/// # Errors
/// A signature that is missing or wrong, a body that is too large or no JSON.
pub fn read(delivery: &Delivery<'_>, secrets: &[Secret]) -> Result<Vec<Hint>, Refusal> {
    if delivery.body.len() > MAX_DELIVERY {
        return Err(Refusal::TooLarge);
    }
    let given = SIGNATURES.into_iter().find_map(|name| delivery.header(name)).unwrap_or_default();
    let given = bytes(given.strip_prefix("sha256=").unwrap_or(given)).unwrap_or_default();
    let mut known = subtle::Choice::from(0);
    for secret in secrets.iter().filter(|secret| !secret.expose().is_empty()) {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else { continue };
        mac.update(delivery.body);
        known |= mac.finalize().into_bytes().as_slice().ct_eq(&given);
    }
    if !bool::from(known) {
        return Err(Refusal::Forged);
    }
    let body: Value =
        serde_json::from_slice(delivery.body).map_err(|error| Refusal::Unreadable(error.to_string()))?;
    let event = ["x-forgejo-event", "x-gitea-event"].into_iter().find_map(|name| delivery.header(name));
    Ok(hints(event.unwrap_or_default(), &body))
}

fn hints(event: &str, body: &Value) -> Vec<Hint> {
    let Some(repo) = text(body, "/repository/full_name").map(str::to_owned) else { return Vec::new() };
    let pull = |at: &str| number(body, at).map(|number| Hint::Pull { repo: repo.clone(), number });
    let head = |at: &str| oid(body, at).map(|head| Hint::Head { repo: repo.clone(), head });
    match event {
        "issue_comment" | "pull_request_comment" => {
            let is_pull = body.get("is_pull").and_then(Value::as_bool).unwrap_or_default()
                || body.pointer("/issue/pull_request").is_some_and(|pull| !pull.is_null());
            pull("/pull_request/number")
                .or_else(|| pull("/issue/number").filter(|_| is_pull))
                .into_iter()
                .collect()
        }
        // pull_request, pull_request_sync, pull_request_label, pull_request_assign, pull_request_milestone,
        // pull_request_review_approved, _rejected, _comment, _request, and what may come.
        event if event.starts_with("pull_request") => {
            pull("/number").or_else(|| pull("/pull_request/number")).into_iter().collect()
        }
        "status" => head("/sha").into_iter().collect(),
        "push" => {
            let default =
                text(body, "/repository/default_branch").map(|branch| format!("refs/heads/{branch}"));
            let moved = text(body, "/ref").map(str::to_owned) == default;
            let whole = moved.then(|| Hint::Repo { repo: repo.clone() });
            // A pull request is known by the head it had.
            [whole, head("/before")].into_iter().flatten().collect()
        }
        // Checks of Gitea's own Actions, since 1.24.
        "workflow_run" => head("/workflow_run/head_sha").into_iter().collect(),
        "workflow_job" => head("/workflow_job/head_sha").into_iter().collect(),
        "repository" => vec![Hint::Repo { repo }],
        _ => Vec::new(),
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect()
}

fn text<'a>(body: &'a Value, at: &str) -> Option<&'a str> {
    body.pointer(at).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn number(body: &Value, at: &str) -> Option<u64> {
    body.pointer(at).and_then(Value::as_u64).filter(|number| *number > 0)
}

fn oid(body: &Value, at: &str) -> Option<Oid> {
    let oid: Oid = text(body, at)?.parse().ok()?;
    Some(oid).filter(|oid| *oid != Oid::ZERO)
}
