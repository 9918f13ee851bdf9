//! Gitea and Forgejo, over REST.
//!
//! One request makes a pull request with its labels, reviewers and draft mark; one merges it, pinned to its
//! head. Open ones are looked at by pages of one search ([`fleetwright_forge::mark`]). Git goes by
//! [`GitDoor`]. Everything that Gitea refuses is explained in `refusal`; what its words mean for a pull
//! request, in `state` and `checks`.

mod checks;
mod committing;
mod effects;
mod look;
mod merging;
mod people;
mod refusal;
mod repos;
mod standing;
mod state;
mod teams;
pub mod webhook;
mod wire;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use fleetwright_core::Oid;
use fleetwright_core::pull::PullSeen;
use fleetwright_forge::http::{Http, Rest};
use fleetwright_forge::{
    CommitSeen, Done, Effect, Fetched, Forge, ForgeError, Found, Fresh, GitDoor, Listed, Look, OrgTeams,
    Standing,
};
use reqwest::Url;
use tokio::sync::OnceCell;

/// How long a repository's settings are believed, in milliseconds.
const REPO: i64 = 15 * 60_000;

/// How long it is believed who may write, in milliseconds: it decides whose commands are obeyed.
const WRITER: i64 = 10 * 60_000;

/// How long labels, topics and names are believed, in milliseconds.
const NAMES: i64 = 3_600_000;

/// How long the statuses of a commit of the base are believed, in milliseconds: checks may be run again.
const BASE: i64 = 5 * 60_000;

/// What Gitea is to be.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The forge's name in the configuration.
    pub name: String,
    /// The organisations and users whose repositories are in settings.
    pub owners: Vec<String>,
}

/// Gitea or Forgejo as a forge.
#[derive(Clone)]
pub struct Gitea {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    owners: Vec<String>,
    rest: Rest,
    git: Arc<dyn GitDoor>,
    me: OnceCell<wire::User>,
    by_branch: OnceCell<bool>,
    repos: Fresh<String, wire::Repository>,
    topics_of: Fresh<(String, String), Vec<String>>,
    labels: Fresh<String, Vec<wire::Label>>,
    users: Fresh<String, bool>,
    writers: Fresh<(String, String), Option<bool>>,
    branches: Fresh<(String, String), Option<wire::Branch>>,
    base_statuses: Fresh<(String, String), Vec<wire::Status>>,
}

impl Gitea {
    /// Gitea behind `http`, whose address is that of the API, such as `https://git.example.com/api/v1`.
    pub fn new(settings: Settings, http: Http, git: Arc<dyn GitDoor>) -> Gitea {
        let inner = Inner {
            name: settings.name,
            owners: settings.owners,
            rest: Rest::new(http, refusal::explain),
            git,
            me: OnceCell::new(),
            by_branch: OnceCell::new(),
            repos: Fresh::new(REPO),
            topics_of: Fresh::new(24 * NAMES),
            labels: Fresh::new(NAMES),
            users: Fresh::new(NAMES),
            writers: Fresh::new(WRITER),
            branches: Fresh::new(REPO),
            base_statuses: Fresh::new(BASE),
        };
        Gitea { inner: Arc::new(inner) }
    }
}

/// The user beside a token in git over HTTPS: any name does.
pub const GIT_USER: &str = "oauth2";

/// The API's address of a server, whose own address was given or the API's.
pub fn api_url(url: &Url) -> Url {
    let mut api = url.clone();
    let path = url.path().trim_end_matches('/');
    api.set_path(&format!("{}/api/v1", path.strip_suffix("/api/v1").unwrap_or(path)));
    api
}

/// Where repositories are below, by the API's address.
pub fn git_url(api: &Url) -> Url {
    let mut git = api.clone();
    let path = api.path().trim_end_matches('/');
    git.set_path(path.strip_suffix("/api/v1").unwrap_or(path));
    git
}

#[async_trait]
impl Forge for Gitea {
    fn name(&self) -> &str {
        &self.inner.name
    }

    async fn repos(&self) -> Result<Vec<Listed>, ForgeError> {
        self.inner.list().await
    }

    async fn head(&self, repo: &str) -> Result<Option<Oid>, ForgeError> {
        self.inner.git.head(repo).await
    }

    async fn fetch(&self, repo: &str, mirror: &Path) -> Result<Fetched, ForgeError> {
        self.inner.git.fetch(repo, mirror).await
    }

    async fn bring(&self, repo: &str, mirror: &Path, commits: &[Oid]) -> Result<(), ForgeError> {
        self.inner.git.bring(repo, mirror, commits).await
    }

    async fn tip(&self, repo: &str, branch: &str) -> Result<Option<Oid>, ForgeError> {
        self.inner.git.tip(repo, branch).await
    }

    async fn commit(&self, repo: &str, commit: Oid) -> Result<CommitSeen, ForgeError> {
        self.inner.commit_of(repo, commit).await
    }

    async fn look(&self, pulls: &[Look]) -> Vec<Result<Option<PullSeen>, ForgeError>> {
        self.inner.look(pulls).await
    }

    async fn find(&self, branches: &[(String, String)]) -> Vec<Result<Vec<Found>, ForgeError>> {
        self.inner.find(branches).await
    }

    async fn standing(&self, repos: &[String]) -> Vec<Result<Vec<Standing>, ForgeError>> {
        self.inner.standing(repos).await
    }

    async fn teams(&self) -> Vec<OrgTeams> {
        self.inner.teams().await
    }

    fn pace(&self, open: u64) -> Duration {
        // While its checks run, each is looked at by itself: some requests every look.
        Duration::from_secs(open.saturating_mul(3)).clamp(Duration::from_secs(15), Duration::from_secs(300))
    }

    async fn perform(&self, repo: &str, effect: &Effect) -> Result<Done, ForgeError> {
        self.inner.perform(repo, effect).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_address_leads_to_both() {
        for given in ["https://x.example/forge", "https://x.example/forge/api/v1/"] {
            let api = api_url(&given.parse().unwrap());
            assert_eq!(api.as_str(), "https://x.example/forge/api/v1");
            assert_eq!(git_url(&api).as_str(), "https://x.example/forge");
        }
    }
}
