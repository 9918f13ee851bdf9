//! What is to be read, and words for what could not be.

use fleetwright_deps::Shelf;
use fleetwright_git::{Entry, GitError, Mode};
use fleetwright_store::{FindingRow, Read, Reading};
use url::Url;

use crate::files::CatalogFiles;

/// The largest file that is looked into, in bytes.
pub(crate) const MAX_FILE: u64 = 4 << 20;

/// What is read, and what is known from before.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The repository's row.
    pub repo: i64,
    /// The commit and its tree.
    pub read: Read,
    /// Which files hold entities.
    pub catalog: &'a CatalogFiles,
    /// The address that all its files begin with on the forge's pages, where there are any.
    pub root: Option<&'a Url>,
    /// The last reading, whose good versions stay where files are bad now.
    pub before: Option<&'a Reading>,
    /// Whether its dependencies are read though its manifests are what they were: what they ask for elsewhere
    /// moved.
    pub dependencies_anew: bool,
    /// POMs from elsewhere that were read for other repositories.
    pub shelf: &'a Shelf,
}

pub(crate) fn is_file(entry: &Entry) -> bool {
    matches!(entry.mode, Mode::File | Mode::Executable)
}

/// A file that could not be read.
pub(crate) fn unread(area: &str, path: &str, error: &GitError) -> FindingRow {
    FindingRow {
        area: area.to_owned(),
        path: path.to_owned(),
        line: 0,
        message: format!("the file was not read: {error}"),
        remedy: "split it, or sync again if the mirror is damaged".to_owned(),
    }
}
