//! The local forge against what every forge keeps to.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod checks;
mod contract;
mod support;
