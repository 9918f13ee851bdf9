//! Which lockfiles are behind.

use std::collections::BTreeSet;

use fleetwright_package::{Inventory, Lock, compare};

use crate::decide::Terms;
use crate::locks::{is_lockfile, keeps_no_copy, versions};
use crate::moved::moved;
use crate::spot::{Spot, moves};
use crate::told::{Moved, Stale, Verdict};
use crate::transitive::Below;

/// The format of what Go resolved, which stands in the manifest itself; `go.sum` follows it.
const GO: &str = "go.mod";

/// The lockfiles that are behind when the places are as told: those of manifests that were written, and those that
/// hold a lower version than the wanted one, be it that a manifest allows it or that it comes through others.
/// `new` is what was read of the manifests that were written, if any was.
pub(crate) fn stale(
    terms: &Terms<'_>,
    new: Option<&Inventory>,
    told: &[(Spot<'_>, Verdict)],
    transitive: &[Below],
) -> Vec<Stale> {
    let mut edited = BTreeSet::new();
    let mut awaited: BTreeSet<u32> = transitive.iter().map(|one| one.lock).collect();
    let overridden = transitive.iter().filter(|one| one.told.verdict == Verdict::Overridden);
    let overridden: BTreeSet<u32> = overridden.map(|one| one.lock).collect();
    edited.extend(overridden.iter().copied());
    for (spot, verdict) in told {
        if *verdict == Verdict::Raised {
            edited.extend(touched(terms, spot));
        }
        if matches!(verdict, Verdict::Raised | Verdict::Allowed | Verdict::Already) {
            let users = spot.declared.iter();
            awaited.extend(users.filter_map(|(manifest, one)| Some(terms.locks.of(manifest, one)?.0)));
        }
    }
    let mut all = Vec::new();
    for (at, lock) in (0..).zip(&terms.inventory.locks) {
        if !is_lockfile(lock) && lock.format != GO {
            continue;
        }
        let locked = versions(lock, terms.wish.package);
        let behind = awaited.contains(&at) && locked.iter().any(|version| is_lower(terms, version));
        let edited = edited.contains(&at);
        if behind || (edited && !keeps_no_copy(lock)) {
            let by_copies = new.filter(|_| edited && !behind && !overridden.contains(&at));
            let moved = by_copies.and_then(|new| moved(terms.inventory, new, at)).unwrap_or_default();
            all.push(behind_of(lock, locked, (!edited, moved)));
        }
    }
    all.sort();
    all
}

fn behind_of(lock: &Lock, locked: Vec<&str>, (alone, moved): (bool, Vec<Moved>)) -> Stale {
    Stale {
        path: lock.path.clone(),
        ecosystem: lock.ecosystem,
        format: lock.format.clone(),
        locked: locked.into_iter().map(str::to_owned).collect(),
        alone,
        moved,
    }
}

/// The lockfiles of everything that moves with a place: other packages may take their version from it too.
fn touched(terms: &Terms<'_>, spot: &Spot<'_>) -> Vec<u32> {
    let mut all = Vec::new();
    for manifest in &terms.inventory.manifests {
        for declared in manifest.declared.iter().filter(|declared| moves(declared, spot)) {
            all.extend(terms.locks.of(manifest, declared).map(|(at, _)| at));
            let own = (0..).zip(&terms.inventory.locks);
            all.extend(
                own.filter(|(_, lock)| lock.path == manifest.path && lock.format == GO).map(|(at, _)| at),
            );
        }
    }
    all
}

fn is_lower(terms: &Terms<'_>, version: &str) -> bool {
    terms.reached(version).is_none() && compare(terms.ecosystem(), version, terms.to).is_some()
}
