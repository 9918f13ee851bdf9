//! Requirements that moved while what is locked for them still fits.

use fleetwright_package::{Declared, Inventory, Lock, LockedAt, Manifest, Scope};

use crate::requirement::Asked;
use crate::told::Moved;

/// The requirements that moved of which a lockfile keeps copies; `None` where a version that it holds for one of them
/// does not fit any more, or is not known.
pub(crate) fn moved(old: &Inventory, new: &Inventory, lock: u32) -> Option<Vec<Moved>> {
    let file = old.locks.get(lock as usize)?;
    let mut all = Vec::new();
    for (before, after) in old.manifests.iter().zip(&new.manifests) {
        for (one, other) in before.declared.iter().zip(&after.declared) {
            let of_lock = one.locked.is_some_and(|at| at.lock == lock)
                || other.locked.is_some_and(|at| at.lock == lock);
            if one.requirement == other.requirement {
                continue;
            }
            // What sets a version for others, or belongs to no lockfile that is known, may move anything.
            if one.scope == Scope::Managed || (!of_lock && before.ecosystem == file.ecosystem) {
                return None;
            }
            if of_lock {
                all.push(fitting((before, one, other), new, file)?);
            }
        }
    }
    all.sort();
    all.dedup();
    Some(all)
}

/// One of them, if the version that is locked is the same before and after, and fits.
fn fitting(
    (manifest, old, new): (&Manifest, &Declared, &Declared),
    inventory: &Inventory,
    lock: &Lock,
) -> Option<Moved> {
    let version = |at: Option<LockedAt>| Some(lock.packages.get(at?.package as usize)?.version.as_str());
    let locked = version(new.locked)?;
    let fits = Asked { ecosystem: lock.ecosystem, text: &new.requirement, to: locked }.allows() == Some(true);
    if !fits || old.locked.is_some_and(|at| Some(at) != new.locked) {
        return None;
    }
    let mut others = inventory.manifests.iter().flat_map(|manifest| &manifest.declared);
    let kept = others.any(|other| other.package == old.package && other.requirement == old.requirement);
    Some(Moved {
        manifest: manifest.path.clone(),
        project: manifest.package.as_ref().map(|package| package.name().to_owned()),
        package: old.package.clone(),
        old: old.requirement.clone(),
        new: new.requirement.clone(),
        kept,
    })
}
