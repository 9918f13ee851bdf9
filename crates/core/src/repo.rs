//! What is known of a repository.

use serde::{Deserialize, Serialize};

use crate::opt_out::OptOut;
use crate::terms::Terms;

/// What forge and tree say of a repository; selectors read it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RepoFacts {
    /// The forge's own name of it, which stays when it is renamed; empty where it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub forge_id: String,
    /// Who owns it: the organisation or group.
    pub owner: String,
    /// Its main language, in small letters; empty when unknown.
    pub language: String,
    /// Its topics.
    pub topics: Vec<String>,
    /// Whether it is archived: never changed.
    pub archived: bool,
    /// Its default branch.
    pub default_branch: String,
    /// The bytes its mirror holds; 0 before it was read.
    pub size: u64,
    /// The time of its newest commit, as RFC 3339; empty before it was read.
    pub pushed_at: String,
    /// What its own `.fleetwright.yml` says, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opt_out: Option<OptOut>,
    /// Why that file cannot be read, if so: then nothing is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opt_out_fault: Option<String>,
}

impl RepoFacts {
    /// Why a shift is not wanted here by the repository's own file, if it is not.
    pub fn refuses(&self, shift: &str) -> Option<String> {
        let fault = self.opt_out_fault.clone();
        fault.or_else(|| self.opt_out.as_ref()?.refuses(shift))
    }

    /// Narrows the terms of a shift by what the repository's own file says.
    pub fn narrow(&self, shift: &str, terms: &mut Terms) {
        terms.refused = self.refuses(shift);
        let Some(own) = &self.opt_out else { return };
        terms.merge.auto &= own.automerge != Some(false);
        let need = &mut terms.merge.require.approvals;
        *need = (*need).max(own.approvals.unwrap_or(0));
    }
}
