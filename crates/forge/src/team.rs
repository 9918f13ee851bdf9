//! How much of teams is read, and what is said where it may not be.

use crate::error::ForgeError;

/// The most teams of one organisation that are read: six times what the largest public one has.
pub const MAX_TEAMS: usize = 10_000;

/// The most people of one team that are read.
pub const MAX_MEMBERS: usize = 10_000;

/// An organisation with more teams than are read.
///
/// # Errors
/// [`ForgeError::Refused`] for more than [`MAX_TEAMS`].
pub fn bounded(org: &str, teams: usize) -> Result<(), ForgeError> {
    if teams <= MAX_TEAMS {
        return Ok(());
    }
    Err(refused(org, &format!("it has more than {MAX_TEAMS} teams; set `teams: false` for this forge")))
}

/// Teams that a token may not read.
pub fn refused(org: &str, why: &str) -> ForgeError {
    ForgeError::Refused { repo: format!("the teams of {org}"), why: why.to_owned() }
}
