//! Checks of one commit: GitHub's check runs, and commit statuses.

/// How a check is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckKind {
    /// A check run, as GitHub Actions reports.
    Run,
    /// A commit status, as older systems report.
    Status,
}

/// What a finished check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// It passed.
    Success,
    /// It did not.
    Failure,
    /// It says neither.
    Neutral,
    /// It did not run.
    Skipped,
    /// It was stopped.
    Cancelled,
}

impl Conclusion {
    /// GitHub's word, in small letters.
    pub fn word(self) -> &'static str {
        match self {
            Conclusion::Success => "success",
            Conclusion::Failure => "failure",
            Conclusion::Neutral => "neutral",
            Conclusion::Skipped => "skipped",
            Conclusion::Cancelled => "cancelled",
        }
    }

    /// Whether branch protection takes it for good: skipped and neutral count there (GitHub docs,
    /// "About status checks").
    pub fn satisfies(self) -> bool {
        matches!(self, Conclusion::Success | Conclusion::Neutral | Conclusion::Skipped)
    }
}

/// How far a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It waits for a machine.
    Queued,
    /// It runs since, in milliseconds since 1970 UTC.
    Running {
        /// When it began.
        since: i64,
    },
    /// It is done.
    Done {
        /// When it began, in milliseconds since 1970 UTC.
        since: i64,
        /// When it ended.
        at: i64,
        /// What it says.
        conclusion: Conclusion,
    },
}

/// One check of one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The forge's number for it.
    pub id: u64,
    /// The suite it belongs to: one per commit.
    pub suite: u64,
    /// Its name.
    pub name: String,
    /// How it is reported.
    pub kind: CheckKind,
    /// How far it is.
    pub progress: Progress,
    /// How many times it was begun, from 1.
    pub attempt: u32,
    /// When it was queued, in milliseconds since 1970 UTC.
    pub queued_at: i64,
}

impl Check {
    /// What it says, once it is done.
    pub fn conclusion(&self) -> Option<Conclusion> {
        match self.progress {
            Progress::Done { conclusion, .. } => Some(conclusion),
            Progress::Queued | Progress::Running { .. } => None,
        }
    }
}
