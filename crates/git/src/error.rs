//! What can go wrong, with what to try.

use std::io;
use std::path::{Path, PathBuf};

use fleetwright_core::Oid;

use crate::path::HostileName;

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, GitError>;

/// Why a repository could not be read or written. Hostile and broken input always ends here, never in a panic.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GitError {
    /// The folder is not a bare repository of its own.
    #[error("{} is not a usable bare git repository: {why}", path.display())]
    NotARepository {
        /// The folder.
        path: PathBuf,
        /// What is missing or odd.
        why: String,
    },
    /// It is a repository, of a kind that is not supported or would redirect reads elsewhere.
    #[error("{} is refused: {why}", path.display())]
    Unsupported {
        /// The folder.
        path: PathBuf,
        /// What is not supported, and what to do.
        why: String,
    },
    /// The operating system said no.
    #[error("could not {doing} {}: {source}", path.display())]
    Io {
        /// The verb.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// An object that something names is not there.
    #[error("object {oid} is missing from {}; fetch it again or run `git fsck`", path.display())]
    MissingObject {
        /// The object.
        oid: Oid,
        /// The repository.
        path: PathBuf,
    },
    /// An object is there and broken.
    #[error("object {oid} is corrupt: {why}; run `git fsck` on the repository")]
    Corrupt {
        /// The object.
        oid: Oid,
        /// How.
        why: String,
    },
    /// Data crafted so that its SHA-1 is another object's name.
    #[error("a {kind} is a forged SHA-1 collision; take it out of the repository")]
    Collision {
        /// The kind of object.
        kind: &'static str,
    },
    /// An object of another kind than the place it is named from asks for.
    #[error("object {oid} is a {found}, not a {wanted}")]
    WrongKind {
        /// The object.
        oid: Oid,
        /// What was asked for.
        wanted: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// An object larger than the caller allows; nothing of it was inflated.
    #[error("object {oid} has {size} bytes, more than the {limit} allowed")]
    TooLarge {
        /// The object.
        oid: Oid,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// A path that must not be read or written.
    #[error(transparent)]
    HostileName(#[from] HostileName),
    /// A tree, history or folder is larger than a limit.
    #[error("more than {limit} {what}; raise the limit or leave the repository out")]
    Limit {
        /// What is counted.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// A branch name that `git check-ref-format --branch` would refuse.
    #[error("{name:?} is not a branch name: {why}")]
    BadBranch {
        /// The name.
        name: String,
        /// The rule.
        why: String,
    },
    /// A reference's file holds something else than an object name.
    #[error("reference {name} in {} is broken: {why}", path.display())]
    BadRef {
        /// The reference.
        name: String,
        /// The repository.
        path: PathBuf,
        /// What is odd.
        why: String,
    },
    /// Somebody moved the branch in between; look again and decide again.
    #[error("branch {branch} is at {}, not at {}", name_of(*actual), name_of(*expected))]
    RefMoved {
        /// The branch.
        branch: String,
        /// What the caller believed.
        expected: Option<Oid>,
        /// What is there; `None`: no such branch.
        actual: Option<Oid>,
    },
    /// Another process holds a lock file, or died holding it.
    #[error("{} is locked by another process; if none is running, remove that file", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// An edit that does not fit the tree or the other edits.
    #[error("cannot edit {path}: {why}")]
    Edit {
        /// The path of the edit.
        path: String,
        /// Why not.
        why: &'static str,
    },
    /// A working folder holds something that cannot become a commit.
    #[error("{path} in the working folder is refused: {why}")]
    Folder {
        /// The path below the folder.
        path: String,
        /// Why.
        why: &'static str,
    },
    /// A server's answer is not what git's protocol allows.
    #[error("the server answered with {what}")]
    Protocol {
        /// What came.
        what: String,
    },
    /// A server said what went wrong.
    #[error("the server says: {said}")]
    Remote {
        /// Its words, in one line.
        said: String,
    },
    /// A pack that was received is broken, cut off or not what it says.
    #[error("the pack that came is refused: {why}")]
    Pack {
        /// How.
        why: String,
    },
    /// A commit could not be signed.
    #[error("the commit cannot be signed: {why}")]
    Sign {
        /// Why, and what to try.
        why: String,
    },
    /// gix failed in a way that has no name of its own here.
    #[error("could not {doing} in {}: {why}", path.display())]
    Backend {
        /// The verb.
        doing: &'static str,
        /// The repository.
        path: PathBuf,
        /// gix's words.
        why: String,
    },
}

fn name_of(oid: Option<Oid>) -> String {
    oid.map_or_else(|| "nothing".to_owned(), |oid| oid.short())
}

impl GitError {
    pub(crate) fn io(doing: &'static str, path: impl AsRef<Path>, source: impl Into<io::Error>) -> Self {
        GitError::Io { doing, path: path.as_ref().to_owned(), source: source.into() }
    }

    pub(crate) fn corrupt(oid: Oid, why: impl Into<String>) -> Self {
        GitError::Corrupt { oid, why: why.into() }
    }
}
