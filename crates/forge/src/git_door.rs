//! Git, as an adapter of a forge needs it: what is neither an API request nor counted as one.

use std::path::Path;

use async_trait::async_trait;
use fleetwright_core::Oid;
use fleetwright_git::Object;

use crate::error::ForgeError;
use crate::http::Permission;
use crate::{CommitSeen, Fetched};

/// A branch to be moved.
#[derive(Debug, Clone, Copy)]
pub struct Moved<'a> {
    /// The branch.
    pub branch: &'a str,
    /// Where it must be now; `None` where it must not exist.
    pub expected: Option<Oid>,
    /// Where it shall be.
    pub head: Oid,
    /// The commit and what else the forge does not have.
    pub objects: &'a [Object],
    /// What it needs to be allowed: more where workflow files change.
    pub permission: Permission,
}

/// Git over HTTPS or SSH.
#[async_trait]
pub trait GitDoor: Send + Sync {
    /// The tip of the default branch.
    async fn head(&self, repo: &str) -> Result<Option<Oid>, ForgeError>;

    /// The tip of a branch.
    async fn tip(&self, repo: &str, branch: &str) -> Result<Option<Oid>, ForgeError>;

    /// Brings a mirror up to the tip of the default branch.
    async fn fetch(&self, repo: &str, mirror: &Path) -> Result<Fetched, ForgeError>;

    /// Brings single commits with their trees into a mirror, and moves nothing in it.
    async fn bring(&self, repo: &str, mirror: &Path, commits: &[Oid]) -> Result<(), ForgeError>;

    /// What a commit says; `None` where this way of reading cannot tell.
    async fn commit(&self, repo: &str, commit: Oid) -> Result<Option<CommitSeen>, ForgeError>;

    /// Moves a branch.
    async fn push(&self, repo: &str, moved: &Moved<'_>) -> Result<(), ForgeError>;

    /// Removes a branch; one that is gone already is removed.
    async fn delete(&self, repo: &str, branch: &str, expected: Oid) -> Result<(), ForgeError>;
}
