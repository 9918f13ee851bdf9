//! Which files stay: those of the newest states, as long as they are few and small.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::disk::Disk;
use crate::error::IndexError;
use crate::manifest::{self, Manifest};

/// The most states that are kept, the newest included.
pub const KEPT_STATES: usize = 8;

/// What older states may take beyond the newest, in bytes (64 MiB), if half of the newest is less.
pub const KEPT_BYTES: u64 = 64 << 20;

/// The name of a segment's file.
pub(crate) fn segment_name(number: u64) -> String {
    format!("segment-{number:010}")
}

/// Removes older states until few are left, then every segment that none of them names.
pub(crate) fn old_states(disk: &dyn Disk, folder: &Path, newest: &Manifest) -> Result<(), IndexError> {
    let mut named: BTreeMap<String, u64> = newest.segments.iter().cloned().collect();
    let most = KEPT_BYTES.max(named.values().sum::<u64>() / 2);
    let (mut kept, mut extra) = (1, 0);
    for generation in manifest::generations(folder)?.into_iter().filter(|number| *number < newest.generation)
    {
        let older = manifest::read(folder, generation).unwrap_or_default();
        let own: Vec<_> = older.segments.into_iter().filter(|(name, _)| !named.contains_key(name)).collect();
        let bytes: u64 = own.iter().map(|(_, bytes)| bytes).sum();
        if kept < KEPT_STATES && extra + bytes <= most {
            named.extend(own);
            (kept, extra) = (kept + 1, extra + bytes);
            continue;
        }
        kept = KEPT_STATES;
        remove(disk, &manifest::path(folder, generation))?;
    }
    orphans(disk, folder)
}

/// Removes files that no state names: what a writer left that was killed.
pub(crate) fn orphans(disk: &dyn Disk, folder: &Path) -> Result<(), IndexError> {
    let mut named: BTreeMap<String, u64> = BTreeMap::new();
    for generation in manifest::generations(folder)? {
        // What a damaged manifest names is not known: its files go, as the state is lost anyway.
        if let Ok(manifest) = manifest::read(folder, generation) {
            named.extend(manifest.segments);
        }
    }
    let failed = |source| IndexError::Disk { what: "list", path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = name.starts_with("segment-") || name.starts_with("new-");
        if ours && !named.contains_key(&name) {
            remove(disk, &entry.path())?;
        }
    }
    Ok(())
}

fn remove(disk: &dyn Disk, path: &Path) -> Result<(), IndexError> {
    disk.remove(path).map_err(|source| IndexError::Disk { what: "remove", path: path.to_owned(), source })
}
