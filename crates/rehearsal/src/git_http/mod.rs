//! Git's smart protocol, spoken by the real git on the bare repositories.

mod asked;
mod door;
mod process;
mod push;
mod wording;

pub(crate) use asked::asked;
pub(crate) use door::{GitDoor, answer};
