//! What requests cost, and who says whether one may be sent.
//!
//! Limits belong to an identity at a forge, not to a request: whoever holds them is asked before
//! every request and told every answer. Waiting is not done here: a request that may not be sent
//! is refused with the time at which it may ([`crate::ForgeError::Blocked`]), and the engine's one
//! loop waits.

/// What a request costs, in the terms of the forges' published limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cost {
    /// Reads by REST: one point of GitHub's secondary limit.
    Read,
    /// Changes something by REST and creates no content: five points.
    Write,
    /// Creates content: a pull request, a comment, a review request. Limited by itself.
    Content,
    /// A GraphQL query: one point.
    Query,
    /// A GraphQL mutation: five points.
    Mutation,
}

/// An answer, as far as limits are concerned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Milliseconds since 1970 UTC when the answer came.
    pub at: i64,
    /// How many requests are left in the forge's window, where it told.
    pub remaining: Option<u64>,
    /// The size of that window, where it told.
    pub limit: Option<u64>,
    /// When that window begins anew, in milliseconds since 1970 UTC, where it told.
    pub reset: Option<i64>,
    /// The answer refuses because of a limit, and nothing may be sent before this time
    /// (milliseconds since 1970 UTC).
    pub blocked_until: Option<i64>,
    /// What the forge calls the limit's resource, such as `core` or `graphql`.
    pub resource: Option<String>,
}

/// Who knows the limits of one identity at one forge.
pub trait Meter: Send + Sync {
    /// Whether a request may be sent at `now` (milliseconds since 1970 UTC), which counts as sent
    /// if so. `Err` is the time at which it may be asked again.
    ///
    /// # Errors
    /// The time (milliseconds since 1970 UTC) before which nothing of the kind may be sent.
    fn ask(&self, cost: Cost, now: i64) -> Result<(), i64>;

    /// Hears what came of a request.
    fn told(&self, cost: Cost, answer: &Answer);

    /// Hears that a request is over, answered or not: once for each that was allowed.
    fn ended(&self, cost: Cost) {
        let _ = cost;
    }
}

/// No limits at all: for forges that have none, and tests.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unmetered;

impl Meter for Unmetered {
    fn ask(&self, _: Cost, _: i64) -> Result<(), i64> {
        Ok(())
    }

    fn told(&self, _: Cost, _: &Answer) {}
}
