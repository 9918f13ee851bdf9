//! The lockfiles of a repository, and which of them holds for which manifest.

use std::collections::BTreeSet;

use fleetwright_package::path::folder;
use fleetwright_package::{Declared, Ecosystem, Inventory, Lock, LockedAt, Manifest, Package};

/// The lockfiles of a repository.
pub(crate) struct Locks<'a> {
    inventory: &'a Inventory,
    /// The files of requirements that a tool wrote: they are lockfiles, and nobody edits them.
    written: BTreeSet<&'a str>,
}

/// What [`Lock::format`] begins with where a lockfile keeps no copy of what the manifests ask for, so that it need not
/// move when only that does.
const WITHOUT_COPY: [&str; 4] = ["Cargo.lock", "gradle", "requirements of", "pylock"];

impl<'a> Locks<'a> {
    pub(crate) fn new(inventory: &'a Inventory) -> Locks<'a> {
        let written = inventory.locks.iter().filter(|lock| lock.format.starts_with("requirements of "));
        Locks { inventory, written: written.map(|lock| lock.path.as_str()).collect() }
    }

    /// Whether a manifest is a lockfile that a tool wrote.
    pub(crate) fn is_written_by_tool(&self, path: &str) -> bool {
        self.written.contains(path)
    }

    /// The position of the lockfile that holds for a dependency of a manifest, and the versions of the package that
    /// it has for it; `None` where there is none, or it does not have the package.
    pub(crate) fn of(&self, manifest: &Manifest, declared: &Declared) -> Option<(u32, Vec<&'a str>)> {
        if let Some(at) = declared.locked.filter(|at| self.lock(at.lock).is_some_and(is_lockfile)) {
            return Some((at.lock, self.at(at).into_iter().collect()));
        }
        let lock = self.above(manifest, &declared.package)?;
        Some((lock, versions(self.lock(lock)?, &declared.package)))
    }

    /// The nearest lockfile at or above a manifest that has the package.
    fn above(&self, manifest: &Manifest, package: &Package) -> Option<u32> {
        let here = folder(&manifest.path);
        let over = |lock: &Lock| {
            let place = folder(&lock.path);
            place.is_empty()
                || here == place
                || here.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
        };
        let fits = |lock: &Lock| {
            lock.ecosystem == manifest.ecosystem
                && is_lockfile(lock)
                && over(lock)
                && lock.packages.iter().any(|locked| &locked.package == package)
        };
        let all = (0..).zip(&self.inventory.locks).filter(|(_, lock)| fits(lock));
        all.max_by_key(|(_, lock)| folder(&lock.path).len()).map(|(at, _)| at)
    }

    pub(crate) fn lock(&self, at: u32) -> Option<&'a Lock> {
        self.inventory.locks.get(at as usize)
    }

    fn at(&self, at: LockedAt) -> Option<&'a str> {
        Some(self.lock(at.lock)?.packages.get(at.package as usize)?.version.as_str())
    }
}

/// Whether it is a file that a tool keeps, and not what was resolved without one or a manifest that lists all.
pub(crate) fn is_lockfile(lock: &Lock) -> bool {
    !matches!(lock.format.as_str(), "maven resolution" | "packages.config" | "go.mod")
}

/// Whether the lockfile need not move when only requirements do.
pub(crate) fn keeps_no_copy(lock: &Lock) -> bool {
    WITHOUT_COPY.iter().any(|format| lock.format.starts_with(format))
}

/// Whether the tool of a lockfile moves what comes through others within the lockfile alone: `cargo update -p`,
/// `composer update`, `bundle update`.
pub(crate) fn moves_alone(lock: &Lock) -> bool {
    ["Cargo.lock", "composer.lock", "Gemfile.lock"].iter().any(|format| lock.format.starts_with(format))
}

/// The versions of a package that a lockfile has, in order, each once.
pub(crate) fn versions<'l>(lock: &'l Lock, package: &Package) -> Vec<&'l str> {
    let of_package = lock.packages.iter().filter(|locked| &locked.package == package && !locked.own);
    let mut all: Vec<&str> = of_package.map(|locked| locked.version.as_str()).collect();
    let ecosystem: Ecosystem = package.ecosystem();
    fleetwright_package::sort(ecosystem, &mut all, |version| *version);
    all.dedup();
    all
}
