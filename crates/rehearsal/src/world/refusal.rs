//! Why the forge does not do what it was asked, in no dialect yet.

use fleetwright_core::Oid;
use fleetwright_git::GitError;

use super::block::Block;
use crate::model::account::Scope;
use crate::model::method::Method;

/// Why the forge does not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No token, a wrong one, or one that ended.
    #[error("bad credentials")]
    BadCredentials,
    /// It is not there, or not for this token to know.
    #[error("not found")]
    NotFound,
    /// Something that is not there and is named so.
    #[error("{0}")]
    Missing(&'static str),
    /// Only an App may ask that, signed by itself.
    #[error("an App's own token is needed")]
    NeedsJwt,
    /// A file is another one than its writer knew.
    #[error("{path} is not {given}")]
    Stale {
        /// The file.
        path: String,
        /// What its writer knew.
        given: Oid,
    },
    /// The repository has another name now.
    #[error("moved to repository {0}")]
    Moved(u64),
    /// The repository can only be read.
    #[error("archived")]
    Archived,
    /// The token lacks a permission.
    #[error("the token lacks {}", .0.word())]
    Forbidden(Scope),
    /// An open pull request has this head and base.
    #[error("pull request {number} is open for {branch}")]
    AlreadyOpen {
        /// The branch.
        branch: String,
        /// Its number.
        number: u64,
    },
    /// The head adds nothing to the base.
    #[error("no commits between {base} and {head}")]
    NoCommits {
        /// The base branch.
        base: String,
        /// The head branch.
        head: String,
    },
    /// A value that is missing or makes no sense.
    #[error("{resource}.{field} is {code}")]
    Invalid {
        /// What is made, such as `PullRequest`.
        resource: &'static str,
        /// The field.
        field: &'static str,
        /// `invalid`, `missing`, `missing_field`, `already_exists` or `custom`.
        code: &'static str,
        /// In words, for `custom`.
        message: Option<String>,
    },
    /// A request that cannot be read.
    #[error("{0}")]
    Malformed(String),
    /// The pull request's head is another one.
    #[error("the head is {0}")]
    HeadMoved(Oid),
    /// It cannot be merged as things stand.
    #[error("blocked: {0:?}")]
    Blocked(Block),
    /// It is merged or closed already.
    #[error("the pull request does not stand any more")]
    NotOpen,
    /// The repository does not allow the method.
    #[error("{} is off", .0.word())]
    MethodOff(Method),
    /// A rule of the branch forbids it.
    #[error("branch {0} is protected")]
    Protected(String),
    /// There is such a branch already.
    #[error("the reference is there already")]
    ReferenceExists,
    /// There is no such branch.
    #[error("the reference does not exist")]
    NoReference,
    /// The branch would lose commits.
    #[error("not a fast forward")]
    NotFastForward,
    /// A workflow file without the permission for it.
    #[error("the token may not write {0}")]
    Workflow(String),
    /// Auto-merge where it is off, needless or not possible.
    #[error("auto-merge: {0}")]
    AutoMerge(&'static str),
    /// Git does not do it.
    #[error("git: {0}")]
    Git(String),
}

impl From<GitError> for Refusal {
    fn from(error: GitError) -> Refusal {
        Refusal::Git(error.to_string())
    }
}
