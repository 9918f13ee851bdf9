//! The border to where repositories and pull requests live.
//!
//! [`Forge`] is everything the engine reads of a forge, and one way to change it. Every change of
//! the outside is an [`Effect`] and goes through [`Forge::perform`], so that one wrapper can watch,
//! limit or disturb all of them. [`http`] is what all forges that are a service share: one client
//! that signs requests, asks the [`Meter`] first, and turns answers into a [`ForgeError`].

pub mod bulk;
pub mod clock;
pub mod effect;
pub mod error;
pub mod fresh;
pub mod git_binary;
pub mod git_door;
pub mod http;
pub mod mark;
pub mod meter;
mod over_https;
mod over_ssh;
mod pushed;
pub mod team;
pub mod throttle;
pub mod webhook;

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use fleetwright_core::Oid;
use fleetwright_core::pull::PullSeen;
use fleetwright_core::repo::RepoFacts;
use fleetwright_core::team::Team;

pub use clock::{Clock, SystemClock};
pub use effect::{ApiFile, Done, Effect, EffectKind};
pub use error::ForgeError;
pub use fresh::Fresh;
pub use git_door::{GitDoor, Moved};
pub use mark::Mark;
pub use meter::{Cost, Meter, Unmetered};
pub use over_https::GitOverHttps;
pub use over_ssh::GitOverSsh;
pub use throttle::SharedMeter;

/// Where a repository's default branch is, as its forge lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tip {
    /// At this commit.
    At(Oid),
    /// There is no commit yet.
    Unborn,
    /// The listing does not tell; [`Forge::head`] does.
    NotTold,
}

/// A repository as a forge lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name, such as `acme/payments`.
    pub name: String,
    /// What the forge says of it.
    pub facts: RepoFacts,
    /// The tip of its default branch.
    pub tip: Tip,
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

/// What a commit says, as its forge tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitSeen {
    /// When it was made, in seconds since 1970 UTC.
    pub time: i64,
    /// Its tree.
    pub tree: Oid,
    /// Its parents, in order.
    pub parents: Vec<Oid>,
    /// Its message.
    pub message: String,
}

/// A pull request to look at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Look {
    /// The repository.
    pub repo: String,
    /// The pull request's number in it.
    pub number: u64,
    /// [`PullSeen::mark`] of the last look, if there was one: while it is still the same, the
    /// answer is `None` and costs as little as the forge allows.
    pub mark: Option<String>,
}

/// A pull request found by its branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The pull request as it stands; checks and comments need not be filled in.
    pub seen: PullSeen,
    /// Its text, where our marker is looked for.
    pub body: String,
}

/// An open pull request as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its number in the repository.
    pub number: u64,
    /// The branch it comes from, in the repository itself or in a fork of it.
    pub branch: String,
    /// Who opened it.
    pub author: String,
    /// Its labels.
    pub labels: Vec<String>,
}

/// The teams of one organisation or group, or why they cannot be told.
pub type OrgTeams = (String, Result<Vec<Team>, ForgeError>);

/// Where repositories and pull requests live.
///
/// Bulk questions are answered one by one in the order asked: what is wrong with one repository
/// is an error of that answer only. A forge that cannot be reached answers each with
/// [`ForgeError::Unknown`].
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

    /// Brings single commits with their trees into a mirror, and moves nothing in it.
    async fn bring(&self, repo: &str, mirror: &Path, commits: &[Oid]) -> Result<(), ForgeError>;

    /// The tip of a branch.
    async fn tip(&self, repo: &str, branch: &str) -> Result<Option<Oid>, ForgeError>;

    /// What a commit says.
    async fn commit(&self, repo: &str, commit: Oid) -> Result<CommitSeen, ForgeError>;

    /// Pull requests with their checks, reviews and comments, in bulk; `None` where nothing
    /// changed since the mark that was given.
    async fn look(&self, pulls: &[Look]) -> Vec<Result<Option<PullSeen>, ForgeError>>;

    /// Every pull request from a branch, in any state, the newest first; asked in bulk as
    /// (repository, branch).
    async fn find(&self, branches: &[(String, String)]) -> Vec<Result<Vec<Found>, ForgeError>>;

    /// Every open pull request of each repository, whoever opened it; asked in bulk.
    async fn standing(&self, repos: &[String]) -> Vec<Result<Vec<Standing>, ForgeError>>;

    /// The teams of each organisation in scope (at GitLab the groups below each group in scope), each
    /// with the people directly in it; none where the forge has no teams. A token that may not read
    /// them is [`ForgeError::Refused`], which says what it needs. At most [`team::MAX_TEAMS`] teams an
    /// organisation and [`team::MAX_MEMBERS`] people a team are read.
    async fn teams(&self) -> Vec<OrgTeams> {
        Vec::new()
    }

    /// How long to wait between two looks at so many open pull requests: as often as the forge's
    /// limits allow with most of them left for other things.
    fn pace(&self, open: u64) -> Duration;

    /// What went wrong beside effects that were done all the same, such as a label that could not be
    /// added to a pull request that was opened, since the last call.
    fn complaints(&self) -> Vec<String> {
        Vec::new()
    }

    /// Changes the outside. The only way to do so.
    async fn perform(&self, repo: &str, effect: &Effect) -> Result<Done, ForgeError>;
}
