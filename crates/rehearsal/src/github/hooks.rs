//! Webhooks as GitHub posts them (GitHub docs, "Webhook events and payloads").

use fleetwright_core::Oid;
use serde_json::{Value, json};

use super::shape::check::{run, status_word};
use super::shape::hook::{self, Place};
use super::shape::pull::{full, label, plain_detail};
use super::shape::talk::{comment, review};
use super::shape::{issue, repo, user};
use crate::model::check::CheckKind;
use crate::model::pull::Pull;
use crate::model::repo::Repo;
use crate::world::{CheckAction, Event, Payload, PullAction, State};

/// What is posted for an event.
pub(super) fn payloads(state: &State, event: &Event) -> Vec<Payload> {
    let Ok(known) = state.repo(event.repo()) else { return Vec::new() };
    let place = Place { state, base: state.url(), known };
    let payload = match event {
        Event::Pull { number, action, by, .. } => pull(&place, *number, (action, by)),
        Event::Check { commit, check, action, .. } => check_event(&place, (*commit, *check), *action),
        Event::Suite { commit, .. } => suite(&place, *commit),
        Event::Push { branch, before, after, by, .. } => {
            Some(hook::push(&place, branch, (*before, *after), by))
        }
        Event::Review { number, review, .. } => review_event(&place, *number, *review),
        Event::Comment { number, comment, .. } => comment_event(&place, *number, *comment),
        Event::Repository { action, before, .. } => Some(repository(&place, action, before)),
    };
    let said = payload.into_iter().map(|(event, mut body)| {
        trim(&mut body);
        Payload { event: event.to_owned(), body }
    });
    said.collect()
}

/// What REST tells and webhooks do not, by their published schemas.
const UNTOLD: [&str; 4] = ["network_count", "subscribers_count", "verified_at", "closed_by"];

/// Makes what is shaped for REST fit for a webhook.
fn trim(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !UNTOLD.contains(&name.as_str()));
            if fields.contains_key("clone_url") {
                fields.insert("custom_properties".to_owned(), json!({}));
            }
            fields.values_mut().for_each(trim);
        }
        Value::Array(list) => list.iter_mut().for_each(trim),
        _ => {}
    }
}

type Told = Option<(&'static str, Value)>;

fn shown(place: &Place<'_>, known: &Repo, pull: &Pull) -> Value {
    full(place.state, place.base, (known, pull), &plain_detail())
}

fn pull(place: &Place<'_>, number: u64, (action, by): (&PullAction, &str)) -> Told {
    let pull = place.known.pulls.get(&number)?;
    let word = match action {
        PullAction::Opened => "opened",
        PullAction::Synchronized { .. } => "synchronize",
        PullAction::Edited => "edited",
        PullAction::Closed => "closed",
        PullAction::Reopened => "reopened",
        PullAction::Labeled(_) => "labeled",
        PullAction::Unlabeled(_) => "unlabeled",
        PullAction::ReviewRequested(_) => "review_requested",
        PullAction::ToDraft => "converted_to_draft",
        PullAction::Ready => "ready_for_review",
        PullAction::AutoMergeOn => "auto_merge_enabled",
        PullAction::AutoMergeOff => "auto_merge_disabled",
        PullAction::Enqueued => "enqueued",
        PullAction::Dequeued => "dequeued",
    };
    let mut body = place.framed(word, by);
    body["number"] = json!(number);
    body["pull_request"] = shown(place, place.known, pull);
    match action {
        PullAction::Synchronized { before, after } => {
            body["before"] = json!(before);
            body["after"] = json!(after);
        }
        PullAction::Edited => body["changes"] = json!({}),
        PullAction::Labeled(name) | PullAction::Unlabeled(name) => {
            let known = place.known.labels.get(name)?;
            body["label"] = label(place.base, place.known, known);
        }
        PullAction::ReviewRequested(login) => {
            body["requested_reviewer"] = user::user(place.base, &place.state.account(login));
        }
        PullAction::AutoMergeOff | PullAction::Dequeued => body["reason"] = json!("MANUAL"),
        _ => {}
    }
    Some(("pull_request", body))
}

fn check_event(place: &Place<'_>, (commit, wanted): (Oid, u64), action: CheckAction) -> Told {
    let check = place.known.checks.get(&commit)?.iter().find(|check| check.id == wanted)?;
    if check.kind == CheckKind::Status {
        return Some(("status", hook::status(place, commit, (check, status_word(check)))));
    }
    let word = match action {
        CheckAction::Created => "created",
        CheckAction::Completed => "completed",
    };
    let mut body = place.framed(word, "github-actions[bot]");
    let mut shown = run(place.state, place.base, (place.known, commit), check);
    shown["check_suite"] = hook::suite(place, commit, std::slice::from_ref(check));
    body["check_run"] = shown;
    Some(("check_run", body))
}

fn suite(place: &Place<'_>, commit: Oid) -> Told {
    let all = place.known.checks.get(&commit)?;
    let runs: Vec<_> = all.iter().filter(|check| check.kind == CheckKind::Run).cloned().collect();
    if runs.is_empty() {
        return None;
    }
    let mut body = place.framed("completed", "github-actions[bot]");
    let mut shown = hook::suite(place, commit, &runs);
    shown["latest_check_runs_count"] = json!(runs.len());
    let own = repo::url(place.base, place.known);
    shown["check_runs_url"] = json!(format!("{own}/check-suites/{}/check-runs", runs[0].suite));
    shown["head_commit"] = hook::head_commit(place, commit);
    body["check_suite"] = shown;
    Some(("check_suite", body))
}

fn review_event(place: &Place<'_>, number: u64, wanted: u64) -> Told {
    let pull = place.known.pulls.get(&number)?;
    let found = pull.reviews.iter().find(|review| review.id == wanted)?;
    let mut body = place.framed("submitted", &found.by);
    let mut said = review(place.state, place.base, (place.known, number), found);
    said["state"] = json!(found.state.word().to_lowercase());
    body["review"] = said;
    body["pull_request"] = super::shape::pull::simple(place.state, place.base, place.known, pull);
    Some(("pull_request_review", body))
}

fn comment_event(place: &Place<'_>, number: u64, wanted: u64) -> Told {
    let pull = place.known.pulls.get(&number)?;
    let found = pull.comments.iter().find(|comment| comment.id == wanted)?;
    let mut body = place.framed("created", &found.by);
    body["issue"] = issue::issue(place.state, place.base, place.known, pull);
    body["comment"] = comment(place.state, place.base, (place.known, number), found);
    Some(("issue_comment", body))
}

fn repository(place: &Place<'_>, action: &str, before: &str) -> (&'static str, Value) {
    let mut body = place.framed(action, &place.known.owner);
    if action == "renamed" {
        let name = before.rsplit('/').next().unwrap_or(before);
        body["changes"] = json!({ "repository": { "name": { "from": name } } });
    }
    ("repository", body)
}
