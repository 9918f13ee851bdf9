//! What tests need and the program does not: planned faults, and small fleets.
//!
//! [`contract`] is what every forge keeps to. [`faults`] says where a fault is due, [`faulty`] puts that
//! around a forge and a database, and the
//! example `fleetwright-faulty` is the program itself with both: a test kills that one. [`rehearsed`] plays
//! the people of a rehearsal forge, [`told_time`] lets the program live by its clock, and [`trials`] tries
//! an adapter with faults and in bulk. [`secure`] is an HTTPS server that answers as told.

pub mod contract;
pub mod faults;
pub mod faulty;
pub mod fleet;
pub mod planted;
pub mod rehearsed;
pub mod secure;
pub mod told_time;
pub mod trials;
