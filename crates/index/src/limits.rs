//! The numbers of this crate.

/// The largest file that is indexed by content, in bytes (1 MiB). Larger ones are generated or
/// vendored, nearly always; they are listed by path.
pub const MAX_INDEXED_BYTES: u64 = 1 << 20;

/// How far into a file a NUL byte makes it a binary file, in bytes: git's own rule (8,000) rounded up.
pub const BINARY_PROBE_BYTES: usize = 8 << 10;

/// The longest pattern, in bytes.
pub const MAX_PATTERN_BYTES: usize = 8 << 10;

/// The largest compiled form of a pattern, in bytes (2 MiB), as in `edit`.
pub const MAX_COMPILED_BYTES: usize = 2 << 20;

/// How deep a pattern may nest groups.
pub const MAX_PATTERN_DEPTH: u32 = 100;

/// The longest path that is listed, in bytes; git itself stops at 4,096 on most systems.
pub const MAX_PATH_BYTES: usize = 4096;

/// The most files of one repository.
pub const MAX_ENTRIES: usize = 1_000_000;

/// The longest name of a repository, in bytes.
pub const MAX_REPO_BYTES: usize = 1024;

/// The most globs of one question.
pub const MAX_GLOBS: usize = 256;

/// The most context lines before or after a line.
pub const MAX_CONTEXT: u32 = 1000;

/// The most places that one search looks at (a place takes about 60 bytes of memory).
pub const MAX_PLACES: usize = 2_000_000;

/// The most bytes of a line that are shown.
pub const MAX_LINE_BYTES: usize = 4096;
