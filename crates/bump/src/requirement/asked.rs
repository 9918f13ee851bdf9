//! A requirement and the version that is wanted of it: what it allows, and from which version on.

use std::cmp::Ordering;

use fleetwright_package::{Ecosystem, Range, compare};

use super::bracket::{self, Bracket};
use super::clause::{Clause, Kind, alternatives, is_semver, is_wild, numbers};

/// How a requirement stands to the wanted version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stand {
    /// It means this version, or from this version on.
    At,
    /// It allows only newer ones.
    Above,
    /// It allows this version, and lower ones too.
    Allows,
    /// It does not allow this version, but lower ones.
    Below,
    /// It cannot be told.
    Unknown(String),
}

/// A requirement as it is written, and the version that is wanted of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// Whose rules hold.
    pub(crate) ecosystem: Ecosystem,
    /// The requirement.
    pub(crate) text: &'a str,
    /// The wanted version.
    pub(crate) to: &'a str,
}

impl Asked<'_> {
    /// Whether the requirement allows the version; `None` when that cannot be told.
    pub(crate) fn allows(&self) -> Option<bool> {
        if self.ecosystem == Ecosystem::Maven && !bracket::is_bracket(self.text) {
            // What is written is what is taken, whatever Maven calls soft.
            return self.compare(self.text.trim()).map(Ordering::is_eq);
        }
        Range::parse(self.ecosystem, &self.plain()).ok()?.contains(self.to)
    }

    /// The requirement as one text with commas: Ruby writes several, each in its quotes, and Poetry allows spaces.
    pub(crate) fn plain(&self) -> String {
        let text = |span: &std::ops::Range<usize>| self.text.get(span.clone()).unwrap_or_default();
        let one = |clause: &Clause| format!("{} {}", text(&clause.operator), text(&clause.version));
        match (self.ecosystem, alternatives(self.ecosystem, self.text).as_deref()) {
            (Ecosystem::RubyGems | Ecosystem::PyPi, Some([clauses])) => {
                clauses.iter().map(one).collect::<Vec<_>>().join(", ").trim().to_owned()
            }
            _ => self.text.to_owned(),
        }
    }

    /// The least version that is allowed, where it is one that is written.
    pub(crate) fn floor(&self) -> Option<String> {
        if bracket::is_bracket(self.text) && self.has_brackets() {
            let low = match bracket::read(self.text)? {
                Bracket::One(version) => version,
                Bracket::Between { low, .. } => low,
            };
            return self.text.get(low).filter(|low| !low.is_empty()).map(str::to_owned);
        }
        if self.ecosystem == Ecosystem::Maven {
            return Some(self.text.trim().to_owned());
        }
        let all = alternatives(self.ecosystem, self.text)?;
        let [clauses] = all.as_slice() else { return None };
        let floors = clauses.iter().filter(|clause| clause.kind != Kind::Bound && clause.kind != Kind::Above);
        let mut highest: Option<String> = None;
        for floor in floors {
            let floor = self.padded(floor)?;
            let higher = match &highest {
                Some(known) => compare(self.ecosystem, known, &floor)? == Ordering::Less,
                None => true,
            };
            if higher {
                highest = Some(floor);
            }
        }
        highest
    }

    pub(crate) fn has_brackets(&self) -> bool {
        matches!(self.ecosystem, Ecosystem::Maven | Ecosystem::NuGet)
    }

    /// The version of a comparison, with the numbers that are not written.
    fn padded(&self, clause: &Clause) -> Option<String> {
        let version = self.text.get(clause.version.clone())?;
        let (wild, semver) = (is_wild(version), is_semver(self.ecosystem));
        let count = numbers(version);
        if count == 0 {
            return None;
        }
        if !wild && (!semver || count >= 3) {
            return Some(version.to_owned());
        }
        let least = if semver { 3 } else { 1 };
        let version = version.strip_prefix('v').unwrap_or(version);
        let mut parts: Vec<&str> = version.split('.').take(count).collect();
        parts.resize(count.max(least), "0");
        Some(parts.join("."))
    }

    pub(crate) fn compare(&self, version: &str) -> Option<Ordering> {
        compare(self.ecosystem, version, self.to)
    }
}

/// Whether a text allows whatever is newest.
pub(crate) fn is_open(text: &str) -> bool {
    matches!(text, "" | "*" | "x" | "X" | "latest" | "LATEST" | "RELEASE" | "+")
        || text.starts_with("latest.")
}

/// `1.` of Gradle's `1.+`.
pub(crate) fn gradle_prefix(ecosystem: Ecosystem, text: &str) -> Option<&str> {
    let prefix = text.strip_suffix('+').filter(|_| ecosystem == Ecosystem::Maven)?;
    (prefix.ends_with('.') && !bracket::is_bracket(text)).then_some(prefix)
}
