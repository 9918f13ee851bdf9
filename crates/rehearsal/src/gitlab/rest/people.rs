//! Users, members, approvals and reviewers.

use serde_json::{Value, json};

use super::pages;
use super::place::{project, request};
use crate::gitlab::shape::time::time;
use crate::gitlab::shape::user::user;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{AccountKind, Level, Scope};
use crate::model::pull::ReviewState;
use crate::world::Refusal;

/// `GET /user`.
pub(super) fn me(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let account = call.state.account(&call.login()?);
    Ok(Answer::ok(user(call.base, &account)))
}

/// `GET /users?username=`.
pub(super) fn users(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    call.access()?;
    let name = call.request.query("username").unwrap_or_default().to_lowercase();
    let known = call.state.accounts.get(&name).filter(|account| account.kind != AccountKind::Organization);
    Ok(Answer::ok(Value::Array(known.map(|account| user(call.base, account)).into_iter().collect())))
}

/// `GET /projects/{id}/members/all/{user_id}`: people are developers, and the token's own user maintains.
pub(super) fn member(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = project(call, Scope::Metadata, Level::Read)?;
    let id = call.number("user_id")?;
    let account = call.state.accounts.values().find(|account| account.id == id).ok_or(Refusal::NotFound)?;
    if !call.state.may_write(repo, &account.login) {
        return Err(Refusal::NotFound);
    }
    let mut shown = user(call.base, account);
    shown["access_level"] = json!(if account.login == call.login()? { 40 } else { 30 });
    Ok(Answer::ok(shown))
}

/// `GET /projects/{id}/merge_requests/{iid}/approvals`.
pub(super) fn approvals(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (repo, number) = request(call, Level::Read)?;
    let pull = call.state.seen_pull(repo, number)?;
    let wanted = call.state.repo(repo)?.rules_of(&pull.base).map_or(0, |rules| rules.approvals);
    let yes = pull.verdicts().into_iter().filter(|review| review.state == ReviewState::Approved);
    let by: Vec<Value> = yes
        .map(|review| {
            json!({
                "user": user(call.base, &call.state.account(&review.by)),
                "approved_at": time(review.at),
            })
        })
        .collect();
    let left = wanted.saturating_sub(by.len());
    Ok(Answer::ok(json!({
        "id": pull.id,
        "iid": number,
        "project_id": repo,
        "title": pull.title,
        "state": crate::gitlab::shape::request::state_word(pull),
        "approved": left == 0,
        "approvals_required": wanted,
        "approvals_left": left,
        "approved_by": by,
        "user_has_approved": false,
        "user_can_approve": false,
    })))
}

/// `GET /projects/{id}/merge_requests/{iid}/reviewers`.
pub(super) fn reviewers(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (repo, number) = request(call, Level::Read)?;
    let pull = call.state.seen_pull(repo, number)?;
    let verdicts = pull.verdicts();
    let names = crate::gitlab::shape::request::reviewers(pull);
    let shown = |name: String| {
        let verdict = verdicts.iter().find(|review| review.by == name).map(|review| review.state);
        let state = match verdict {
            Some(ReviewState::Approved) => "approved",
            Some(ReviewState::ChangesRequested) => "requested_changes",
            Some(_) => "reviewed",
            None => "unreviewed",
        };
        json!({ "user": user(call.base, &call.state.account(&name)), "state": state,
            "created_at": time(pull.created_at) })
    };
    Ok(pages::list(call, names, shown))
}
