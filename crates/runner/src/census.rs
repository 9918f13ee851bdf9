//! How many bytes and files a tree holds, counted in slices so that nothing waits for it.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, openat, statat};
use rustix::io::Errno;

use crate::tree::{MAX_DEPTH, enter};

/// What a tree holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Bytes: of each file its length or its blocks, whichever is more.
    pub(crate) bytes: u64,
    /// Files, directories, links and everything else with a name.
    pub(crate) files: u64,
}

/// The end of a slice of counting.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Out of time; call again. What was counted so far is a lower bound.
    More(Usage),
    /// The whole tree was counted.
    Complete(Usage),
    /// Nested too deep or unreadable: a directory that cannot be measured.
    Unmeasurable,
}

/// A count under way over a tree that may change meanwhile.
pub(crate) struct Census {
    open: Vec<Dir>,
    usage: Usage,
}

impl Census {
    /// Starts at a directory.
    pub(crate) fn of(root: &OwnedFd) -> rustix::io::Result<Self> {
        let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = openat(root, ".", flags, Mode::empty())?;
        Ok(Self { open: vec![Dir::new(root)?], usage: Usage::default() })
    }

    /// Counts on for at most this long.
    pub(crate) fn advance(&mut self, slice: Duration) -> Progress {
        let started = Instant::now();
        while let Some(dir) = self.open.last_mut() {
            match dir.read() {
                None => {
                    self.open.pop();
                }
                Some(Ok(entry)) if matches!(entry.file_name().to_bytes(), b"." | b"..") => {}
                Some(Ok(entry)) => {
                    if !self.count(entry.file_name()) {
                        return Progress::Unmeasurable;
                    }
                }
                // Removed under our feet: nothing more to count in it.
                Some(Err(_)) => {
                    self.open.pop();
                }
            }
            if self.usage.files.is_multiple_of(64) && started.elapsed() > slice {
                return Progress::More(self.usage);
            }
        }
        Progress::Complete(self.usage)
    }

    /// Counts one entry of the innermost directory; false if it cannot be measured.
    fn count(&mut self, name: &std::ffi::CStr) -> bool {
        let Some(Ok(fd)) = self.open.last().map(Dir::fd) else { return false };
        let Ok(stat) = statat(fd, name, AtFlags::SYMLINK_NOFOLLOW) else { return true };
        self.usage.files += 1;
        let blocks = u64::try_from(stat.st_blocks).unwrap_or(0).saturating_mul(512);
        let length = u64::try_from(stat.st_size).unwrap_or(0);
        let is_dir = FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
        let bytes = if is_dir { blocks } else { blocks.max(length) };
        self.usage.bytes = self.usage.bytes.saturating_add(bytes);
        if !is_dir {
            return true;
        }
        match enter(fd, name).and_then(Dir::new) {
            Ok(dir) => {
                self.open.push(dir);
                self.open.len() <= MAX_DEPTH
            }
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => true,
            Err(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(path: &std::path::Path) -> OwnedFd {
        std::fs::File::open(path).unwrap().into()
    }

    #[test]
    fn counts_files_and_bytes_without_following_links() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("a/b")).unwrap();
        std::fs::write(dir.path().join("a/b/file"), vec![1; 100_000]).unwrap();
        std::os::unix::fs::symlink("/usr", dir.path().join("link")).unwrap();
        let sparse = std::fs::File::create(dir.path().join("sparse")).unwrap();
        sparse.set_len(1 << 30).unwrap();
        let mut census = Census::of(&open(dir.path())).unwrap();
        let Progress::Complete(usage) = census.advance(Duration::from_secs(60)) else { panic!() };
        assert_eq!(usage.files, 5);
        assert!((1 << 30..(1 << 30) + 200_000).contains(&usage.bytes), "{usage:?}");
    }

    #[test]
    fn refuses_depths_and_pauses_when_out_of_time() {
        let dir = tempfile::tempdir().unwrap();
        let mut path = dir.path().to_owned();
        for _ in 0..MAX_DEPTH {
            path.push("d");
        }
        std::fs::create_dir_all(&path).unwrap();
        let mut census = Census::of(&open(dir.path())).unwrap();
        assert_eq!(census.advance(Duration::from_secs(60)), Progress::Unmeasurable);
        let wide = tempfile::tempdir().unwrap();
        for name in 0..200 {
            std::fs::write(wide.path().join(name.to_string()), "").unwrap();
        }
        let mut census = Census::of(&open(wide.path())).unwrap();
        assert!(matches!(census.advance(Duration::ZERO), Progress::More(_)));
        let usage = loop {
            if let Progress::Complete(usage) = census.advance(Duration::ZERO) {
                break usage;
            }
        };
        assert_eq!(usage, Usage { bytes: 0, files: 200 });
    }
}
