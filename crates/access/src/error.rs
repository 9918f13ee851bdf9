//! What can go wrong at the door.

use fleetwright_store::StoreError;

use crate::refusal::Refusal;
use crate::secret::NoRandom;

/// Somebody was not let in, or it could not be found out whether they may.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// They may not.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What was asked for cannot be had.
    #[error("{what}\n  try: {remedy}")]
    Asked {
        /// What is wrong with it.
        what: String,
        /// What to ask for instead.
        remedy: &'static str,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no randomness.
    #[error(transparent)]
    NoRandom(#[from] NoRandom),
}

impl AccessError {
    /// The status of HTTP it is answered with.
    pub fn status(&self) -> u16 {
        match self {
            AccessError::Refused(refusal) => refusal.status(),
            AccessError::Asked { .. } => 422,
            AccessError::Store(_) | AccessError::NoRandom(_) => 503,
        }
    }
}
