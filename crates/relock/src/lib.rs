//! How a lockfile is brought up to date: by editing where that is right, else by which command of which tool, and what
//! that tool needs.
//!
//! Pure: nothing is run here. Only the package that is asked for is to move, with what it must take along, and no
//! scripts of packages run. Where a tool can only move everything, there is a reason instead of a command.

mod ask;
mod descriptor;
mod edit;
mod hold;
mod needs;
mod node;
mod others;
mod plan;
mod python;
mod step;

pub use ask::Ask;
pub use edit::{Moved, edit};
pub use plan::{Plan, plan};
pub use step::Step;
