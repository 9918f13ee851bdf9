//! What webhooks tell of, in no dialect yet.

use fleetwright_core::Oid;
use serde_json::Value;

/// What happened to a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PullAction {
    /// It was opened.
    Opened,
    /// Its head moved.
    Synchronized {
        /// Where it was.
        before: Oid,
        /// Where it is.
        after: Oid,
    },
    /// Its title, text or base was changed.
    Edited,
    /// It was closed or merged.
    Closed,
    /// It was opened again.
    Reopened,
    /// It got a label.
    Labeled(String),
    /// It lost one.
    Unlabeled(String),
    /// Somebody was asked for a review.
    ReviewRequested(String),
    /// It is not ready any more.
    ToDraft,
    /// It is ready.
    Ready,
    /// The forge was asked to merge it.
    AutoMergeOn,
    /// And is not any more.
    AutoMergeOff,
    /// It joined the merge queue.
    Enqueued,
    /// It left it without a merge.
    Dequeued,
}

/// What happened to a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckAction {
    /// It was begun.
    Created,
    /// It ended.
    Completed,
}

/// Something webhooks tell of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Of a pull request.
    Pull {
        /// The repository's number.
        repo: u64,
        /// The pull request's.
        number: u64,
        /// What.
        action: PullAction,
        /// By whom.
        by: String,
    },
    /// Of a check run or a status.
    Check {
        /// The repository's number.
        repo: u64,
        /// The commit.
        commit: Oid,
        /// The check's number.
        check: u64,
        /// What.
        action: CheckAction,
    },
    /// Every check of a commit ended.
    Suite {
        /// The repository's number.
        repo: u64,
        /// The commit.
        commit: Oid,
    },
    /// A branch was moved.
    Push {
        /// The repository's number.
        repo: u64,
        /// The branch.
        branch: String,
        /// Where it was.
        before: Option<Oid>,
        /// Where it is.
        after: Option<Oid>,
        /// By whom.
        by: String,
    },
    /// A review was given.
    Review {
        /// The repository's number.
        repo: u64,
        /// The pull request's.
        number: u64,
        /// The review's.
        review: u64,
    },
    /// A comment was written.
    Comment {
        /// The repository's number.
        repo: u64,
        /// The pull request's.
        number: u64,
        /// The comment's.
        comment: u64,
    },
    /// A repository was made, renamed, archived or removed.
    Repository {
        /// Its number.
        repo: u64,
        /// GitHub's word: `created`, `renamed`, `archived`, `unarchived`, `deleted`.
        action: &'static str,
        /// The name it had.
        before: String,
    },
}

impl Event {
    /// The repository it is about.
    pub fn repo(&self) -> u64 {
        match self {
            Event::Pull { repo, .. }
            | Event::Check { repo, .. }
            | Event::Suite { repo, .. }
            | Event::Push { repo, .. }
            | Event::Review { repo, .. }
            | Event::Comment { repo, .. }
            | Event::Repository { repo, .. } => *repo,
        }
    }
}

/// One webhook as a dialect says it.
#[derive(Debug, Clone, PartialEq)]
pub struct Payload {
    /// The event's name in its header.
    pub event: String,
    /// What is posted.
    pub body: Value,
}

/// One webhook as it goes over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its unique name; the same when it is delivered again.
    pub id: String,
    /// The event's name.
    pub event: String,
    /// Headers, the signature among them.
    pub headers: Vec<(String, String)>,
    /// The bytes that are signed.
    pub body: Vec<u8>,
}
