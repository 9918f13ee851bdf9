//! Webhooks as Gitea posts them.
//!
//! Source: modules/structs/hook.go and services/webhook/notifier.go of go-gitea/gitea.

use fleetwright_core::Oid;
use serde_json::{Value, json};

use super::shape::pull::{Detail, full, hit};
use super::shape::repo;
use super::shape::status::word;
use super::shape::talk;
use super::shape::time::time;
use super::shape::user::user;
use crate::model::pull::ReviewState;
use crate::model::repo::Repo;
use crate::world::{CheckAction, Event, Payload, PullAction, State};

/// What is posted for an event.
pub(super) fn payloads(state: &State, event: &Event) -> Vec<Payload> {
    let Some(known) = state.repos().find(|repo| repo.id == event.repo()) else { return Vec::new() };
    let found = match event {
        Event::Pull { number, action, by, .. } => pull(state, known, (*number, action), by),
        Event::Review { number, review, .. } => reviewed(state, known, *number, *review),
        Event::Comment { number, comment, .. } => comment_of(state, known, *number, *comment),
        Event::Check { commit, check, action, .. } => status(state, known, *commit, (*check, *action)),
        Event::Suite { .. } => None,
        Event::Push { branch, before, after, by, .. } => push(state, known, (branch, *before, *after), by),
        Event::Repository { action, .. } => match *action {
            "created" | "deleted" => payload("repository", state, known, json!({ "action": action })),
            // Nothing is told of new names and archives.
            _ => None,
        },
    };
    found.into_iter().collect()
}

fn payload(event: &str, state: &State, known: &Repo, mut body: Value) -> Option<Payload> {
    body["repository"] = repo::full(state, state.url(), known);
    Some(Payload { event: event.to_owned(), body })
}

/// The precise event, and the action in the body. A new head is an event of its own.
fn words(action: &PullAction) -> Option<(&'static str, &'static str)> {
    Some(match action {
        PullAction::Opened => ("pull_request", "opened"),
        PullAction::Reopened => ("pull_request", "reopened"),
        PullAction::Closed => ("pull_request", "closed"),
        PullAction::Edited | PullAction::ToDraft | PullAction::Ready => ("pull_request", "edited"),
        PullAction::Synchronized { .. } => ("pull_request_sync", "synchronized"),
        PullAction::Labeled(_) => ("pull_request_label", "label_updated"),
        PullAction::Unlabeled(_) => ("pull_request_label", "label_cleared"),
        PullAction::ReviewRequested(_) => ("pull_request_review_request", "review_requested"),
        PullAction::AutoMergeOn | PullAction::AutoMergeOff | PullAction::Enqueued | PullAction::Dequeued => {
            return None;
        }
    })
}

fn pull(state: &State, known: &Repo, (number, action): (u64, &PullAction), by: &str) -> Option<Payload> {
    let (event, word) = words(action)?;
    let body = json!({
        "action": word,
        "number": number,
        "pull_request": full(state, state.url(), (known, known.pulls.get(&number)?), &Detail::default()),
        "sender": user(state.url(), &state.account(by)),
        "commit_id": "",
        "review": null,
    });
    payload(event, state, known, body)
}

fn reviewed(state: &State, known: &Repo, number: u64, review: u64) -> Option<Payload> {
    let pull = known.pulls.get(&number)?;
    let given = pull.reviews.iter().find(|given| given.id == review)?;
    let event = match given.state {
        ReviewState::Approved => "pull_request_review_approved",
        ReviewState::ChangesRequested => "pull_request_review_rejected",
        ReviewState::Commented | ReviewState::Dismissed => "pull_request_review_comment",
    };
    let body = json!({
        "action": "reviewed",
        "number": number,
        "pull_request": full(state, state.url(), (known, pull), &Detail::default()),
        "sender": user(state.url(), &state.account(&given.by)),
        "commit_id": "",
        "review": { "type": event, "content": given.body },
    });
    payload(event, state, known, body)
}

fn comment_of(state: &State, known: &Repo, number: u64, comment: u64) -> Option<Payload> {
    let pull = known.pulls.get(&number)?;
    let said = pull.comments.iter().find(|said| said.id == comment)?;
    let body = json!({
        "action": if said.at == said.updated_at { "created" } else { "edited" },
        "issue": hit(state, state.url(), known, pull),
        "pull_request": full(state, state.url(), (known, pull), &Detail::default()),
        "comment": talk::comment(state, state.url(), (known, number), said),
        "sender": user(state.url(), &state.account(&said.by)),
        "is_pull": true,
    });
    payload("issue_comment", state, known, body)
}

fn status(state: &State, known: &Repo, commit: Oid, (check, _): (u64, CheckAction)) -> Option<Payload> {
    let check = known.checks.get(&commit)?.iter().find(|known| known.id == check)?;
    let body = json!({
        "commit": { "id": commit },
        "context": check.name,
        "created_at": time(check.queued_at),
        "description": "",
        "id": check.id,
        "sha": commit,
        "state": word(check),
        "target_url": "",
        "updated_at": null,
        "sender": user(state.url(), &state.account("ci")),
    });
    payload("status", state, known, body)
}

type Move<'a> = (&'a str, Option<Oid>, Option<Oid>);

fn push(state: &State, known: &Repo, (branch, before, after): Move<'_>, by: &str) -> Option<Payload> {
    let who = user(state.url(), &state.account(by));
    let body = json!({
        "ref": format!("refs/heads/{branch}"),
        "before": before.unwrap_or(Oid::ZERO),
        "after": after.unwrap_or(Oid::ZERO),
        "compare_url": "",
        "commits": [],
        "total_commits": 1,
        "head_commit": null,
        "pusher": who,
        "sender": who,
    });
    payload("push", state, known, body)
}
