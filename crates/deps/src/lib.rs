//! What a repository depends on, in all ecosystems: the readers together, and the paths through what they found.

mod graph;
mod read;

pub use fleetwright_deps_jvm::Shelf;
pub use graph::{Reach, reach};
pub use read::{MAX_FILE_BYTES, READER, read, wants, wants_of};
