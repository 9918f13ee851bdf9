//! Checks of a commit: runs and statuses.

use fleetwright_core::Oid;
use serde_json::{Value, json};

use super::pages::Page;
use crate::github::shape::check::{run, status, status_word};
use crate::github::shape::repo::{self, minimal};
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::model::check::{Check, CheckKind, Conclusion};
use crate::world::Refusal;

/// The commit that a branch, `heads/…` or a name stands for.
pub(super) fn commit_of(call: &Call<'_>, repo: u64, name: &str) -> Result<Oid, Refusal> {
    if let Ok(oid) = name.parse::<Oid>() {
        let missing = Refusal::Malformed(format!("No commit found for SHA: {name}"));
        return if call.state.open(repo)?.has(oid)? { Ok(oid) } else { Err(missing) };
    }
    let branch = name.strip_prefix("refs/").unwrap_or(name);
    let branch = branch.strip_prefix("heads/").unwrap_or(branch);
    let missing = Refusal::Malformed(format!("No commit found for SHA: {name}"));
    call.state.repo(repo)?.tip(branch).ok_or(missing)
}

/// The checks of `{ref}` that report in one way.
fn found(call: &Call<'_>, scope: Scope, kind: CheckKind) -> Result<(u64, Oid, Vec<Check>), Refusal> {
    let id = call.repo(scope, Level::Read)?;
    let commit = commit_of(call, id, call.param("ref"))?;
    let checks = call.state.repo(id)?.checks.get(&commit).map(Vec::as_slice).unwrap_or_default();
    Ok((id, commit, checks.iter().filter(|check| check.kind == kind).cloned().collect()))
}

/// `GET /repos/{owner}/{repo}/commits/{ref}/check-runs`.
pub(super) fn runs(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, commit, mut checks) = found(call, Scope::Checks, CheckKind::Run)?;
    if let Some(name) = call.request.query("check_name") {
        checks.retain(|check| check.name == name);
    }
    let repo = call.state.repo(id)?;
    let (page, count) = (Page::of(call), checks.len());
    let shown = page.cut(checks);
    let shown: Vec<Value> =
        shown.iter().map(|check| run(call.state, call.base, (repo, commit), check)).collect();
    let body = json!({ "total_count": count, "check_runs": shown });
    Ok(page.linked(call, count, Answer::ok(body)))
}

/// `GET /repos/{owner}/{repo}/commits/{ref}/statuses`.
pub(super) fn statuses(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, commit, checks) = found(call, Scope::Statuses, CheckKind::Status)?;
    let repo = call.state.repo(id)?;
    let shown = |check: Check| {
        let mut shown = status(call.state, call.base, (repo, commit), &check);
        let creator = crate::github::shape::user::user(call.base, &call.state.account("ci"));
        shown["creator"] = creator;
        shown
    };
    Ok(Page::of(call).list(call, checks, shown))
}

/// `GET /repos/{owner}/{repo}/commits/{ref}/status`: all statuses as one.
pub(super) fn combined(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, commit, checks) = found(call, Scope::Statuses, CheckKind::Status)?;
    let repo = call.state.repo(id)?;
    let words: Vec<&str> = checks.iter().map(status_word).collect();
    // Without any status the state is "pending" too.
    let state = match () {
        () if words.contains(&"failure") => "failure",
        () if words.is_empty() || words.contains(&"pending") => "pending",
        () => "success",
    };
    let own = repo::url(call.base, repo);
    let (page, count) = (Page::of(call), checks.len());
    let shown = page.cut(checks);
    let shown: Vec<Value> =
        shown.iter().map(|check| status(call.state, call.base, (repo, commit), check)).collect();
    let body = json!({
        "state": state,
        "statuses": shown,
        "sha": commit,
        "total_count": count,
        "repository": minimal(call.state, call.base, repo),
        "commit_url": format!("{own}/commits/{commit}"),
        "url": format!("{own}/commits/{commit}/status"),
    });
    Ok(page.linked(call, count, Answer::ok(body)))
}

/// `POST /repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest`.
pub(super) fn rerequest(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Checks, Level::Write)?;
    let check = call.number("check_run_id")?;
    call.state.rerun(id, check)?;
    Ok(Answer::json(201, json!({})))
}

/// `POST /repos/{owner}/{repo}/actions/jobs/{job_id}/rerun`.
pub(super) fn rerun_job(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Checks, Level::Write)?;
    let check = call.number("job_id")?;
    call.state.rerun(id, check)?;
    Ok(Answer::json(201, json!({})))
}

/// `GET /repos/{owner}/{repo}/check-runs/{check_run_id}`.
pub(super) fn one_run(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Checks, Level::Read)?;
    shown_run(call, id, call.number("check_run_id")?, 200)
}

fn shown_run(call: &Call<'_>, id: u64, check: u64, status: u16) -> Result<Answer, Refusal> {
    let commit = call.state.commit_of_check(id, check)?;
    let (repo, check) = (call.state.repo(id)?, call.state.check(id, commit, check)?);
    Ok(Answer::json(status, run(call.state, call.base, (repo, commit), check)))
}

/// What a reported check says.
fn conclusion(word: Option<&str>) -> Option<Conclusion> {
    [
        Conclusion::Success,
        Conclusion::Failure,
        Conclusion::Neutral,
        Conclusion::Skipped,
        Conclusion::Cancelled,
    ]
    .into_iter()
    .find(|conclusion| Some(conclusion.word()) == word)
}

/// `POST /repos/{owner}/{repo}/check-runs`.
pub(super) fn create_run(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Checks, Level::Write)?;
    let name = call.text("name").unwrap_or_default().to_owned();
    let commit = commit_of(call, id, call.text("head_sha").unwrap_or_default())?;
    let says = conclusion(call.text("conclusion"));
    let check = call.state.report(id, commit, (&name, CheckKind::Run), says)?;
    shown_run(call, id, check, 201)
}

/// `PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}`.
pub(super) fn update_run(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Checks, Level::Write)?;
    let check = call.number("check_run_id")?;
    let commit = call.state.commit_of_check(id, check)?;
    if let Some(says) = conclusion(call.text("conclusion")) {
        let attempt = call.state.check(id, commit, check)?.attempt;
        call.state.end_check(id, commit, (check, attempt), says);
    }
    shown_run(call, id, check, 200)
}

/// `POST /repos/{owner}/{repo}/statuses/{sha}`.
pub(super) fn create_status(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Statuses, Level::Write)?;
    let commit = commit_of(call, id, call.param("sha"))?;
    let says = match call.text("state") {
        Some("success") => Some(Conclusion::Success),
        Some("failure" | "error") => Some(Conclusion::Failure),
        Some("pending") => None,
        _ => {
            let (resource, field) = ("Status", "state");
            return Err(Refusal::Invalid { resource, field, code: "custom", message: None });
        }
    };
    let name = call.text("context").unwrap_or("default").to_owned();
    let check = call.state.report(id, commit, (&name, CheckKind::Status), says)?;
    let (repo, check) = (call.state.repo(id)?, call.state.check(id, commit, check)?);
    let mut shown = status(call.state, call.base, (repo, commit), check);
    shown["creator"] = crate::github::shape::user::user(call.base, &call.state.account(&call.login()?));
    Ok(Answer::json(201, shown))
}
