//! The rules of the house, held by machine: this crate reads every source file of the workspace
//! and says what breaks a rule. `tests/it` runs the rules on the workspace itself.
//!
//! A rule answers with [`Broken`] lines; an empty answer means the rule holds. What clippy can
//! hold (length of functions, number of arguments, panics, undocumented items) is left to clippy.

mod broken;
pub mod circles;
pub mod dependencies;
pub mod floors;
pub mod licences;
pub mod mask;
pub mod names;
mod paths;
pub mod shape;
pub mod source;

pub use broken::{Broken, HouseError};
