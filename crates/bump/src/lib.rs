//! Bringing a package to a version: where it is really declared, with the format kept and nothing lowered.
//!
//! Pure: the texts of a repository in, new texts and a word about every place out. What is written is read again
//! before it is believed.

mod bump;
mod told;

pub use bump::{BumpError, Bumped, Wish, bump};
pub use told::{Stale, Told, Verdict};
