//! Advisories in OSV's form: read from a folder or a zip, held against versions, and the least change that
//! mends.
//!
//! Source: the OSV schema 1.7, <https://ossf.github.io/osv-schema>, its section "Evaluation" for what is
//! affected. Nothing here touches the network.

mod affected;
mod load;
mod mend;
mod record;
mod severity;
mod zipped;

pub use affected::{Affected, Verdict};
pub use load::{Library, LoadError, MAX_ADVISORY_BYTES, load};
pub use mend::mend;
pub use record::{Advisory, ReadError, read};
pub use severity::{Rating, Severity};
