//! What may stand in the way of a merge.

/// What stands in the way of a merge, as branch protection sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// It is not ready.
    Draft,
    /// Head and base do not join.
    Conflict,
    /// A required check is not there or not done.
    Expected(String),
    /// A required check failed.
    Failed(String),
    /// Approvals are missing.
    Approvals {
        /// How many it takes.
        wanted: usize,
    },
    /// Somebody asked for changes.
    ChangesRequested,
    /// The branch lacks commits of the base.
    Behind,
    /// Only the merge queue merges here.
    QueueOnly,
}
