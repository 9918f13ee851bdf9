//! Reading an index.

use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;

use fleetwright_core::Oid;

use crate::error::{Damage, IndexError};
use crate::evaluate::{Candidates, evaluate};
use crate::globs::Globs;
use crate::marks::Marks;
use crate::pattern::Pattern;
use crate::query::{Blobs, Candidate, File, Hit, Query, RepoFilter, Summary, Tri};
use crate::search;
use crate::state::State;

/// The name of a state of the index; the same question to the same snapshot has the same answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapshotId(u64);

impl SnapshotId {
    pub(crate) fn of(generation: u64) -> SnapshotId {
        SnapshotId(generation)
    }
}

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

/// A snapshot of the index of a fleet, for reading. Cheap to open; many processes may. What is open
/// stays readable, whatever a writer does meanwhile.
#[derive(Debug)]
pub struct Index {
    state: State,
}

impl Index {
    /// Opens the newest state below `folder`; a folder that is not there is an empty index.
    ///
    /// # Errors
    /// A disk that cannot be read. Damage is no error: see [`damage`](Index::damage).
    pub fn open(folder: &Path) -> Result<Index, IndexError> {
        Ok(Index { state: State::open(folder, None)? })
    }

    /// Opens a named state. How long one is kept: [`crate::prune`].
    ///
    /// # Errors
    /// As [`open`](Index::open), and if it is no longer kept.
    pub fn open_at(folder: &Path, snapshot: SnapshotId) -> Result<Index, IndexError> {
        Ok(Index { state: State::open(folder, Some(snapshot.0))? })
    }

    /// The name of this state.
    pub fn snapshot(&self) -> SnapshotId {
        SnapshotId(self.state.manifest.generation)
    }

    /// What was found damaged when it was opened.
    pub fn damage(&self) -> &[Damage] {
        &self.state.damage
    }

    /// Reads everything and compares all checksums; the answer is what does not fit.
    pub fn check(&self) -> Vec<Damage> {
        let bad = self.state.segments.iter().filter_map(|segment| segment.check().err());
        self.state.damage.iter().cloned().chain(bad).collect()
    }

    /// How large it is.
    pub fn measure(&self) -> Measure {
        let segments = &self.state.segments;
        Measure {
            repositories: self.state.repositories().count() as u64,
            blobs: segments.iter().map(|segment| segment.blobs as u64).sum(),
            segments: segments.len() as u64,
            bytes: segments.iter().map(|segment| segment.bytes()).sum(),
        }
    }

    /// The repositories it knows, sorted by name, with the tree each was read at.
    pub fn repositories(&self) -> impl Iterator<Item = (&str, Oid)> {
        self.state.repositories()
    }

    /// The tree a repository was read at; `None` if it is not known or must be read again.
    pub fn tree(&self, repo: &str) -> Option<Oid> {
        self.state.tree(repo)
    }

    /// Tells every file that fits, by repository and path.
    ///
    /// # Errors
    /// Damage: the listing of a repository cannot be read.
    pub fn files(
        &self,
        repos: Option<RepoFilter<'_>>,
        paths: &Globs,
        each: &mut dyn FnMut(File<'_>) -> ControlFlow<()>,
    ) -> Result<(), Damage> {
        for (repo, _) in self.state.repositories().filter(|(repo, _)| repos.is_none_or(|fits| fits(repo))) {
            let end = self.state.each(repo, &mut |entry| match paths.is_match(entry.path) {
                true => each(File { repo, path: entry.path, mode: entry.mode }),
                false => ControlFlow::Continue(()),
            })?;
            if end.is_some_and(|end| end.is_break()) {
                break;
            }
        }
        Ok(())
    }

    /// Whether a repository has a path that is meant, be it a file, a link or a submodule; `None` if
    /// the index does not know the repository.
    pub fn has_file(&self, repo: &str, paths: &Globs) -> Option<bool> {
        let found = self.state.each(repo, &mut |entry| match paths.is_match(entry.path) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        });
        found.ok()?.map(|end| end.is_break())
    }

    /// Whether a file of `repo` whose path is meant can match the pattern. To ask many repositories,
    /// use [`prefilter`](Index::prefilter) once.
    pub fn may_contain(&self, repo: &str, paths: &Globs, pattern: &Pattern) -> Tri {
        self.prefilter(pattern).may_contain(repo, paths)
    }

    /// Looks a pattern up once, for questions about many repositories.
    pub fn prefilter(&self, pattern: &Pattern) -> Prefilter<'_> {
        Prefilter { state: &self.state, candidates: evaluate(&self.state, &pattern.need) }
    }

    /// Searches. Hits come in the order of repository and path of their first place; the same question
    /// to the same snapshot gives the same hits in the same order, unless time cuts it. What could not
    /// be read or was left out is in the summary.
    pub fn search(
        &self,
        query: &Query<'_>,
        blobs: &dyn Blobs,
        each: &mut dyn FnMut(Hit) -> ControlFlow<()>,
    ) -> Summary {
        search::search(&self.state, query, blobs, each)
    }

    /// The blobs that can match, for callers who verify themselves: a syntax tree, say. Of the query
    /// only pattern, repositories, paths and `large` count. The summary tells what was left out.
    pub fn candidates(
        &self,
        query: &Query<'_>,
        each: &mut dyn FnMut(Candidate) -> ControlFlow<()>,
    ) -> Summary {
        search::candidates(&self.state, query, each)
    }
}

/// The blobs that can match a pattern.
#[derive(Debug)]
pub struct Prefilter<'a> {
    state: &'a State,
    candidates: Candidates,
}

impl Prefilter<'_> {
    /// The same, where binary files are none of the asker's business: they cannot match.
    #[must_use]
    pub fn of_texts(mut self) -> Self {
        self.candidates.binary = Marks::default();
        self
    }

    /// Whether a file of `repo` whose path is meant can match. A binary file and one too large to be
    /// indexed may; and everything may where the index is damaged or does not know the repository.
    pub fn may_contain(&self, repo: &str, paths: &Globs) -> Tri {
        if !self.candidates.damage.is_empty() {
            return Tri::Maybe;
        }
        let found = &self.candidates;
        let read = self.state.each(repo, &mut |entry| {
            let can = [&found.text, &found.large, &found.binary].iter().any(|marks| marks.has(entry.number));
            if entry.mode.is_file() && can && paths.is_match(entry.path) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        match read {
            Ok(Some(ControlFlow::Continue(()))) => Tri::No,
            _ => Tri::Maybe,
        }
    }
}
