//! Everything that is ever done to a forge, as values.

use fleetwright_core::Oid;
use fleetwright_core::pull::PullRef;
use fleetwright_core::shift::MergeMethod;
use fleetwright_git::Object;

/// One change of the outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// A branch is moved to a commit.
    Push {
        /// The branch.
        branch: String,
        /// Where it must be now; `None` where it must not exist.
        expected: Option<Oid>,
        /// The commit.
        head: Oid,
        /// The commit and what else the forge does not have.
        objects: Vec<Object>,
    },
    /// A pull request against the default branch is opened.
    OpenPull {
        /// The branch it comes from.
        branch: String,
        /// One line.
        title: String,
        /// The text, in Markdown.
        body: String,
        /// Labels.
        labels: Vec<String>,
        /// Names to ask for a review.
        reviewers: Vec<String>,
        /// Whether it is not ready.
        draft: bool,
    },
    /// A pull request is merged, if its head is still the given one.
    Merge {
        /// Its number.
        number: u64,
        /// The head every gate was checked for.
        head: Oid,
        /// How.
        method: MergeMethod,
    },
    /// A pull request is closed without a merge.
    ClosePull {
        /// Its number.
        number: u64,
        /// Why, for people.
        reason: String,
    },
    /// A branch is removed, if it is still at the given commit.
    DeleteBranch {
        /// The branch.
        branch: String,
        /// Where it must be now.
        expected: Oid,
    },
}

/// The kinds of effects: for counting, limiting, and for faults in tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EffectKind {
    /// [`Effect::Push`].
    Push,
    /// [`Effect::OpenPull`].
    OpenPull,
    /// [`Effect::Merge`].
    Merge,
    /// [`Effect::ClosePull`].
    ClosePull,
    /// [`Effect::DeleteBranch`].
    DeleteBranch,
}

impl EffectKind {
    /// Every kind there is.
    pub const ALL: [EffectKind; 5] = [
        EffectKind::Push,
        EffectKind::OpenPull,
        EffectKind::Merge,
        EffectKind::ClosePull,
        EffectKind::DeleteBranch,
    ];

    /// The kind's word.
    pub fn word(self) -> &'static str {
        match self {
            EffectKind::Push => "push",
            EffectKind::OpenPull => "open-pull",
            EffectKind::Merge => "merge",
            EffectKind::ClosePull => "close-pull",
            EffectKind::DeleteBranch => "delete-branch",
        }
    }
}

impl Effect {
    /// The effect's kind.
    pub fn kind(&self) -> EffectKind {
        match self {
            Effect::Push { .. } => EffectKind::Push,
            Effect::OpenPull { .. } => EffectKind::OpenPull,
            Effect::Merge { .. } => EffectKind::Merge,
            Effect::ClosePull { .. } => EffectKind::ClosePull,
            Effect::DeleteBranch { .. } => EffectKind::DeleteBranch,
        }
    }
}

/// What an effect came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// Nothing more to tell.
    Done,
    /// The pull request that was opened.
    Opened(PullRef),
    /// The merge.
    Merged {
        /// The commit on the base branch.
        commit: Oid,
        /// That commit's tree.
        tree: Oid,
    },
}

/// Why the forge could not be read or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForgeError {
    /// There is no such repository or pull request.
    #[error("{what} is not there\n  try: `fleetwright repo sync`")]
    NotFound {
        /// What was looked for.
        what: String,
    },
    /// The repository cannot be read or written.
    #[error("{repo} cannot be used: {why}")]
    Access {
        /// The repository.
        repo: String,
        /// Why.
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
    /// It could not be found out, or the answer was lost: the effect may have happened.
    #[error("the forge did not answer: {why}")]
    Unknown {
        /// What is known.
        why: String,
    },
}
