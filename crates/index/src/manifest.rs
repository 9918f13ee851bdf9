//! The manifest: which segments are a state of the index. One file per state, replaced never, named by
//! its number, so that the newest whole one counts and older ones can be asked for.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::disk::Disk;
use crate::error::{Damage, IndexError};

const PREFIX: &str = "state-";

/// The largest manifest that is read, in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// One state of the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// The number of the state.
    pub(crate) generation: u64,
    /// The number of the next new blob; 0 is none.
    pub(crate) next_blob: u32,
    /// The number of the next new segment.
    pub(crate) next_segment: u64,
    /// Blobs that repositories stopped holding since this was last looked at closely: at least as many
    /// as no repository holds any more.
    pub(crate) maybe_dead: u64,
    /// The segments' files, with their length in bytes.
    pub(crate) segments: Vec<(String, u64)>,
}

impl Default for Manifest {
    fn default() -> Manifest {
        Manifest { generation: 0, next_blob: 1, next_segment: 1, maybe_dead: 0, segments: Vec::new() }
    }
}

/// The path of a state's manifest.
pub(crate) fn path(folder: &Path, generation: u64) -> PathBuf {
    folder.join(format!("{PREFIX}{generation:020}"))
}

/// The states in a folder, newest first; none if there is no folder.
pub(crate) fn generations(folder: &Path) -> Result<Vec<u64>, IndexError> {
    let failed = |source| IndexError::Disk { what: "list", path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let name = entry.map_err(failed)?.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.parse().ok());
        found
            .extend(number.filter(|number| {
                name.to_str() == path(folder, *number).file_name().and_then(|n| n.to_str())
            }));
    }
    found.sort_unstable_by(|left, right| right.cmp(left));
    Ok(found)
}

/// Reads the manifest of a state.
pub(crate) fn read(folder: &Path, generation: u64) -> Result<Manifest, Damage> {
    let path = path(folder, generation);
    let damaged = |why: String| Damage {
        file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        why,
    };
    let length = fs::metadata(&path).map_err(|error| damaged(error.to_string()))?.len();
    if length > MAX_BYTES {
        return Err(damaged(format!("it has {length} bytes")));
    }
    let text = fs::read_to_string(&path).map_err(|error| damaged(error.to_string()))?;
    let (json, sum) = text.trim_end().rsplit_once('\n').ok_or_else(|| damaged("it is cut".to_owned()))?;
    if sum != format!("{:08x}", crc32fast::hash(json.as_bytes())) {
        return Err(damaged("its checksum does not fit".to_owned()));
    }
    let manifest: Manifest = serde_json::from_str(json).map_err(|error| damaged(error.to_string()))?;
    if manifest.generation != generation {
        return Err(damaged(format!("it is of state {}", manifest.generation)));
    }
    let strange = manifest.segments.iter().find(|(name, _)| name.contains('/') || name.starts_with('.'));
    strange.map_or(Ok(()), |(name, _)| Err(damaged(format!("it names {name:?}"))))?;
    Ok(manifest)
}

/// Writes a manifest as a whole and durably.
pub(crate) fn write(disk: &dyn Disk, folder: &Path, manifest: &Manifest) -> Result<(), IndexError> {
    let target = path(folder, manifest.generation);
    let failed = |source| IndexError::Disk { what: "write", path: target.clone(), source };
    let json = serde_json::to_string(manifest).map_err(|error| failed(error.into()))?;
    let text = format!("{json}\n{:08x}\n", crc32fast::hash(json.as_bytes()));
    let temporary = folder.join("new-state");
    let write = || {
        let mut stream = disk.create(&temporary)?;
        stream.write_all(text.as_bytes())?;
        stream.sync()?;
        drop(stream);
        disk.rename(&temporary, &target)?;
        disk.sync_folder(folder)
    };
    write().map_err(failed)
}
