//! What is known of a repository.

use serde::{Deserialize, Serialize};

/// What forge and tree say of a repository; selectors read it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RepoFacts {
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
}
