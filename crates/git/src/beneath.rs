//! File access below one directory: no symbolic link is followed, no mount is crossed, nothing blocks.
//!
//! Everything goes through `openat2` (Linux 5.6) with `RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS`.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, ResolveFlags, openat2};
use rustix::io::Errno;

/// An open directory.
#[derive(Debug)]
pub(crate) struct Folder(OwnedFd);

/// What a directory lists.
pub(crate) struct Listed {
    pub(crate) name: Vec<u8>,
    pub(crate) kind: FileType,
}

const RESOLVE: ResolveFlags =
    ResolveFlags::BENEATH.union(ResolveFlags::NO_SYMLINKS).union(ResolveFlags::NO_MAGICLINKS);

/// `None` for "not there" instead of an error.
fn found<T>(result: rustix::io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Errno::NOENT) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

impl Folder {
    /// Opens a directory by an ordinary path; only its last component must not be a link.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(Folder(rustix::fs::open(path, flags, Mode::empty())?))
    }

    fn resolve(
        &self,
        path: &[u8],
        flags: OFlags,
        mode: Mode,
        more: ResolveFlags,
    ) -> rustix::io::Result<OwnedFd> {
        let flags = flags | OFlags::CLOEXEC;
        // EAGAIN: a rename somewhere on the machine raced with the lookup (openat2(2)); ask again.
        for _ in 0..64 {
            match openat2(&self.0, path, flags, mode, RESOLVE | more) {
                Err(Errno::AGAIN) => {}
                other => return other,
            }
        }
        Err(Errno::AGAIN)
    }

    /// A directory below, if there.
    pub(crate) fn sub(&self, path: &[u8]) -> io::Result<Option<Folder>> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        Ok(found(self.resolve(path, flags, Mode::empty(), ResolveFlags::empty()))?.map(Folder))
    }

    /// A directory below, on the same file system.
    pub(crate) fn sub_here(&self, name: &[u8]) -> io::Result<Folder> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        Ok(Folder(self.resolve(name, flags, Mode::empty(), ResolveFlags::NO_XDEV)?))
    }

    /// A directory below, made where missing.
    pub(crate) fn make(&self, path: &[u8]) -> io::Result<Folder> {
        if let Some(there) = self.sub(path)? {
            return Ok(there);
        }
        let (parent, name) = match path.iter().rposition(|byte| *byte == b'/') {
            Some(at) => (Some(self.make(&path[..at])?), &path[at + 1..]),
            None => (None, path),
        };
        let parent = parent.as_ref().unwrap_or(self);
        match rustix::fs::mkdirat(&parent.0, name, Mode::from_raw_mode(0o777)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(other) => return Err(other.into()),
        }
        parent.sub(name)?.ok_or_else(|| Errno::NOENT.into())
    }

    /// Makes a directory that must not be there yet.
    pub(crate) fn make_new(&self, name: &[u8]) -> io::Result<Folder> {
        rustix::fs::mkdirat(&self.0, name, Mode::from_raw_mode(0o777))?;
        self.sub(name)?.ok_or_else(|| Errno::NOENT.into())
    }

    /// A regular file and its status, if there. A device, fifo or socket is an error and never blocks.
    pub(crate) fn file(&self, path: &[u8]) -> io::Result<Option<(File, rustix::fs::Stat)>> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
        let Some(fd) = found(self.resolve(path, flags, Mode::empty(), ResolveFlags::empty()))? else {
            return Ok(None);
        };
        let stat = rustix::fs::fstat(&fd)?;
        if !FileType::from_raw_mode(stat.st_mode).is_file() {
            return Err(io::Error::other("not a regular file"));
        }
        Ok(Some((File::from(fd), stat)))
    }

    /// The content of a regular file of at most `limit` bytes, if there.
    pub(crate) fn read(&self, path: &[u8], limit: u64) -> io::Result<Option<Vec<u8>>> {
        let Some((file, stat)) = self.file(path)? else {
            return Ok(None);
        };
        let mut content = Vec::with_capacity(usize::try_from(stat.st_size).unwrap_or(0).min(1 << 20) + 1);
        file.take(limit + 1).read_to_end(&mut content)?;
        if content.len() as u64 > limit {
            return Err(io::Error::other(format!("larger than {limit} bytes")));
        }
        Ok(Some(content))
    }

    /// Whether something of that name is there; a symbolic link on the way or at the end is an error.
    pub(crate) fn has(&self, path: &[u8]) -> io::Result<bool> {
        match self.resolve(path, OFlags::PATH, Mode::empty(), ResolveFlags::empty()) {
            Ok(_) => Ok(true),
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }

    /// The status of a name, of the link itself where it is one.
    pub(crate) fn stat(&self, name: &[u8]) -> io::Result<rustix::fs::Stat> {
        Ok(rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// The target of a symbolic link.
    pub(crate) fn link_target(&self, name: &[u8]) -> io::Result<Vec<u8>> {
        Ok(rustix::fs::readlinkat(&self.0, name, Vec::new())?.into_bytes())
    }

    /// Creates a file that must not be there yet.
    pub(crate) fn create_new(&self, name: &[u8], mode: u32) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        Ok(File::from(self.resolve(name, flags, Mode::from_raw_mode(mode), ResolveFlags::empty())?))
    }

    /// Creates a symbolic link that must not be there yet.
    pub(crate) fn link_new(&self, name: &[u8], target: &[u8]) -> io::Result<()> {
        Ok(rustix::fs::symlinkat(target, &self.0, name)?)
    }

    /// Renames within this directory, replacing what was there.
    pub(crate) fn rename(&self, from: &[u8], to: &[u8]) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.0, from, &self.0, to)?)
    }

    /// Moves a file into another directory of the same file system, replacing what was there.
    pub(crate) fn rename_into(&self, name: &[u8], dest: &Folder) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.0, name, &dest.0, name)?)
    }

    /// Removes a file; one that is not there is fine.
    pub(crate) fn remove(&self, name: &[u8]) -> io::Result<()> {
        found(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())).map(drop)
    }

    /// Removes an empty directory.
    pub(crate) fn remove_empty(&self, name: &[u8]) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::REMOVEDIR)?)
    }

    /// Writes a file through a temporary one, so that a reader sees the old or the new content.
    pub(crate) fn replace(&self, name: &[u8], content: &[u8], mode: u32) -> io::Result<()> {
        use std::io::Write as _;
        let temporary = temporary_name();
        let mut file = self.create_new(&temporary, mode)?;
        let written = file.write_all(content).and_then(|()| self.rename(&temporary, name));
        if written.is_err() {
            self.remove(&temporary)?;
        }
        written
    }

    /// Names and kinds of at most `limit` entries, unordered, without `.` and `..`.
    pub(crate) fn list(&self, limit: usize) -> io::Result<Vec<Listed>> {
        let mut listed = Vec::new();
        for entry in Dir::read_from(self.0.as_fd())? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name == b"." || name == b".." {
                continue;
            }
            if listed.len() == limit {
                return Err(io::Error::other(format!("more than {limit} entries")));
            }
            let kind = match entry.file_type() {
                // Some file systems do not say.
                FileType::Unknown => FileType::from_raw_mode(self.stat(name)?.st_mode),
                known => known,
            };
            listed.push(Listed { name: name.to_vec(), kind });
        }
        Ok(listed)
    }
}

/// A name nobody else uses, not even a process of the same number in another container: git's own prefix for
/// unfinished objects, so that `git gc` sweeps what a crash leaves.
pub(crate) fn temporary_name() -> Vec<u8> {
    use std::hash::{BuildHasher, RandomState};
    let seed = RandomState::new();
    format!("tmp_obj_{:016x}{:016x}", seed.hash_one(0), seed.hash_one(1)).into_bytes()
}
