//! Writing an index.

use std::path::Path;

use fleetwright_core::Oid;

use crate::error::{Damage, IndexError};
use crate::index::SnapshotId;
use crate::listing::Entry;

/// The one that writes. Nothing is seen by readers before [`commit`](Writer::commit).
pub struct Writer {}

/// What a commit did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The new state.
    pub snapshot: SnapshotId,
    /// Repositories that stay as they were, because blobs of theirs were not added, and how many.
    pub left_out: Vec<(String, usize)>,
}

impl Writer {
    /// Opens the index below `folder` for writing, making the folder if need be. Damaged parts are
    /// forgotten, so that the repositories in them count as unknown.
    ///
    /// # Errors
    /// Another process writes, or the disk cannot be read.
    pub fn open(_folder: &Path) -> Result<Writer, IndexError> {
        todo!("signatures first")
    }

    /// What was damaged and is forgotten.
    pub fn damage(&self) -> &[Damage] {
        todo!("signatures first")
    }

    /// The tree a repository was read at, if it need not be read again while that is its tree.
    pub fn tree(&self, _repo: &str) -> Option<Oid> {
        todo!("signatures first")
    }

    /// Says what a repository holds now, in place of what it held. The answer is the blobs whose content
    /// is not known yet: [`add`](Writer::add) them.
    ///
    /// # Errors
    /// A listing beyond the limits; a disk that cannot be read.
    pub fn repository(
        &mut self,
        _repo: &str,
        _tree: Oid,
        _entries: &[Entry<'_>],
    ) -> Result<Vec<Oid>, IndexError> {
        todo!("signatures first")
    }

    /// Adds the content of a blob; one that is known already is left as it is.
    ///
    /// # Errors
    /// The disk cannot be written.
    pub fn add(&mut self, _oid: Oid, _bytes: &[u8]) -> Result<(), IndexError> {
        todo!("signatures first")
    }

    /// Removes a repository.
    ///
    /// # Errors
    /// The disk cannot be read.
    pub fn remove(&mut self, _repo: &str) -> Result<(), IndexError> {
        todo!("signatures first")
    }

    /// Makes everything since the last commit durable and visible at once.
    ///
    /// # Errors
    /// The disk cannot be written: then readers see the state before.
    pub fn commit(&mut self) -> Result<Committed, IndexError> {
        todo!("signatures first")
    }
}
