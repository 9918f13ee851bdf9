//! Comments, reviews, and what happened when.

use serde_json::{Value, json};

use super::pages;
use crate::gitea::shape::talk::{comment as shown, review};
use crate::gitea::shape::time::time;
use crate::gitea::shape::user::user;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::model::pull::PullState;
use crate::world::Refusal;

/// `GET /repos/{owner}/{repo}/issues/{index}/comments`: all of them, without pages.
pub(super) fn comments(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Issues, Level::Read)?;
    let pull = call.state.seen_pull(repo, call.number("index")?)?;
    let known = call.state.repo(repo)?;
    let one = |comment| shown(call.state, call.base, (known, pull.number), comment);
    let count = pull.comments.len().to_string();
    Ok(Answer::ok(Value::Array(pull.comments.iter().map(one).collect())).with("x-total-count", count))
}

fn body(call: &Call<'_>) -> Result<String, Refusal> {
    let missing = Refusal::Invalid { resource: "Comment", field: "Body", code: "missing", message: None };
    call.text("body").filter(|body| !body.is_empty()).map(str::to_owned).ok_or(missing)
}

/// `POST /repos/{owner}/{repo}/issues/{index}/comments`.
pub(super) fn comment(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Issues, Level::Write)?;
    let (number, body, by) = (call.number("index")?, body(call)?, call.login()?);
    let id = call.state.comment(repo, number, &body, &by)?;
    answered(call, (repo, number, id), 201)
}

/// `PATCH /repos/{owner}/{repo}/issues/comments/{id}`.
pub(super) fn edit_comment(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Issues, Level::Write)?;
    let (id, body, by) = (call.number("id")?, body(call)?, call.login()?);
    let known = call.state.repo(repo)?;
    let of = |pull: &&crate::model::pull::Pull| pull.comments.iter().any(|comment| comment.id == id);
    let number = known.pulls.values().find(of).ok_or(Refusal::NotFound)?.number;
    let own =
        call.state.pull(repo, number)?.comments.iter().any(|comment| comment.id == id && comment.by == by);
    if !own {
        return Err(Refusal::Forbidden(Scope::Issues));
    }
    let now = call.state.now();
    call.state.change_pull(repo, number, |pull| {
        for comment in pull.comments.iter_mut().filter(|comment| comment.id == id) {
            (comment.body, comment.updated_at) = (body.clone(), now);
        }
    })?;
    answered(call, (repo, number, id), 200)
}

fn answered(call: &Call<'_>, (repo, number, id): (u64, u64, u64), status: u16) -> Result<Answer, Refusal> {
    let comments = &call.state.pull(repo, number)?.comments;
    let comment = comments.iter().find(|comment| comment.id == id).ok_or(Refusal::NotFound)?;
    let known = call.state.repo(repo)?;
    Ok(Answer::json(status, shown(call.state, call.base, (known, number), comment)))
}

/// `GET /repos/{owner}/{repo}/pulls/{index}/reviews`.
pub(super) fn reviews(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Pulls, Level::Read)?;
    let pull = call.state.seen_pull(repo, call.number("index")?)?.clone();
    let all = pull.reviews.clone();
    Ok(pages::list(call, all, |given| review(call.state, call.base, (repo, &pull), &given)))
}

/// `GET /repos/{owner}/{repo}/issues/{index}/timeline`: comments and the end.
pub(super) fn timeline(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Issues, Level::Read)?;
    let pull = call.state.seen_pull(repo, call.number("index")?)?;
    let who = |login: &str| user(call.base, &call.state.account(login));
    let said = pull.comments.iter().map(|comment| {
        json!({ "id": comment.id, "type": "comment", "user": who(&comment.by), "body": comment.body,
            "created_at": time(comment.at) })
    });
    let end = match &pull.state {
        PullState::Open => None,
        PullState::Closed { at, by } => Some(("close", *at, by)),
        PullState::Merged { at, by, .. } => Some(("merge_pull", *at, by)),
    };
    let end = end.map(|(kind, at, by)| {
        json!({ "id": 1, "type": kind, "user": who(by), "body": "", "created_at": time(at) })
    });
    let all: Vec<Value> = said.chain(end).collect();
    Ok(pages::list(call, all, |happening| happening))
}
