//! The rules in force for a target.

use serde::{Deserialize, Serialize};

use crate::consent::Consent;
use crate::shift::{Merge, Update};

/// Whether a shift may act. It survives restarts; a person sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Control {
    /// Changes are made and stored, nothing leaves the machine.
    Planned,
    /// Everything its file allows.
    Running,
    /// Nothing new begins or leaves the machine until a person resumes it.
    Paused,
    /// Ended by a person; what stands open stays as it is.
    Stopped,
}

impl Control {
    /// The word, as tables, JSON and the database spell it.
    pub fn word(self) -> &'static str {
        match self {
            Control::Planned => "planned",
            Control::Running => "running",
            Control::Paused => "paused",
            Control::Stopped => "stopped",
        }
    }
}

/// The rules in force for a target: shift, configuration and the repository's own file, folded
/// into one.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    /// Whether the shift may act.
    pub control: Control,
    /// The merge policy.
    pub merge: Merge,
    /// What happens to an open pull request when the shift changes.
    pub update: Update,
    /// The name people call the machine by in comments.
    pub mention: String,
    /// Labels that hold a pull request.
    pub hold_labels: Vec<String>,
    /// What the repository's own file says against it, if anything.
    pub refused: Option<String>,
    /// Who stands behind the shift.
    pub consent: Consent,
    /// Which window or freeze is closed now, if any.
    pub window: Option<String>,
}

impl Terms {
    /// Terms that ask for nothing but the policy.
    pub fn new(control: Control, merge: Merge) -> Terms {
        Terms {
            control,
            merge,
            update: Update::default(),
            mention: "fleetwright".to_owned(),
            hold_labels: vec!["hold".to_owned(), "do-not-merge".to_owned()],
            refused: None,
            consent: Consent::NotAsked,
            window: None,
        }
    }
}
