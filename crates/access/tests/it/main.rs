//! Who may do what, and how they prove who they are.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod doorkeeper;
mod matrix;
mod oidc;
mod stub;
