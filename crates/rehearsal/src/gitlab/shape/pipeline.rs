//! Pipelines, jobs and statuses.

use fleetwright_core::Oid;
use serde_json::{Value, json};

use super::time::{maybe, time};
use crate::model::check::{Check, CheckKind, Conclusion, Progress};
use crate::model::repo::Repo;

/// GitLab's word for how a job stands. A neutral check is a job that failed and may.
fn word(check: &Check) -> &'static str {
    match check.progress {
        Progress::Queued => "pending",
        Progress::Running { .. } => "running",
        Progress::Done { conclusion, .. } => match conclusion {
            Conclusion::Success => "success",
            Conclusion::Failure | Conclusion::Neutral => "failed",
            Conclusion::Skipped => "skipped",
            Conclusion::Cancelled => "canceled",
        },
    }
}

fn may_fail(check: &Check) -> bool {
    check.conclusion() == Some(Conclusion::Neutral)
}

/// GitLab's word for how a pipeline stands.
pub(in crate::gitlab) fn whole(checks: &[Check]) -> &'static str {
    let words: Vec<&str> = checks.iter().filter(|check| !may_fail(check)).map(word).collect();
    let any = |wanted: &str| words.contains(&wanted);
    match () {
        () if any("running") || any("pending") && (any("success") || any("failed")) => "running",
        () if any("pending") => "pending",
        () if any("failed") => "failed",
        () if any("canceled") => "canceled",
        () if !words.is_empty() && words.iter().all(|word| *word == "skipped") => "skipped",
        () => "success",
    }
}

/// The pipeline of a commit, if it has one.
pub(in crate::gitlab) fn pipeline(base: &str, repo: &Repo, commit: Oid) -> Option<Value> {
    let checks = repo.checks.get(&commit)?;
    let first = checks.first()?;
    let branch = repo.branches.iter().find(|(_, tip)| **tip == commit).map(|(name, _)| name.clone());
    Some(json!({
        "id": first.suite,
        "iid": 1,
        "project_id": repo.id,
        "sha": commit,
        "ref": branch,
        "status": whole(checks),
        "source": "push",
        "created_at": time(first.queued_at),
        "updated_at": time(checks.iter().map(last_change).max().unwrap_or(first.queued_at)),
        "web_url": format!("{base}/{}/-/pipelines/{}", repo.full_name(), first.suite),
    }))
}

fn last_change(check: &Check) -> i64 {
    match check.progress {
        Progress::Queued => check.queued_at,
        Progress::Running { since } => since,
        Progress::Done { at, .. } => at,
    }
}

fn times(check: &Check) -> (Option<i64>, Option<i64>) {
    match check.progress {
        Progress::Queued => (None, None),
        Progress::Running { since } => (Some(since), None),
        Progress::Done { since, at, .. } => (Some(since), Some(at)),
    }
}

/// A job, or a status from outside, as the statuses of a commit list it.
pub(in crate::gitlab) fn status(base: &str, (repo, commit): (&Repo, Oid), check: &Check) -> Value {
    let (started, finished) = times(check);
    let address = match check.kind {
        CheckKind::Run => format!("{base}/{}/-/jobs/{}", repo.full_name(), check.id),
        CheckKind::Status => format!("https://ci.example/{}", check.id),
    };
    json!({
        "id": check.id,
        "sha": commit,
        "ref": repo.branches.iter().find(|(_, tip)| **tip == commit).map(|(name, _)| name.clone()),
        "status": word(check),
        "name": check.name,
        "target_url": address,
        "description": null,
        "created_at": time(check.queued_at),
        "started_at": maybe(started),
        "finished_at": maybe(finished),
        "allow_failure": may_fail(check),
        "coverage": null,
        "pipeline_id": check.suite,
        "author": { "id": 1, "username": "ci", "name": "ci", "state": "active" },
    })
}

/// A job.
pub(in crate::gitlab) fn job(base: &str, (repo, commit): (&Repo, Oid), check: &Check) -> Value {
    let (started, finished) = times(check);
    json!({
        "id": check.id,
        "status": word(check),
        "stage": "test",
        "name": check.name,
        "ref": repo.branches.iter().find(|(_, tip)| **tip == commit).map(|(name, _)| name.clone()),
        "tag": false,
        "allow_failure": may_fail(check),
        "created_at": time(check.queued_at),
        "started_at": maybe(started),
        "finished_at": maybe(finished),
        "web_url": format!("{base}/{}/-/jobs/{}", repo.full_name(), check.id),
        "pipeline": pipeline(base, repo, commit),
        "commit": { "id": commit },
    })
}
