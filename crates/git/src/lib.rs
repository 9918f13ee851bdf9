//! Git repositories read and written in memory: the only crate that knows gix.
//!
//! No git process is started, nothing in a repository's config has an effect, no symbolic link is followed, and names
//! that could escape a working tree are refused on reading and on writing. See `docs/design` for the rules.

mod beneath;
mod branch_name;
mod error;
mod loose;
mod object;
mod odb;
mod pack;
mod path;
mod repository;
mod zlib;

pub use error::{GitError, Result};
pub use object::{Entry, Kind, Mode, Object, name};
pub use path::{HostileName, MAX_PATH_BYTES, RepoPath};
pub use repository::Repository;
