//! What an advisory says of one package, held against a version.

use std::cmp::Ordering;

use fleetwright_package::{Ecosystem, Event, Package, Range, compare};

/// What an advisory says of one package.
#[derive(Debug, Clone)]
pub struct Affected {
    /// The package.
    pub package: Package,
    /// Ranges of versions; `None` for one whose events cannot be put in order.
    ranges: Vec<Option<Range>>,
    /// Versions by name.
    versions: Vec<String>,
    /// The versions that are said to be fixed.
    fixes: Vec<String>,
}

/// Whether a version is affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Affected,
    /// It is not.
    Safe,
    /// It cannot be told: it is no version of the ecosystem, and no list names it.
    Untold,
}

impl Affected {
    /// Of ranges, each with its events, and of versions by name.
    pub(crate) fn new(package: Package, ranges: Vec<Vec<Event>>, versions: Vec<String>) -> Affected {
        let fixed = |event: &Event| match event {
            Event::Fixed(version) => Some(version.clone()),
            _ => None,
        };
        let fixes = ranges.iter().flatten().filter_map(fixed).collect();
        let ranges = ranges.iter().map(|events| Range::affected(package.ecosystem(), events).ok()).collect();
        Affected { package, ranges, versions, fixes }
    }

    /// Whether a version is affected: it is among those named, or in a range.
    pub fn holds(&self, version: &str) -> Verdict {
        let ecosystem = self.package.ecosystem();
        if self.versions.iter().any(|named| is_same(ecosystem, named, version)) {
            return Verdict::Affected;
        }
        let mut verdict = Verdict::Safe;
        for range in &self.ranges {
            match range.as_ref().and_then(|range| range.contains(version)) {
                Some(true) => return Verdict::Affected,
                Some(false) => {}
                None => verdict = Verdict::Untold,
            }
        }
        verdict
    }

    /// The versions that are said to be fixed.
    pub(crate) fn fixes(&self) -> impl Iterator<Item = &str> {
        self.fixes.iter().map(String::as_str)
    }
}

/// Whether two texts are one version: the same bytes, or equal in the ecosystem's order, as `1.0` and `1.0.0` of
/// Python are.
fn is_same(ecosystem: Ecosystem, left: &str, right: &str) -> bool {
    left == right || compare(ecosystem, left, right) == Some(Ordering::Equal)
}
