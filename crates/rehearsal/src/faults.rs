//! What goes wrong, how often: every rate is a chance from 0 to 1.

/// Faults of requests.
#[derive(Debug, Clone, PartialEq)]
pub struct Faults {
    /// A request that changes something does so, and its answer is lost.
    pub lost_answers: f64,
    /// How many of the lost answers are a dropped connection instead of a 502.
    pub dropped: f64,
    /// A request is answered 503 and nothing happens.
    pub errors: f64,
    /// A request is answered by a web page instead of JSON, and nothing happens.
    pub pages: f64,
    /// A request is never answered, and nothing happens: the connection is dropped at the end of
    /// [`Faults::hang`].
    pub timeouts: f64,
    /// How long a request hangs that is never answered, in real milliseconds.
    pub hang: u64,
    /// A change of a pull request is not seen by readers for a while.
    pub stale: f64,
    /// How long readers see the older state, in milliseconds.
    pub stale_for: i64,
    /// What the `Date` header is off by, in milliseconds.
    pub clock_skew: i64,
    /// Faults of webhooks.
    pub hooks: HookFaults,
}

/// Faults of webhooks.
#[derive(Debug, Clone, PartialEq)]
pub struct HookFaults {
    /// It is never delivered.
    pub lost: f64,
    /// It is delivered twice, with the same delivery id.
    pub doubled: f64,
    /// It is delivered late, after younger ones.
    pub late: f64,
    /// How late at most, in milliseconds.
    pub late_by: i64,
    /// It is delivered before readers can see what it tells of.
    pub early: f64,
    /// How much earlier, in milliseconds.
    pub early_by: i64,
    /// How long an ordinary delivery takes, in milliseconds.
    pub delay: i64,
}

impl Default for HookFaults {
    fn default() -> HookFaults {
        HookFaults {
            lost: 0.0,
            doubled: 0.0,
            late: 0.0,
            late_by: 60_000,
            early: 0.0,
            early_by: 5_000,
            delay: 0,
        }
    }
}

impl Default for Faults {
    fn default() -> Faults {
        Faults {
            lost_answers: 0.0,
            dropped: 0.5,
            errors: 0.0,
            pages: 0.0,
            timeouts: 0.0,
            hang: 2_000,
            stale: 0.0,
            stale_for: 5_000,
            clock_skew: 0,
            hooks: HookFaults::default(),
        }
    }
}
