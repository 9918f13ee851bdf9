//! Plain trees: a copy of a tree for a script to work on, and what the script left, read back.
//!
//! There is no `.git` in it that anything of ours would ever look at. Files are written and hashed as the raw bytes of
//! their blobs: no line endings, filters or LFS. Nothing here follows a symbolic link.

mod limits;
mod read;
mod write;

pub use limits::Limits;
pub use read::read_back;
pub use write::write_out;
