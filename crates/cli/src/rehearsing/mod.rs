//! A shift played on a forge that only exists here: the real engine, in virtual time.

mod clock;
mod copies;
mod report;
mod stage;
mod teams;

pub(crate) use stage::{Scene, play};
