//! What stops a command: a person's mistake, a refusal, or the world.

use fleetwright_core::source::SourceError;
use fleetwright_forge::ForgeError;
use fleetwright_store::StoreError;

/// Why a command did not do what was asked. A repository that fails is never one of these: it is
/// a stage of its target.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A file that a person wrote is wrong.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The command's words are wrong.
    #[error("{0}")]
    Usage(String),
    /// Nothing is called as the command says.
    #[error("{0}")]
    Missing(String),
    /// A rule or a person says no.
    #[error("{0}")]
    Refused(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The forge could not be read.
    #[error(transparent)]
    Forge(#[from] ForgeError),
    /// A file or folder of ours could not be used.
    #[error("{path}: {why}\n  try: check its permissions and the free space of the disk")]
    Files {
        /// The file or folder.
        path: String,
        /// Why not.
        why: String,
    },
}

impl EngineError {
    pub(crate) fn files(path: &std::path::Path, why: impl std::fmt::Display) -> EngineError {
        EngineError::Files { path: path.display().to_string(), why: why.to_string() }
    }
}
