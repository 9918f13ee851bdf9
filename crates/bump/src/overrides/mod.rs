//! Packages whose version is not declared here: an entry is added that sets it.

mod entry;

use std::collections::BTreeMap;

use fleetwright_package::path::folder;
use fleetwright_package::{Declared, Files, Finding, Inventory, Lock, Manifest, Place, Scope, Through};

use crate::decide::Terms;
use crate::locks::{is_lockfile, versions};
use crate::requirement::{Asked, Stand};
use crate::spot::{Spot, within};

/// How an inventory is made of texts.
pub(crate) type Read<'a> = &'a dyn Fn(&Files) -> Inventory;

/// The files and what was read of them, as entries are added.
pub(crate) struct Overrides<'a> {
    terms: &'a Terms<'a>,
    read: Read<'a>,
    files: Files,
    inventory: Inventory,
    /// Whether an entry may be a dependency of its own.
    as_dependency: bool,
    /// The files that were written, with their new texts.
    pub(crate) texts: BTreeMap<String, String>,
}

impl<'a> Overrides<'a> {
    /// Begins with these texts put into the files, and what was read then, if they change anything.
    pub(crate) fn new(
        terms: &'a Terms<'a>,
        (files, texts): (&Files, &BTreeMap<String, String>),
        inventory: Option<&Inventory>,
        read: Read<'a>,
    ) -> Overrides<'a> {
        let mut files = files.clone();
        texts.iter().for_each(|(path, text)| files.add(path.as_str(), text.as_str()));
        let inventory = inventory.unwrap_or(terms.inventory).clone();
        Overrides { terms, read, files, inventory, as_dependency: false, texts: BTreeMap::new() }
    }

    /// Adds an entry for what a lock holds in a lower version; where it stands.
    ///
    /// # Errors
    /// Why there can be none, and what to do by hand.
    pub(crate) fn of_lock(&mut self, at: u32) -> Result<Place, String> {
        let lock = self.terms.locks.lock(at).ok_or("the lockfile is gone")?;
        self.lowers_nothing(lock)?;
        if !is_lockfile(lock) {
            return match lock.path.ends_with("pom.xml") {
                true => self.of_pom(&lock.path),
                false => Err(format!("{} lists it; raise it there by hand", lock.path)),
            };
        }
        if let Some(place) = self.written_for(lock) {
            return Ok(place);
        }
        let written = entry::of_lock(&self.files, self.terms, lock)?;
        self.as_dependency = entry::is_dependency(lock);
        self.tried(written, &|_| true)
    }

    /// Adds an entry for a dependency whose version comes from a parent or BOM that lies elsewhere.
    ///
    /// # Errors
    /// Why there can be none.
    pub(crate) fn of_inherited(&mut self, spot: &Spot<'_>) -> Result<Place, String> {
        match spot.place.path.ends_with("pom.xml") {
            true => self.of_pom(&spot.place.path),
            false => Err("add a constraint for it by hand".to_owned()),
        }
    }

    /// The highest POM above a module that sets the version for it, or its own.
    fn of_pom(&mut self, module: &str) -> Result<Place, String> {
        let above = std::iter::successors(Some(folder(module)), |at| (!at.is_empty()).then(|| folder(at)));
        let poms = above.map(|at| if at.is_empty() { "pom.xml".to_owned() } else { format!("{at}/pom.xml") });
        let mut poms: Vec<String> = poms.filter(|path| self.files.text(path).is_some()).collect();
        poms.reverse();
        if let Some(place) = poms.iter().find_map(|path| self.place_in(&self.inventory, path))
            && self.holds_for(&self.inventory, module)
        {
            return Ok(place);
        }
        let mut why = format!("{module} is gone");
        for path in poms {
            if !within(self.terms.wish.dir, &path) {
                why = format!("the entry belongs into {path}, which lies outside of the folder");
                continue;
            }
            let written = entry::of_pom(&self.files, self.terms, &path);
            let holds = |new: &Inventory| self.holds_for(new, module);
            match written.and_then(|written| self.checked(written, &holds)) {
                Ok((place, written, new)) => return Ok(self.kept(place, written, new)),
                Err(other) => why = other,
            }
        }
        Err(why)
    }

    /// Whether a POM takes the wanted version, declared and resolved.
    fn holds_for(&self, inventory: &Inventory, module: &str) -> bool {
        let package = self.terms.wish.package;
        let reached = |version: &str| self.terms.reached(version).is_some();
        let declared = inventory.manifests.iter().filter(|manifest| manifest.path == module);
        let mut declared =
            declared.flat_map(|manifest| &manifest.declared).filter(|one| &one.package == package);
        let mut locks = inventory.locks.iter().filter(|lock| lock.path == module);
        declared.all(|one| one.version.known().is_some_and(reached))
            && locks.all(|lock| versions(lock, package).into_iter().all(reached))
    }

    /// An entry would lower what is newer.
    fn lowers_nothing(&self, lock: &Lock) -> Result<(), String> {
        let locked = versions(lock, self.terms.wish.package);
        let newer = locked.into_iter().find(|version| {
            fleetwright_package::compare(self.terms.ecosystem(), version, self.terms.to)
                .is_some_and(std::cmp::Ordering::is_gt)
        });
        match newer {
            Some(newer) => Err(format!(
                "{} holds {newer} too, which an entry for all would lower; add one by hand",
                lock.path
            )),
            None => Ok(()),
        }
    }

    /// Where an entry stands already that sets the version for a lockfile.
    fn written_for(&self, lock: &Lock) -> Option<Place> {
        let here = folder(&lock.path);
        let mut paths = self.inventory.manifests.iter().map(|manifest| &manifest.path);
        paths.find_map(|path| self.place_in(&self.inventory, path).filter(|_| folder(path) == here))
    }

    fn tried(
        &mut self,
        written: entry::Written,
        holds: &dyn Fn(&Inventory) -> bool,
    ) -> Result<Place, String> {
        if !within(self.terms.wish.dir, &written.0) {
            return Err(format!("the entry belongs into {}, which lies outside of the folder", written.0));
        }
        let (place, written, new) = self.checked(written, holds)?;
        Ok(self.kept(place, written, new))
    }

    fn kept(&mut self, place: Place, (path, text): entry::Written, new: Inventory) -> Place {
        self.files.add(path.as_str(), text.as_str());
        self.texts.insert(path, text);
        self.inventory = new;
        place
    }

    /// What was written is read again: the entry must hold, and everything else must be as before.
    fn checked(
        &self,
        written: entry::Written,
        holds: &dyn Fn(&Inventory) -> bool,
    ) -> Result<(Place, entry::Written, Inventory), String> {
        let mut files = self.files.clone();
        files.add(written.0.as_str(), written.1.as_str());
        let new = (self.read)(&files);
        let place = self.place_in(&new, &written.0).or_else(|| self.added_in(&new, &written.0));
        let place =
            place.ok_or_else(|| format!("an entry in {} would not read as {}", written.0, self.terms.to))?;
        if !holds(&new) {
            return Err(format!("an entry in {} would not hold for it", written.0));
        }
        match self.is_same_beside(&new) {
            true => Ok((place, written, new)),
            false => Err(format!("an entry in {} would change other dependencies too", written.0)),
        }
    }

    /// Where a manifest sets the version for whoever needs the package.
    fn place_in(&self, inventory: &Inventory, path: &str) -> Option<Place> {
        let manifests = inventory.manifests.iter().filter(|manifest| manifest.path == path);
        let mut declared = manifests.flat_map(|manifest| &manifest.declared);
        let sets = |one: &&Declared| {
            let asked =
                Asked { ecosystem: self.terms.ecosystem(), text: &one.requirement, to: self.terms.to };
            // `$name` of npm is what the project itself asks for.
            let same = matches!(one.through, Through::Property(_)) && asked.stand() == Stand::Allows;
            &one.package == self.terms.wish.package
                && one.scope == Scope::Managed
                && (same || asked.stand() == Stand::At)
        };
        declared.find(sets).map(|one| one.place.clone())
    }

    /// Where a manifest asks for at least the wanted version itself, which it did not before.
    fn added_in(&self, inventory: &Inventory, path: &str) -> Option<Place> {
        let added = |one: &&Declared| {
            let asked =
                Asked { ecosystem: self.terms.ecosystem(), text: &one.requirement, to: self.terms.to };
            &one.package == self.terms.wish.package && asked.stand() == Stand::At
        };
        let here = |inventory: &Inventory| {
            let manifests = inventory.manifests.iter().filter(|manifest| manifest.path == path);
            manifests.flat_map(|manifest| &manifest.declared).find(added).map(|one| one.place.clone())
        };
        here(inventory).filter(|_| self.as_dependency && here(&self.inventory).is_none())
    }

    fn is_same_beside(&self, new: &Inventory) -> bool {
        let others = |manifest: &Manifest| {
            let others = manifest.declared.iter().filter(|one| &one.package != self.terms.wish.package);
            let told = others
                .map(|one| (one.package.clone(), one.requirement.clone(), one.version.clone(), one.scope));
            (manifest.path.clone(), told.collect::<Vec<_>>())
        };
        // A file of entries alone is a manifest once it has one.
        let all = |inventory: &Inventory| {
            let all = inventory.manifests.iter().map(others);
            all.filter(|(_, others)| !others.is_empty()).collect::<Vec<_>>()
        };
        let known = |new: &&Finding| self.inventory.findings.iter().any(|old| old.message == new.message);
        let fits = |new: &&Finding| new.message.contains("does not fit");
        all(&self.inventory) == all(new) && new.findings.iter().all(|one| known(&one) || fits(&one))
    }
}
