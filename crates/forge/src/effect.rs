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
    /// A commit is made by the forge itself, which signs it, and a branch is moved to it.
    /// Asked again when the branch is there with this very tree and parent, it is done already.
    Commit {
        /// The branch.
        branch: String,
        /// Where it must be now; `None` where it must not exist.
        expected: Option<Oid>,
        /// The commit's only parent.
        base: Oid,
        /// The tree the commit must have.
        tree: Oid,
        /// The message.
        message: String,
        /// What differs from the base.
        files: Vec<ApiFile>,
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
    /// The title and text of a pull request are replaced.
    UpdatePull {
        /// Its number.
        number: u64,
        /// One line.
        title: String,
        /// The text, in Markdown.
        body: String,
    },
    /// One comment of ours is written, or replaced where it is there already.
    Comment {
        /// The pull request's number.
        number: u64,
        /// What our comment is known by: a line of its own, unseen by people.
        marker: String,
        /// The text, in Markdown, with the marker in it.
        body: String,
    },
    /// A check is run again on the same commit.
    Rerun {
        /// The pull request's number.
        number: u64,
        /// The head it ran on.
        head: Oid,
        /// [`fleetwright_core::pull::Check::run`].
        run: String,
    },
    /// The forge is asked to merge by itself, through its queue where the repository has one, if
    /// the head is still the given one.
    Enqueue {
        /// The pull request's number.
        number: u64,
        /// The head every gate was checked for.
        head: Oid,
        /// How.
        method: MergeMethod,
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

/// One file of a commit that the forge makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiFile {
    /// Its path, with `/` between the parts.
    pub path: String,
    /// Git's mode in six octal digits, such as `100644`.
    pub mode: &'static str,
    /// Its bytes; `None` removes it.
    pub content: Option<Vec<u8>>,
}

/// The kinds of effects: for counting, limiting, and for faults in tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EffectKind {
    /// [`Effect::Push`].
    Push,
    /// [`Effect::Commit`].
    Commit,
    /// [`Effect::OpenPull`].
    OpenPull,
    /// [`Effect::UpdatePull`].
    UpdatePull,
    /// [`Effect::Comment`].
    Comment,
    /// [`Effect::Rerun`].
    Rerun,
    /// [`Effect::Enqueue`].
    Enqueue,
    /// [`Effect::Merge`].
    Merge,
    /// [`Effect::ClosePull`].
    ClosePull,
    /// [`Effect::DeleteBranch`].
    DeleteBranch,
}

impl EffectKind {
    /// Every kind there is.
    pub const ALL: [EffectKind; 10] = [
        EffectKind::Push,
        EffectKind::Commit,
        EffectKind::OpenPull,
        EffectKind::UpdatePull,
        EffectKind::Comment,
        EffectKind::Rerun,
        EffectKind::Enqueue,
        EffectKind::Merge,
        EffectKind::ClosePull,
        EffectKind::DeleteBranch,
    ];

    /// The kind's word.
    pub fn word(self) -> &'static str {
        match self {
            EffectKind::Push => "push",
            EffectKind::Commit => "commit",
            EffectKind::OpenPull => "open-pull",
            EffectKind::UpdatePull => "update-pull",
            EffectKind::Comment => "comment",
            EffectKind::Rerun => "rerun",
            EffectKind::Enqueue => "enqueue",
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
            Effect::Commit { .. } => EffectKind::Commit,
            Effect::OpenPull { .. } => EffectKind::OpenPull,
            Effect::UpdatePull { .. } => EffectKind::UpdatePull,
            Effect::Comment { .. } => EffectKind::Comment,
            Effect::Rerun { .. } => EffectKind::Rerun,
            Effect::Enqueue { .. } => EffectKind::Enqueue,
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
    /// The commit the forge made.
    Committed(Oid),
    /// The merge.
    Merged {
        /// The commit on the base branch.
        commit: Oid,
        /// That commit's tree.
        tree: Oid,
    },
}
