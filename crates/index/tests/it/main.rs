//! Search over a fleet: what is found, what stays true while it changes, what survives.

mod changing;
mod crash;
mod fleet;
mod hostile;
mod searching;
mod sound;
