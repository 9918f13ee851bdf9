//! Reading an index.

use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;

use fleetwright_core::Oid;

use crate::error::{Damage, IndexError};
use crate::globs::Globs;
use crate::pattern::Pattern;
use crate::query::{Blobs, File, Hit, Query, RepoFilter, Summary, Tri};

/// The name of a state of the index; the same question to the same snapshot has the same answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapshotId(u64);

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::str::FromStr for SnapshotId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<SnapshotId, Self::Err> {
        text.parse().map(SnapshotId)
    }
}

/// How large an index is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measure {
    /// Repositories.
    pub repositories: u64,
    /// Distinct blobs with a place in the index (some may be held by no repository any more).
    pub blobs: u64,
    /// Segments.
    pub segments: u64,
    /// Bytes of the files of this snapshot.
    pub bytes: u64,
}

/// A snapshot of the index of a fleet, for reading. Cheap to open; many processes may.
pub struct Index {}

impl Index {
    /// Opens the newest state below `folder`; a folder that is not there is an empty index.
    ///
    /// # Errors
    /// A disk that cannot be read. Damage is no error: see [`damage`](Index::damage).
    pub fn open(_folder: &Path) -> Result<Index, IndexError> {
        todo!("signatures first")
    }

    /// Opens a named state.
    ///
    /// # Errors
    /// As [`open`](Index::open), and if it is no longer kept.
    pub fn open_at(_folder: &Path, _snapshot: SnapshotId) -> Result<Index, IndexError> {
        todo!("signatures first")
    }

    /// The name of this state.
    pub fn snapshot(&self) -> SnapshotId {
        todo!("signatures first")
    }

    /// What was found damaged when it was opened.
    pub fn damage(&self) -> &[Damage] {
        todo!("signatures first")
    }

    /// Reads everything and compares all checksums.
    pub fn check(&self) -> Vec<Damage> {
        todo!("signatures first")
    }

    /// How large it is.
    pub fn measure(&self) -> Measure {
        todo!("signatures first")
    }

    /// The repositories it knows, sorted by name, with the tree each was read at.
    pub fn repositories(&self) -> impl Iterator<Item = (&str, Oid)> {
        std::iter::empty()
    }

    /// The tree a repository was read at; `None` if it is not known or must be read again.
    pub fn tree(&self, _repo: &str) -> Option<Oid> {
        todo!("signatures first")
    }

    /// Tells every file that fits, by repository and path.
    ///
    /// # Errors
    /// Damage: the listing of a repository cannot be read.
    pub fn files(
        &self,
        _repos: Option<RepoFilter<'_>>,
        _paths: &Globs,
        _each: &mut dyn FnMut(File<'_>) -> ControlFlow<()>,
    ) -> Result<(), Damage> {
        todo!("signatures first")
    }

    /// Whether a repository has a path that is meant; `None` if the index does not know the repository.
    pub fn has_file(&self, _repo: &str, _paths: &Globs) -> Option<bool> {
        todo!("signatures first")
    }

    /// Whether a file of `repo` whose path is meant can match the pattern. To ask many repositories,
    /// use [`prefilter`](Index::prefilter) once.
    pub fn may_contain(&self, repo: &str, paths: &Globs, pattern: &Pattern) -> Tri {
        self.prefilter(pattern).may_contain(repo, paths)
    }

    /// Looks a pattern up once, for questions about many repositories.
    pub fn prefilter(&self, _pattern: &Pattern) -> Prefilter<'_> {
        todo!("signatures first")
    }

    /// Searches. Hits come in the order of repository and path of their first place; the same question
    /// to the same snapshot gives the same hits in the same order, unless time cuts it.
    ///
    /// # Errors
    /// A disk that cannot be read. What could not be read of the fleet is in the summary.
    pub fn search(
        &self,
        _query: &Query<'_>,
        _blobs: &dyn Blobs,
        _each: &mut dyn FnMut(Hit) -> ControlFlow<()>,
    ) -> Result<Summary, IndexError> {
        todo!("signatures first")
    }
}

/// The blobs that can match a pattern.
pub struct Prefilter<'a> {
    _index: &'a Index,
}

impl Prefilter<'_> {
    /// Whether a file of `repo` whose path is meant can match.
    pub fn may_contain(&self, _repo: &str, _paths: &Globs) -> Tri {
        todo!("signatures first")
    }
}
