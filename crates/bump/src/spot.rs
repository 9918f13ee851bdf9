//! The places where the version of a package is written.

use std::collections::BTreeMap;

use fleetwright_package::{Declared, Files, Inventory, Manifest, Package, Place, Scope, Through};

use crate::locks::Locks;
use crate::wish::Wish;

/// A place where a version is written, with everything that takes it from there; or a dependency whose version is
/// written nowhere here.
pub(crate) struct Spot<'a> {
    /// Where the version is written, else where the dependency is named.
    pub(crate) place: &'a Place,
    /// What is written there; `None` where nothing is, or where it cannot be replaced.
    pub(crate) written: Option<&'a str>,
    /// What takes it from there; never empty.
    pub(crate) declared: Vec<(&'a Manifest, &'a Declared)>,
}

/// Whether a path lies in a folder.
pub(crate) fn within(dir: &str, path: &str) -> bool {
    let dir = dir.trim_matches('/');
    dir.is_empty() || path.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'))
}

/// The places of the wished package that have to do with the folder, in the order of files and lines.
pub(crate) fn spots<'a>(
    files: &'a Files,
    inventory: &'a Inventory,
    locks: &Locks<'_>,
    wish: &Wish<'_>,
) -> Vec<Spot<'a>> {
    let mut all: BTreeMap<(&str, usize, usize), Spot<'a>> = BTreeMap::new();
    for manifest in inventory.manifests.iter().filter(|manifest| !locks.is_written_by_tool(&manifest.path)) {
        for declared in manifest.declared.iter().filter(|declared| &declared.package == wish.package) {
            let place = declared.set.as_ref().unwrap_or(&declared.place);
            if !within(wish.dir, &manifest.path) && !within(wish.dir, &place.path) {
                continue;
            }
            let key = (place.path.as_str(), place.span.start, place.span.end);
            let text = || files.text(&place.path).and_then(|text| text.get(place.span.clone()));
            let spot = all.entry(key).or_insert_with(|| Spot {
                place,
                written: declared.set.as_ref().and_then(|_| text()),
                declared: Vec::new(),
            });
            spot.declared.push((manifest, declared));
        }
    }
    all.into_values().collect()
}

impl<'a> Spot<'a> {
    /// The first that takes its version from here.
    pub(crate) fn first(&self) -> Option<&'a Declared> {
        self.declared.first().map(|(_, declared)| *declared)
    }

    /// What uses the package, or if nothing does, what only sets its version.
    pub(crate) fn users(&self) -> Vec<(&'a Manifest, &'a Declared)> {
        let used = |(_, declared): &&(&Manifest, &Declared)| declared.scope != Scope::Managed;
        let users: Vec<_> = self.declared.iter().filter(used).copied().collect();
        if users.is_empty() { self.declared.clone() } else { users }
    }

    /// The requirement as a whole, and how much of it stands before the bytes that may be written: readers of
    /// Python and Terraform leave a single operator outside.
    pub(crate) fn whole(&self) -> Option<(&'a str, &'a str)> {
        let written = self.written?;
        let requirement = self.first()?.requirement.as_str();
        let ecosystem = self.first()?.package.ecosystem();
        let outside = matches!(
            ecosystem,
            fleetwright_package::Ecosystem::PyPi | fleetwright_package::Ecosystem::Terraform
        );
        match requirement.strip_suffix(written).filter(|_| outside) {
            Some(before) => Some((requirement, before)),
            None => Some((written, "")),
        }
    }
}

/// The other packages that moved along when a place was written, by what was read before and after.
pub(crate) fn along(old: &Inventory, new: &Inventory, spot: &Spot<'_>) -> Vec<Package> {
    let Some(first) = spot.first() else { return Vec::new() };
    let both = old.manifests.iter().zip(&new.manifests);
    let both = both.flat_map(|(old, new)| old.declared.iter().zip(&new.declared));
    let others = both.filter(|(old, new)| {
        old.package != first.package && moves(old, spot) && old.requirement != new.requirement
    });
    let mut all: Vec<Package> = others.map(|(old, _)| old.package.clone()).collect();
    all.sort();
    all.dedup();
    all
}

/// Whether what is declared moves when the place is written: it is written there too, or made of the same property
/// and something else.
pub(crate) fn moves(declared: &Declared, spot: &Spot<'_>) -> bool {
    match &declared.set {
        Some(set) => set == spot.place,
        None => spot.declared.iter().any(|(_, one)| match (&one.through, &declared.through) {
            (Through::Property(name), Through::Property(other)) => {
                name == other && one.package.ecosystem() == declared.package.ecosystem()
            }
            _ => false,
        }),
    }
}
