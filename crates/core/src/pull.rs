//! What a forge says of a pull request: the facts decisions are made from.

use serde::{Deserialize, Serialize};

use crate::oid::Oid;

/// Where a pull request is to be found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRef {
    /// Its number within the repository.
    pub number: u64,
    /// Where a person can look at it.
    pub url: String,
}

/// Whether a pull request still stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum PullState {
    /// Neither merged nor closed.
    Open,
    /// Closed without a merge.
    Closed {
        /// Who closed it.
        by: String,
        /// Why, when a reason was given.
        reason: Option<String>,
    },
    /// Part of the base now.
    Merged {
        /// The commit on the base branch.
        commit: Oid,
        /// That commit's tree.
        tree: Oid,
        /// Who merged it.
        by: String,
    },
}

/// The verdict of one check on one commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Not known yet.
    Pending,
    /// It passed.
    Green,
    /// It failed.
    Red,
    /// It did not run: proves nothing.
    Skipped,
}

/// One check of a pull request's head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The check's name.
    pub name: String,
    /// What it said of the head.
    pub verdict: Verdict,
    /// Whether the same check is red without the change too; `None` when nobody looked.
    pub red_on_base: Option<bool>,
}

/// A pull request as the forge shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullSeen {
    /// Number and address.
    pub pull: PullRef,
    /// Whether it still stands.
    pub state: PullState,
    /// The branch's tip.
    pub head: Oid,
    /// Whether it is marked as not ready.
    pub draft: bool,
    /// Whether it merges without conflict; `None` while the forge does not know.
    pub mergeable: Option<bool>,
    /// The checks of exactly this head.
    pub checks: Vec<Check>,
    /// How many people approve of exactly this head.
    pub approvals: u32,
    /// Whether somebody asked for changes.
    pub changes_requested: bool,
}

/// Everything an effect or a decision needs to know of the outside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The tree of the base branch's tip, when it was looked at.
    pub base_tree: Option<Oid>,
    /// The pull request, when there is one and it was looked at.
    pub pull: Option<PullSeen>,
}
