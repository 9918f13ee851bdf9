//! Stories: small repositories of every ecosystem, and what becomes of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod code;
mod from;
mod hostile;
mod jvm;
mod node;
mod overriding;
mod platform;
mod play;
mod property;
mod python;
