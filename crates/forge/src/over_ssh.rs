//! Git over SSH, as an adapter of a forge needs it.

use std::path::Path;

use async_trait::async_trait;
use fleetwright_core::Oid;

use crate::error::ForgeError;
use crate::git_binary::{GitBinary, SshRemote};
use crate::git_door::{GitDoor, Moved};
use crate::{CommitSeen, Fetched};

/// Git over SSH; keys and agents are those of `ssh`.
pub struct GitOverSsh {
    git: GitBinary,
    base: String,
}

impl GitOverSsh {
    /// Repositories at `base` and their name, such as `git@github.com:` or `ssh://git@gitlab.example:2222/`.
    pub fn new(git: GitBinary, base: &str) -> GitOverSsh {
        GitOverSsh { git, base: base.to_owned() }
    }

    fn remote(&self, repo: &str) -> Result<SshRemote, ForgeError> {
        if repo.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(ForgeError::access(repo, "it is no name of a repository such as `acme/app`"));
        }
        SshRemote::new(repo, &format!("{}{repo}.git", self.base))
    }
}

#[async_trait]
impl GitDoor for GitOverSsh {
    async fn head(&self, repo: &str) -> Result<Option<Oid>, ForgeError> {
        self.git.head(&self.remote(repo)?).await.map(|(_, head)| head)
    }

    async fn tip(&self, repo: &str, branch: &str) -> Result<Option<Oid>, ForgeError> {
        self.git.tip(&self.remote(repo)?, branch).await
    }

    async fn fetch(&self, repo: &str, mirror: &Path) -> Result<Fetched, ForgeError> {
        self.git.fetch(&self.remote(repo)?, mirror).await
    }

    async fn bring(&self, repo: &str, mirror: &Path, commits: &[Oid]) -> Result<(), ForgeError> {
        self.git.bring(&self.remote(repo)?, mirror, commits).await
    }

    async fn commit(&self, _: &str, _: Oid) -> Result<Option<CommitSeen>, ForgeError> {
        Ok(None)
    }

    async fn push(&self, repo: &str, moved: &Moved<'_>) -> Result<(), ForgeError> {
        let to = (moved.branch, moved.expected, moved.head);
        self.git.push(&self.remote(repo)?, to, moved.objects, &[]).await
    }

    async fn delete(&self, repo: &str, branch: &str, expected: Oid) -> Result<(), ForgeError> {
        self.git.delete(&self.remote(repo)?, branch, expected).await
    }
}
