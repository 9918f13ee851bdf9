//! Plain trees: a copy of a tree for a script to work on, and what the script left, read back.
//!
//! There is no `.git` in it that anything of ours would ever look at. Files are written and hashed as the raw bytes of
//! their blobs: no line endings, filters or LFS. Nothing here follows a symbolic link.

mod read;
mod write;

pub use read::read_back;
pub use write::write_out;

use crate::error::GitError;

/// How much a working folder may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Files, links and folders that are not ignored.
    pub entries: usize,
    /// Bytes of all files that are not ignored.
    pub bytes: u64,
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Folders within folders.
    pub depth: usize,
}

impl Default for Limits {
    /// 200,000 entries, 2 GiB, 256 MiB per file, 128 levels.
    fn default() -> Self {
        Limits { entries: 200_000, bytes: 2 << 30, file_bytes: 256 << 20, depth: 128 }
    }
}

impl Limits {
    fn tree(&self) -> crate::tree::Limits {
        crate::tree::Limits { entries: self.entries, depth: self.depth, ..Default::default() }
    }
}

/// What has been used of the limits so far.
struct Used {
    limits: Limits,
    entries: usize,
    bytes: u64,
}

impl Used {
    fn new(limits: Limits) -> Self {
        Used { limits, entries: 0, bytes: 0 }
    }

    fn entry(&mut self) -> Result<(), GitError> {
        self.entries += 1;
        over(self.entries as u64, self.limits.entries as u64, "entries in the working folder")
    }

    fn file(&mut self, bytes: u64) -> Result<(), GitError> {
        over(bytes, self.limits.file_bytes, "bytes in a file of the working folder")?;
        self.bytes = self.bytes.saturating_add(bytes);
        over(self.bytes, self.limits.bytes, "bytes in the working folder")
    }
}

fn over(used: u64, limit: u64, what: &'static str) -> Result<(), GitError> {
    if used > limit {
        return Err(GitError::Limit { what, limit });
    }
    Ok(())
}

fn refuse(path: &[u8], why: &'static str) -> GitError {
    GitError::Folder { path: String::from_utf8_lossy(path).into_owned(), why }
}
