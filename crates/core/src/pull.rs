//! What a forge says of a pull request: the facts decisions are made from.

use serde::{Deserialize, Serialize};

use crate::oid::Oid;
use crate::why::Why;

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
    /// It ran and says neither: proves nothing.
    Neutral,
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
    /// Whether the base's protection asks for it; `None` where the forge does not tell.
    #[serde(default)]
    pub required: Option<bool>,
    /// What the forge calls this run, to have it run again; `None` where it cannot be.
    #[serde(default)]
    pub run: Option<String>,
}

/// What a person said below a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Said {
    /// The forge's name for the comment.
    pub id: String,
    /// Who.
    pub by: String,
    /// Whether that person may write to the repository; `None` where the forge did not tell.
    pub may_write: Option<bool>,
    /// When, in seconds since 1970 UTC.
    pub at: i64,
    /// What, in Markdown.
    pub body: String,
}

/// How the repository wants pull requests merged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MergeDoor {
    /// Whoever may, merges.
    #[default]
    Direct,
    /// Through the forge's merge queue or train.
    Queue,
}

/// A pull request as the forge shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PullSeen {
    /// Number and address.
    pub pull: PullRef,
    /// Whether it still stands.
    pub state: PullState,
    /// The branch's tip.
    pub head: Oid,
    /// That commit's tree, where the forge tells.
    #[serde(default)]
    pub tree: Option<Oid>,
    /// Whether it is marked as not ready.
    pub draft: bool,
    /// Whether it merges without conflict; `None` while the forge does not know.
    pub mergeable: Option<bool>,
    /// Whether the base's protection wants the branch brought up to date before it merges.
    #[serde(default)]
    pub behind: bool,
    /// What else the forge says stands in the way of a merge, in its words.
    #[serde(default)]
    pub blocked: Option<String>,
    /// The checks of exactly this head.
    pub checks: Vec<Check>,
    /// Checks that are red on the base's tip, as far as the forge was asked.
    #[serde(default)]
    pub base_red: Vec<String>,
    /// How many people approve of exactly this head.
    pub approvals: u32,
    /// Whether somebody asked for changes.
    pub changes_requested: bool,
    /// Its labels.
    #[serde(default)]
    pub labels: Vec<String>,
    /// The newest comments, oldest first; those of ours are left out.
    #[serde(default)]
    pub comments: Vec<Said>,
    /// How it wants to be merged.
    #[serde(default)]
    pub door: MergeDoor,
    /// Whether the forge was asked to merge it, by auto-merge or queue, and has not yet.
    #[serde(default)]
    pub queued: bool,
    /// The forge's state in short: while it stays the same, nothing above has changed.
    #[serde(default)]
    pub mark: String,
}

impl PullSeen {
    /// A pull request of which no more is known than where it is and whether it stands.
    pub fn bare(pull: PullRef, state: PullState, head: Oid) -> PullSeen {
        PullSeen {
            pull,
            state,
            head,
            tree: None,
            draft: false,
            mergeable: None,
            behind: false,
            blocked: None,
            checks: Vec::new(),
            base_red: Vec::new(),
            approvals: 0,
            changes_requested: false,
            labels: Vec::new(),
            comments: Vec::new(),
            door: MergeDoor::Direct,
            queued: false,
            mark: String::new(),
        }
    }
}

/// Everything an effect or a decision needs to know of the outside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The tree of the base branch's tip, when it was looked at.
    pub base_tree: Option<Oid>,
    /// Why nothing more may be proposed now; `None` where it may.
    pub full: Option<Why>,
    /// The pull request, when there is one and it was looked at.
    pub pull: Option<PullSeen>,
    /// Whether the shift or the base changed since the target's last result: it is made again to
    /// see whether it is still needed.
    pub moved: bool,
    /// Whether the shift's steps or texts are others than those the open pull request came from.
    pub outdated: bool,
    /// Red checks of the head that are known to be flaky.
    pub flaky: Vec<String>,
}
