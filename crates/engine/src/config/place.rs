//! Paths of a configuration file, which are relative to its folder.

use std::path::{Path, PathBuf};

/// A path as everybody can use it, wherever they stand.
pub(super) fn absolute(folder: &Path, path: &Path) -> PathBuf {
    let path = folder.join(path);
    std::path::absolute(&path).unwrap_or(path)
}
