//! A bill of materials: releases, the channels that point to them, and what may stay behind for a while.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use fleetwright_package::{Key, Package, Range};

use crate::place::Place;

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// A named set of versions, release after release.
#[derive(Debug, Clone)]
pub struct Bom {
    /// The file it was read from, as it was given.
    pub file: String,
    /// The digest of what the file says.
    pub digest: String,
    /// Its name: a DNS label of at most [`crate::MAX_NAME`] characters.
    pub name: String,
    /// One line for people; the name when none is given.
    pub title: String,
    /// What it is for, in Markdown.
    pub description: String,
    /// Who answers for it, as an entity reference; empty when nobody is named.
    pub owner: String,
    /// The position of the release that everybody is to be on.
    pub stable: usize,
    /// The position of the release that is being tried out.
    pub candidate: Option<usize>,
    /// How old a release must be before the stable channel moves to it, in milliseconds.
    pub minimum_age: i64,
    /// The releases, the oldest first; at least one.
    pub releases: Vec<Release>,
    /// What may stay behind for a while, in the order of the file.
    pub overrides: Vec<Override>,
}

/// Versions that were tried together.
#[derive(Debug, Clone)]
pub struct Release {
    /// Its own version, such as `2026.10`.
    pub version: String,
    /// When it was released, in milliseconds since 1970 UTC.
    pub released: i64,
    /// What it is made of, by package; at least one.
    pub packages: Vec<Pin>,
}

/// A package in a version.
#[derive(Debug, Clone)]
pub struct Pin {
    /// The package.
    pub package: Package,
    /// The version as it is written.
    pub version: String,
    /// The version, read.
    pub key: Key,
}

/// Somebody may be on another version of a package for a while.
#[derive(Debug, Clone)]
pub struct Override {
    /// The package.
    pub package: Package,
    /// Whose override it is.
    pub place: Place,
    /// The versions as they are written.
    pub version: String,
    /// The versions that are allowed meanwhile.
    pub allowed: Allowed,
    /// Why; never empty.
    pub reason: String,
    /// The last day or the instant as it is written.
    pub until: String,
    /// From when on it does not count any more, in milliseconds since 1970 UTC.
    pub ends: i64,
    /// The line in the file, from 1.
    pub line: usize,
}

/// The versions that an override allows.
#[derive(Debug, Clone)]
pub enum Allowed {
    /// This one and newer ones.
    From(Key),
    /// Those of a range.
    Within(Range),
}

/// Which release somebody follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// What everybody is to be on; it waits for the minimum age.
    Stable,
    /// What is being tried out.
    Candidate,
}

impl Channel {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Channel::Stable => "stable",
            Channel::Candidate => "candidate",
        }
    }
}

/// The release that users of a channel are moved to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Its position.
    pub release: usize,
    /// The release that the channel points to, where that one is too young yet, and from when on it is not.
    pub waits: Option<(usize, i64)>,
}

/// A version that a newer release takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Downgrade {
    /// The package.
    pub package: Package,
    /// The position of the release with the higher version.
    pub before: usize,
    /// The position of the release with the lower version.
    pub after: usize,
}

impl Bom {
    /// Every package that any release names, in order.
    pub fn packages(&self) -> Vec<Package> {
        let named = self.releases.iter().flat_map(|release| &release.packages);
        named.map(|pin| pin.package.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The release of this version.
    pub fn release(&self, version: &str) -> Option<usize> {
        self.releases.iter().position(|release| release.version == version)
    }

    /// Since when, in milliseconds since 1970 UTC, the stable channel may move to a release.
    pub fn ripe_at(&self, release: &Release) -> i64 {
        release.released.saturating_add(self.minimum_age)
    }

    /// What users of a channel are moved to at a time in milliseconds since 1970 UTC: what it points to, or the
    /// newest release before that which is old enough. The candidate does not wait for an age, only for its day.
    ///
    /// # Errors
    /// From when on there is one, where none is old enough yet; `None` where the channel points to nothing.
    pub fn target(&self, channel: Channel, now: i64) -> Result<Target, Option<i64>> {
        let (pointed, ripe_at): (usize, &dyn Fn(&Release) -> i64) = match channel {
            Channel::Stable => (self.stable, &|release| self.ripe_at(release)),
            Channel::Candidate => (self.candidate.ok_or(None)?, &|release| release.released),
        };
        let upto = self.releases.iter().enumerate().take(pointed.saturating_add(1));
        let ripe = upto.clone().rev().find(|(_, release)| ripe_at(release) <= now);
        let pointed_ripe = self.releases.get(pointed).map_or(0, ripe_at);
        match ripe {
            Some((release, _)) if release == pointed => Ok(Target { release, waits: None }),
            Some((release, _)) => Ok(Target { release, waits: Some((pointed, pointed_ripe)) }),
            None => Err(upto.map(|(_, release)| ripe_at(release)).min()),
        }
    }

    /// Where a release has a lower version of a package than the one before it that names it.
    pub fn downgrades(&self) -> Vec<Downgrade> {
        let mut found = Vec::new();
        for (after, release) in self.releases.iter().enumerate() {
            for pin in &release.packages {
                let before = self.releases.iter().enumerate().take(after).rev();
                let mut named = before.filter_map(|(at, release)| Some((at, release.pin(&pin.package)?)));
                if let Some((before, other)) = named.next()
                    && pin.key.partial_cmp(&other.key) == Some(Ordering::Less)
                {
                    found.push(Downgrade { package: pin.package.clone(), before, after });
                }
            }
        }
        found
    }
}

impl Release {
    /// The version of a package in it.
    pub fn pin(&self, package: &Package) -> Option<&Pin> {
        self.packages.iter().find(|pin| pin.package == *package)
    }
}

impl Override {
    /// Whether it counts at a time in milliseconds since 1970 UTC.
    pub fn counts(&self, now: i64) -> bool {
        now < self.ends
    }

    /// How many days it is until its last day: 0 on that day, less after it.
    pub fn days_left(&self, now: i64) -> i64 {
        (self.ends - 1).div_euclid(DAY) - now.div_euclid(DAY)
    }
}

impl Allowed {
    /// Whether a version is allowed; `None` when that cannot be told.
    pub fn holds(&self, package: &Package, version: &str) -> Option<bool> {
        match self {
            Allowed::From(least) => {
                let order = Key::read(package.ecosystem(), version)?.partial_cmp(least)?;
                Some(order != Ordering::Less)
            }
            Allowed::Within(range) => range.contains(version),
        }
    }
}
