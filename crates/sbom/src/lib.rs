//! Software bills of materials, written as CycloneDX 1.6 and SPDX 2.3 from a plain list of parts.
//!
//! Equal parts at an equal time give equal bytes: identifiers are derived from the content, and the time is a
//! parameter. What is not known is left out or said to be unknown, never guessed.

mod bom;
mod cyclonedx;
mod document;
mod serial;
mod spdx;

pub use bom::{Bom, Kind, Occurrence, Part, Usage};
pub use cyclonedx::cyclonedx;
pub use document::Sink;
pub use spdx::spdx;
