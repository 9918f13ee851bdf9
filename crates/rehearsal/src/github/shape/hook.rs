//! Parts of webhooks that nothing else has.

use fleetwright_core::Oid;
use serde_json::{Value, json};

use super::check::app;
use super::node::{extend, node};
use super::repo::{self, full};
use super::time::time;
use super::user::{organization, user};
use crate::model::check::{Check, Conclusion};
use crate::model::repo::Repo;
use crate::world::State;

/// Where something happened.
pub(in crate::github) struct Place<'a> {
    pub(in crate::github) state: &'a State,
    pub(in crate::github) base: &'a str,
    pub(in crate::github) known: &'a Repo,
}

impl Place<'_> {
    /// What every webhook tells.
    pub(in crate::github) fn framed(&self, action: &str, by: &str) -> Value {
        json!({
            "action": action,
            "repository": full(self.state, self.base, self.known),
            "organization": organization(self.base, &self.state.account(&self.known.owner)),
            "sender": user(self.base, &self.state.account(by)),
        })
    }

    fn facts(&self, commit: Oid) -> Option<fleetwright_git::CommitFacts> {
        self.state.open(self.known.id).ok()?.commit_info(commit).ok()
    }
}

/// A commit as pushes and suites tell it.
pub(in crate::github) fn head_commit(place: &Place<'_>, commit: Oid) -> Value {
    let Some(facts) = place.facts(commit) else { return Value::Null };
    let person = json!({ "name": facts.author, "email": facts.author_email });
    json!({
        "id": commit,
        "tree_id": facts.tree,
        "message": facts.message,
        "timestamp": time(facts.time * 1_000),
        "author": person,
        "committer": person,
    })
}

/// `push`.
pub(in crate::github) fn push(
    place: &Place<'_>,
    branch: &str,
    (before, after): (Option<Oid>, Option<Oid>),
    by: &str,
) -> (&'static str, Value) {
    let (own, html) = (place.known.full_name(), format!("{}/{}", place.base, place.known.full_name()));
    let commit = after.map_or(Value::Null, |oid| {
        let mut shown = head_commit(place, oid);
        let more = json!({
            "distinct": true,
            "url": format!("{html}/commit/{oid}"),
            "added": [],
            "removed": [],
            "modified": [],
        });
        extend(&mut shown, more);
        shown
    });
    let mut body = place.framed("", by);
    if let Some(body) = body.as_object_mut() {
        body.remove("action");
    }
    // In this event alone, times of the repository are numbers.
    let seconds = |at: i64| json!(at.div_euclid(1_000));
    body["repository"]["created_at"] = seconds(place.known.created_at);
    body["repository"]["pushed_at"] = seconds(place.known.pushed_at);
    body["repository"]["master_branch"] = json!(place.known.default_branch);
    body["repository"]["organization"] = json!(place.known.owner);
    body["repository"]["stargazers"] = json!(0);
    body["repository"]["url"] = json!(format!("{}/{own}", place.base));
    let more = json!({
        "ref": format!("refs/heads/{branch}"),
        "before": before.unwrap_or(Oid::ZERO),
        "after": after.unwrap_or(Oid::ZERO),
        "created": before.is_none(),
        "deleted": after.is_none(),
        "forced": false,
        "base_ref": null,
        "compare": format!("{html}/compare/{}...{}", before.unwrap_or(Oid::ZERO), after.unwrap_or(Oid::ZERO)),
        "commits": if commit.is_null() { json!([]) } else { json!([commit]) },
        "head_commit": commit,
        "pusher": { "name": by, "email": format!("{by}@users.noreply.github.com") },
    });
    extend(&mut body, more);
    ("push", body)
}

/// `status`.
pub(in crate::github) fn status(place: &Place<'_>, commit: Oid, (check, word): (&Check, &str)) -> Value {
    let mut body = place.framed("", "ci");
    if let Some(body) = body.as_object_mut() {
        body.remove("action");
    }
    let facts = place.facts(commit);
    let mut told =
        facts.map_or(Value::Null, |facts| super::commit::full(place.base, place.known, commit, &facts));
    let author = user(place.base, &place.state.account(&place.known.owner));
    told["author"] = author.clone();
    told["committer"] = author;
    let own = repo::url(place.base, place.known);
    let branches = place.known.branches.iter().filter(|(_, oid)| **oid == commit).map(|(name, oid)| {
        json!({ "name": name, "commit": { "sha": oid, "url": format!("{own}/commits/{oid}") }, "protected": false })
    });
    let more = json!({
        "id": check.id,
        "sha": commit,
        "name": place.known.full_name(),
        "avatar_url": null,
        "target_url": null,
        "context": check.name,
        "description": null,
        "state": word,
        "commit": told,
        "branches": branches.collect::<Vec<_>>(),
        "created_at": time(check.queued_at),
        "updated_at": time(place.state.now()),
    });
    extend(&mut body, more);
    body
}

/// The suite of some runs.
pub(in crate::github) fn suite(place: &Place<'_>, commit: Oid, checks: &[Check]) -> Value {
    let first = checks.first();
    let id = first.map_or(0, |check| check.suite);
    let done = checks.iter().all(|check| check.conclusion().is_some());
    let good = checks.iter().all(|check| check.conclusion().is_some_and(Conclusion::satisfies));
    let own = repo::url(place.base, place.known);
    let branch = place.known.branches.iter().find(|(_, oid)| **oid == commit).map(|(name, _)| name);
    let begun = first.map_or(0, |check| check.queued_at);
    json!({
        "id": id,
        "node_id": node("CS", &[&place.known.id.to_string(), &id.to_string()]),
        "head_branch": branch,
        "head_sha": commit,
        "status": if done { "completed" } else { "in_progress" },
        "conclusion": done.then_some(if good { "success" } else { "failure" }),
        "url": format!("{own}/check-suites/{id}"),
        "before": Oid::ZERO,
        "after": commit,
        "pull_requests": super::check::pulls(place.base, place.known, commit),
        "app": app(place.state, place.base),
        "created_at": time(begun),
        "updated_at": time(place.state.now()),
    })
}
