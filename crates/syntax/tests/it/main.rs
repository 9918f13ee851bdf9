//! Rewrites of real code in every language, and everything that must be refused.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod hostile;
mod languages;
mod layout;
mod refused;
