//! Git over HTTP and by the git binary, against the real git.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod by_git;
mod fetching;
mod pushing;
mod refusals;
mod server;
mod world;
