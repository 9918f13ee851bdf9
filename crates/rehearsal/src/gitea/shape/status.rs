//! Statuses of commits.

use fleetwright_core::Oid;
use serde_json::{Value, json};

use super::time::time;
use super::user::user;
use crate::model::check::{Check, Conclusion};
use crate::model::repo::Repo;
use crate::world::State;

/// Gitea's word for how a check stands.
pub(in crate::gitea) fn word(check: &Check) -> &'static str {
    match check.conclusion() {
        None => "pending",
        Some(Conclusion::Success) => "success",
        Some(Conclusion::Failure) => "failure",
        Some(Conclusion::Cancelled) => "error",
        Some(Conclusion::Neutral) => "warning",
        Some(Conclusion::Skipped) => "skipped",
    }
}

/// A status.
pub(in crate::gitea) fn status(
    state: &State,
    base: &str,
    (repo, commit): (&Repo, Oid),
    check: &Check,
) -> Value {
    json!({
        "id": check.id,
        "status": word(check),
        "target_url": format!("{base}/{}/actions/runs/{}", repo.full_name(), check.id),
        "description": "",
        "url": format!("{base}/api/v1/repos/{}/statuses/{commit}", repo.full_name()),
        "context": check.name,
        "creator": user(base, &state.account("ci")),
        "created_at": time(check.queued_at),
        "updated_at": time(check.queued_at),
    })
}
