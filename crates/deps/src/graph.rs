//! The way from what is declared to what came of it.

use std::collections::{BTreeSet, VecDeque};

use fleetwright_package::{Inventory, Lock, Scope};

/// How the packages of a lockfile are reached from the manifests that lock into it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// For each package whether a manifest declares it.
    pub direct: Vec<bool>,
    /// For each package the one before it on a shortest way from a declared one; `None` for those, and for
    /// what nothing leads to.
    pub via: Vec<Option<u32>>,
    /// For each package what it is used for: the strongest of what it is declared for where it is reached from,
    /// in the order runtime, optional, provided, build, development; `None` for what nothing leads to.
    pub scope: Vec<Option<Scope>>,
    /// For each package the positions in [`Inventory::manifests`] of those it is reached from.
    pub manifests: Vec<BTreeSet<u32>>,
}

/// The most manifests of one lockfile whose reach is told apart; beyond, all are said to reach all.
const MAX_APART: usize = 1_000;

/// The reach of each lockfile, in their order.
pub fn reach(inventory: &Inventory) -> Vec<Reach> {
    let mut all = Vec::new();
    for (at, lock) in (0..).zip(&inventory.locks) {
        let roots = roots(inventory, at);
        let declared: Vec<u32> = roots.iter().flat_map(|(_, packages)| packages.iter().copied()).collect();
        let mut reach = Reach { manifests: vec![BTreeSet::new(); lock.packages.len()], ..Reach::default() };
        (reach.direct, reach.via) = shortest(lock, &declared);
        reach.scope = scopes(inventory, lock, at);
        if let [(manifest, _)] = roots[..] {
            let led = |place: usize| reach.direct[place] || reach.via[place].is_some();
            for place in (0..lock.packages.len()).filter(|place| led(*place)) {
                reach.manifests[place].insert(manifest);
            }
        } else {
            for (manifest, packages) in roots.iter().take(MAX_APART) {
                for place in reached(lock, packages) {
                    reach.manifests[place as usize].insert(*manifest);
                }
            }
        }
        all.push(reach);
    }
    all
}

/// What each package of a lockfile is used for.
fn scopes(inventory: &Inventory, lock: &Lock, at: u32) -> Vec<Option<Scope>> {
    let mut scopes = vec![None; lock.packages.len()];
    let declared = || inventory.manifests.iter().flat_map(|manifest| &manifest.declared);
    for scope in [Scope::Runtime, Scope::Optional, Scope::Provided, Scope::Build, Scope::Development] {
        let of_scope = declared().filter(|each| each.scope == scope).filter_map(|each| each.locked);
        let from: Vec<u32> = of_scope.filter(|place| place.lock == at).map(|place| place.package).collect();
        for place in reached(lock, &from) {
            scopes[place as usize].get_or_insert(scope);
        }
    }
    scopes
}

/// The manifests that lock into a lockfile, each with the packages it declares.
fn roots(inventory: &Inventory, lock: u32) -> Vec<(u32, Vec<u32>)> {
    let packages = |declared: &[fleetwright_package::Declared]| {
        let locked = declared.iter().filter_map(|each| each.locked).filter(|at| at.lock == lock);
        locked.map(|at| at.package).collect::<Vec<u32>>()
    };
    let manifests = (0..).zip(&inventory.manifests).map(|(at, manifest)| (at, packages(&manifest.declared)));
    manifests.filter(|(_, packages)| !packages.is_empty()).collect()
}

/// Breadth first from what is declared: what is declared, and what each other is reached through.
fn shortest(lock: &Lock, declared: &[u32]) -> (Vec<bool>, Vec<Option<u32>>) {
    let count = lock.packages.len();
    let (mut direct, mut via, mut seen) = (vec![false; count], vec![None; count], vec![false; count]);
    let mut queue = VecDeque::new();
    for place in declared {
        if let Some(first) = seen.get_mut(*place as usize).filter(|seen| !**seen) {
            *first = true;
            direct[*place as usize] = true;
            queue.push_back(*place);
        }
    }
    while let Some(place) = queue.pop_front() {
        for next in lock.packages.get(place as usize).map_or(&[][..], |package| &package.needs) {
            if let Some(first) = seen.get_mut(*next as usize).filter(|seen| !**seen) {
                *first = true;
                via[*next as usize] = Some(place);
                queue.push_back(*next);
            }
        }
    }
    (direct, via)
}

/// Everything that is reached from these.
fn reached(lock: &Lock, from: &[u32]) -> Vec<u32> {
    let (direct, via) = shortest(lock, from);
    let places = (0..).zip(direct.iter().zip(&via));
    places.filter(|(_, (direct, via))| **direct || via.is_some()).map(|(place, _)| place).collect()
}

#[cfg(test)]
mod tests {
    use fleetwright_package::{
        Declared, Ecosystem, Locked, LockedAt, Manifest, Package, Place, Through, Version,
    };

    use super::*;

    fn package(name: &str) -> Package {
        Package::new(Ecosystem::Npm, name).unwrap()
    }

    fn locked(name: &str, needs: &[u32]) -> Locked {
        Locked { package: package(name), version: "1.0.0".into(), line: 0, own: false, needs: needs.to_vec() }
    }

    fn manifest(path: &str, places: &[u32]) -> Manifest {
        let declared = |at: &u32| Declared {
            package: package("x"),
            requirement: String::new(),
            version: Version::Known("1.0.0".into()),
            scope: Scope::Runtime,
            place: Place { path: path.into(), line: 1, span: 0..0 },
            set: None,
            through: Through::Inline,
            locked: Some(LockedAt { lock: 0, package: *at }),
            comment: None,
        };
        Manifest {
            path: path.into(),
            ecosystem: Ecosystem::Npm,
            package: None,
            version: None,
            declared: places.iter().map(declared).collect(),
        }
    }

    fn lock(packages: Vec<Locked>) -> Lock {
        Lock { path: "package-lock.json".into(), ecosystem: Ecosystem::Npm, format: String::new(), packages }
    }

    #[test]
    fn the_shortest_way_and_who_goes_it() {
        // a -> b -> c -> a (a circle), d -> c, e alone.
        let packages = vec![
            locked("a", &[1]),
            locked("b", &[2]),
            locked("c", &[0]),
            locked("d", &[2]),
            locked("e", &[]),
        ];
        let inventory = Inventory {
            manifests: vec![manifest("one/package.json", &[0]), manifest("two/package.json", &[3])],
            locks: vec![lock(packages)],
            ..Inventory::default()
        };
        let reach = &reach(&inventory)[0];
        assert_eq!(reach.direct, [true, false, false, true, false]);
        assert_eq!(reach.via, [None, Some(0), Some(3), None, None]);
        let both = BTreeSet::from([0, 1]);
        let expected = [both.clone(), both.clone(), both, BTreeSet::from([1]), BTreeSet::new()];
        assert_eq!(reach.manifests, expected);
    }

    #[test]
    fn what_runs_and_is_tested_runs() {
        let mut inventory = Inventory {
            manifests: vec![manifest("package.json", &[0, 2])],
            locks: vec![lock(vec![locked("test", &[1]), locked("both", &[]), locked("run", &[1])])],
            ..Inventory::default()
        };
        inventory.manifests[0].declared[0].scope = Scope::Development;
        let expected = [Scope::Development, Scope::Runtime, Scope::Runtime].map(Some);
        assert_eq!(reach(&inventory)[0].scope, expected);
    }

    #[test]
    fn places_that_are_not_there_are_passed_over() {
        let inventory = Inventory {
            manifests: vec![manifest("package.json", &[0, 99])],
            locks: vec![lock(vec![locked("a", &[7])])],
            ..Inventory::default()
        };
        assert_eq!(reach(&inventory)[0].direct, [true]);
    }
}
