//! Pull requests.

use fleetwright_core::Oid;
use serde_json::{Value, json};

use super::node::{self, extend};
use super::repo::{self, minimal};
use super::time::{maybe, time};
use super::user::user;
use crate::model::pull::{Pull, PullState};
use crate::model::repo::Repo;
use crate::world::{Block, State};

/// Labels as they stand on something.
pub(in crate::github) fn labels(base: &str, known: &Repo, pull: &Pull) -> Vec<Value> {
    let found = pull.labels.iter().filter_map(|name| known.labels.get(name));
    found.map(|label| self::label(base, known, label)).collect()
}

/// One label.
pub(in crate::github) fn label(base: &str, known: &Repo, label: &crate::model::repo::Label) -> Value {
    json!({
        "id": label.id,
        "node_id": node::node("LA", &[&label.id.to_string()]),
        "url": format!("{}/labels/{}", repo::url(base, known), label.name),
        "name": label.name,
        "description": label.description,
        "color": label.color,
        "default": false,
    })
}

fn side(state: &State, base: &str, known: &Repo, (branch, oid): (&str, Oid)) -> Value {
    json!({
        "label": format!("{}:{branch}", known.owner),
        "ref": branch,
        "sha": oid,
        "user": user(base, &state.account(&known.owner)),
        "repo": minimal(state, base, known),
    })
}

/// A pull request as it stands in lists.
pub(in crate::github) fn simple(state: &State, base: &str, known: &Repo, pull: &Pull) -> Value {
    let number = pull.number;
    let own = format!("{}/pulls/{number}", repo::url(base, known));
    let issue = format!("{}/issues/{number}", repo::url(base, known));
    let html = format!("{base}/{}/pull/{number}", known.full_name());
    let statuses = format!("{}/statuses/{}", repo::url(base, known), pull.head_oid);
    let (closed, merged, commit) = match &pull.state {
        PullState::Open => (None, None, None),
        PullState::Closed { at, .. } => (Some(*at), None, None),
        PullState::Merged { at, commit, .. } => (Some(*at), Some(*at), Some(*commit)),
    };
    let tip = known.tip(&pull.base).unwrap_or(pull.base_oid);
    let people = |logins: &std::collections::BTreeSet<String>| -> Vec<Value> {
        logins.iter().map(|login| user(base, &state.account(login))).collect()
    };
    let assignees = people(&pull.assignees);
    json!({
        "url": own,
        "id": pull.id,
        "node_id": node::pull(known.id, number),
        "html_url": html,
        "diff_url": format!("{html}.diff"),
        "patch_url": format!("{html}.patch"),
        "issue_url": issue,
        "number": number,
        "state": if pull.is_open() { "open" } else { "closed" },
        "locked": false,
        "title": pull.title,
        "user": user(base, &state.account(&pull.author)),
        "body": if pull.body.is_empty() { Value::Null } else { json!(pull.body) },
        "created_at": time(pull.created_at),
        "updated_at": time(pull.updated_at),
        "closed_at": maybe(closed),
        "merged_at": maybe(merged),
        "merge_commit_sha": commit,
        "assignee": assignees.first().cloned(),
        "assignees": assignees,
        "requested_reviewers": people(&pull.asked),
        "requested_teams": [],
        "labels": labels(base, known, pull),
        "milestone": null,
        "draft": pull.draft,
        "commits_url": format!("{own}/commits"),
        "review_comments_url": format!("{own}/comments"),
        "review_comment_url": format!("{}/pulls/comments{{/number}}", repo::url(base, known)),
        "comments_url": format!("{issue}/comments"),
        "statuses_url": statuses,
        "head": side(state, base, known, (&pull.head, pull.head_oid)),
        "base": side(state, base, known, (&pull.base, tip)),
        "_links": links(&own, &issue, &html, &statuses),
        "author_association": "MEMBER",
        "auto_merge": auto_merge(state, base, pull),
        "active_lock_reason": null,
    })
}

/// Where everything of a pull request is.
fn links(own: &str, issue: &str, html: &str, statuses: &str) -> Value {
    let link = |href: &str| json!({ "href": href });
    let all = own.rsplit_once('/').map_or(own, |(all, _)| all);
    json!({
        "self": link(own),
        "html": link(html),
        "issue": link(issue),
        "comments": link(&format!("{issue}/comments")),
        "review_comments": link(&format!("{own}/comments")),
        "review_comment": link(&format!("{all}/comments{{/number}}")),
        "commits": link(&format!("{own}/commits")),
        "statuses": link(statuses),
    })
}

fn auto_merge(state: &State, base: &str, pull: &Pull) -> Value {
    let asked = pull.auto_merge.as_ref();
    asked.map_or(Value::Null, |asked| {
        json!({
            "enabled_by": user(base, &state.account(&asked.by)),
            "merge_method": asked.method.word(),
            "commit_title": format!("{} (#{})", pull.title, pull.number),
            "commit_message": "",
        })
    })
}

/// What only a pull request by itself tells.
pub(in crate::github) struct Detail {
    /// Whether head and base join.
    pub(in crate::github) joins: Option<bool>,
    /// What stands in the way.
    pub(in crate::github) block: Option<Block>,
    /// Whether some check is not good that nobody requires.
    pub(in crate::github) unstable: bool,
    /// Whether the head lacks commits of the base.
    pub(in crate::github) behind: bool,
    /// How many commits it adds.
    pub(in crate::github) commits: usize,
    /// How many files it changes.
    pub(in crate::github) files: usize,
}

impl Detail {
    /// GitHub's word for it, in small letters.
    pub(in crate::github) fn state(&self) -> &'static str {
        match (self.joins, &self.block) {
            (None, _) => "unknown",
            (_, Some(Block::Draft)) => "draft",
            (_, Some(Block::Conflict)) | (Some(false), _) => "dirty",
            (_, Some(Block::Behind)) => "behind",
            // A merge queue is a way in, not something in the way.
            (_, Some(Block::QueueOnly)) | (_, None) if self.unstable => "unstable",
            (_, Some(Block::QueueOnly)) | (_, None) => "clean",
            (_, Some(_)) => "blocked",
        }
    }
}

/// The same without a look at git, as webhooks tell it: a moment later GitHub does not know more.
pub(in crate::github) fn plain_detail() -> Detail {
    Detail { joins: None, block: None, unstable: false, behind: false, commits: 1, files: 1 }
}

/// Looks up what only a pull request by itself tells.
pub(in crate::github) fn detail(state: &mut State, repo: u64, number: u64) -> Detail {
    let open = state.pull(repo, number).is_ok_and(Pull::is_open);
    let joins = if open { state.joins(repo, number).ok() } else { None };
    let block = if open { state.block(repo, number).ok().flatten() } else { None };
    let mut detail = Detail { joins, block, unstable: false, behind: false, commits: 1, files: 0 };
    let Ok(pull) = state.pull(repo, number) else { return detail };
    let checks = state.repo(repo).ok().and_then(|repo| repo.checks.get(&pull.head_oid));
    detail.unstable = checks
        .is_some_and(|checks| checks.iter().any(|check| !check.conclusion().is_some_and(|c| c.satisfies())));
    let Ok(repository) = state.open(repo) else { return detail };
    let ours = repository.commits_between(pull.base_oid, pull.head_oid);
    detail.commits = ours.map_or(1, |commits| commits.len());
    let trees =
        repository.tree_of(pull.base_oid).and_then(|base| Ok((base, repository.tree_of(pull.head_oid)?)));
    let edits = trees.and_then(|(base, head)| repository.edits_between(Some(base), Some(head)));
    detail.files = edits.map_or(0, |edits| edits.len());
    detail.behind = open && state.is_outdated(repo, pull).unwrap_or(false);
    detail
}

/// A pull request by itself.
pub(in crate::github) fn full(
    state: &State,
    base: &str,
    (known, pull): (&Repo, &Pull),
    detail: &Detail,
) -> Value {
    let mut shown = simple(state, base, known, pull);
    let by = match &pull.state {
        PullState::Merged { by, .. } => user(base, &state.account(by)),
        PullState::Open | PullState::Closed { .. } => Value::Null,
    };
    let more = json!({
        "merged": matches!(pull.state, PullState::Merged { .. }),
        "mergeable": detail.joins,
        "rebaseable": detail.joins,
        "mergeable_state": detail.state(),
        "merged_by": by,
        "comments": pull.comments.len(),
        "review_comments": 0,
        "maintainer_can_modify": false,
        "commits": detail.commits,
        "additions": detail.files,
        "deletions": detail.files,
        "changed_files": detail.files,
    });
    extend(&mut shown, more);
    shown
}
