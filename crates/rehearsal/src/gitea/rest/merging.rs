//! Merges by request, now or when the checks have passed.

use serde_json::Value;

use crate::gitea::wording::message;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::model::method::Method;
use crate::model::pull::PullState;
use crate::world::{MergeOrder, Refusal};

/// `POST /repos/{owner}/{repo}/pulls/{index}/merge`.
pub(super) fn merge(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Contents, Level::Write)?;
    let (number, by) = (call.number("index")?, call.login()?);
    match call.state.pull(repo, number)?.state {
        PullState::Closed { .. } => return Err(Refusal::NotFound),
        PullState::Merged { .. } => return Err(Refusal::NotOpen),
        PullState::Open => {}
    }
    let word = call.text("Do").unwrap_or_default();
    let Some(method) = Method::from_word(word) else { return Ok(message(422, "[Do]: Required")) };
    let wrong = Refusal::HeadMoved(fleetwright_core::Oid::ZERO);
    let head = call.text("head_commit_id").filter(|id| !id.is_empty());
    let head = head.map(|id| id.parse().map_err(|_| wrong)).transpose()?;
    let later = call.body.get("merge_when_checks_succeed").and_then(Value::as_bool).unwrap_or_default();
    if later {
        if call.state.pull(repo, number)?.auto_merge.is_some() {
            return Ok(message(409, "pull request is already scheduled to auto merge when checks succeed"));
        }
        // The head is not looked at: the plan is for whatever is there when the checks have passed.
        match call.state.auto_merge(repo, number, (method, None), &by) {
            Ok(()) => return Ok(Answer::empty(201)),
            Err(Refusal::AutoMerge(text)) if text.contains("clean status") => {}
            Err(other) => return Err(other),
        }
    }
    let text = |name| call.text(name).map(str::to_owned);
    let (title, message) = (text("MergeTitleField"), text("MergeMessageField"));
    call.state.merge_pull(repo, number, &MergeOrder { head, method, title, message, by })?;
    Ok(Answer::empty(200))
}

/// `GET /repos/{owner}/{repo}/pulls/{index}/merge`: 204 or 404.
pub(super) fn is_merged(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Pulls, Level::Read)?;
    let pull = call.state.seen_pull(repo, call.number("index")?)?;
    match pull.state {
        PullState::Merged { .. } => Ok(Answer::empty(204)),
        PullState::Open | PullState::Closed { .. } => Err(Refusal::NotFound),
    }
}
