//! Pull requests.

use fleetwright_core::Oid;
use serde_json::{Value, json};

use super::repo;
use super::time::{maybe, time};
use super::user::user;
use crate::model::pull::{Pull, PullState};
use crate::model::repo::{Label, Repo};
use crate::world::State;

/// What has to be found out of a pull request before it is shown.
#[derive(Debug, Clone, Default)]
pub(in crate::gitea) struct Detail {
    joins: bool,
    fork: Option<Oid>,
}

/// Finds it out.
pub(in crate::gitea) fn detail(state: &mut State, repo: u64, number: u64) -> Detail {
    let joins = state.joins(repo, number).unwrap_or_default();
    Detail { joins, fork: fork(state, repo, number) }
}

/// Where the branch left the base.
fn fork(state: &State, repo: u64, number: u64) -> Option<Oid> {
    let pull = state.pull(repo, number).ok()?;
    let base = state.repo(repo).ok()?.tip(&pull.base)?;
    let left = state.open(repo).ok()?.merge_base(base, pull.head_oid).ok()?;
    Some(left.filter(|_| pull.is_open()).unwrap_or(pull.base_oid))
}

/// A label.
pub(in crate::gitea) fn label(label: &Label) -> Value {
    json!({
        "id": label.id,
        "name": label.name,
        "exclusive": false,
        "is_archived": false,
        "color": label.color,
        "description": label.description.clone().unwrap_or_default(),
        "url": "",
    })
}

fn labels(repo: &Repo, pull: &Pull) -> Vec<Value> {
    pull.labels.iter().filter_map(|name| repo.labels.get(name)).map(label).collect()
}

fn title(pull: &Pull) -> String {
    format!("{}{}", if pull.draft { "WIP: " } else { "" }, pull.title)
}

/// A pull request.
pub(in crate::gitea) fn full(
    state: &State,
    base: &str,
    (known, pull): (&Repo, &Pull),
    detail: &Detail,
) -> Value {
    let html = format!("{base}/{}/pulls/{}", known.full_name(), pull.number);
    let who = |login: &str| user(base, &state.account(login));
    let (merged, ended) = match &pull.state {
        PullState::Open => (None, None),
        PullState::Closed { at, .. } => (None, Some(*at)),
        PullState::Merged { at, by, commit } => (Some((*at, who(by), *commit)), Some(*at)),
    };
    let side = |branch: &str, sha: Oid| {
        json!({
            "label": branch,
            "ref": branch,
            "sha": sha,
            "repo_id": known.id,
            "repo": repo::full(state, base, known),
        })
    };
    let tip = known.tip(&pull.base).filter(|_| pull.is_open()).unwrap_or(pull.base_oid);
    let mut shown = json!({
        "id": pull.id,
        "url": html,
        "number": pull.number,
        "user": who(&pull.author),
        "title": title(pull),
        "body": pull.body,
        "labels": labels(known, pull),
        "milestone": null,
        "assignee": null,
        "assignees": null,
        "requested_reviewers": pull.asked.iter().map(|login| who(login)).collect::<Vec<_>>(),
        "state": if pull.is_open() { "open" } else { "closed" },
        "draft": pull.draft,
        "is_locked": false,
        "comments": pull.comments.len(),
        "html_url": html,
        "mergeable": pull.is_open() && detail.joins && !pull.draft,
        "merged": merged.is_some(),
        "merge_base": detail.fork.unwrap_or(pull.base_oid),
        "base": side(&pull.base, tip),
        "head": side(&pull.head, pull.head_oid),
        "created_at": time(pull.created_at),
        "updated_at": time(pull.updated_at),
        "closed_at": maybe(ended),
    });
    shown["merged_at"] = maybe(merged.as_ref().map(|(at, ..)| *at));
    shown["merged_by"] = merged.as_ref().map_or(Value::Null, |(_, by, _)| by.clone());
    shown["merge_commit_sha"] = merged.map_or(Value::Null, |(.., commit)| json!(commit));
    shown
}

/// A pull request, as a search for issues shows it.
pub(in crate::gitea) fn hit(state: &State, base: &str, known: &Repo, pull: &Pull) -> Value {
    let html = format!("{base}/{}/pulls/{}", known.full_name(), pull.number);
    json!({
        "id": pull.id,
        "url": format!("{base}/api/v1/repos/{}/issues/{}", known.full_name(), pull.number),
        "html_url": html,
        "number": pull.number,
        "user": user(base, &state.account(&pull.author)),
        "title": title(pull),
        "body": pull.body,
        "labels": labels(known, pull),
        "state": if pull.is_open() { "open" } else { "closed" },
        "is_locked": false,
        "comments": pull.comments.len(),
        "created_at": time(pull.created_at),
        "updated_at": time(pull.updated_at),
        "closed_at": null,
        "pull_request": { "merged": matches!(pull.state, PullState::Merged { .. }), "merged_at": null,
            "draft": pull.draft, "html_url": html },
        "repository": { "id": known.id, "name": known.name, "owner": known.owner,
            "full_name": known.full_name() },
    })
}
