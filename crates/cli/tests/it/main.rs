//! The whole program, through its real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod adopted;
mod audited;
mod boms;
mod catalog;
mod demo;
mod depending;
mod faults;
mod grep;
mod imported;
mod infra;
mod life;
mod log4j;
mod mending;
mod parts;
mod people;
mod proposals;
mod remote;
mod secrets;
mod serving;
mod signed;
mod steps;
mod story;
mod unchecked;
mod untouched;
mod words;
mod world;
mod wrong;
