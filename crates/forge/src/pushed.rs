//! What a server's report of a push means, once it is known where the branch is.

use fleetwright_core::Oid;
use fleetwright_git::wire::{Move, Report};

use crate::error::ForgeError;

/// Words of a server that could not do it just now: another push held the lock.
const PASSING: [&str; 4] = ["lock", "failed to update ref", "timed out", "timeout"];

/// What a report says of one branch.
pub(crate) enum Pushed {
    /// It was moved.
    Done,
    /// It was not, with the server's words.
    Not(String),
    /// It says nothing of the branch.
    NotTold,
}

impl Pushed {
    pub(crate) fn read(report: &Report, branch: &str) -> Pushed {
        let why = match (&report.unpack, report.of(branch)) {
            (None, Some(None)) => return Pushed::Done,
            (None, None) => return Pushed::NotTold,
            (Some(unpack), _) => format!("the objects were not taken ({unpack})"),
            (None, Some(Some(why))) => why.to_owned(),
        };
        let said = report.said.trim_start_matches("remote:").trim();
        if said.is_empty() { Pushed::Not(why) } else { Pushed::Not(format!("{why}: {said}")) }
    }
}

/// A push was refused in these words, and the branch is now at `actual`: words differ from server to server, places do
/// not.
pub(crate) fn decide(
    repo: &str,
    wanted: Move<'_>,
    actual: Option<Oid>,
    said: &str,
) -> Result<(), ForgeError> {
    if actual == wanted.head {
        return Ok(());
    }
    if actual != wanted.expected {
        return Err(ForgeError::BranchMoved { branch: wanted.branch.to_owned(), actual });
    }
    if PASSING.iter().any(|word| said.contains(word)) {
        return Err(ForgeError::unknown(format!("the branch is not moved yet: {said}")));
    }
    Err(ForgeError::Refused { repo: repo.to_owned(), why: said.to_owned() })
}
