//! Search over the whole fleet: a trigram index keyed by blob, and the grep that asks it.

pub mod error;
pub mod globs;
pub mod index;
pub mod limits;
pub mod listing;
pub mod pattern;
pub mod query;
pub mod writer;

pub use error::{Damage, IndexError, PatternError};
pub use globs::Globs;
pub use index::{Index, Measure, Prefilter, SnapshotId};
pub use listing::{Entry, Mode};
pub use pattern::{Pattern, Reading};
pub use query::{Blobs, Cut, File, Hit, Line, Place, Query, Summary, Tri};
pub use writer::{Committed, Writer};
