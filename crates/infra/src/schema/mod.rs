//! Checking declared objects against JSON Schemas.

mod compiled;
mod guard;
mod kinds;
mod strict;
mod words;
mod work;

pub use compiled::{JsonSchema, MAX_FINDINGS, MAX_WORK};
pub use guard::MAX_SCHEMA_BYTES;
pub use kinds::{Schemas, file_names};
