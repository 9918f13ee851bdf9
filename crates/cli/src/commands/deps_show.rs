//! Words that the commands of `deps` share.

use fleetwright_engine::deps::Found;

/// File and line.
pub(super) fn place(found: &Found) -> String {
    if found.line == 0 { found.file.clone() } else { format!("{}:{}", found.file, found.line) }
}

/// A reference as people say it.
pub(super) fn short(reference: &str) -> &str {
    reference.rsplit_once('/').map_or(reference, |(_, name)| name)
}
