//! Pipelines, jobs, and statuses from outside.

use fleetwright_core::Oid;
use serde_json::Value;

use super::pages;
use super::place::{project, request};
use crate::gitlab::shape::pipeline::{job, pipeline, status};
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::model::check::{Check, CheckKind, Conclusion};
use crate::world::Refusal;

fn commit(call: &Call<'_>) -> Result<Oid, Refusal> {
    call.param("sha").parse().map_err(|_| Refusal::NotFound)
}

/// `GET /projects/{id}/repository/commits/{sha}/statuses`: jobs and statuses from outside alike.
pub(super) fn statuses(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = project(call, Scope::Statuses, Level::Read)?;
    let commit = commit(call)?;
    let known = call.state.repo(repo)?;
    if !call.state.open(repo)?.has(commit)? {
        return Err(Refusal::NotFound);
    }
    let checks: Vec<Check> = known.checks.get(&commit).cloned().unwrap_or_default();
    Ok(pages::list(call, checks, |check| status(call.base, (known, commit), &check)))
}

/// `GET /projects/{id}/pipelines/{pipeline_id}/jobs`.
pub(super) fn jobs(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = project(call, Scope::Checks, Level::Read)?;
    let id = call.number("pipeline_id")?;
    let known = call.state.repo(repo)?;
    let found = known.checks.iter().find(|(_, checks)| checks.first().is_some_and(|check| check.suite == id));
    let (commit, checks) = found.ok_or(Refusal::NotFound)?;
    let runs: Vec<Check> = checks.iter().filter(|check| check.kind == CheckKind::Run).cloned().collect();
    Ok(pages::list(call, runs, |check| job(call.base, (known, *commit), &check)))
}

/// `GET /projects/{id}/merge_requests/{iid}/pipelines`.
pub(super) fn of_request(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (repo, number) = request(call, Level::Read)?;
    let known = call.state.repo(repo)?;
    let head = call.state.seen_pull(repo, number)?.head_oid;
    let found: Vec<Value> = pipeline(call.base, known, head).into_iter().collect();
    Ok(pages::list(call, found, |pipeline| pipeline))
}

/// `POST /projects/{id}/jobs/{job_id}/retry`.
pub(super) fn retry(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = project(call, Scope::Checks, Level::Write)?;
    let id = call.number("job_id")?;
    let commit = call.state.commit_of_check(repo, id)?;
    match call.state.rerun(repo, id) {
        Ok(()) => {}
        Err(Refusal::Malformed(_)) => {
            return Ok(crate::gitlab::wording::message(403, "403 Forbidden - Job is not retryable"));
        }
        Err(other) => return Err(other),
    }
    let check = call.state.check(repo, commit, id)?.clone();
    Ok(Answer::json(201, job(call.base, (call.state.repo(repo)?, commit), &check)))
}

/// `POST /projects/{id}/statuses/{sha}`.
pub(super) fn report(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = project(call, Scope::Statuses, Level::Write)?;
    let commit = commit(call)?;
    let name = call.text("name").or_else(|| call.text("context")).unwrap_or("default").to_owned();
    let conclusion = match call.text("state").unwrap_or_default() {
        "success" => Some(Conclusion::Success),
        "failed" => Some(Conclusion::Failure),
        "canceled" => Some(Conclusion::Cancelled),
        "skipped" => Some(Conclusion::Skipped),
        "pending" | "running" => None,
        _ => return Err(Refusal::Malformed("state does not have a valid value".to_owned())),
    };
    let id = call.state.report(repo, commit, (&name, CheckKind::Status), conclusion)?;
    let check = call.state.check(repo, commit, id)?.clone();
    Ok(Answer::json(201, status(call.base, (call.state.repo(repo)?, commit), &check)))
}
