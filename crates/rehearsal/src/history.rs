//! Everything that happened, in order: the oracle.

use std::collections::{BTreeMap, HashMap};

use fleetwright_core::Oid;
use serde::Serialize;

use crate::model::check::Conclusion;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// A request was answered.
    Call {
        /// Method and path template, such as `GET /repos/{owner}/{repo}`.
        kind: String,
        /// Whose budget it was taken from; empty for a stranger.
        by: String,
        /// The status, as it was meant even where the answer was lost.
        status: u16,
        /// Whether it created content.
        content: bool,
    },
    /// A request came while its sender was told to wait.
    WhileBlocked {
        /// Whose budget.
        by: String,
    },
    /// A limit refused a request.
    Limited {
        /// Whose budget.
        by: String,
        /// Which limit.
        limit: String,
    },
    /// An answer was lost after its effect.
    AnswerLost {
        /// Method and path template.
        kind: String,
    },
    /// A pull request was opened.
    Opened {
        /// The repository's number.
        repo: u64,
        /// Its number.
        number: u64,
        /// The branch it comes from.
        branch: String,
        /// By whom.
        by: String,
    },
    /// A pull request was closed without a merge.
    Closed {
        /// The repository's number.
        repo: u64,
        /// Its number.
        number: u64,
        /// By whom.
        by: String,
    },
    /// A closed pull request was opened again.
    Reopened {
        /// The repository's number.
        repo: u64,
        /// Its number.
        number: u64,
        /// By whom.
        by: String,
    },
    /// A pull request was merged.
    Merged {
        /// The repository's number.
        repo: u64,
        /// Its number.
        number: u64,
        /// The head that was merged.
        head: Oid,
        /// Whether every required check, or every check where none is required, was good then.
        green: bool,
        /// By whom.
        by: String,
    },
    /// A branch was moved, made (`from` is `None`) or removed (`to` is `None`).
    Moved {
        /// The repository's number.
        repo: u64,
        /// The branch.
        branch: String,
        /// Where it was.
        from: Option<Oid>,
        /// Where it is.
        to: Option<Oid>,
        /// By whom.
        by: String,
    },
    /// Something was said below a pull request, or reviewed, labelled, edited.
    Said {
        /// The repository's number.
        repo: u64,
        /// The pull request's number.
        number: u64,
        /// `comment`, `review`, `label`, `edit`, `ask`, `draft`, `auto-merge`, `queue`.
        what: &'static str,
        /// By whom.
        by: String,
    },
    /// A check ended.
    Checked {
        /// The repository's number.
        repo: u64,
        /// The commit.
        commit: Oid,
        /// The check.
        name: String,
        /// What it says.
        conclusion: Conclusion,
        /// How long it ran, in milliseconds.
        took: i64,
    },
    /// An App minted a token.
    Minted {
        /// The installation.
        installation: u64,
    },
    /// A webhook was given away.
    Hooked {
        /// The event.
        event: String,
        /// What became of it: `sent`, `lost`, `doubled`, `late`, `early`.
        fate: &'static str,
    },
    /// Git spoke: `fetch` or `push`, with the bytes that came in and went out.
    Git {
        /// `fetch` or `push`, or the looking before it, `refs`.
        what: &'static str,
        /// Bytes received.
        received: u64,
        /// Bytes sent.
        sent: u64,
    },
}

/// Something that happened, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// What.
    pub what: Happened,
}

/// Everything that happened; only ever added to.
#[derive(Debug, Default)]
pub struct History {
    entries: Vec<Entry>,
}

/// The history in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Requests by method and path template.
    pub calls: BTreeMap<String, u64>,
    /// All requests.
    pub requests: u64,
    /// Requests that created content.
    pub content: u64,
    /// Requests a limit refused.
    pub limited: u64,
    /// Requests sent in spite of being told to wait.
    pub while_blocked: u64,
    /// Answers that were lost after their effect.
    pub answers_lost: u64,
    /// Pull requests opened.
    pub opened: u64,
    /// Branches from which more than one pull request was ever opened.
    pub doubled: u64,
    /// Pull requests merged.
    pub merged: u64,
    /// Merges of a head whose checks were not all good.
    pub merged_not_green: u64,
    /// Pull requests closed without a merge.
    pub closed: u64,
    /// Branch moves by pushes and API.
    pub moved: u64,
    /// Checks that ended.
    pub checked: u64,
    /// How long all checks ran, in milliseconds.
    pub check_time: u64,
    /// Comments, reviews, labels, edits.
    pub said: u64,
    /// Tokens minted.
    pub minted: u64,
    /// Webhooks by event.
    pub hooks: BTreeMap<String, u64>,
    /// Git requests.
    pub git_requests: u64,
    /// Bytes git sent here.
    pub git_received: u64,
    /// Bytes git was sent.
    pub git_sent: u64,
}

impl History {
    /// Adds what happened.
    pub fn add(&mut self, at: i64, what: Happened) {
        self.entries.push(Entry { at, what });
    }

    /// All of it, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many pull requests were ever opened, by repository and branch.
    pub fn opened_by_branch(&self) -> HashMap<(u64, String), u64> {
        let mut found = HashMap::new();
        for entry in &self.entries {
            if let Happened::Opened { repo, branch, .. } = &entry.what {
                *found.entry((*repo, branch.clone())).or_insert(0) += 1;
            }
        }
        found
    }

    /// Merges, as (repository, number, head, whether it was green).
    pub fn merges(&self) -> Vec<(u64, u64, Oid, bool)> {
        let merges = self.entries.iter().filter_map(|entry| match &entry.what {
            Happened::Merged { repo, number, head, green, .. } => Some((*repo, *number, *head, *green)),
            _ => None,
        });
        merges.collect()
    }

    /// The whole in numbers.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for entry in &self.entries {
            counts.add(&entry.what);
        }
        counts.doubled = self.opened_by_branch().values().filter(|opened| **opened > 1).count() as u64;
        counts
    }
}

impl Counts {
    fn add(&mut self, what: &Happened) {
        match what {
            Happened::Call { kind, content, .. } => {
                *self.calls.entry(kind.clone()).or_insert(0) += 1;
                self.requests += 1;
                self.content += u64::from(*content);
            }
            Happened::WhileBlocked { .. } => self.while_blocked += 1,
            Happened::Limited { .. } => self.limited += 1,
            Happened::AnswerLost { .. } => self.answers_lost += 1,
            Happened::Opened { .. } => self.opened += 1,
            Happened::Closed { .. } => self.closed += 1,
            Happened::Reopened { .. } | Happened::Said { .. } => self.said += 1,
            Happened::Merged { green, .. } => {
                self.merged += 1;
                self.merged_not_green += u64::from(!green);
            }
            Happened::Moved { .. } => self.moved += 1,
            Happened::Checked { took, .. } => {
                self.checked += 1;
                self.check_time += took.unsigned_abs();
            }
            Happened::Minted { .. } => self.minted += 1,
            Happened::Hooked { event, .. } => *self.hooks.entry(event.clone()).or_insert(0) += 1,
            Happened::Git { received, sent, .. } => {
                self.git_requests += 1;
                self.git_received += received;
                self.git_sent += sent;
            }
        }
    }
}
