//! A bill of materials as it stands: its releases with their users, its channels, its overrides.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_bom::{Bom, Channel, Ruler, Standing, Verdict};
use serde::Serialize;

use super::time;
use super::users::{Member, users};
use crate::error::EngineError;
use crate::fleet::Fleet;

/// A bill of materials as it stands.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// Who answers for it.
    pub owner: String,
    /// The file.
    pub file: String,
    /// How old a release must be for the stable channel, in milliseconds.
    pub minimum_age: i64,
    /// The release that users of the stable channel are moved to now; `None` while none is old enough.
    pub target: Option<String>,
    /// From when on there is another target, RFC 3339; `None` where time alone changes nothing.
    pub target_changes: Option<String>,
    /// The releases, the newest first.
    pub releases: Vec<ShownRelease>,
    /// How many users there are: components, and repositories without one.
    pub users: usize,
    /// In how many repositories they are.
    pub repositories: usize,
    /// How many users are below the oldest release.
    pub behind: usize,
    /// Of how many it cannot be told.
    pub untold: usize,
    /// The overrides, in the order of the file.
    pub overrides: Vec<ShownOverride>,
    /// Overrides that say different things of the same package at the same place.
    pub conflicts: Vec<Clash>,
    /// Versions that a newer release takes back.
    pub lowered: Vec<Lowered>,
}

/// A release with its users.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShownRelease {
    /// Its version.
    pub version: String,
    /// When it was released, RFC 3339.
    pub released: String,
    /// Whether the stable channel may move to it by now.
    pub old_enough: bool,
    /// From when on it may, RFC 3339.
    pub old_enough_at: String,
    /// The channels that point to it.
    pub channels: Vec<&'static str>,
    /// How many packages it names.
    pub packages: usize,
    /// How many users are on it: it is the newest release that they keep to.
    pub users: usize,
    /// In how many repositories those are.
    pub repositories: usize,
    /// How many users are on it or on a newer one.
    pub at_or_beyond: usize,
}

/// An override and whom it is about.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShownOverride {
    /// The package.
    pub package: String,
    /// Whose it is.
    #[serde(rename = "in")]
    pub place: String,
    /// The versions that are allowed meanwhile.
    pub version: String,
    /// Why.
    pub reason: String,
    /// The last day or the instant as it is written.
    pub until: String,
    /// Days until its last day: 0 on that day, less after it.
    pub days_left: i64,
    /// Whether it does not count any more.
    pub expired: bool,
    /// How many users of the package it is about.
    pub users: usize,
    /// How many of them are below the stable release in that package.
    pub needed_by: usize,
    /// The line in the file.
    pub line: usize,
}

/// Two overrides that say different things.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Clash {
    /// The lines in the file.
    pub lines: [usize; 2],
    /// The package.
    pub package: String,
    /// What each allows.
    pub versions: [String; 2],
    /// Somebody whom both are about: a repository, or a component.
    pub such_as: String,
    /// How many users both are about.
    pub users: usize,
}

/// A version that a newer release takes back.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Lowered {
    /// The package.
    pub package: String,
    /// The release with the higher version, and the version.
    pub before: [String; 2],
    /// The release with the lower version, and the version.
    pub after: [String; 2],
}

/// A bill of materials as it stands now.
///
/// # Errors
/// When the database fails.
pub async fn show(fleet: &Fleet, bom: &Bom) -> Result<Shown, EngineError> {
    let now = fleet.now();
    let mut ruler = Ruler::new(bom, now);
    let members = users(fleet, &mut ruler, None).await?;
    let count = |standing: Standing| members.iter().filter(|member| member.standing == standing).count();
    let target = bom.target(Channel::Stable, now);
    let name = |at: usize| bom.releases.get(at).map(|release| release.version.clone());
    Ok(Shown {
        name: bom.name.clone(),
        title: bom.title.clone(),
        description: bom.description.clone(),
        owner: bom.owner.clone(),
        file: bom.file.clone(),
        minimum_age: bom.minimum_age,
        target: target.ok().and_then(|target| name(target.release)),
        target_changes: match target {
            Ok(target) => next_ripe(bom, target.release, now).map(time),
            Err(first) => first.map(time),
        },
        releases: releases(bom, now, &members),
        users: members.len(),
        repositories: repositories(&members),
        behind: count(Standing::Behind),
        untold: count(Standing::Untold),
        overrides: overrides(bom, now, (&mut ruler, &members)),
        conflicts: conflicts(bom, &ruler, &members),
        lowered: lowered(bom),
    })
}

fn repositories<'a>(members: impl IntoIterator<Item = &'a Member>) -> usize {
    members.into_iter().map(|member| member.repo).collect::<BTreeSet<_>>().len()
}

/// When the next release up to the channel's becomes old enough.
fn next_ripe(bom: &Bom, from: usize, now: i64) -> Option<i64> {
    let later = bom.releases.iter().take(bom.stable + 1).skip(from + 1);
    later.map(|release| bom.ripe_at(release)).filter(|at| *at > now).min()
}

fn releases(bom: &Bom, now: i64, members: &[Member]) -> Vec<ShownRelease> {
    let shown = bom.releases.iter().enumerate().rev().map(|(at, release)| {
        let own = members.iter().filter(|member| member.standing == Standing::On(at));
        let channels = [(Channel::Stable, Some(bom.stable)), (Channel::Candidate, bom.candidate)];
        ShownRelease {
            version: release.version.clone(),
            released: time(release.released),
            old_enough: bom.ripe_at(release) <= now,
            old_enough_at: time(bom.ripe_at(release)),
            channels: channels
                .into_iter()
                .filter(|(_, pointed)| *pointed == Some(at))
                .map(|(channel, _)| channel.word())
                .collect(),
            packages: release.packages.len(),
            users: own.clone().count(),
            repositories: repositories(own),
            at_or_beyond: members.iter().filter(|member| member.standing.is_at(at)).count(),
        }
    });
    shown.collect()
}

fn overrides(bom: &Bom, now: i64, (ruler, members): (&mut Ruler<'_>, &[Member])) -> Vec<ShownOverride> {
    let aim = bom.aim(now);
    let mut about: Vec<(BTreeSet<usize>, BTreeSet<usize>)> = vec![Default::default(); bom.overrides.len()];
    for (at, member) in members.iter().enumerate() {
        for used in member.used() {
            for over in ruler.overrides_of(member.user(), used.package) {
                let below = ruler.bare(used, aim) == Verdict::Below;
                let Some((users, needed)) = about.get_mut(over) else { continue };
                users.insert(at);
                needed.extend(below.then_some(at));
            }
        }
    }
    let shown = bom.overrides.iter().zip(about).map(|(over, (users, needed))| ShownOverride {
        package: over.package.to_string(),
        place: over.place.text().to_owned(),
        version: over.version.clone(),
        reason: over.reason.clone(),
        until: over.until.clone(),
        days_left: over.days_left(now),
        expired: !over.counts(now),
        users: users.len(),
        needed_by: needed.len(),
        line: over.line,
    });
    shown.collect()
}

fn conflicts(bom: &Bom, ruler: &Ruler<'_>, members: &[Member]) -> Vec<Clash> {
    let mut pairs: BTreeMap<(usize, usize), BTreeSet<usize>> = BTreeMap::new();
    for (at, member) in members.iter().enumerate() {
        let packages: BTreeSet<usize> = member.uses.iter().map(|(package, _)| *package).collect();
        for package in packages {
            for pair in ruler.conflicts(member.user(), package) {
                pairs.entry(pair).or_default().insert(at);
            }
        }
    }
    let clash = |((left, right), users): ((usize, usize), BTreeSet<usize>)| {
        let (left, right) = (bom.overrides.get(left)?, bom.overrides.get(right)?);
        let member = users.first().and_then(|at| members.get(*at))?;
        let such_as = if member.component.is_empty() { &member.name } else { &member.component };
        Some(Clash {
            lines: [left.line, right.line],
            package: left.package.to_string(),
            versions: [left.version.clone(), right.version.clone()],
            such_as: such_as.clone(),
            users: users.len(),
        })
    };
    pairs.into_iter().filter_map(clash).collect()
}

fn lowered(bom: &Bom) -> Vec<Lowered> {
    let said = |at: usize, package: &fleetwright_package::Package| {
        let release = bom.releases.get(at)?;
        Some([release.version.clone(), release.pin(package)?.version.clone()])
    };
    let rows = bom.downgrades().into_iter().filter_map(|found| {
        let (before, after) = (said(found.before, &found.package)?, said(found.after, &found.package)?);
        Some(Lowered { package: found.package.to_string(), before, after })
    });
    rows.collect()
}
