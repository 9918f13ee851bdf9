//! GitHub.com and GitHub Enterprise Server, over REST and GraphQL.
//!
//! Pull requests are read in bulk by GraphQL, where a hundred are one point, or by plain REST where
//! there is no GraphQL ([`Mode::RestOnly`]). Commits and branches go by git, which costs no API call.
//! Whatever changes something is sent once: a lost answer is told as such, and looked for later.

mod api;
mod app;
mod batch;
mod commits;
mod effects;
mod fault;
mod find;
mod graph;
mod hub;
mod listing;
mod look;
mod people;
mod repo;
mod standing;
mod sweep;
mod teams;
mod value;
pub mod webhook;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use fleetwright_core::Oid;
use fleetwright_core::pull::PullSeen;
use fleetwright_forge::http::Http;
use fleetwright_forge::{
    CommitSeen, Done, Effect, Fetched, Forge, ForgeError, Found, GitDoor, Listed, Look, OrgTeams, Standing,
};

pub use app::{AppKey, AppTokens};
pub use hub::{GIT_USER, Mode, Settings, git_url};

use hub::Hub;
use repo::RepoName;

/// GitHub.com, or one GitHub Enterprise Server, as one identity.
pub struct GitHub(Hub);

impl GitHub {
    /// A forge; nothing is sent yet. `http` is a client of its REST API.
    pub fn new(settings: Settings, http: &Http, git: Arc<dyn GitDoor>) -> GitHub {
        GitHub(Hub::new(settings, http, git))
    }
}

#[async_trait]
impl Forge for GitHub {
    fn name(&self) -> &str {
        &self.0.settings.name
    }

    async fn repos(&self) -> Result<Vec<Listed>, ForgeError> {
        listing::repos(&self.0).await
    }

    async fn head(&self, repo: &str) -> Result<Option<Oid>, ForgeError> {
        self.0.git.head(RepoName::new(repo)?.full).await
    }

    async fn fetch(&self, repo: &str, mirror: &Path) -> Result<Fetched, ForgeError> {
        self.0.git.fetch(RepoName::new(repo)?.full, mirror).await
    }

    async fn bring(&self, repo: &str, mirror: &Path, commits: &[Oid]) -> Result<(), ForgeError> {
        self.0.git.bring(RepoName::new(repo)?.full, mirror, commits).await
    }

    async fn tip(&self, repo: &str, branch: &str) -> Result<Option<Oid>, ForgeError> {
        self.0.git.tip(RepoName::new(repo)?.full, branch).await
    }

    async fn commit(&self, repo: &str, commit: Oid) -> Result<CommitSeen, ForgeError> {
        commits::commit(&self.0, RepoName::new(repo)?, commit).await
    }

    async fn look(&self, pulls: &[Look]) -> Vec<Result<Option<PullSeen>, ForgeError>> {
        look::look(&self.0, pulls).await
    }

    async fn find(&self, branches: &[(String, String)]) -> Vec<Result<Vec<Found>, ForgeError>> {
        find::find(&self.0, branches).await
    }

    async fn standing(&self, repos: &[String]) -> Vec<Result<Vec<Standing>, ForgeError>> {
        standing::standing(&self.0, repos).await
    }

    async fn teams(&self) -> Vec<OrgTeams> {
        teams::teams(&self.0).await
    }

    fn pace(&self, open: u64) -> Duration {
        pace(open)
    }

    fn complaints(&self) -> Vec<String> {
        self.0.complaints()
    }

    async fn perform(&self, repo: &str, effect: &Effect) -> Result<Done, ForgeError> {
        effects::perform(&self.0, repo, effect).await
    }
}

/// A look takes some requests, be there a few pull requests or a hundred: the more are open, the more
/// should have come together by then, so that a whole life takes 2.2 requests and not three. From a
/// hundred on it is the time that is bounded: 10,000 are 100 points every five minutes, below the
/// 1,300 an hour that go into looking, a quarter of what GitHub gives.
fn pace(open: u64) -> Duration {
    EACH.saturating_mul(u32::try_from(open).unwrap_or(u32::MAX)).clamp(LOOK_SOONEST, LOOK_LATEST)
}

/// How much later each open pull request lets a look be.
const EACH: Duration = Duration::from_secs(3);

/// However few there are, nobody looks more often.
const LOOK_SOONEST: Duration = Duration::from_secs(15);

/// However many there are, they are looked at as often.
const LOOK_LATEST: Duration = Duration::from_secs(300);
