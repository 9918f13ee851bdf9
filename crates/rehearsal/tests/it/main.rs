//! The rehearsal forge over real HTTP and with the real git.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod app;
mod broad;
mod faults;
mod graph;
mod life;
mod limits;
mod refusals;
mod scale;
mod support;
