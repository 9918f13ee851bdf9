//! What was read of one repository, or of one path of this machine.

use std::path::{Path, PathBuf};

use fleetwright_infra::{Reading, read_bytes};
use serde_json::Value;

/// The largest file that is looked into, in bytes, as ingest has it.
pub(super) const MAX_FILE: u64 = 4 << 20;

/// What was read of one repository, or of one path of this machine.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    /// The repository's name; of files of this machine the name they were given.
    pub(crate) repo: String,
    /// The repository as policies see it.
    pub(crate) facts: Value,
    /// What stands before its files' paths when they are shown.
    pub(crate) prefix: PathBuf,
    /// How many files were read.
    pub(crate) files: usize,
    /// What they declare.
    pub(crate) reading: Reading,
}

impl Sheet {
    /// A file's path as a person finds it.
    pub(crate) fn shown(&self, file: &str) -> String {
        let path = self.prefix.join(file);
        path.strip_prefix(".").unwrap_or(&path).display().to_string()
    }
}

/// Adds what a file declares.
pub(super) fn take_in(sheet: &mut Sheet, path: &str, bytes: &[u8]) {
    let read = read_bytes(path, bytes);
    sheet.files += 1;
    sheet.reading.template |= read.template;
    sheet.reading.declared.extend(read.declared);
    sheet.reading.findings.extend(read.findings);
}

/// The path of a file as git would write it.
pub(super) fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
