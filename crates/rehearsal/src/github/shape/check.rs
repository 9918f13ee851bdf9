//! Check runs, suites and statuses.

use fleetwright_core::Oid;
use serde_json::{Value, json};

use super::node::node;
use super::repo;
use super::time::{maybe, time};
use super::user::user;
use crate::model::check::{Check, Conclusion, Progress};
use crate::model::repo::Repo;
use crate::world::State;

/// The App that runs checks.
pub(in crate::github) fn app(state: &State, base: &str) -> Value {
    let at = time(0);
    json!({
        "id": 15368,
        "slug": "github-actions",
        "node_id": node("A", &["15368"]),
        "owner": user(base, &state.account("github")),
        "name": "GitHub Actions",
        "description": "Checks of the rehearsal",
        "external_url": format!("{base}/features/actions"),
        "html_url": format!("{base}/apps/github-actions"),
        "created_at": at,
        "updated_at": at,
        "permissions": { "checks": "write", "metadata": "read" },
        "events": ["push", "pull_request"],
    })
}

/// How far a check is, in GitHub's words: status, begun, ended, conclusion.
pub(in crate::github) fn progress(
    check: &Check,
) -> (&'static str, Option<i64>, Option<i64>, Option<Conclusion>) {
    match check.progress {
        Progress::Queued => ("queued", None, None, None),
        Progress::Running { since } => ("in_progress", Some(since), None, None),
        Progress::Done { since, at, conclusion } => ("completed", Some(since), Some(at), Some(conclusion)),
    }
}

/// A pull request as it stands in checks.
pub(in crate::github) fn pulls(base: &str, known: &Repo, commit: Oid) -> Vec<Value> {
    let open = known.pulls.values().filter(|pull| pull.is_open() && pull.head_oid == commit);
    let own = repo::url(base, known);
    let repo = json!({ "id": known.id, "url": own, "name": known.name });
    let shown = open.map(|pull| {
        json!({
            "id": pull.id,
            "number": pull.number,
            "url": format!("{own}/pulls/{}", pull.number),
            "head": { "ref": pull.head, "sha": pull.head_oid, "repo": repo },
            "base": { "ref": pull.base, "sha": pull.base_oid, "repo": repo },
        })
    });
    shown.collect()
}

/// A check run.
pub(in crate::github) fn run(
    state: &State,
    base: &str,
    (known, commit): (&Repo, Oid),
    check: &Check,
) -> Value {
    let own = repo::url(base, known);
    let (status, begun, ended, conclusion) = progress(check);
    let html = format!("{base}/{}/runs/{}", known.full_name(), check.id);
    json!({
        "id": check.id,
        "name": check.name,
        "node_id": node("CR", &[&known.id.to_string(), &check.id.to_string()]),
        "head_sha": commit,
        "external_id": "",
        "url": format!("{own}/check-runs/{}", check.id),
        "html_url": html,
        "details_url": html,
        "status": status,
        "conclusion": conclusion.map(Conclusion::word),
        "started_at": maybe(begun.or(Some(check.queued_at))),
        "completed_at": maybe(ended),
        "output": {
            "title": null,
            "summary": null,
            "text": null,
            "annotations_count": 0,
            "annotations_url": format!("{own}/check-runs/{}/annotations", check.id),
        },
        "check_suite": { "id": check.suite },
        "app": app(state, base),
        "pull_requests": pulls(base, known, commit),
    })
}

/// The state of a status, in GitHub's words.
pub(in crate::github) fn status_word(check: &Check) -> &'static str {
    match check.conclusion() {
        None => "pending",
        Some(conclusion) if conclusion.satisfies() => "success",
        Some(_) => "failure",
    }
}

/// A commit status.
pub(in crate::github) fn status(
    state: &State,
    base: &str,
    (known, commit): (&Repo, Oid),
    check: &Check,
) -> Value {
    let (_, begun, ended, _) = progress(check);
    let at = ended.or(begun).unwrap_or(check.queued_at);
    let account = state.account("ci");
    json!({
        "url": format!("{}/statuses/{commit}", repo::url(base, known)),
        "avatar_url": format!("{base}/avatars/{}", account.id),
        "id": check.id,
        "node_id": node("SC", &[&known.id.to_string(), &check.id.to_string()]),
        "state": status_word(check),
        "description": null,
        "target_url": null,
        "context": check.name,
        "created_at": time(check.queued_at),
        "updated_at": time(at),
    })
}
