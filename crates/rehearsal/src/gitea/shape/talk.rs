//! Comments and reviews.

use serde_json::{Value, json};

use super::time::time;
use super::user::user;
use crate::model::pull::{Comment, Pull, Review, ReviewState};
use crate::model::repo::Repo;
use crate::world::State;

/// A comment below a pull request.
pub(in crate::gitea) fn comment(
    state: &State,
    base: &str,
    (repo, number): (&Repo, u64),
    comment: &Comment,
) -> Value {
    let html = format!("{base}/{}/pulls/{number}", repo.full_name());
    json!({
        "id": comment.id,
        "html_url": format!("{html}#issuecomment-{}", comment.id),
        "pull_request_url": html,
        "issue_url": "",
        "user": user(base, &state.account(&comment.by)),
        "original_author": "",
        "original_author_id": 0,
        "body": comment.body,
        "assets": [],
        "created_at": time(comment.at),
        "updated_at": time(comment.updated_at),
    })
}

/// A review. One of another head is stale.
pub(in crate::gitea) fn review(
    state: &State,
    base: &str,
    (repo, pull): (u64, &Pull),
    review: &Review,
) -> Value {
    let word = match review.state {
        ReviewState::Approved | ReviewState::Dismissed => "APPROVED",
        ReviewState::ChangesRequested => "REQUEST_CHANGES",
        ReviewState::Commented => "COMMENT",
    };
    json!({
        "id": review.id,
        "user": user(base, &state.account(&review.by)),
        "team": null,
        "state": word,
        "body": review.body,
        "commit_id": review.head,
        "stale": review.head != pull.head_oid,
        "official": state.may_write(repo, &review.by),
        "dismissed": review.state == ReviewState::Dismissed,
        "comments_count": 0,
        "submitted_at": time(review.at),
        "updated_at": time(review.at),
    })
}
