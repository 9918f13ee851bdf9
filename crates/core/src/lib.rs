//! Names, stages and decisions of Fleetwright. No I/O, no clock, no randomness.

pub mod branch;
pub mod budget;
pub mod calendar;
pub mod caret;
pub mod cluster;
pub mod consent;
pub mod event;
pub mod flaky;
pub mod gate;
pub mod hosts;
pub mod mention;
pub mod next;
pub mod node;
pub mod oid;
pub mod opt_out;
pub mod pace;
pub mod pull;
pub mod repo;
pub mod secret;
pub mod shift;
pub mod source;
pub mod stage;
pub mod team;
pub mod terms;
pub mod why;
mod words;

pub use oid::Oid;
