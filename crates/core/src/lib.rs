//! Names, stages and decisions of Fleetwright. No I/O, no clock, no randomness.

pub mod branch;
pub mod cluster;
pub mod event;
pub mod next;
pub mod oid;
pub mod pull;
pub mod repo;
pub mod secret;
pub mod shift;
pub mod source;
pub mod stage;
mod words;

pub use oid::Oid;
