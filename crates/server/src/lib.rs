//! A process that stays: it hears webhooks and drives every running shift.
//!
//! A webhook is verified over its raw bytes, its hints are on disk before it is answered, and all they do is
//! to have targets looked at sooner. What no webhook tells is found by a sweep.

mod batch;
mod calls;
mod door;
mod drive;
mod error;
mod first;
mod hear;
mod serve;
mod settings;

pub use calls::Who;
pub use error::ServerError;
pub use serve::Server;
pub use settings::{Ears, SWEEP, Settings};
