//! Opening directories of the host, and giving the tree to the user the sandbox runs as.

use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Gid, Mode, OFlags, Uid, chownat, fchown, openat, statat};

use crate::error::RunnerError;

/// User and group the sandbox runs as when Fleetwright is root. From the range Debian leaves
/// to packages (60000-64999), below 65536 so that rootless containers map it.
pub const SANDBOX_UID: u32 = 64_900;

/// Deepest directory that is entered; deeper trees are refused.
pub(crate) const MAX_DEPTH: usize = 256;

/// Whether we must and can become another user: we are root, and that user exists here.
pub(crate) fn must_drop() -> bool {
    rustix::process::geteuid().is_root()
        && fs::read_to_string("/proc/self/uid_map").is_ok_and(|map| maps(&map, SANDBOX_UID))
}

/// Whether a `uid_map` (lines of: first inside, first outside, count) covers a user.
fn maps(uid_map: &str, uid: u32) -> bool {
    uid_map.lines().any(|line| {
        let numbers: Vec<u64> = line.split_whitespace().filter_map(|n| n.parse().ok()).collect();
        matches!(numbers[..], [first, _, count] if (first..first + count).contains(&u64::from(uid)))
    })
}

/// Gives a directory and all in it to [`SANDBOX_UID`]; links themselves, not their targets.
/// Directories are held open on the way down, so nothing is looked up by path twice.
pub(crate) fn give_tree(root: &OwnedFd) -> io::Result<()> {
    let (uid, gid) = (Uid::from_raw(SANDBOX_UID), Gid::from_raw(SANDBOX_UID));
    let root = openat(root, ".", OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    fchown(&root, Some(uid), Some(gid))?;
    let mut open = vec![Dir::new(root)?];
    while let Some(dir) = open.last_mut() {
        let Some(entry) = dir.read() else {
            open.pop();
            continue;
        };
        let entry = entry?;
        let name = entry.file_name();
        if name == c"." || name == c".." {
            continue;
        }
        let fd = dir.fd()?;
        let stat = statat(fd, name, AtFlags::SYMLINK_NOFOLLOW)?;
        if stat.st_uid != SANDBOX_UID {
            chownat(fd, name, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW)?;
        }
        if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
            let inner = Dir::new(enter(fd, name)?)?;
            open.push(inner);
            if open.len() > MAX_DEPTH {
                return Err(io::Error::other("directories are nested more than 256 deep"));
            }
        }
    }
    Ok(())
}

/// Opens a directory of a directory for reading, never through a link.
pub(crate) fn enter(dir: impl AsFd, name: &std::ffi::CStr) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(dir, name, flags, Mode::empty())
}

/// Opens a path of the host for mounting or measuring; a directory if asked.
pub(crate) fn open_path(path: &Path, more: OFlags) -> Result<OwnedFd, RunnerError> {
    openat(CWD, path, OFlags::PATH | OFlags::CLOEXEC | more, Mode::empty())
        .map_err(|error| RunnerError::Path { path: path.to_owned(), source: error.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_uid_maps() {
        assert!(maps("         0          0 4294967295\n", SANDBOX_UID));
        assert!(maps("0 1000 1\n1 100000 65535\n", SANDBOX_UID));
        assert!(!maps("         0       1000          1\n", SANDBOX_UID));
        assert!(!maps("rubbish", SANDBOX_UID));
    }
}
