//! How a requirement stands to a version, and how it is rewritten so as to mean at least that version.
//!
//! The heart: the operator and the number of digits are kept where the result still means at least the wanted
//! version; an upper end that is written out is never dropped.

mod bracket;
mod clause;
mod raise;
mod reference;

use std::cmp::Ordering;

use fleetwright_package::{Ecosystem, Range, compare};

use bracket::Bracket;
pub(crate) use reference::is_commit;

use clause::{Clause, Kind, alternatives, is_semver, is_wild, numbers};

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
    /// How the requirement stands to the version.
    pub(crate) fn stand(&self) -> Stand {
        if self.is_reference() {
            return reference::stand(self);
        }
        let text = self.text.trim();
        if is_open(text) {
            return Stand::Allows;
        }
        if let Some(prefix) = gradle_prefix(self.ecosystem, text) {
            return self.prefixed(prefix);
        }
        let Some(floor) = self.floor() else { return self.without_floor() };
        match self.compare(&floor) {
            Some(Ordering::Equal) if self.allows() != Some(false) => Stand::At,
            Some(Ordering::Greater) => Stand::Above,
            Some(_) => self.by_range(),
            None => Stand::Unknown(format!("`{floor}` and `{}` have no order", self.to)),
        }
    }

    /// The requirement rewritten so that it means at least the version.
    ///
    /// # Errors
    /// Why that cannot be done.
    pub(crate) fn raised(&self) -> Result<String, String> {
        match self.is_reference() {
            true => reference::raised(self),
            false => raise::raised(self),
        }
    }

    /// Whether it is a tag, a digest or a ref of git instead of a requirement.
    fn is_reference(&self) -> bool {
        let tags = matches!(self.ecosystem, Ecosystem::Image | Ecosystem::Actions | Ecosystem::GitLab);
        tags || (self.ecosystem == Ecosystem::Terraform && reference::is_commit(self.text))
    }

    fn by_range(&self) -> Stand {
        match self.allows() {
            Some(true) => Stand::Allows,
            Some(false) => Stand::Below,
            None => Stand::Unknown(format!("`{}` cannot be held against {}", self.text, self.to)),
        }
    }

    /// Where no lower end is written, or several alternatives are.
    fn without_floor(&self) -> Stand {
        match Range::parse(self.ecosystem, &self.plain()) {
            Ok(_) => self.by_range(),
            Err(_) => Stand::Unknown(format!("`{}` is no requirement of versions that is known", self.text)),
        }
    }

    /// Gradle's `1.+`: whatever begins with `1.`.
    fn prefixed(&self, prefix: &str) -> Stand {
        let bare = prefix.trim_end_matches('.');
        match self.compare(bare) {
            Some(Ordering::Equal) => Stand::At,
            _ if self.to.starts_with(prefix) => Stand::Allows,
            Some(Ordering::Less) => Stand::Below,
            Some(Ordering::Greater) => Stand::Above,
            None => Stand::Unknown(format!("`{bare}` and `{}` have no order", self.to)),
        }
    }

    /// Whether the requirement allows the version; `None` when that cannot be told.
    fn allows(&self) -> Option<bool> {
        if self.ecosystem == Ecosystem::Maven && !bracket::is_bracket(self.text) {
            // What is written is what is taken, whatever Maven calls soft.
            return self.compare(self.text.trim()).map(Ordering::is_eq);
        }
        Range::parse(self.ecosystem, &self.plain()).ok()?.contains(self.to)
    }

    /// The requirement as one text with commas: Ruby writes several, each in its quotes, and Poetry allows spaces.
    fn plain(&self) -> String {
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
    fn floor(&self) -> Option<String> {
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

    fn has_brackets(&self) -> bool {
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

    fn compare(&self, version: &str) -> Option<Ordering> {
        compare(self.ecosystem, version, self.to)
    }
}

/// Whether a text allows whatever is newest.
fn is_open(text: &str) -> bool {
    matches!(text, "" | "*" | "x" | "X" | "latest" | "LATEST" | "RELEASE" | "+")
        || text.starts_with("latest.")
}

/// `1.` of Gradle's `1.+`.
fn gradle_prefix(ecosystem: Ecosystem, text: &str) -> Option<&str> {
    let prefix = text.strip_suffix('+').filter(|_| ecosystem == Ecosystem::Maven)?;
    (prefix.ends_with('.') && !bracket::is_bracket(text)).then_some(prefix)
}
