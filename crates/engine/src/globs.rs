//! Globs over paths: `*` stays within a directory, `**` crosses them.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Compiles globs.
///
/// # Errors
/// What is wrong with the first bad one, and its place in the list.
pub(crate) fn compile(globs: &[String]) -> Result<GlobSet, (usize, String)> {
    let mut set = GlobSetBuilder::new();
    for (index, glob) in globs.iter().enumerate() {
        let glob = GlobBuilder::new(glob).literal_separator(true).build();
        set.add(glob.map_err(|error| (index, error.to_string()))?);
    }
    set.build().map_err(|error| (0, error.to_string()))
}
