//! What is asked of the index, and what it answers.

use std::time::Duration;

use fleetwright_core::Oid;

use crate::error::Damage;
use crate::globs::Globs;
use crate::listing::Mode;
use crate::pattern::Pattern;

/// Where blobs come from: the mirrors.
pub trait Blobs: Sync {
    /// The bytes of a blob that `repo` holds.
    ///
    /// # Errors
    /// Why it cannot be read, in words; the search goes on and tells it.
    fn blob(&self, repo: &str, oid: Oid) -> Result<Vec<u8>, String>;
}

/// Which repositories are looked at.
pub type RepoFilter<'a> = &'a (dyn Fn(&str) -> bool + Sync);

/// A search over the fleet.
pub struct Query<'a> {
    /// What is looked for, line by line.
    pub pattern: &'a Pattern,
    /// Which repositories; all if none.
    pub repos: Option<RepoFilter<'a>>,
    /// Which paths.
    pub paths: &'a Globs,
    /// Lines shown before a matching line, at most [`MAX_CONTEXT`](crate::limits::MAX_CONTEXT).
    pub before: u32,
    /// Lines shown after a matching line.
    pub after: u32,
    /// Only count: [`Hit::lines`] stays empty.
    pub count_only: bool,
    /// Whether files above [`MAX_INDEXED_BYTES`](crate::limits::MAX_INDEXED_BYTES) are searched even if
    /// no glob names them.
    pub large: bool,
    /// The most matching lines; the search ends there.
    pub max_lines: u64,
    /// The longest time; the search ends there.
    pub max_time: Duration,
    /// How many threads verify; 0 for one per core.
    pub threads: usize,
}

impl<'a> Query<'a> {
    /// Everything that fits, without context: at most 10,000 lines and 30 seconds.
    pub fn new(pattern: &'a Pattern, paths: &'a Globs) -> Query<'a> {
        Query {
            pattern,
            repos: None,
            paths,
            before: 0,
            after: 0,
            count_only: false,
            large: false,
            max_lines: 10_000,
            max_time: Duration::from_secs(30),
            threads: 0,
        }
    }
}

/// A blob that can match and where it lies, for callers who verify themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The blob.
    pub oid: Oid,
    /// Where it lies, sorted, never empty.
    pub places: Vec<Place>,
}

/// One place where a blob lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The repository.
    pub repo: String,
    /// The path in it.
    pub path: Vec<u8>,
    /// Whether it is executable.
    pub executable: bool,
}

/// One line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// Its bytes without the line's end, at most [`MAX_LINE_BYTES`](crate::limits::MAX_LINE_BYTES).
    pub bytes: Vec<u8>,
    /// Whether it was longer.
    pub cut: bool,
    /// Whether it is told for its neighbour only.
    pub is_context: bool,
    /// Where the pattern matches in it, from byte to byte, within what is shown.
    pub matches: Vec<(usize, usize)>,
}

/// A blob that matches: once, however often it lies in the fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The blob.
    pub oid: Oid,
    /// Where it lies, sorted, never empty.
    pub places: Vec<Place>,
    /// How many of its lines match.
    pub count: u64,
    /// The matching lines and their context, in order.
    pub lines: Vec<Line>,
}

/// Why a search ended before it had seen everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// `max_lines` was reached.
    Lines,
    /// `max_time` was reached.
    Time,
    /// There were more than [`MAX_PLACES`](crate::limits::MAX_PLACES) places to look at.
    Places,
    /// The receiver of hits wanted no more.
    Receiver,
}

/// What a search did and did not look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Matching lines in hits.
    pub lines: u64,
    /// Blobs that match.
    pub blobs: u64,
    /// Places of blobs that match.
    pub places: u64,
    /// Distinct blobs that were read.
    pub read: u64,
    /// Whether the pattern has no three bytes in a row that must be there: all files were read.
    pub scanned_everything: bool,
    /// Files whose repository and path fit and that were not searched, for they are too large.
    pub too_large: u64,
    /// Files whose repository and path fit and that were not searched, for they are binary.
    pub binary: u64,
    /// Blobs that could not be read, with the reason; at most 100 are named.
    pub unread: Vec<(Place, String)>,
    /// How many blobs could not be read.
    pub unread_count: u64,
    /// Parts of the index that are damaged: the answer may lack files.
    pub damage: Vec<Damage>,
    /// Why the search ended early, if it did.
    pub cut: Option<Cut>,
}

/// Whether something can be so, as far as the index knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tri {
    /// It is certainly not so.
    No,
    /// It may be so: look.
    Maybe,
}

/// One file of a repository, as listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File<'a> {
    /// The repository.
    pub repo: &'a str,
    /// The path in it.
    pub path: &'a [u8],
    /// What it is.
    pub mode: Mode,
}
