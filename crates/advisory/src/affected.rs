//! What an advisory says of one package, held against a version.

use std::cmp::Ordering;

use fleetwright_package::{Ecosystem, Key, Package};

/// What an advisory says of one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// The package.
    pub package: Package,
    /// Ranges of versions.
    pub(crate) ranges: Vec<Range>,
    /// Versions by name.
    pub(crate) versions: Vec<String>,
}

/// A range: what comes in and what goes out, in the order of versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Range {
    /// Whether versions are semantic, whatever the ecosystem's own order is.
    pub(crate) semver: bool,
    pub(crate) events: Vec<Event>,
}

/// What happens at a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// From here on it is affected; `0` is before every version.
    Introduced(String),
    /// From here on it is not.
    Fixed(String),
    /// After this one it is not.
    LastAffected(String),
    /// What is not below it is not spoken of.
    Limit(String),
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
    /// Whether a version is affected: it is among those named, or in a range.
    pub fn holds(&self, version: &str) -> Verdict {
        let ecosystem = self.package.ecosystem();
        if self.versions.iter().any(|named| is_same(ecosystem, named, version)) {
            return Verdict::Affected;
        }
        let mut verdict = Verdict::Safe;
        for range in &self.ranges {
            match range.holds(ecosystem, version) {
                Some(true) => return Verdict::Affected,
                Some(false) => {}
                None => verdict = Verdict::Untold,
            }
        }
        verdict
    }

    /// The versions that are said to be fixed.
    pub(crate) fn fixes(&self) -> impl Iterator<Item = &str> {
        self.ranges.iter().flat_map(|range| &range.events).filter_map(|event| match event {
            Event::Fixed(version) => Some(version.as_str()),
            _ => None,
        })
    }
}

/// Whether two texts are one version: the same bytes, or equal in the ecosystem's order, as `1.0` and `1.0.0` of
/// Python are.
fn is_same(ecosystem: Ecosystem, left: &str, right: &str) -> bool {
    left == right || fleetwright_package::compare(ecosystem, left, right) == Some(Ordering::Equal)
}

impl Event {
    fn version(&self) -> &str {
        match self {
            Event::Introduced(version)
            | Event::Fixed(version)
            | Event::LastAffected(version)
            | Event::Limit(version) => version,
        }
    }
}

impl Range {
    /// The algorithm of the schema's section "Evaluation"; `None` where the version, or one of the range, has no
    /// place in the order.
    fn holds(&self, ecosystem: Ecosystem, version: &str) -> Option<bool> {
        let read = |text: &str| if self.semver { Key::semver(text) } else { Key::read(ecosystem, text) };
        let version = read(version)?;
        let mut sorted: Vec<(Option<Ordering>, &Event)> = Vec::new();
        for event in &self.events {
            let begins = matches!(event, Event::Introduced(text) if text == "0");
            // Where the version stands to the event; what is before everything has no place itself.
            let stands = if begins { None } else { Some(version.partial_cmp(&read(event.version())?)?) };
            sorted.push((stands, event));
        }
        let limits: Vec<Ordering> = sorted
            .iter()
            .filter(|(_, event)| matches!(event, Event::Limit(_)))
            .filter_map(|row| row.0)
            .collect();
        if !limits.is_empty() && limits.iter().all(|stands| *stands != Ordering::Less) {
            return Some(false);
        }
        // The last event at or before the version decides.
        let passed = sorted.into_iter().filter(|(stands, event)| match event {
            Event::Introduced(_) | Event::Fixed(_) => *stands != Some(Ordering::Less),
            Event::LastAffected(_) => *stands == Some(Ordering::Greater),
            Event::Limit(_) => false,
        });
        let mut last: Option<&Event> = None;
        for (_, event) in passed {
            let later = match last {
                None => true,
                Some(before) => self.is_later(ecosystem, event, before)?,
            };
            if later {
                last = Some(event);
            }
        }
        Some(matches!(last, Some(Event::Introduced(_))))
    }

    /// Whether one event comes after another; of two at one version what fixes comes before what introduces; what
    /// was the last to be affected ends after it, so that it comes after both.
    fn is_later(&self, ecosystem: Ecosystem, event: &Event, before: &Event) -> Option<bool> {
        let read = |event: &Event| match event.version() {
            "0" if matches!(event, Event::Introduced(_)) => Some(None),
            text if self.semver => Key::semver(text).map(Some),
            text => Key::read(ecosystem, text).map(Some),
        };
        let order = match (read(event)?, read(before)?) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(event), Some(before)) => event.partial_cmp(&before)?,
        };
        let rank = |event: &Event| match event {
            Event::Fixed(_) => 0,
            Event::Introduced(_) | Event::Limit(_) => 1,
            Event::LastAffected(_) => 2,
        };
        Some(order.then(rank(event).cmp(&rank(before))).is_gt())
    }
}
