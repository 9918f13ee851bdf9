//! What comes through others only.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use fleetwright_deps::{Reach, reach};
use fleetwright_package::{Inventory, Lock, LockedAt, Manifest, Place, Scope};

use crate::decide::Terms;
use crate::locks::moves_alone;
use crate::spot::{Spot, within};
use crate::told::{Told, Verdict};

/// The most steps of a way that are told.
const MAX_STEPS: usize = 100;

/// A lock that has the package through others only, in a lower version than the wanted one.
pub(crate) struct Below {
    /// Its position in the inventory.
    pub(crate) lock: u32,
    /// Whether its tool moves it in the lockfile without an entry in a manifest.
    pub(crate) by_lock_alone: bool,
    /// What is told of it.
    pub(crate) told: Told,
}

/// The locks of the folder that have the package through others; those that have it in the wanted version or a newer
/// one are told only.
pub(crate) fn transitive(terms: &Terms<'_>, spots: &[&Spot<'_>]) -> (Vec<Below>, Vec<Told>) {
    let direct: HashSet<LockedAt> =
        spots.iter().flat_map(|spot| &spot.declared).filter_map(|(_, declared)| declared.locked).collect();
    let (mut below, mut told) = (Vec::new(), Vec::new());
    let mut reached: Option<Vec<Reach>> = None;
    for (at, lock) in (0..).zip(&terms.inventory.locks) {
        if lock.ecosystem != terms.ecosystem() {
            continue;
        }
        let mut versions: BTreeMap<&str, (Vec<String>, u32)> = BTreeMap::new();
        for (place, locked) in (0..).zip(&lock.packages) {
            if &locked.package != terms.wish.package
                || locked.own
                || direct.contains(&LockedAt { lock: at, package: place })
            {
                continue;
            }
            let reached = reached.get_or_insert_with(|| reach(&as_asked(terms)));
            let Some(reach) = reached.get(at as usize).filter(|reach| concerns(terms, lock, reach, place))
            else {
                continue;
            };
            let way = way(lock, reach, place);
            let shortest =
                versions.get(locked.version.as_str()).is_none_or(|(known, _)| way.len() < known.len());
            if shortest {
                versions.insert(&locked.version, (way, locked.line));
            }
        }
        for (version, (way, line)) in versions {
            let place = Place { path: lock.path.clone(), line, span: 0..0 };
            let of = |verdict| Told { place, was: version.to_owned(), verdict, along: Vec::new() };
            match terms.reached(version) {
                Some(verdict) => told.push(of(verdict)),
                None => below.push(Below {
                    lock: at,
                    told: of(Verdict::Transitive(way)),
                    by_lock_alone: moves_alone(lock),
                }),
            }
        }
    }
    (below, told)
}

/// The inventory with what files that a tool wrote ask for themselves, and without what they list beside it.
fn as_asked<'t>(terms: &'t Terms<'_>) -> Cow<'t, Inventory> {
    let written = |manifest: &Manifest| terms.locks.is_written_by_tool(&manifest.path);
    if !terms.inventory.manifests.iter().any(written) {
        return Cow::Borrowed(terms.inventory);
    }
    let mut asked = terms.inventory.clone();
    for manifest in asked.manifests.iter_mut().filter(|manifest| written(manifest)) {
        manifest.declared.retain(|declared| declared.scope != Scope::Managed);
    }
    Cow::Owned(asked)
}

/// Whether a package of a lock has to do with the folder: a lockfile above it holds what others need too.
fn concerns(terms: &Terms<'_>, lock: &Lock, reach: &Reach, place: u32) -> bool {
    let here = |at: &u32| {
        let manifest = terms.inventory.manifests.get(*at as usize);
        manifest.is_some_and(|manifest| within(terms.wish.dir, &manifest.path))
    };
    within(terms.wish.dir, &lock.path)
        || reach.manifests.get(place as usize).is_some_and(|manifests| manifests.iter().any(here))
}

/// The shortest way from what is declared to a package, both included, each with its version.
fn way(lock: &Lock, reach: &Reach, to: u32) -> Vec<String> {
    let back = std::iter::successors(Some(to), |at| reach.via.get(*at as usize).copied().flatten());
    let named = back.take(MAX_STEPS).filter_map(|at| {
        let locked = lock.packages.get(at as usize).filter(|locked| !locked.own)?;
        Some(format!("{} {}", locked.package.name(), locked.version))
    });
    let mut way: Vec<String> = named.collect();
    way.reverse();
    way
}
