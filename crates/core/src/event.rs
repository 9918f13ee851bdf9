//! What happened, by whom, when: one row of the audit log.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What happened to a shift or one of its targets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// The shift's name.
    pub shift: String,
    /// The repository, and the directory within it; empty for the shift itself.
    pub target: Option<TargetName>,
    /// Who: a person's name, or `fleetwright` for the machine.
    pub actor: String,
    /// What: a dotted word such as `pull.opened`.
    pub what: String,
    /// The facts.
    pub detail: Value,
}

/// One target of a shift, named as people do: a repository, and a directory within it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetName {
    /// The repository's name at its forge, such as `acme/payments`.
    pub repo: String,
    /// The directory within it; empty for the whole repository.
    pub dir: String,
}

impl std::fmt::Display for TargetName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.dir.as_str() {
            "" => write!(f, "{}", self.repo),
            dir => write!(f, "{}:{dir}", self.repo),
        }
    }
}
