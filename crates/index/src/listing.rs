//! What a repository holds: the files of its tree.

use fleetwright_core::Oid;

/// What kind of entry a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// A file (`100644`).
    File,
    /// An executable file (`100755`).
    Executable,
    /// A symbolic link (`120000`): listed, never searched.
    Link,
    /// A submodule (`160000`): listed, never searched.
    Submodule,
}

/// One entry of a tree, as the caller read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The path from the root of the tree: any bytes but NUL, `/` between names.
    pub path: &'a [u8],
    /// What it is.
    pub mode: Mode,
    /// The blob (for a submodule, its commit).
    pub oid: Oid,
    /// The blob's size in bytes, where it is cheap to know.
    pub size: Option<u64>,
}
