//! The adapter against servers on this machine.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod app;
mod committing;
mod contract;
mod effects;
mod emulated;
mod looks;
mod points;
mod queries;
mod stub;
mod support;
mod teams;
mod trials;
mod webhooks;
