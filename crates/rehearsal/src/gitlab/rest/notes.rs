//! Comments below merge requests. GitLab calls them notes.

use serde_json::{Value, json};

use super::pages;
use super::place::request;
use crate::gitlab::shape::time::time;
use crate::gitlab::shape::user::user;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::Level;
use crate::model::pull::Comment;
use crate::world::Refusal;

fn shown(call: &Call<'_>, (repo, number): (u64, u64), comment: &Comment) -> Value {
    json!({
        "id": comment.id,
        "type": null,
        "body": comment.body,
        "author": user(call.base, &call.state.account(&comment.by)),
        "created_at": time(comment.at),
        "updated_at": time(comment.updated_at),
        "system": false,
        "noteable_id": call.state.pull(repo, number).map_or(0, |pull| pull.id),
        "noteable_type": "MergeRequest",
        "project_id": repo,
        "noteable_iid": number,
        "resolvable": false,
        "confidential": false,
        "internal": false,
    })
}

/// `GET /projects/{id}/merge_requests/{iid}/notes`.
pub(super) fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let place = request(call, Level::Read)?;
    let mut comments = call.state.seen_pull(place.0, place.1)?.comments.clone();
    if call.request.query("sort") != Some("asc") {
        comments.reverse();
    }
    Ok(pages::list(call, comments, |comment| shown(call, place, &comment)))
}

fn body(call: &Call<'_>) -> Result<String, Refusal> {
    let missing = Refusal::Invalid { resource: "Note", field: "body", code: "missing", message: None };
    call.text("body").filter(|body| !body.is_empty()).map(str::to_owned).ok_or(missing)
}

/// `POST /projects/{id}/merge_requests/{iid}/notes`.
pub(super) fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let place = request(call, Level::Write)?;
    let (body, by) = (body(call)?, call.login()?);
    let id = call.state.comment(place.0, place.1, &body, &by)?;
    answered(call, place, id, 201)
}

/// `PUT /projects/{id}/merge_requests/{iid}/notes/{note_id}`.
pub(super) fn edit(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let place = request(call, Level::Write)?;
    let (body, id, by) = (body(call)?, call.number("note_id")?, call.login()?);
    let known = call.state.pull(place.0, place.1)?.comments.iter().find(|comment| comment.id == id);
    if known.ok_or(Refusal::NotFound)?.by != by {
        return Err(Refusal::Forbidden(crate::model::account::Scope::Pulls));
    }
    let now = call.state.now();
    call.state.change_pull(place.0, place.1, |pull| {
        for comment in pull.comments.iter_mut().filter(|comment| comment.id == id) {
            (comment.body, comment.updated_at) = (body.clone(), now);
        }
    })?;
    answered(call, place, id, 200)
}

fn answered(call: &Call<'_>, place: (u64, u64), id: u64, status: u16) -> Result<Answer, Refusal> {
    let comments = &call.state.pull(place.0, place.1)?.comments;
    let comment = comments.iter().find(|comment| comment.id == id).ok_or(Refusal::NotFound)?;
    Ok(Answer::json(status, shown(call, place, comment)))
}
