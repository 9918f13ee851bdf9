//! A folder for trees that commands run in, in memory where that is possible: a script step is bounded by
//! writing files.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use crate::error::EngineError;

const PREFIX: &str = "fleetwright-scratch-";

/// A folder without a lock that is younger than this may be about to get one.
const YOUNG: Duration = Duration::from_secs(60);

/// A folder that goes with the process; one of a killed process goes with the next.
pub(crate) struct Scratch {
    folder: TempDir,
    /// Held as long as the process lives, whatever it dies of.
    _lock: File,
}

impl Scratch {
    /// Makes the folder, and removes those of processes that were killed: they are held in memory.
    ///
    /// # Errors
    /// When no folder can be made.
    pub(crate) fn make() -> Result<Scratch, EngineError> {
        let memory = Path::new("/dev/shm");
        let made = Scratch::below(memory).or_else(|_| Scratch::below(&std::env::temp_dir()));
        made.map_err(|error| EngineError::files(&std::env::temp_dir(), error))
    }

    fn below(parent: &Path) -> std::io::Result<Scratch> {
        let mut builder = tempfile::Builder::new();
        // The sandbox is another user, who may pass through and not look around.
        let folder =
            builder.prefix(PREFIX).permissions(fs::Permissions::from_mode(0o711)).tempdir_in(parent)?;
        let lock = File::open(folder.path())?;
        lock.try_lock()?;
        sweep(parent);
        Ok(Scratch { folder, _lock: lock })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes our own old folders that nobody holds. What cannot be removed stays: it is in nobody's way.
fn sweep(parent: &Path) {
    let ours = rustix::process::geteuid().as_raw();
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let is_named = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        let Some(folder) = entry.metadata().ok().filter(|folder| is_named && folder.is_dir()) else {
            continue;
        };
        let age = folder.modified().ok().and_then(|changed| changed.elapsed().ok());
        if folder.uid() != ours || age.is_none_or(|age| age < YOUNG) {
            continue;
        }
        if let Ok(lock) = File::open(entry.path())
            && lock.try_lock().is_ok()
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn old(path: &Path) {
        File::open(path).unwrap().set_modified(SystemTime::now() - 2 * YOUNG).unwrap();
    }

    #[test]
    fn what_a_killed_process_left_is_removed_and_what_is_in_use_or_young_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let held = Scratch::below(parent.path()).unwrap();
        let [left, young, other] =
            ["fleetwright-scratch-a", "fleetwright-scratch-b", "other"].map(|name| parent.path().join(name));
        for folder in [&left, &young, &other] {
            fs::create_dir_all(folder.join("tree/src")).unwrap();
        }
        [held.path(), &left, &other].into_iter().for_each(old);
        let next = Scratch::below(parent.path()).unwrap();
        let there = [held.path(), &left, &young, &other, next.path()].map(Path::exists);
        assert_eq!(there, [true, false, true, true, true]);
    }
}
