//! Merges by request.

use serde_json::json;

use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::model::method::Method;
use crate::model::pull::PullState;
use crate::world::{MergeOrder, Refusal};

/// `PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge`.
pub(super) fn merge(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Write)?;
    let number = call.number("pull_number")?;
    call.state.pull(id, number)?;
    let invalid = |field| Refusal::Invalid { resource: "PullRequest", field, code: "invalid", message: None };
    let head = call.text("sha").map(|text| text.parse().map_err(|_| invalid("sha"))).transpose()?;
    let word = call.text("merge_method").unwrap_or("merge");
    let method = Method::from_word(word).ok_or_else(|| invalid("merge_method"))?;
    let text = |name| call.text(name).map(str::to_owned);
    let order = MergeOrder {
        head,
        method,
        title: text("commit_title"),
        message: text("commit_message"),
        by: call.login()?,
    };
    let sha = call.state.merge_pull(id, number, &order)?;
    Ok(Answer::ok(json!({ "sha": sha, "merged": true, "message": "Pull Request successfully merged" })))
}

/// `GET /repos/{owner}/{repo}/pulls/{pull_number}/merge`: 204 or 404.
pub(super) fn is_merged(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Pulls, Level::Read)?;
    let pull = call.state.seen_pull(id, call.number("pull_number")?)?;
    match pull.state {
        PullState::Merged { .. } => Ok(Answer::empty(204)),
        PullState::Open | PullState::Closed { .. } => Err(Refusal::NotFound),
    }
}
