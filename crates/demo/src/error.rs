//! Why a fleet could not be written.

use std::io;
use std::path::{Path, PathBuf};

use fleetwright_git::{GitError, HostileName};

/// Why a fleet could not be written.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A repository could not be written, most often because one is there already.
    #[error("could not write the sample repository {repo}: {source}; remove the folder or choose another")]
    Repository {
        /// Owner and name.
        repo: String,
        /// What git's side says.
        source: GitError,
    },
    /// A file or folder could not be written.
    #[error("could not write {}: {source}; check the folder's rights and the space on the disk", path.display())]
    Files {
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl DemoError {
    pub(crate) fn files(path: &Path) -> impl FnOnce(io::Error) -> DemoError {
        let path = path.to_owned();
        move |source| DemoError::Files { path, source }
    }

    pub(crate) fn repository(repo: &str) -> impl FnOnce(GitError) -> DemoError {
        let repo = repo.to_owned();
        move |source| DemoError::Repository { repo, source }
    }

    pub(crate) fn path(repo: &str) -> impl FnOnce(HostileName) -> DemoError {
        let repo = repo.to_owned();
        move |source| DemoError::Repository { repo, source: source.into() }
    }
}
