//! Why a target waits: what `status` and `why` print.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::oid::Oid;

/// Why a target waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Why {
    /// The plan is to be looked at first.
    Planned,
    /// A person paused the shift.
    Paused,
    /// A person stopped the shift.
    Stopped,
    /// The forge did not tell what is needed to decide.
    NotSeen,
    /// The forge's write budget is spent for now.
    Budget {
        /// Which limit, in words that stay the same while it holds.
        limit: String,
    },
    /// As many as allowed are open or being checked.
    Cap {
        /// Which cap, with its number.
        cap: String,
    },
    /// A window is closed, or a freeze holds.
    Window {
        /// Which, and until when.
        what: String,
    },
    /// Somebody else pushed to our branch: it is theirs now.
    ForeignCommits {
        /// The branch's tip.
        head: Oid,
    },
    /// Commits of people were kept when the change was renewed: the diff is not what was planned.
    Mixed,
    /// People's commits and the renewed change touch the same lines: a person must join them.
    HandedOver,
    /// The change could not be made on the base as it is now.
    CannotRenew {
        /// Why not.
        fault: String,
    },
    /// The pull request is a draft.
    Draft,
    /// A label or a person's word holds it.
    Held {
        /// The label, or who said it.
        by: String,
    },
    /// The repository's own file says no.
    OptedOut {
        /// What it says.
        says: String,
    },
    /// The branch does not merge any more.
    Conflict,
    /// The base wants the branch brought up to date, and another one of the repository is before it.
    Behind,
    /// The forge is still finding out whether it merges.
    MergeabilityUnknown,
    /// The policy leaves the merge to a person.
    Person,
    /// Somebody besides the shift's author has to approve it.
    SecondPerson {
        /// What is missing.
        says: String,
    },
    /// Somebody asked for changes.
    ChangesRequested,
    /// Too few people approved.
    Approvals {
        /// How many did.
        have: u32,
        /// How many must.
        need: u32,
    },
    /// Checks are still running.
    ChecksPending {
        /// Their names.
        names: Vec<String>,
    },
    /// Checks are red by the change.
    ChecksRed {
        /// Their names.
        names: Vec<String>,
    },
    /// Checks are red with and without the change: the base is what is broken.
    BaseRed {
        /// Their names.
        names: Vec<String>,
    },
    /// The repository has no checks, and the policy wants them green.
    NoChecks,
    /// Some checks did not run or said neither, which proves nothing.
    ChecksSkipped {
        /// Their names.
        names: Vec<String>,
    },
    /// The forge's own rules do not let it merge.
    ForgeBlocks {
        /// What it says.
        says: String,
    },
    /// The forge was asked to merge it and has not yet.
    Queued,
}

impl Why {
    /// Whether the machine will find out more by itself; else somebody must act first.
    pub fn moves_by_itself(&self) -> bool {
        matches!(
            self,
            Why::ChecksPending { .. }
                | Why::MergeabilityUnknown
                | Why::NotSeen
                | Why::Budget { .. }
                | Why::Cap { .. }
                | Why::Window { .. }
                | Why::Behind
                | Why::Queued
        )
    }

    /// The same reason without what differs from target to target: outcomes are grouped by it.
    pub fn in_general(&self) -> String {
        match self {
            // What a foreign commit is called differs from target to target.
            Why::ForeignCommits { .. } => "somebody else pushed to the branch: it is theirs now".to_owned(),
            why => why.to_string(),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Planned => write!(f, "planned only: nothing is pushed before `shift apply`"),
            Why::Paused => write!(f, "the shift is paused"),
            Why::Stopped => write!(f, "the shift is stopped"),
            Why::NotSeen => write!(f, "the forge has not answered yet"),
            Why::Budget { limit } => write!(f, "the forge's budget is spent for now: {limit}"),
            Why::Cap { cap } => write!(f, "as many as allowed: {cap}"),
            Why::Window { what } => f.write_str(what),
            Why::ForeignCommits { head } => {
                write!(f, "somebody else pushed {} to the branch: it is theirs now", head.short())
            }
            Why::Mixed => write!(f, "commits of people are in it: a person merges this one"),
            Why::HandedOver => write!(f, "people's commits and the renewed change meet: a person joins them"),
            Why::CannotRenew { fault } => write!(f, "the change cannot be renewed: {fault}"),
            Why::Draft => write!(f, "the pull request is a draft"),
            Why::Held { by } => write!(f, "held by {by}"),
            Why::OptedOut { says } => write!(f, "the repository's .fleetwright.yml says no: {says}"),
            Why::Conflict => write!(f, "the branch conflicts with the base"),
            Why::Behind => write!(f, "the branch is behind its base, and another one is before it"),
            Why::MergeabilityUnknown => write!(f, "the forge is still finding out whether it merges"),
            Why::Person => write!(f, "a person merges this one (merge.auto is off)"),
            Why::SecondPerson { says } => write!(f, "{says} (`fleetwright shift approve`)"),
            Why::ChangesRequested => write!(f, "a reviewer asked for changes"),
            Why::Approvals { have, need } => write!(f, "{have} of {need} approvals"),
            Why::ChecksPending { names } => write!(f, "checks are running: {}", names.join(", ")),
            Why::ChecksRed { names } => write!(f, "checks went red by the change: {}", names.join(", ")),
            Why::BaseRed { names } => {
                write!(f, "blocked by the base, which is red without the change: {}", names.join(", "))
            }
            Why::NoChecks => write!(f, "no checks reported; merge.require.checks is `all`"),
            Why::ChecksSkipped { names } => write!(f, "checks did not run: {}", names.join(", ")),
            Why::ForgeBlocks { says } => write!(f, "the forge does not let it merge: {says}"),
            Why::Queued => write!(f, "the forge merges it by itself"),
        }
    }
}
