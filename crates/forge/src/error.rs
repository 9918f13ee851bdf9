//! Why a forge could not be read or changed.

use fleetwright_core::Oid;

/// Why the forge could not be read or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForgeError {
    /// There is no such repository or pull request.
    #[error("{what} is not there\n  try: `fleetwright repo sync`")]
    NotFound {
        /// What was looked for.
        what: String,
    },
    /// The repository has another name now, as its forge tells.
    #[error("{repo} is called {name} now\n  try: `fleetwright repo sync`")]
    Moved {
        /// Its name until now.
        repo: String,
        /// Its name now.
        name: String,
    },
    /// The repository cannot be read or written.
    #[error("{repo} cannot be used: {why}")]
    Access {
        /// The repository.
        repo: String,
        /// Why.
        why: String,
    },
    /// A rule of the forge or the repository forbids it, and will tomorrow: a protected branch, a
    /// merge method that is off, a permission the token lacks.
    #[error("{repo} refuses: {why}")]
    Refused {
        /// The repository.
        repo: String,
        /// Why, and what to change.
        why: String,
    },
    /// A branch is somewhere else than expected.
    #[error("branch {branch} is not where it was expected")]
    BranchMoved {
        /// The branch.
        branch: String,
        /// Where it is; `None` where there is none.
        actual: Option<Oid>,
    },
    /// There is an open pull request from that branch already.
    #[error("pull request {number} is open from this branch already")]
    AlreadyOpen {
        /// Its number.
        number: u64,
    },
    /// The pull request's head is another one now.
    #[error("the pull request's head moved")]
    HeadMoved,
    /// The forge refuses the merge as things stand.
    #[error("the forge refuses to merge: {why}")]
    NotMergeable {
        /// Why.
        why: String,
    },
    /// A limit is reached: nothing was sent, or the forge refused it before anything happened.
    #[error("the forge's limit is reached: {why}")]
    Blocked {
        /// When it may be tried again, in milliseconds since 1970 UTC.
        until: i64,
        /// Which limit.
        why: String,
    },
    /// It could not be found out, or the answer was lost: the effect may have happened.
    #[error("the forge did not answer: {why}")]
    Unknown {
        /// What is known.
        why: String,
    },
}

/// Why of a [`ForgeError::Blocked`] that our own meter said: the forge never heard of the request.
pub(crate) const NOT_SENT: &str = "asked before sending";

impl ForgeError {
    /// Whether this is the forge's own refusal because of a limit, from which a budget learns, and
    /// not our meter's.
    pub fn is_refusal(&self) -> bool {
        matches!(self, ForgeError::Blocked { why, .. } if why != NOT_SENT)
    }

    /// An answer that is lost or cannot be read.
    pub fn unknown(why: impl std::fmt::Display) -> ForgeError {
        ForgeError::Unknown { why: why.to_string() }
    }

    /// A repository that cannot be used.
    pub fn access(repo: &str, why: impl std::fmt::Display) -> ForgeError {
        ForgeError::Access { repo: repo.to_owned(), why: why.to_string() }
    }
}
