//! The branch of a target: one name, found again by anybody who knows shift and directory.

use crate::shift::{Shift, content_digest};

/// The branch a target is proposed on: `fleetwright/<shift>` for a whole repository,
/// `fleetwright/<shift>/<directory>-<6 digits>` for a directory of it.
///
/// With workspaces the root directory is `@root`: git cannot hold a branch and a folder of
/// branches of one name. The digits keep `a/b` and `a-b` apart.
pub fn branch(shift: &Shift, dir: &str) -> String {
    let own = shift.spec.pull_request.branch.clone();
    let stem = own.unwrap_or_else(|| format!("fleetwright/{}", shift.metadata.name));
    if shift.spec.targets.workspaces.is_none() {
        return stem;
    }
    if dir.is_empty() {
        return format!("{stem}/@root");
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let slug: String = dir.chars().map(plain).take(60).collect();
    format!("{stem}/{}-{}", slug.trim_matches('-'), &content_digest(dir.as_bytes())[..6])
}
