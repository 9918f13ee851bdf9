//! Fetching from a server on this machine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod hostile;
mod plain;
mod world;
