//! The sandbox against real bubblewrap, real bombs and real escape attempts.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod bombs;
mod escape;
mod escape_calls;
mod escape_network;
mod fixture;
mod network;
mod runs;
