//! `pnpm-lock.yaml`: the specifiers of each importer, and those of the default catalog.

use fleetwright_edit::Format;

use super::moved::{Moved, missing};
use super::places::{key, set};

const LISTS: [&str; 3] = ["dependencies", "devDependencies", "optionalDependencies"];

/// The lockfile with the copy of one requirement moved.
pub(super) fn moved(text: &str, moved: &Moved<'_>) -> Result<String, String> {
    let folder = key(if moved.folder.is_empty() { "." } else { moved.folder })?;
    let name = key(moved.name)?;
    let mut places = vec![format!("importers{folder}.specifiers{name}")];
    places.extend(LISTS.map(|list| format!("importers{folder}.{list}{name}.specifier")));
    if moved.folder.is_empty() {
        places.push(format!("specifiers{name}"));
        places.extend(LISTS.map(|list| format!("{list}{name}.specifier")));
    }
    places.push(format!("catalogs.default{name}.specifier"));
    set((Format::Yaml, text), &places, (moved.old, moved.new), || missing(moved))
}
