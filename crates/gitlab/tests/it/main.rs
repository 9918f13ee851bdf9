//! GitLab's adapter against what its documentation shows, and against the rehearsal forge.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod bulk;
mod contract;
mod faults;
mod hooks;
mod limits;
mod merging;
mod support;

mod webhook;
