//! GitLab, at gitlab.com and self-managed, over REST.
//!
//! One request makes a merge request with its labels, reviewers and draft mark; one merges it, pinned to its
//! head. Open ones are looked at by pages of one list ([`fleetwright_forge::mark`]). Git goes by [`GitDoor`], which costs no API
//! request. Everything that GitLab refuses is explained in `refusal`; what its words mean for a merge
//! request, in `state` and `checks`.

mod checks;
mod commits;
mod committing;
mod effects;
mod look;
mod merging;
mod people;
mod projects;
mod refusal;
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
use fleetwright_core::pull::{Check, PullSeen};
use fleetwright_forge::http::{Http, Rest};
use fleetwright_forge::{
    CommitSeen, Done, Effect, Fetched, Forge, ForgeError, Found, Fresh, GitDoor, Listed, Look, OrgTeams,
    Standing,
};
use reqwest::Url;
use tokio::sync::OnceCell;

/// How long a project's settings are believed, in milliseconds. gitlab.com answers 400 questions for a
/// project a minute.
const PROJECT: i64 = 15 * 60_000;

/// How long a member's role is believed, in milliseconds: it decides whose commands are obeyed.
const MEMBER: i64 = 10 * 60_000;

/// How long a user's number is believed, in milliseconds: numbers never change, names seldom.
const USER: i64 = 24 * 3_600_000;

/// How long the checks of a commit of the base are believed, in milliseconds: they may be run again.
const BASE: i64 = 5 * 60_000;

/// What GitLab is to be.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The forge's name in the configuration.
    pub name: String,
    /// The groups whose projects are in scope, with their subgroups, such as `acme` or `acme/tools`.
    pub groups: Vec<String>,
    /// Whether the language of each project is asked for: one request per project that changed.
    pub languages: bool,
}

/// GitLab as a forge.
#[derive(Clone)]
pub struct GitLab {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    groups: Vec<String>,
    languages: bool,
    rest: Rest,
    git: Arc<dyn GitDoor>,
    me: OnceCell<wire::User>,
    projects: Fresh<String, wire::Project>,
    language_of: Fresh<(u64, String), String>,
    writers: Fresh<(String, u64), bool>,
    users: Fresh<String, Option<u64>>,
    base_checks: Fresh<(String, String), Vec<Check>>,
}

impl GitLab {
    /// GitLab behind `http`, whose address is that of the API, such as `https://gitlab.com/api/v4`.
    pub fn new(settings: Settings, http: Http, git: Arc<dyn GitDoor>) -> GitLab {
        let inner = Inner {
            name: settings.name,
            groups: settings.groups,
            languages: settings.languages,
            rest: Rest::new(http, refusal::explain),
            git,
            me: OnceCell::new(),
            projects: Fresh::new(PROJECT),
            language_of: Fresh::new(USER),
            writers: Fresh::new(MEMBER),
            users: Fresh::new(USER),
            base_checks: Fresh::new(BASE),
        };
        GitLab { inner: Arc::new(inner) }
    }
}

/// The user beside a token in git over HTTPS (docs.gitlab.com, personal access tokens).
pub const GIT_USER: &str = "oauth2";

/// The API's address of a server, whose own address was given or the API's.
pub fn api_url(url: &Url) -> Url {
    let mut api = url.clone();
    let path = url.path().trim_end_matches('/');
    api.set_path(&format!("{}/api/v4", path.strip_suffix("/api/v4").unwrap_or(path)));
    api
}

/// Where repositories are below, by the API's address.
pub fn git_url(api: &Url) -> Url {
    let mut git = api.clone();
    let path = api.path().trim_end_matches('/');
    git.set_path(path.strip_suffix("/api/v4").unwrap_or(path));
    git
}

#[async_trait]
impl Forge for GitLab {
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
        for given in ["https://x.example/forge", "https://x.example/forge/api/v4/"] {
            let api = api_url(&given.parse().unwrap());
            assert_eq!(api.as_str(), "https://x.example/forge/api/v4");
            assert_eq!(git_url(&api).as_str(), "https://x.example/forge");
        }
    }
}
