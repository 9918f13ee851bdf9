//! A pull request as the issue it also is.

use serde_json::{Value, json};

use super::node::node;
use super::pull::labels;
use super::repo;
use super::talk::reactions;
use super::time::{maybe, time};
use super::user::user;
use crate::model::pull::{Pull, PullState};
use crate::model::repo::Repo;
use crate::world::State;

/// An issue.
pub(in crate::github) fn issue(state: &State, base: &str, known: &Repo, pull: &Pull) -> Value {
    let own = format!("{}/issues/{}", repo::url(base, known), pull.number);
    let html = format!("{base}/{}/pull/{}", known.full_name(), pull.number);
    let (closed, by) = match &pull.state {
        PullState::Open => (None, None),
        PullState::Closed { at, by } | PullState::Merged { at, by, .. } => (Some(*at), Some(by)),
    };
    let merged = matches!(pull.state, PullState::Merged { .. });
    let assignees: Vec<Value> =
        pull.assignees.iter().map(|login| user(base, &state.account(login))).collect();
    json!({
        "id": pull.id,
        "node_id": node("I", &[&known.id.to_string(), &pull.number.to_string()]),
        "url": own,
        "repository_url": repo::url(base, known),
        "labels_url": format!("{own}/labels{{/name}}"),
        "comments_url": format!("{own}/comments"),
        "events_url": format!("{own}/events"),
        "html_url": html,
        "number": pull.number,
        "state": if pull.is_open() { "open" } else { "closed" },
        "state_reason": null,
        "title": pull.title,
        "body": pull.body,
        "user": user(base, &state.account(&pull.author)),
        "labels": labels(base, known, pull),
        "assignee": assignees.first().cloned(),
        "assignees": assignees,
        "milestone": null,
        "locked": false,
        "active_lock_reason": null,
        "comments": pull.comments.len(),
        "draft": pull.draft,
        "pull_request": {
            "url": format!("{}/pulls/{}", repo::url(base, known), pull.number),
            "html_url": html,
            "diff_url": format!("{html}.diff"),
            "patch_url": format!("{html}.patch"),
            "merged_at": maybe(closed.filter(|_| merged)),
        },
        "closed_at": maybe(closed),
        "closed_by": by.map(|by| user(base, &state.account(by))),
        "created_at": time(pull.created_at),
        "updated_at": time(pull.updated_at),
        "author_association": "MEMBER",
        "reactions": reactions(&own),
    })
}
