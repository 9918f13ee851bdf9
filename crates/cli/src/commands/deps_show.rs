//! Words that the commands of `deps` share.

use fleetwright_engine::deps::{Found, Hit};

/// File and line.
pub(super) fn place(found: &Found) -> String {
    if found.line == 0 { found.file.clone() } else { format!("{}:{}", found.file, found.line) }
}

/// What it is there because of: the way to it, or where its version comes from.
pub(super) fn because(found: &Found) -> String {
    if found.path.is_empty() { found.through.clone() } else { found.path.join(" > ") }
}

/// The version that mends what is affected.
pub(super) fn mended_in(hit: &Hit) -> &str {
    hit.fix.as_deref().unwrap_or("none known")
}

/// A reference as people say it.
pub(super) fn short(reference: &str) -> &str {
    reference.rsplit_once('/').map_or(reference, |(_, name)| name)
}
