//! Bounds on hostile files, each with the finding that names it.

/// The largest file that is read, in bytes (`limits-and-trust`: entity cap of 1 MB).
pub const MAX_BYTES: usize = 1024 * 1024;

/// The largest Terraform file that is read, in bytes: its reader compares every key of an object with
/// all others, and 256 KiB of keys take it seconds.
pub const MAX_TERRAFORM_BYTES: usize = 256 * 1024;

/// The most documents that are read of one file.
pub const MAX_DOCUMENTS: usize = 1_000;
