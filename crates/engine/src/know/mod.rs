//! Knowing the fleet: what repositories hold is read, and the catalog is put together from it.

mod assemble;
mod ingest;

pub use assemble::{Assembled, assemble};
pub use ingest::{Ingested, ingest};
