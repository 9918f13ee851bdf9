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

/// Whom the sandbox runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// As we do: an ordinary user, or the root of a user namespace who is one outside.
    Ourselves,
    /// As [`SANDBOX_UID`], since we are root and can.
    SandboxUser,
}

/// Whom the sandbox must run as; nobody if we are root, perhaps the host's, and there is no
/// other user to become: then files such as `/proc/sys/kernel/core_pattern` would be ours to
/// write from inside, capabilities or not.
pub(crate) fn who() -> Option<Who> {
    if !rustix::process::geteuid().is_root() {
        return Some(Who::Ourselves);
    }
    root_runs_as(&fs::read_to_string("/proc/self/uid_map").ok()?)
}

fn root_runs_as(uid_map: &str) -> Option<Who> {
    if outside(uid_map, SANDBOX_UID).is_some() {
        Some(Who::SandboxUser)
    } else if outside(uid_map, 0)? != 0 {
        Some(Who::Ourselves)
    } else {
        None
    }
}

/// Who a user is outside, by a `uid_map` (lines of: first inside, first outside, count).
fn outside(uid_map: &str, uid: u32) -> Option<u64> {
    let uid = u64::from(uid);
    uid_map.lines().find_map(|line| {
        let numbers: Vec<u64> = line.split_whitespace().filter_map(|n| n.parse().ok()).collect();
        match numbers[..] {
            [inside, outside, count] if uid >= inside && uid - inside < count => {
                Some(outside + (uid - inside))
            }
            _ => None,
        }
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
    fn root_never_runs_as_root() {
        let runs_as = root_runs_as;
        assert_eq!(runs_as("         0          0 4294967295\n"), Some(Who::SandboxUser));
        assert_eq!(runs_as("0 1000 1\n1 100000 65535\n"), Some(Who::SandboxUser));
        assert_eq!(runs_as("         0       1000          1\n"), Some(Who::Ourselves));
        assert_eq!(runs_as("         0          0          1\n"), None);
        assert_eq!(runs_as("rubbish"), None);
    }
}
