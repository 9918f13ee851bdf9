//! Search over a fleet: what is found, what stays true while it changes, what survives.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod changing;
mod crash;
mod fleet;
mod hostile;
mod searching;
mod sound;
