//! Statuses of commits. Gitea knows nothing else: its own Actions report by them too.

use fleetwright_core::Oid;
use serde_json::{Value, json};

use super::pages;
use crate::gitea::shape::repo::full;
use crate::gitea::shape::status::{status, word};
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::model::check::{Check, CheckKind, Conclusion};
use crate::world::Refusal;

fn commit_of(call: &Call<'_>, repo: u64, name: &str) -> Result<Oid, Refusal> {
    match name.parse::<Oid>() {
        Ok(oid) => {
            if call.state.open(repo)?.has(oid)? {
                Ok(oid)
            } else {
                Err(Refusal::NotFound)
            }
        }
        Err(_) => call.state.repo(repo)?.tip(name).ok_or(Refusal::NotFound),
    }
}

/// `GET /repos/{owner}/{repo}/commits/{ref}/status`: the newest of each context.
pub(super) fn combined(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Statuses, Level::Read)?;
    let commit = commit_of(call, repo, call.param("ref"))?;
    let known = call.state.repo(repo)?;
    let checks: Vec<Check> = known.checks.get(&commit).cloned().unwrap_or_default();
    let words: Vec<&str> = checks.iter().map(word).collect();
    let worst = ["failure", "error", "pending", "warning", "success"];
    let state = worst.into_iter().find(|state| words.contains(state)).unwrap_or_default();
    let (begin, size) = pages::place(call);
    let page = checks.iter().skip(begin).take(size);
    let shown: Vec<Value> = page.map(|check| status(call.state, call.base, (known, commit), check)).collect();
    let own = format!("{}/api/v1/repos/{}/commits/{commit}", call.base, known.full_name());
    Ok(Answer::ok(json!({
        "state": state,
        "sha": commit,
        "total_count": checks.len(),
        "statuses": if shown.is_empty() { Value::Null } else { Value::Array(shown) },
        "repository": full(call.state, call.base, known),
        "commit_url": own,
        "url": format!("{own}/status"),
    })))
}

/// `POST /repos/{owner}/{repo}/statuses/{sha}`.
pub(super) fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Statuses, Level::Write)?;
    let commit = commit_of(call, repo, call.param("sha"))?;
    let context = call.text("context").unwrap_or("default").to_owned();
    let conclusion = match call.text("state").unwrap_or_default() {
        "success" => Some(Conclusion::Success),
        "failure" | "error" => Some(Conclusion::Failure),
        "warning" => Some(Conclusion::Neutral),
        "skipped" => Some(Conclusion::Skipped),
        _ => None,
    };
    let id = call.state.report(repo, commit, (&context, CheckKind::Status), conclusion)?;
    let check = call.state.check(repo, commit, id)?.clone();
    Ok(Answer::json(201, status(call.state, call.base, (call.state.repo(repo)?, commit), &check)))
}
