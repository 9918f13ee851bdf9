//! Bringing a package to a version: where it is really declared, with the format kept and nothing lowered.
//!
//! Pure: the texts of a repository in, new texts and a word about every place out. What is written is read again
//! before it is believed.

mod bump;
mod commit;
mod decide;
mod edits;
mod guard;
mod locks;
mod moved;
mod overrides;
mod pins;
mod requirement;
mod spot;
mod stale;
mod told;
mod transitive;
mod version;
mod wish;
mod writing;

pub use bump::{Bumped, bump};
pub use told::{Moved, Stale, Told, Verdict};
pub use version::check;
pub use wish::{BumpError, Wish};
