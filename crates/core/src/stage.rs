//! Where a target stands. A variant owns exactly what exists by then.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::oid::Oid;
use crate::pull::PullRef;

/// What the steps produced for one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeRef {
    /// The stored change, by the key of its inputs.
    pub key: String,
    /// The commit the change was made on.
    pub base: Oid,
    /// That commit's tree.
    pub base_tree: Oid,
    /// The tree the steps left.
    pub tree: Oid,
}

/// What was said of an open pull request that must outlive this process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Told {
    /// The last comment that was obeyed: its time in seconds since 1970 UTC, and its name.
    pub heard: Option<(i64, String)>,
    /// Who said `hold`.
    pub held: Option<String>,
    /// Who said `merge`.
    pub merge: Option<String>,
    /// How often red checks of this head were run again.
    pub reruns: u32,
    /// Whether commits of people were kept when the change was renewed.
    pub mixed: bool,
    /// The head that was handed over to people, because it could not be joined.
    pub handed: Option<Oid>,
    /// Why the steps cannot be repeated on the base as it is now.
    pub stuck: Option<String>,
    /// The digest of the shift that title and text were written by.
    pub written: String,
    /// Since when the forge says that it is not there, in milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<i64>,
}

/// A merge that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergedRef {
    /// Number and address of the pull request.
    pub pull: PullRef,
    /// The commit on the base branch.
    pub commit: Oid,
}

/// Where a target stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Stage {
    /// Selected; nothing was done yet, or it is to be done anew.
    Queued {
        /// The merge of an earlier round: still true if the steps find nothing to do.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        merged: Option<MergedRef>,
    },
    /// The steps ran and left every byte as it was.
    Unchanged,
    /// A step said that this target is none of its business.
    NotApplicable {
        /// Which step, and why.
        why: String,
    },
    /// A change is stored; nothing has left this machine.
    Made {
        /// The change.
        change: ChangeRef,
    },
    /// A pull request stands.
    Open {
        /// The change it proposes.
        change: ChangeRef,
        /// Number and address.
        pull: PullRef,
        /// The commit we pushed.
        head: Oid,
        /// What people and forges said of it that must outlive this process.
        #[serde(default)]
        told: Box<Told>,
    },
    /// A pull request of somebody else is looked after: its branch and its commits are theirs.
    Adopted {
        /// Number and address.
        pull: PullRef,
        /// The branch's tip when it was last looked at.
        head: Oid,
        /// What people and forges said of it that must outlive this process.
        #[serde(default)]
        told: Box<Told>,
    },
    /// The pull request was merged.
    Merged {
        /// The merge.
        merged: MergedRef,
        /// The newest tree of the base that is known to hold the change.
        tree: Oid,
        /// Whether our branch is gone.
        cleaned: bool,
    },
    /// The target could not be changed.
    Failed {
        /// Why.
        fault: Fault,
    },
    /// A person closed the pull request: never proposed again unless asked.
    Vetoed {
        /// Number and address.
        pull: PullRef,
        /// Who closed it.
        by: String,
        /// Why, when a reason was given.
        reason: Option<String>,
        /// When it may be asked again, in milliseconds since 1970 UTC, if that was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<i64>,
    },
    /// Taken out of the shift: stopped, closed by us, or no longer selected.
    Dropped {
        /// Why.
        why: String,
    },
}

impl Stage {
    /// Where every target begins.
    pub const NEW: Stage = Stage::Queued { merged: None };

    /// Where a target goes whose steps leave `base_tree` as it is.
    pub fn unchanged(&self, base_tree: Oid) -> Stage {
        match self {
            // Nothing to do on top of an earlier merge: the merge still holds.
            Stage::Queued { merged: Some(merged) } => {
                Stage::Merged { merged: merged.clone(), tree: base_tree, cleaned: true }
            }
            _ => Stage::Unchanged,
        }
    }

    /// The words of every stage, in the order of the flow.
    pub const WORDS: [&'static str; 10] = [
        "queued",
        "unchanged",
        "notApplicable",
        "made",
        "open",
        "adopted",
        "merged",
        "failed",
        "vetoed",
        "dropped",
    ];

    /// The stage's word, as tables, JSON and the database spell it.
    pub fn word(&self) -> &'static str {
        match self {
            Stage::Queued { .. } => "queued",
            Stage::Unchanged => "unchanged",
            Stage::NotApplicable { .. } => "notApplicable",
            Stage::Made { .. } => "made",
            Stage::Open { .. } => "open",
            Stage::Adopted { .. } => "adopted",
            Stage::Merged { .. } => "merged",
            Stage::Failed { .. } => "failed",
            Stage::Vetoed { .. } => "vetoed",
            Stage::Dropped { .. } => "dropped",
        }
    }

    /// The stored change, while the stage still has one.
    pub fn change(&self) -> Option<&ChangeRef> {
        match self {
            Stage::Made { change } | Stage::Open { change, .. } => Some(change),
            _ => None,
        }
    }

    /// The pull request, once there is one.
    pub fn pull(&self) -> Option<&PullRef> {
        match self {
            Stage::Open { pull, .. } | Stage::Adopted { pull, .. } | Stage::Vetoed { pull, .. } => Some(pull),
            Stage::Merged { merged, .. } => Some(&merged.pull),
            _ => None,
        }
    }

    /// What was said of the pull request, while it stands.
    pub fn told_mut(&mut self) -> Option<&mut Told> {
        match self {
            Stage::Open { told, .. } | Stage::Adopted { told, .. } => Some(told),
            _ => None,
        }
    }
}

/// What kind of thing went wrong with a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FaultClass {
    /// A step failed: a script's exit code, an edit that could not be made.
    Script,
    /// A verify step failed: the change is not good.
    Verify,
    /// A step ran into its time, memory, process, output or disk limit.
    Timeout,
    /// Something else stands in the way: a foreign branch, a foreign pull request.
    Conflict,
    /// The repository could not be read or written.
    Access,
    /// A rule forbids it: a hostile path, a file outside the allowed ones.
    Policy,
    /// A defect of ours.
    Internal,
}

impl FaultClass {
    /// The class's word.
    pub fn word(self) -> &'static str {
        match self {
            FaultClass::Script => "script",
            FaultClass::Verify => "verify",
            FaultClass::Timeout => "timeout",
            FaultClass::Conflict => "conflict",
            FaultClass::Access => "access",
            FaultClass::Policy => "policy",
            FaultClass::Internal => "internal",
        }
    }
}

/// Why a target failed: data, never an error of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// What kind of thing went wrong.
    pub class: FaultClass,
    /// The step that failed, when it was one.
    pub step: Option<String>,
    /// One line for people, the same for the same cause: outcomes are grouped by it.
    pub message: String,
}

impl Fault {
    /// A fault outside of any step.
    pub fn new(class: FaultClass, message: impl Into<String>) -> Fault {
        Fault { class, step: None, message: message.into() }
    }

    /// A fault of a step.
    pub fn in_step(class: FaultClass, step: &str, message: impl Into<String>) -> Fault {
        Fault { class, step: Some(step.to_owned()), message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.step {
            Some(step) => write!(f, "{}: {step}: {}", self.class.word(), self.message),
            None => write!(f, "{}: {}", self.class.word(), self.message),
        }
    }
}
