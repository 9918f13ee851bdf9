//! Listings that were told and wait for the content of their blobs.

use fleetwright_core::Oid;

use crate::error::IndexError;
use crate::limits::{MAX_ENTRIES, MAX_PATH_BYTES, MAX_REPO_BYTES};
use crate::listing::{self, Entry, Kept, Mode};

/// A listing with blobs that are awaited.
pub(crate) struct Open {
    pub(crate) tree: Oid,
    /// Path, mode, blob, and its number where it is known; sorted by path.
    pub(crate) entries: Vec<(Vec<u8>, Mode, Oid, Option<u32>)>,
}

impl Open {
    /// The written listing, if all blobs are there.
    pub(crate) fn write(&self) -> Option<Vec<u8>> {
        let kept: Option<Vec<Kept<'_>>> = self
            .entries
            .iter()
            .map(|(path, mode, _, number)| Some(Kept { path, mode: *mode, number: (*number)? }))
            .collect();
        kept.map(|kept| listing::write(&kept))
    }
}

/// Refuses listings beyond the limits.
pub(crate) fn checked(repo: &str, entries: &[Entry<'_>]) -> Result<(), IndexError> {
    if repo.is_empty() || repo.len() > MAX_REPO_BYTES {
        return Err(IndexError::RepoName { bytes: repo.len() });
    }
    if entries.len() > MAX_ENTRIES {
        return Err(IndexError::TooManyFiles { repo: repo.to_owned(), entries: entries.len() });
    }
    let bad = entries.iter().find(|entry| entry.path.is_empty() || entry.path.len() > MAX_PATH_BYTES);
    bad.map_or(Ok(()), |entry| Err(IndexError::Path { repo: repo.to_owned(), bytes: entry.path.len() }))
}
