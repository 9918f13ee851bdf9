//! The fleets as the git binary and a shell see them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod generated;
mod oddities;
mod sample;
mod shifts;
mod support;
