//! Bills of materials, from their text to who is where.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod adopting;
mod reading;
mod standing;
mod writing;

use fleetwright_bom::{Bom, read};
use fleetwright_core::source::{Source, SourceError};

/// Milliseconds of a day.
pub(crate) const DAY: i64 = 24 * 60 * 60 * 1000;

/// 2026-10-01 at midnight, UTC.
pub(crate) const OCTOBER: i64 = 1_790_812_800_000;

pub(crate) fn try_bom(text: &str) -> Result<Bom, SourceError> {
    read(&Source::parse("b.yaml", text)?)
}

/// The bill of materials with this `spec`, whose first line is line 5.
pub(crate) fn bom(spec: &str) -> Bom {
    try_bom(&with(spec)).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn with(spec: &str) -> String {
    format!("apiVersion: fleetwright/v1\nkind: Bom\nmetadata: {{ name: jvm }}\nspec:\n{spec}")
}

/// Three releases: `b` came with 2, `c` only with 3.
pub(crate) const SPEC: &str = r#"  channels: { stable: "2", candidate: "3" }
  minimumAge: 7d
  releases:
    - { version: "2", released: 2026-10-11, packages: { "maven:g:a": "2.0", "npm:b": "1.2.0" } }
    - { version: "1", released: 2026-10-01, packages: { "maven:g:a": "1.0" } }
    - { version: "3", released: 2026-10-21T12:00:00Z, packages: { "maven:g:a": "2.5", "npm:b": "1.3.0", "image:c": "3.1-alpine" } }
"#;
