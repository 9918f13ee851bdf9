//! Bills of materials as people declare them: named sets of versions, and who is on which.
//!
//! A file of `kind: Bom` becomes a [`Bom`] ([`read`]); a [`Ruler`] holds users against it; [`curve`] tells how they
//! moved; [`shift`] writes the Shift that moves them. All of it is pure: what is used, and what time it is, is given.

mod adoption;
mod bom;
mod place;
mod read;
mod ruler;
mod shift;

pub use adoption::{Curve, MARKS, Mark, Point, Stay, curve};
pub use bom::{Allowed, Bom, Channel, Downgrade, Override, Pin, Release, Target};
pub use place::Place;
pub use read::{KIND, MAX_NAME, read};
pub use ruler::{Ruler, Standing, Used, User, Verdict};
pub use shift::{LeftOut, Selection, Written, shift};
