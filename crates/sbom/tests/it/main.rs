//! Documents of a small sample.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod documents;
