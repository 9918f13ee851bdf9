//! Search over the whole fleet: a trigram index keyed by blob, and the grep that asks it.

mod awaited;
mod buffer;
pub mod disk;
pub mod error;
mod evaluate;
pub mod globs;
mod grams;
pub mod index;
pub mod limits;
mod lines;
pub mod listing;
mod manifest;
mod marks;
mod merge;
mod need;
mod paged;
pub mod pattern;
mod places;
mod postings;
pub mod prune;
pub mod query;
mod search;
mod segment;
mod segment_writer;
mod state;
mod varint;
pub mod writer;

pub use error::{Damage, IndexError, PatternError};
pub use globs::Globs;
pub use index::{Index, Measure, Prefilter, SnapshotId};
pub use listing::{Entry, Mode};
pub use pattern::{Pattern, Reading};
pub use query::{Blobs, Candidate, Cut, File, Hit, Line, Place, Query, Summary, Tri};
pub use writer::{Committed, Writer};
