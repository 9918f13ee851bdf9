//! What is said about a pull request: comments, labels, assignees, reviews.

use serde_json::{Value, json};

use super::pages::Page;
use crate::github::shape::pull::{label, labels, simple};
use crate::github::shape::talk::{comment, review};
use crate::github::shape::user::user;
use crate::github::shape::{issue, node::node};
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::model::pull::{Comment, ReviewState};
use crate::world::Refusal;

/// A pull request's repository and number, wherever the number stands in the path.
fn place(call: &Call<'_>, level: Level) -> Result<(u64, u64), Refusal> {
    let id = call.repo(Scope::Pulls, level)?;
    let number = call.number("issue_number").or_else(|_| call.number("pull_number"))?;
    call.state.seen_pull(id, number)?;
    Ok((id, number))
}

/// `GET /repos/{owner}/{repo}/issues/{issue_number}`.
pub(super) fn get_issue(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, number) = place(call, Level::Read)?;
    let known = call.state.repo(id)?;
    Ok(Answer::ok(issue::issue(call.state, call.base, known, call.state.seen_pull(id, number)?)))
}

/// `GET /repos/{owner}/{repo}/issues/{issue_number}/comments`.
pub(super) fn comments(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, number) = place(call, Level::Read)?;
    let known = call.state.repo(id)?;
    let all: Vec<&Comment> = call.state.seen_pull(id, number)?.comments.iter().collect();
    Ok(Page::of(call).list(call, all, |one| comment(call.state, call.base, (known, number), one)))
}

/// `POST /repos/{owner}/{repo}/issues/{issue_number}/comments`.
pub(super) fn add_comment(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, number) = place(call, Level::Write)?;
    let body = call.text("body").unwrap_or_default().to_owned();
    if body.trim().is_empty() {
        let (resource, field) = ("IssueComment", "body");
        return Err(Refusal::Invalid { resource, field, code: "missing_field", message: None });
    }
    let by = call.login()?;
    let made = call.state.comment(id, number, &body, &by)?;
    let found = find_comment(call, id, made)?;
    Ok(Answer::json(201, found))
}

fn find_comment(call: &Call<'_>, id: u64, wanted: u64) -> Result<Value, Refusal> {
    let known = call.state.repo(id)?;
    let all = known.pulls.values().flat_map(|pull| pull.comments.iter().map(|one| (pull.number, one)));
    let (number, one) = all.into_iter().find(|(_, one)| one.id == wanted).ok_or(Refusal::NotFound)?;
    Ok(comment(call.state, call.base, (known, number), one))
}

/// `PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}`.
pub(super) fn edit_comment(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Pulls, Level::Write)?;
    let wanted = call.number("comment_id")?;
    let (body, by) = (call.text("body").unwrap_or_default().to_owned(), call.login()?);
    call.state.edit_comment(id, wanted, Some(&body), &by)?;
    Ok(Answer::ok(find_comment(call, id, wanted)?))
}

/// `DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}`.
pub(super) fn delete_comment(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Pulls, Level::Write)?;
    let (wanted, by) = (call.number("comment_id")?, call.login()?);
    call.state.edit_comment(id, wanted, None, &by)?;
    Ok(Answer::empty(204))
}

/// `GET /repos/{owner}/{repo}/issues/comments/{comment_id}`.
pub(super) fn get_comment(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Pulls, Level::Read)?;
    Ok(Answer::ok(find_comment(call, id, call.number("comment_id")?)?))
}

fn labelled(call: &Call<'_>, (id, number): (u64, u64)) -> Result<Answer, Refusal> {
    let known = call.state.repo(id)?;
    Ok(Answer::ok(Value::Array(labels(call.base, known, call.state.pull(id, number)?))))
}

/// `GET /repos/{owner}/{repo}/issues/{issue_number}/labels`.
pub(super) fn get_labels(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let place = place(call, Level::Read)?;
    labelled(call, place)
}

/// The labels of a body, which may be the list itself.
fn wanted(call: &Call<'_>) -> Vec<String> {
    let list = call.body.get("labels").unwrap_or(&call.body).as_array().cloned().unwrap_or_default();
    let name = |one: &Value| one.as_str().or_else(|| one["name"].as_str()).map(str::to_owned);
    list.iter().filter_map(name).collect()
}

/// `POST /repos/{owner}/{repo}/issues/{issue_number}/labels`.
pub(super) fn add_labels(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, number) = place(call, Level::Write)?;
    let by = call.login()?;
    for name in wanted(call) {
        call.state.label(id, number, (&name, true), &by)?;
    }
    labelled(call, (id, number))
}

/// `PUT /repos/{owner}/{repo}/issues/{issue_number}/labels`.
pub(super) fn set_labels(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, number) = place(call, Level::Write)?;
    let (by, wanted) = (call.login()?, wanted(call));
    let before = call.state.pull(id, number)?.labels.clone();
    for name in before.iter().filter(|name| !wanted.contains(name)) {
        call.state.label(id, number, (name, false), &by)?;
    }
    for name in wanted {
        call.state.label(id, number, (&name, true), &by)?;
    }
    labelled(call, (id, number))
}

/// `DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}`.
pub(super) fn remove_label(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, number) = place(call, Level::Write)?;
    let (name, by) = (call.param("name").to_owned(), call.login()?);
    let missing = |refusal| {
        if refusal == Refusal::NotFound { Refusal::Missing("Label does not exist") } else { refusal }
    };
    call.state.label(id, number, (&name, false), &by).map_err(missing)?;
    labelled(call, (id, number))
}

/// `GET /repos/{owner}/{repo}/labels`.
pub(super) fn repo_labels(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Metadata, Level::Read)?;
    let known = call.state.repo(id)?;
    Ok(Page::of(call).list(call, known.labels.values().collect(), |one| label(call.base, known, one)))
}

/// `POST` and `DELETE /repos/{owner}/{repo}/issues/{issue_number}/assignees`.
pub(super) fn assign(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, number) = place(call, Level::Write)?;
    let (adds, by) = (call.request.method == "POST", call.login()?);
    for login in call.texts("assignees") {
        call.state.assign(id, number, (&login, adds), &by)?;
    }
    let shown = issue::issue(call.state, call.base, call.state.repo(id)?, call.state.pull(id, number)?);
    Ok(Answer::json(if adds { 201 } else { 200 }, shown))
}

/// `GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews`.
pub(super) fn reviews(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, number) = place(call, Level::Read)?;
    let known = call.state.repo(id)?;
    let all = call.state.seen_pull(id, number)?.reviews.iter().collect();
    Ok(Page::of(call).list(call, all, |one| review(call.state, call.base, (known, number), one)))
}

/// `POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews`.
pub(super) fn add_review(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, number) = place(call, Level::Write)?;
    let verdict = match call.text("event") {
        Some("APPROVE") => ReviewState::Approved,
        Some("REQUEST_CHANGES") => ReviewState::ChangesRequested,
        _ => ReviewState::Commented,
    };
    let (body, by) = (call.text("body").unwrap_or_default().to_owned(), call.login()?);
    let made = call.state.review(id, number, (verdict, &body), &by)?;
    let known = call.state.repo(id)?;
    let found = call.state.pull(id, number)?.reviews.iter().find(|one| one.id == made);
    let found = found.ok_or(Refusal::NotFound)?;
    Ok(Answer::ok(review(call.state, call.base, (known, number), found)))
}

/// `GET /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers`.
pub(super) fn asked(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, number) = place(call, Level::Read)?;
    let asked = &call.state.seen_pull(id, number)?.asked;
    let users: Vec<Value> = asked.iter().map(|login| user(call.base, &call.state.account(login))).collect();
    Ok(Answer::ok(json!({ "users": users, "teams": [] })))
}

/// `POST` and `DELETE /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers`.
pub(super) fn ask(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (id, number) = place(call, Level::Write)?;
    let (who, by, adds) = (call.texts("reviewers"), call.login()?, call.request.method == "POST");
    if adds {
        call.state.ask(id, number, &who, &by)?;
    } else {
        call.state.unask(id, number, &who, &by)?;
    }
    let shown = simple(call.state, call.base, call.state.repo(id)?, call.state.pull(id, number)?);
    Ok(Answer::json(if adds { 201 } else { 200 }, shown))
}

/// `GET /repos/{owner}/{repo}/collaborators/{username}/permission`.
pub(super) fn permission(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Metadata, Level::Read)?;
    let account = call.state.account(call.param("username"));
    let may = if call.state.may_write(id, &account.login) { "write" } else { "read" };
    let mut shown = user(call.base, &account);
    shown["role_name"] = json!(may);
    shown["node_id"] = json!(node("U", &[&account.id.to_string()]));
    Ok(Answer::ok(json!({ "permission": may, "role_name": may, "user": shown })))
}
