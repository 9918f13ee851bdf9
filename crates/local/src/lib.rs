//! The local forge: a folder of bare repositories, with pull requests as files beside them.
//!
//! ```text
//! root/acme/app.git            the bare repository; push to it, look into it with git
//! root/acme/app.forge/
//!     repo.json                topics, archived: written by hand, read by us
//!     pulls/1.json             a pull request; edit it, or use `fleetwright repo pull`
//!     checks/<tree>/<name>.json    what a check said of a tree
//!     lock                     held while a pull request or a branch of one changes
//! ```
//!
//! It has no machine of its own: whoever looks at a pull request runs the checks that are due, in
//! the sandbox, on the result of the merge. Files are replaced by renames, so a reader sees the
//! old or the new one; they are not synced one by one, as git's own loose objects are not.

mod checks;
mod effects;
mod layout;
mod merging;
pub mod person;
mod pull_file;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use fleetwright_core::Oid;
use fleetwright_core::pull::PullSeen;
use fleetwright_git::Repository;
use fleetwright_runner::Sandbox;
use serde::{Deserialize, Serialize};

use fleetwright_forge::{
    CommitSeen, Done, Effect, Fetched, Forge, ForgeError, Found, Listed, Look, Standing,
};

pub use layout::Layout;
pub use pull_file::{Comment, PullFile, Review};

/// A check of the local forge: a command on the merged tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CheckSpec {
    /// The check's name.
    pub name: String,
    /// What `sh -c` runs in the tree; 0 is green, anything else red.
    pub run: String,
    /// A path that must be there for the check to be of use; absent: always.
    #[serde(default)]
    pub when: Option<String>,
}

/// A forge in a folder.
#[derive(Clone)]
pub struct LocalForge {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    layout: Layout,
    checks: Vec<CheckSpec>,
    shelter: Shelter,
    scratch: PathBuf,
}

/// Finds the sandbox when the first check is due: looking for it starts a process.
pub type Shelter = Arc<dyn Fn() -> Option<Sandbox> + Send + Sync>;

impl LocalForge {
    /// A forge over the repositories below `root`. Without a sandbox its checks do not run, and
    /// are reported as skipped. `scratch` is a folder for the trees that checks run in.
    pub fn new(
        name: &str,
        root: &Path,
        checks: Vec<CheckSpec>,
        shelter: Shelter,
        scratch: &Path,
    ) -> LocalForge {
        let layout = Layout::new(root);
        let inner = Inner { name: name.to_owned(), layout, checks, shelter, scratch: scratch.to_owned() };
        LocalForge { inner: Arc::new(inner) }
    }

    /// Where its files lie.
    pub fn layout(&self) -> &Layout {
        &self.inner.layout
    }

    /// Runs on a thread that may block: git and files answer when they answer.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, ForgeError> + Send + 'static,
    ) -> Result<T, ForgeError> {
        let inner = Arc::clone(&self.inner);
        let ended = tokio::task::spawn_blocking(move || work(&inner)).await;
        ended.unwrap_or_else(|error| Err(ForgeError::Unknown { why: error.to_string() }))
    }
}

impl Inner {
    fn open(&self, repo: &str) -> Result<Repository, ForgeError> {
        let path = self.layout.repository(repo)?;
        Repository::open(&path).map_err(|error| match self.layout.root().is_dir() {
            true => access(repo, error),
            // A folder that is away, such as a disk that is not mounted, says nothing of a repository.
            false => {
                let why = format!("the folder {} is not there", self.layout.root().display());
                ForgeError::Unknown { why }
            }
        })
    }
}

pub(crate) fn access(repo: &str, error: impl std::fmt::Display) -> ForgeError {
    ForgeError::Access { repo: repo.to_owned(), why: error.to_string() }
}

#[async_trait]
impl Forge for LocalForge {
    fn name(&self) -> &str {
        &self.inner.name
    }

    async fn repos(&self) -> Result<Vec<Listed>, ForgeError> {
        self.blocking(|inner| inner.layout.list()).await
    }

    async fn head(&self, repo: &str) -> Result<Option<Oid>, ForgeError> {
        let repo = repo.to_owned();
        let head = move |inner: &Inner| inner.open(&repo)?.head().map_err(|error| access(&repo, error));
        Ok(self.blocking(head).await?.commit)
    }

    async fn fetch(&self, repo: &str, mirror: &Path) -> Result<Fetched, ForgeError> {
        let (repo, mirror) = (repo.to_owned(), mirror.to_owned());
        self.blocking(move |inner| {
            let source = inner.open(&repo)?;
            let fresh =
                fleetwright_git::refresh_mirror(&mirror, &source).map_err(|error| access(&repo, error))?;
            Ok(Fetched { head: fresh.head.commit, tree: fresh.tree })
        })
        .await
    }

    async fn bring(&self, repo: &str, mirror: &Path, commits: &[Oid]) -> Result<(), ForgeError> {
        let (repo, mirror, commits) = (repo.to_owned(), mirror.to_owned(), commits.to_vec());
        self.blocking(move |inner| {
            let source = inner.open(&repo)?;
            let bring = |commit: &Oid| fleetwright_git::bring_commit(&mirror, &source, *commit);
            commits.iter().try_for_each(bring).map_err(|error| access(&repo, error))
        })
        .await
    }

    async fn tip(&self, repo: &str, branch: &str) -> Result<Option<Oid>, ForgeError> {
        let (repo, branch) = (repo.to_owned(), branch.to_owned());
        self.blocking(move |inner| inner.open(&repo)?.branch(&branch).map_err(|error| access(&repo, error)))
            .await
    }

    async fn commit(&self, repo: &str, commit: Oid) -> Result<CommitSeen, ForgeError> {
        let repo = repo.to_owned();
        let read =
            move |inner: &Inner| inner.open(&repo)?.commit_info(commit).map_err(|error| access(&repo, error));
        let said = self.blocking(read).await?;
        Ok(CommitSeen { time: said.time, tree: said.tree, parents: said.parents, message: said.message })
    }

    async fn look(&self, pulls: &[Look]) -> Vec<Result<Option<PullSeen>, ForgeError>> {
        let mut seen = Vec::with_capacity(pulls.len());
        for pull in pulls {
            let Look { repo, number, mark } = pull.clone();
            seen.push(self.blocking(move |inner| inner.look(&repo, number, mark.as_deref())).await);
        }
        seen
    }

    async fn find(&self, branches: &[(String, String)]) -> Vec<Result<Vec<Found>, ForgeError>> {
        let mut found = Vec::with_capacity(branches.len());
        for (repo, branch) in branches {
            let (repo, branch) = (repo.clone(), branch.clone());
            found.push(self.blocking(move |inner| inner.find(&repo, &branch)).await);
        }
        found
    }

    async fn standing(&self, repos: &[String]) -> Vec<Result<Vec<Standing>, ForgeError>> {
        let mut standing = Vec::with_capacity(repos.len());
        for repo in repos {
            let repo = repo.clone();
            standing.push(self.blocking(move |inner| inner.standing(&repo)).await);
        }
        standing
    }

    fn pace(&self, _: u64) -> Duration {
        // Looking costs no more than reading files.
        Duration::from_millis(500)
    }

    async fn perform(&self, repo: &str, effect: &Effect) -> Result<Done, ForgeError> {
        let (repo, effect) = (repo.to_owned(), effect.clone());
        self.blocking(move |inner| inner.perform(&repo, &effect)).await
    }
}
