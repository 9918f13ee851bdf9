//! Merge requests.

use serde_json::{Value, json};

use super::pipeline::pipeline;
use super::time::{maybe, time};
use super::user::user;
use crate::model::method::Method;
use crate::model::pull::{Pull, PullState, ReviewState};
use crate::model::repo::Repo;
use crate::world::{Block, State};

/// What has to be found out of a request before it is shown.
#[derive(Debug, Clone, Default)]
pub(in crate::gitlab) struct Detail {
    joins: bool,
    block: Option<Block>,
    fork: Option<fleetwright_core::Oid>,
}

/// Finds out what lists show.
pub(in crate::gitlab) fn brief(state: &mut State, repo: u64, number: u64) -> Detail {
    let joins = state.joins(repo, number).unwrap_or_default();
    let open = state.pull(repo, number).is_ok_and(Pull::is_open);
    let block = if open { state.block(repo, number).ok().flatten() } else { None };
    Detail { joins, block, fork: None }
}

/// Finds out everything.
pub(in crate::gitlab) fn detail(state: &mut State, repo: u64, number: u64) -> Detail {
    Detail { fork: fork(state, repo, number), ..brief(state, repo, number) }
}

/// Where the branch left the base.
fn fork(state: &State, repo: u64, number: u64) -> Option<fleetwright_core::Oid> {
    let pull = state.pull(repo, number).ok()?;
    let base = state.repo(repo).ok()?.tip(&pull.base)?;
    let left = state.open(repo).ok()?.merge_base(base, pull.head_oid).ok()?;
    Some(left.filter(|_| pull.is_open()).unwrap_or(pull.base_oid))
}

/// GitLab's word for whether it stands.
pub(in crate::gitlab) fn state_word(pull: &Pull) -> &'static str {
    match pull.state {
        PullState::Open => "opened",
        PullState::Closed { .. } => "closed",
        PullState::Merged { .. } => "merged",
    }
}

/// Those asked for a review, and those who gave a verdict.
pub(in crate::gitlab) fn reviewers(pull: &Pull) -> Vec<String> {
    let gave = pull.verdicts().into_iter().filter(|review| review.state == ReviewState::ChangesRequested);
    let mut names: Vec<String> =
        pull.asked.iter().cloned().chain(gave.map(|review| review.by.clone())).collect();
    names.sort();
    names.dedup();
    names
}

/// docs.gitlab.com/api/merge_requests "Merge status".
fn detailed(pull: &Pull, detail: &Detail) -> &'static str {
    if !pull.is_open() {
        return "not_open";
    }
    match &detail.block {
        None | Some(Block::QueueOnly) => "mergeable",
        Some(Block::Draft) => "draft_status",
        Some(Block::Conflict) => "conflict",
        Some(Block::Expected(_)) => "ci_still_running",
        Some(Block::Failed(_)) => "ci_must_pass",
        Some(Block::Approvals { .. }) => "not_approved",
        Some(Block::ChangesRequested) => "requested_changes",
        Some(Block::Behind) => "need_rebase",
    }
}

/// As lists show it.
pub(in crate::gitlab) fn basic(
    state: &State,
    base: &str,
    (repo, pull): (&Repo, &Pull),
    detail: &Detail,
) -> Value {
    let full = repo.full_name();
    let who = |login: &str| user(base, &state.account(login));
    let (merged, closed) = match &pull.state {
        PullState::Merged { at, by, commit } => (Some((*at, by.clone(), *commit)), None),
        PullState::Closed { at, by } => (None, Some((*at, by.clone()))),
        PullState::Open => (None, None),
    };
    let conflicts = pull.is_open() && !detail.joins;
    let mark = if pull.draft { "Draft: " } else { "" };
    let mut shown = json!({
        "id": pull.id,
        "iid": pull.number,
        "project_id": repo.id,
        "title": format!("{mark}{}", pull.title),
        "description": pull.body,
        "state": state_word(pull),
        "created_at": time(pull.created_at),
        "updated_at": time(pull.updated_at),
        "target_branch": pull.base,
        "source_branch": pull.head,
        "source_project_id": repo.id,
        "target_project_id": repo.id,
        "author": who(&pull.author),
        "assignees": [],
        "labels": pull.labels,
        "draft": pull.draft,
        "work_in_progress": pull.draft,
        "merge_status": if conflicts { "cannot_be_merged" } else { "can_be_merged" },
        "detailed_merge_status": detailed(pull, detail),
        "has_conflicts": conflicts,
        "blocking_discussions_resolved": true,
        "sha": pull.head_oid,
        "user_notes_count": pull.comments.len(),
        "merge_when_pipeline_succeeds": pull.auto_merge.is_some() || pull.queued.is_some(),
        "web_url": format!("{base}/{full}/-/merge_requests/{}", pull.number),
    });
    shown["reviewers"] = reviewers(pull).iter().map(|name| who(name)).collect();
    shown["references"] = json!({
        "short": format!("!{}", pull.number),
        "relative": format!("!{}", pull.number),
        "full": format!("{full}!{}", pull.number),
    });
    ended(
        &mut shown,
        repo,
        merged.map(|(at, by, commit)| (at, who(&by), commit)),
        closed.map(|(at, by)| (at, who(&by))),
    );
    shown
}

type MergedBy = Option<(i64, Value, fleetwright_core::Oid)>;

/// Who ended it, when and how.
fn ended(shown: &mut Value, repo: &Repo, merged: MergedBy, closed: Option<(i64, Value)>) {
    let ff = !repo.settings.methods.contains(&Method::Merge);
    shown["merged_at"] = maybe(merged.as_ref().map(|(at, ..)| *at));
    shown["closed_at"] = maybe(closed.as_ref().map(|(at, _)| *at));
    shown["closed_by"] = closed.map_or(Value::Null, |(_, by)| by);
    shown["merge_user"] = merged.as_ref().map_or(Value::Null, |(_, by, _)| by.clone());
    shown["merged_by"] = shown["merge_user"].clone();
    let commit = merged.map_or(Value::Null, |(.., commit)| json!(commit));
    // A fast-forward leaves no merge commit; what it leaves is told as the squash's.
    shown["merge_commit_sha"] = if ff { Value::Null } else { commit.clone() };
    shown["squash_commit_sha"] = if ff { commit } else { Value::Null };
}

/// As one by itself is shown.
pub(in crate::gitlab) fn full(
    state: &State,
    base: &str,
    (repo, pull): (&Repo, &Pull),
    detail: &Detail,
) -> Value {
    let mut shown = basic(state, base, (repo, pull), detail);
    shown["head_pipeline"] = pipeline(base, repo, pull.head_oid).unwrap_or(Value::Null);
    shown["diff_refs"] = json!({
        "base_sha": detail.fork.unwrap_or(pull.base_oid),
        "start_sha": pull.base_oid,
        "head_sha": pull.head_oid,
    });
    shown["merge_error"] = Value::Null;
    shown["changes_count"] = json!("1");
    shown
}
