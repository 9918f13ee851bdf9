//! Real repositories, with the git binary as the oracle.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod changes;
mod hostile;
mod mirrors;
mod objects;
mod plain;
mod refs;
mod signing;
mod support;
mod wire;
