//! Tests of the catalog.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod assembling;
mod hostile;
mod reading;
mod searching;
