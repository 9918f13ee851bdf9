//! Git repositories read and written in memory: the only crate that knows gix.
//!
//! No git process is started (only signing starts `ssh-keygen` or `gpg`), nothing in a repository's config has an effect, no symbolic link is followed, and names
//! that could escape a working tree are refused on reading and on writing.

mod beneath;
mod branch_name;
mod build;
mod compare;
pub mod diff;
mod error;
mod history;
mod incoming;
mod loose;
mod merge;
mod mirror;
mod object;
mod odb;
mod pack;
mod path;
pub mod plain;
mod push;
mod refs;
mod repository;
mod sign;
mod tree;
pub mod wire;
mod zlib;

pub use branch_name::check as check_branch;
pub use build::{Built, Change, CommitSpec, Edit, Person, commit_object};
pub use error::{GitError, Result};
pub use history::CommitFacts;
pub use incoming::{Incoming, MAX_DECODED_BYTES, MAX_INCOMING_BYTES};
pub use merge::Merged;
pub use mirror::{Refreshed, bring_commit, mirror_bytes, refresh_mirror};
pub use object::{Entry, Kind, Mode, Object, name};
pub use path::{HostileName, MAX_PATH_BYTES, RepoPath};
pub use push::push;
pub use refs::Head;
pub use repository::Repository;
pub use sign::{Signer, signed_commit_object};
pub use tree::Limits;
