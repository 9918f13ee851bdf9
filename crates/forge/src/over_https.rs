//! Git over HTTPS with the forge's own credentials.

use std::path::Path;

use async_trait::async_trait;
use fleetwright_core::Oid;
use reqwest::Url;

use crate::error::ForgeError;
use crate::git_door::{GitDoor, Moved};
use crate::http::git::{GitHttp, Remote};
use crate::http::{Http, Need, Permission, encoded};
use crate::{CommitSeen, Fetched};

/// Git over HTTPS.
pub struct GitOverHttps {
    git: GitHttp,
    http: Http,
    base: Url,
    user: String,
}

impl GitOverHttps {
    /// Repositories below `base`, such as `https://gitlab.com`, with tokens of `http` as the password of
    /// `user`.
    pub fn new(git: GitHttp, http: &Http, base: Url, user: &str) -> GitOverHttps {
        GitOverHttps { git, http: http.clone(), base, user: user.to_owned() }
    }

    async fn remote(&self, repo: &str, permission: Permission) -> Result<Remote, ForgeError> {
        let mut parts = repo.split('/');
        if parts.clone().count() < 2 || parts.any(|part| matches!(part, "" | "." | "..")) {
            return Err(ForgeError::access(repo, "it is no name of a repository such as `acme/app`"));
        }
        let token = self.http.token(Need { repo: Some(repo), permission }).await?;
        let parts: Vec<String> = repo.split('/').map(encoded).collect();
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{}.git", self.base.path().trim_end_matches('/'), parts.join("/")));
        Remote::new(repo, &url, &self.user, token)
    }
}

#[async_trait]
impl GitDoor for GitOverHttps {
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
