//! Pull requests and what people do to them.

use std::collections::BTreeSet;

use fleetwright_core::Oid;

use super::method::Method;

/// Whether a pull request still stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PullState {
    /// Neither merged nor closed.
    Open,
    /// Closed without a merge.
    Closed {
        /// When, in milliseconds since 1970 UTC.
        at: i64,
        /// By whom.
        by: String,
    },
    /// Part of the base.
    Merged {
        /// When, in milliseconds since 1970 UTC.
        at: i64,
        /// By whom.
        by: String,
        /// The commit on the base branch.
        commit: Oid,
    },
}

/// What a review says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewState {
    /// Go ahead.
    Approved,
    /// Not so.
    ChangesRequested,
    /// Words only.
    Commented,
    /// It counted once and does not any more.
    Dismissed,
}

impl ReviewState {
    /// GitHub's word.
    pub fn word(self) -> &'static str {
        match self {
            ReviewState::Approved => "APPROVED",
            ReviewState::ChangesRequested => "CHANGES_REQUESTED",
            ReviewState::Commented => "COMMENTED",
            ReviewState::Dismissed => "DISMISSED",
        }
    }
}

/// One review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The forge's number.
    pub id: u64,
    /// Who.
    pub by: String,
    /// What it says.
    pub state: ReviewState,
    /// In words.
    pub body: String,
    /// The head it was given for.
    pub head: Oid,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
}

/// One comment below a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The forge's number.
    pub id: u64,
    /// Who.
    pub by: String,
    /// In Markdown.
    pub body: String,
    /// When it was written, in milliseconds since 1970 UTC.
    pub at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// That the forge merges by itself, once everything it asks for is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutoMerge {
    /// Who asked for it.
    pub by: String,
    /// How.
    pub method: Method,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
}

/// A place in a merge queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// Who put it there.
    pub by: String,
    /// The head it was put there with.
    pub head: Oid,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// Counts up with every entry of the repository.
    pub entry: u64,
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    /// The forge's number for it, unique over all repositories.
    pub id: u64,
    /// Its number in its repository.
    pub number: u64,
    /// One line.
    pub title: String,
    /// In Markdown.
    pub body: String,
    /// Who opened it.
    pub author: String,
    /// The branch it comes from, of the same repository.
    pub head: String,
    /// That branch's tip; after the end, what it was then.
    pub head_oid: Oid,
    /// The branch it goes to.
    pub base: String,
    /// Where the base was when it was opened.
    pub base_oid: Oid,
    /// Whether it stands.
    pub state: PullState,
    /// Whether it is not ready.
    pub draft: bool,
    /// Labels by name.
    pub labels: BTreeSet<String>,
    /// People responsible.
    pub assignees: BTreeSet<String>,
    /// People asked for a review who gave none yet.
    pub asked: BTreeSet<String>,
    /// Below it, oldest first.
    pub comments: Vec<Comment>,
    /// Oldest first.
    pub reviews: Vec<Review>,
    /// Whether the forge was asked to merge it.
    pub auto_merge: Option<AutoMerge>,
    /// Whether it waits in a merge queue.
    pub queued: Option<Queued>,
    /// When it was opened, in milliseconds since 1970 UTC.
    pub created_at: i64,
    /// When anything of it last changed.
    pub updated_at: i64,
    /// What readers see instead for a while.
    pub shadow: Option<Shadow>,
}

/// An older state that reads still show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shadow {
    /// Until when, in milliseconds since 1970 UTC.
    pub until: i64,
    /// What they show; `None` where the pull request is not there yet.
    pub pull: Option<Box<Pull>>,
}

impl Pull {
    /// Whether it stands.
    pub fn is_open(&self) -> bool {
        self.state == PullState::Open
    }

    /// The last review of each person that says yes or no.
    pub fn verdicts(&self) -> Vec<&Review> {
        let decides = |review: &&Review| review.state != ReviewState::Commented;
        let mut last: Vec<&Review> = Vec::new();
        for review in self.reviews.iter().filter(decides) {
            last.retain(|other| other.by != review.by);
            last.push(review);
        }
        last
    }

    /// How many people's last word is yes.
    pub fn approvals(&self) -> usize {
        self.verdicts().iter().filter(|review| review.state == ReviewState::Approved).count()
    }

    /// Whether somebody's last word is no.
    pub fn changes_requested(&self) -> bool {
        self.verdicts().iter().any(|review| review.state == ReviewState::ChangesRequested)
    }
}
