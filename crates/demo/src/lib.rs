//! The sample fleet that `fleetwright demo` plays on, and generated fleets for benchmarks.
//!
//! Every repository is bare, real and the same bytes each time: contents, authors and dates are fixed. They lie as the
//! local forge wants them: `root/owner/name.git`, and `root/owner/name.forge/repo.json` where there is more to say.
//! What each of the shifts does to each repository is in `log4j.json` and `expected.json` beside this crate's sources.

mod bare;
mod definitions;
mod error;
mod generated;
mod log4j;
mod maven;
mod odd;
mod ordinary;
mod plan;
mod sample;
mod source;
mod template;

pub use definitions::{EXPECTED, LOG4J, SHIFTS, write_definitions};
pub use error::DemoError;
pub use generated::generate;
pub use sample::{REPOS, SampleRepo, write_fleet};
