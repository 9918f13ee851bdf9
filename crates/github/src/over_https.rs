//! Git over HTTPS with the forge's own credentials, each no broader than what is done with it.

use std::path::Path;

use async_trait::async_trait;
use fleetwright_core::Oid;
use fleetwright_forge::http::git::{GitHttp, Remote};
use fleetwright_forge::http::{Http, Need, Permission};
use fleetwright_forge::{CommitSeen, Fetched, ForgeError};
use reqwest::Url;

use crate::git_door::{Git, Moved};
use crate::repo::RepoName;

/// The user beside a token (docs.github.com, "Authenticating as a GitHub App installation"); with a
/// person's token any name does.
const USER: &str = "x-access-token";

/// Git over HTTPS.
pub struct GitOverHttps {
    git: GitHttp,
    http: Http,
    base: Url,
}

impl GitOverHttps {
    /// Repositories at `base`, such as [`crate::git_url`] of the API's address, with tokens of `http`.
    pub fn new(git: GitHttp, http: &Http, base: Url) -> GitOverHttps {
        GitOverHttps { git, http: http.clone(), base }
    }

    async fn remote(&self, repo: &str, permission: Permission) -> Result<Remote, ForgeError> {
        let RepoName { owner, name, full } = RepoName::new(repo)?;
        let token = self.http.token(Need { repo: Some(full), permission }).await?;
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{owner}/{name}.git", self.base.path().trim_end_matches('/')));
        Remote::new(full, &url, USER, token)
    }
}

#[async_trait]
impl Git for GitOverHttps {
    async fn head(&self, repo: &str) -> Result<Option<Oid>, ForgeError> {
        let remote = self.remote(repo, Permission::Read).await?;
        self.git.head(&remote).await.map(|(_, head)| head)
    }

    async fn tip(&self, repo: &str, branch: &str) -> Result<Option<Oid>, ForgeError> {
        self.git.tip(&self.remote(repo, Permission::Read).await?, branch).await
    }

    async fn fetch(&self, repo: &str, mirror: &Path) -> Result<Fetched, ForgeError> {
        self.git.fetch(&self.remote(repo, Permission::Read).await?, mirror).await
    }

    async fn bring(&self, repo: &str, mirror: &Path, commits: &[Oid]) -> Result<(), ForgeError> {
        self.git.bring(&self.remote(repo, Permission::Read).await?, mirror, commits).await
    }

    async fn commit(&self, repo: &str, commit: Oid) -> Result<Option<CommitSeen>, ForgeError> {
        self.git.commit(&self.remote(repo, Permission::Read).await?, commit).await
    }

    async fn push(&self, repo: &str, moved: &Moved<'_>) -> Result<(), ForgeError> {
        let remote = self.remote(repo, moved.permission).await?;
        let to = (moved.branch, moved.expected, moved.head);
        self.git.push(&remote, to, moved.objects, &[]).await
    }

    async fn delete(&self, repo: &str, branch: &str, expected: Oid) -> Result<(), ForgeError> {
        self.git.delete(&self.remote(repo, Permission::Contents).await?, branch, expected).await
    }
}
