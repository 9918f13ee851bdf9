//! What a working folder may hold.

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
    pub(super) fn tree(&self) -> crate::tree::Limits {
        crate::tree::Limits { entries: self.entries, depth: self.depth, ..Default::default() }
    }
}

/// What has been used of the limits so far.
pub(super) struct Used {
    pub(super) limits: Limits,
    entries: usize,
    bytes: u64,
}

impl Used {
    pub(super) fn new(limits: Limits) -> Self {
        Used { limits, entries: 0, bytes: 0 }
    }

    pub(super) fn entry(&mut self) -> Result<(), GitError> {
        self.entries += 1;
        over(self.entries as u64, self.limits.entries as u64, "entries in the working folder")
    }

    pub(super) fn file(&mut self, bytes: u64) -> Result<(), GitError> {
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

pub(super) fn refuse(path: &[u8], why: &'static str) -> GitError {
    GitError::Folder { path: String::from_utf8_lossy(path).into_owned(), why }
}
