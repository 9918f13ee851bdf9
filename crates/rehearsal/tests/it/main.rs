//! The rehearsal forge over real HTTP and with the real git.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test may panic, and say how long it took"
)]

mod app;
mod broad;
mod faults;
mod graph;
mod hooks;
mod life;
mod limits;
mod refusals;
mod scale;
mod support;
