//! What goes wrong with the index and with patterns.

use std::path::PathBuf;

pub use fleetwright_core::caret::Caret;

use crate::limits::{MAX_COMPILED_BYTES, MAX_ENTRIES, MAX_GLOBS, MAX_PATH_BYTES, MAX_PATTERN_BYTES};

/// Why a pattern or a glob cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// It does not follow the syntax.
    #[error("bad pattern, column {}: {reason}\n{caret}", caret.offset + 1)]
    Syntax {
        /// The pattern and the wrong place in it.
        caret: Caret,
        /// What is wrong.
        reason: String,
    },
    /// It is empty.
    #[error("the pattern is empty: name what to look for, `.` for every line that has something")]
    Empty,
    /// It is longer than [`MAX_PATTERN_BYTES`].
    #[error(
        "the pattern has {bytes} bytes, the limit is {MAX_PATTERN_BYTES}: search for a shorter part of it"
    )]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// Its compiled form is larger than [`MAX_COMPILED_BYTES`].
    #[error("the pattern compiles to more than {MAX_COMPILED_BYTES} bytes: use smaller repetitions")]
    TooLarge,
    /// A glob does not follow the syntax.
    #[error("bad glob '{glob}': {reason}")]
    Glob {
        /// The glob as given.
        glob: String,
        /// What is wrong.
        reason: String,
    },
    /// More than [`MAX_GLOBS`] globs.
    #[error("{count} globs are given, the limit is {MAX_GLOBS}: use `{{a,b}}` or a wider one")]
    TooManyGlobs {
        /// How many.
        count: usize,
    },
}

/// Why the index could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// A file of the index could not be read or written.
    #[error("cannot {what} {}: {source}", path.display())]
    Disk {
        /// What was tried: a verb.
        what: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process writes.
    #[error("another process writes the index {}: wait for it, or look for a sync that hangs", path.display())]
    Locked {
        /// The index.
        path: PathBuf,
    },
    /// A snapshot that was named is gone.
    #[error("the snapshot {id} is no longer kept; the newest is {newest}: ask again without naming one")]
    NoSnapshot {
        /// The one that was named.
        id: String,
        /// The one there is.
        newest: String,
    },
    /// A path of a listing is too long or empty.
    #[error("repository {repo}: a path of {bytes} bytes; it may have 1 to {MAX_PATH_BYTES}")]
    Path {
        /// The repository.
        repo: String,
        /// The length.
        bytes: usize,
    },
    /// A repository with too many files.
    #[error("repository {repo} has {entries} files; the limit is {MAX_ENTRIES}: leave it out of the fleet")]
    TooManyFiles {
        /// The repository.
        repo: String,
        /// How many.
        entries: usize,
    },
    /// A name of a repository that is empty or too long.
    #[error("the name of a repository has {bytes} bytes; it may have 1 to {}", crate::limits::MAX_REPO_BYTES)]
    RepoName {
        /// The length.
        bytes: usize,
    },
    /// The numbers of blobs are used up.
    #[error("the index {} has numbered 4 billion files: remove the folder and sync again", path.display())]
    Full {
        /// The index.
        path: PathBuf,
    },
    /// A part of the index cannot be read while it is written.
    #[error("{0}; open it for writing with a check, then commit")]
    Damaged(#[from] Damage),
    /// Earlier writing failed, so that the writer's view may be wrong.
    #[error("an earlier write failed: open the writer again; what was committed is kept")]
    Broken,
}

/// A part of the index that is not what was written; what it held is unknown until the next sync
/// reads it again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file} of the index is damaged ({why}): what it held is read again by the next sync")]
pub struct Damage {
    /// The file's name within the index.
    pub file: String,
    /// What is wrong.
    pub why: String,
}
