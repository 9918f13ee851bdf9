//! Webhooks as GitLab posts them.
//!
//! Source: docs.gitlab.com/user/project/integrations/webhook_events.

use fleetwright_core::Oid;
use serde_json::{Value, json};

use super::shape::pipeline::whole;
use super::shape::project::short;
use super::shape::request::state_word;
use super::shape::time::time;
use super::shape::user::user;
use crate::model::pull::{Pull, PullState, ReviewState};
use crate::model::repo::Repo;
use crate::world::{Event, Payload, PullAction, State};

/// What is posted for an event.
pub(super) fn payloads(state: &State, event: &Event) -> Vec<Payload> {
    let Some(repo) = state.repos().find(|repo| repo.id == event.repo()) else { return Vec::new() };
    let found = match event {
        Event::Pull { number, action, by, .. } => request(state, repo, (*number, action_word(action)), by),
        Event::Review { number, review, .. } => reviewed(state, repo, *number, *review),
        Event::Comment { number, comment, .. } => note(state, repo, *number, *comment),
        Event::Check { commit, check, .. } => job(state, repo, *commit, *check),
        Event::Suite { commit, .. } => pipeline(state, repo, *commit),
        Event::Push { branch, before, after, by, .. } => push(state, repo, (branch, *before, *after), by),
        Event::Repository { action, before, .. } => project(repo, action, before),
    };
    found.into_iter().collect()
}

fn payload(event: &str, body: Value) -> Option<Payload> {
    Some(Payload { event: event.to_owned(), body })
}

/// GitLab's word: a new head, a label, a changed title are all an update.
fn action_word(action: &PullAction) -> &'static str {
    match action {
        PullAction::Opened => "open",
        PullAction::Reopened => "reopen",
        PullAction::Closed => "close",
        _ => "update",
    }
}

fn request(state: &State, repo: &Repo, (number, action): (u64, &str), by: &str) -> Option<Payload> {
    let pull = repo.pulls.get(&number)?;
    let action =
        if matches!(pull.state, PullState::Merged { .. }) && action == "close" { "merge" } else { action };
    let mut about = attributes(state, repo, pull);
    about["action"] = json!(action);
    let body = json!({
        "object_kind": "merge_request",
        "event_type": "merge_request",
        "user": user(state.url(), &state.account(by)),
        "project": short(state.url(), repo),
        "object_attributes": about,
        "labels": pull.labels.iter().map(|label| json!({ "title": label })).collect::<Vec<_>>(),
        "changes": {},
        "repository": { "name": repo.name, "homepage": format!("{}/{}", state.url(), repo.full_name()) },
    });
    payload("Merge Request Hook", body)
}

fn attributes(state: &State, repo: &Repo, pull: &Pull) -> Value {
    json!({
        "id": pull.id,
        "iid": pull.number,
        "target_branch": pull.base,
        "source_branch": pull.head,
        "source_project_id": repo.id,
        "target_project_id": repo.id,
        "title": pull.title,
        "state": state_word(pull),
        "draft": pull.draft,
        "merge_status": "unchecked",
        "detailed_merge_status": "unchecked",
        "created_at": time(pull.created_at),
        "updated_at": time(pull.updated_at),
        "last_commit": { "id": pull.head_oid },
        "url": format!("{}/{}/-/merge_requests/{}", state.url(), repo.full_name(), pull.number),
    })
}

/// A review tells by the action of its request; words alone are a note.
fn reviewed(state: &State, repo: &Repo, number: u64, review: u64) -> Option<Payload> {
    let pull = repo.pulls.get(&number)?;
    let review = pull.reviews.iter().find(|known| known.id == review)?;
    let action = match review.state {
        ReviewState::Approved => "approved",
        ReviewState::Dismissed => "unapproved",
        ReviewState::ChangesRequested | ReviewState::Commented => "update",
    };
    request(state, repo, (number, action), &review.by)
}

fn note(state: &State, repo: &Repo, number: u64, comment: u64) -> Option<Payload> {
    let pull = repo.pulls.get(&number)?;
    let comment = pull.comments.iter().find(|known| known.id == comment)?;
    let body = json!({
        "object_kind": "note",
        "event_type": "note",
        "user": user(state.url(), &state.account(&comment.by)),
        "project_id": repo.id,
        "project": short(state.url(), repo),
        "object_attributes": {
            "id": comment.id,
            "note": comment.body,
            "noteable_type": "MergeRequest",
            "system": false,
            "action": if comment.at == comment.updated_at { "create" } else { "update" },
        },
        "merge_request": attributes(state, repo, pull),
    });
    payload("Note Hook", body)
}

fn job(state: &State, repo: &Repo, commit: Oid, check: u64) -> Option<Payload> {
    let check = repo.checks.get(&commit)?.iter().find(|known| known.id == check)?;
    let body = json!({
        "object_kind": "build",
        "sha": commit,
        "build_id": check.id,
        "build_name": check.name,
        "build_status": super::shape::pipeline::status(state.url(), (repo, commit), check)["status"],
        "pipeline_id": check.suite,
        "project_id": repo.id,
        "project_name": repo.full_name().replace('/', " / "),
        "project": short(state.url(), repo),
        "repository": { "name": repo.name, "homepage": format!("{}/{}", state.url(), repo.full_name()) },
    });
    payload("Job Hook", body)
}

fn pipeline(state: &State, repo: &Repo, commit: Oid) -> Option<Payload> {
    let checks = repo.checks.get(&commit)?;
    let request = repo.pulls.values().find(|pull| pull.is_open() && pull.head_oid == commit);
    let body = json!({
        "object_kind": "pipeline",
        "object_attributes": {
            "id": checks.first()?.suite,
            "sha": commit,
            "source": "push",
            "status": whole(checks),
        },
        "merge_request": request.map(|pull| attributes(state, repo, pull)),
        "project": short(state.url(), repo),
        "commit": { "id": commit },
        "builds": [],
    });
    payload("Pipeline Hook", body)
}

type Move<'a> = (&'a str, Option<Oid>, Option<Oid>);

fn push(state: &State, repo: &Repo, (branch, before, after): Move<'_>, by: &str) -> Option<Payload> {
    let body = json!({
        "object_kind": "push",
        "event_name": "push",
        "before": before.unwrap_or(Oid::ZERO),
        "after": after.unwrap_or(Oid::ZERO),
        "ref": format!("refs/heads/{branch}"),
        "checkout_sha": after,
        "user_username": by,
        "project_id": repo.id,
        "project": short(state.url(), repo),
        "commits": [],
        "total_commits_count": 1,
    });
    payload("Push Hook", body)
}

fn project(repo: &Repo, action: &str, before: &str) -> Option<Payload> {
    let event = match action {
        "created" => "project_create",
        "renamed" => "project_rename",
        "deleted" => "project_destroy",
        _ => "project_update",
    };
    let body = json!({
        "event_name": event,
        "name": repo.name,
        "path": repo.name,
        "path_with_namespace": repo.full_name(),
        "old_path_with_namespace": before,
        "project_id": repo.id,
    });
    payload("Project Hook", body)
}
