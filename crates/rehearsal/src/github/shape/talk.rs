//! Comments and reviews.

use serde_json::{Value, json};

use super::node::node;
use super::repo;
use super::time::time;
use super::user::user;
use crate::model::pull::{Comment, Review};
use crate::model::repo::Repo;
use crate::world::State;

/// How somebody is connected with a repository, in GitHub's word.
pub(in crate::github) fn association(state: &State, repo: u64, login: &str) -> &'static str {
    if state.may_write(repo, login) { "MEMBER" } else { "NONE" }
}

/// A comment below a pull request.
pub(in crate::github) fn comment(
    state: &State,
    base: &str,
    (known, number): (&Repo, u64),
    comment: &Comment,
) -> Value {
    let own = repo::url(base, known);
    let id = comment.id;
    json!({
        "url": format!("{own}/issues/comments/{id}"),
        "html_url": format!("{base}/{}/pull/{number}#issuecomment-{id}", known.full_name()),
        "issue_url": format!("{own}/issues/{number}"),
        "id": id,
        "node_id": node("IC", &[&known.id.to_string(), &number.to_string(), &id.to_string()]),
        "user": user(base, &state.account(&comment.by)),
        "created_at": time(comment.at),
        "updated_at": time(comment.updated_at),
        "body": comment.body,
        "author_association": association(state, known.id, &comment.by),
        "performed_via_github_app": null,
        "reactions": reactions(&format!("{own}/issues/comments/{id}")),
    })
}

/// No reactions.
pub(in crate::github) fn reactions(url: &str) -> Value {
    json!({
        "url": format!("{url}/reactions"),
        "total_count": 0,
        "+1": 0,
        "-1": 0,
        "laugh": 0,
        "hooray": 0,
        "confused": 0,
        "heart": 0,
        "rocket": 0,
        "eyes": 0,
    })
}

/// A review.
pub(in crate::github) fn review(
    state: &State,
    base: &str,
    (known, number): (&Repo, u64),
    review: &Review,
) -> Value {
    let pull = format!("{}/pulls/{number}", repo::url(base, known));
    let html = format!("{base}/{}/pull/{number}#pullrequestreview-{}", known.full_name(), review.id);
    json!({
        "id": review.id,
        "node_id": node("PRR", &[&known.id.to_string(), &number.to_string(), &review.id.to_string()]),
        "user": user(base, &state.account(&review.by)),
        "body": review.body,
        "state": review.state.word(),
        "html_url": html,
        "pull_request_url": pull,
        "author_association": association(state, known.id, &review.by),
        "_links": { "html": { "href": html }, "pull_request": { "href": pull } },
        "submitted_at": time(review.at),
        "commit_id": review.head,
    })
}
