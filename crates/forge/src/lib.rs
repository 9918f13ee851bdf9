//! Where repositories and pull requests live.
//!
//! [`Forge`] is the border: everything the engine reads of a forge, and one way to change it.
//! Every change of the outside is an [`Effect`] and goes through [`Forge::perform`], so that one
//! wrapper can watch, limit or disturb all of them. [`local`] is a forge in a folder.

pub mod effect;
pub mod local;

use std::path::Path;

use async_trait::async_trait;
use fleetwright_core::Oid;
use fleetwright_core::pull::PullSeen;
use fleetwright_core::repo::RepoFacts;

pub use effect::{Done, Effect, EffectKind, ForgeError};

/// A repository as a forge lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name, such as `acme/payments`.
    pub name: String,
    /// What the forge says of it.
    pub facts: RepoFacts,
    /// The tip of its default branch; `None` while there is none.
    pub head: Option<Oid>,
    /// Why it cannot be read, if so: it is listed all the same.
    pub fault: Option<String>,
}

/// What a fetch brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The tip of the default branch; `None` while there is none.
    pub head: Option<Oid>,
    /// That commit's tree.
    pub tree: Option<Oid>,
}

/// A pull request found by its branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The pull request as it stands.
    pub seen: PullSeen,
    /// Its text, where our marker is looked for.
    pub body: String,
}

/// Where repositories and pull requests live.
#[async_trait]
pub trait Forge: Send + Sync {
    /// The forge's name in the configuration.
    fn name(&self) -> &str;

    /// Every repository in scope.
    async fn repos(&self) -> Result<Vec<Listed>, ForgeError>;

    /// The tip of the default branch.
    async fn head(&self, repo: &str) -> Result<Option<Oid>, ForgeError>;

    /// Brings a mirror up to the tip of the default branch.
    async fn fetch(&self, repo: &str, mirror: &Path) -> Result<Fetched, ForgeError>;

    /// The tip of a branch.
    async fn tip(&self, repo: &str, branch: &str) -> Result<Option<Oid>, ForgeError>;

    /// When a commit was made, in seconds since 1970 UTC.
    async fn committed_at(&self, repo: &str, commit: Oid) -> Result<i64, ForgeError>;

    /// A pull request with its checks and reviews.
    async fn look(&self, repo: &str, number: u64) -> Result<PullSeen, ForgeError>;

    /// Every pull request from a branch, in any state, the newest first.
    async fn find(&self, repo: &str, branch: &str) -> Result<Vec<Found>, ForgeError>;

    /// Changes the outside. The only way to do so.
    async fn perform(&self, repo: &str, effect: &Effect) -> Result<Done, ForgeError>;
}
