//! Bounds on hostile input, each with the error that names it.

/// The largest document that is edited, in bytes (16 MiB). Larger text is refused unread.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The deepest nesting of a document or of a value to be written, in levels.
pub const MAX_DEPTH: usize = 128;

/// The most values that the aliases of one YAML file may stand for, taken together.
/// A "billion laughs" file passes it within a few lines; real files stay in the hundreds.
pub const MAX_ALIAS_VALUES: usize = 100_000;

/// The longest path text, in bytes.
pub const MAX_PATH_BYTES: usize = 4096;

/// The most places that the wildcards and selectors of one path may match in one document.
pub const MAX_MATCHES: usize = 100_000;

/// The largest compiled form of one regular expression, in bytes (2 MiB).
pub const MAX_PATTERN_BYTES: usize = 2 * 1024 * 1024;
