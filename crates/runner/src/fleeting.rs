//! A folder that goes with its process; one that a killed process left goes with the next.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

/// A folder without a lock that is younger than this may be about to get one.
const YOUNG: Duration = Duration::from_secs(60);

/// A folder for as long as the process lives.
#[derive(Debug)]
pub struct Fleeting {
    folder: TempDir,
    /// Held as long as the process lives, whatever it dies of.
    _lock: File,
}

impl Fleeting {
    /// Makes a folder in `parent` whose name begins with `prefix`, with these mode bits, and removes those
    /// with the same prefix that killed processes of the same user left there.
    ///
    /// # Errors
    /// When no folder can be made or locked.
    pub fn make(parent: &Path, prefix: &str, mode: u32) -> io::Result<Fleeting> {
        let mut builder = tempfile::Builder::new();
        let folder = builder.prefix(prefix).permissions(Permissions::from_mode(mode)).tempdir_in(parent)?;
        let lock = File::open(folder.path())?;
        lock.try_lock()?;
        sweep(parent, prefix);
        Ok(Fleeting { folder, _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes our own old folders that nobody holds. What cannot be removed stays: it is in nobody's way.
fn sweep(parent: &Path, prefix: &str) {
    let ours = rustix::process::geteuid().as_raw();
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let is_named = entry.file_name().to_str().is_some_and(|name| name.starts_with(prefix));
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
        let make = || Fleeting::make(parent.path(), "fleetwright-x-", 0o711).unwrap();
        let held = make();
        let [left, young, other] =
            ["fleetwright-x-a", "fleetwright-x-b", "other"].map(|name| parent.path().join(name));
        for folder in [&left, &young, &other] {
            fs::create_dir_all(folder.join("tree/src")).unwrap();
        }
        [held.path(), &left, &other].into_iter().for_each(old);
        let next = make();
        let there = [held.path(), &left, &young, &other, next.path()].map(Path::exists);
        assert_eq!(there, [true, false, true, true, true]);
    }
}
