//! What is wished, and why it may not be had.

use std::fmt;

use fleetwright_package::{Package, Range};

/// Which package is to be brought to which version.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// The package.
    pub package: &'a Package,
    /// The version: `2.17.1`; of an image a tag, a digest, or `tag@digest`; of an action or include a ref.
    pub to: &'a str,
    /// Only what is on a version of this range; everything when absent.
    pub from: Option<&'a Range>,
    /// The folder whose files may be changed, from the repository's root; empty for all.
    pub dir: &'a str,
    /// Whether a package that comes through others only gets an entry that sets its version.
    pub overrides: bool,
    /// Whether a version is raised that a comment says must stay.
    pub pinned: bool,
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
