//! What was written is read again before it is believed.

use fleetwright_package::{Declared, Finding, Inventory, Manifest, Package, Place, Through, Version};

use crate::edits::Edits;
use crate::locks::is_lockfile;
use crate::requirement::{Asked, Stand};
use crate::spot::{Spot, moves};
use crate::wish::BumpError;

/// What is compared with what.
pub(crate) struct Guard<'a> {
    pub(crate) old: &'a Inventory,
    pub(crate) new: &'a Inventory,
    pub(crate) edits: &'a Edits,
    /// The places that were raised.
    pub(crate) raised: &'a [&'a Spot<'a>],
    pub(crate) package: &'a Package,
    pub(crate) to: &'a str,
}

impl Guard<'_> {
    /// Every place that was raised must read as the wanted version, and everything else as before.
    ///
    /// # Errors
    /// The first that does not.
    pub(crate) fn check(&self) -> Result<(), BumpError> {
        if self.old.manifests.len() != self.new.manifests.len() {
            return Err(refused("", "the number of manifests would change"));
        }
        for (old, new) in self.old.manifests.iter().zip(&self.new.manifests) {
            self.manifest(old, new)?;
        }
        self.locks()?;
        self.findings()
    }

    fn manifest(&self, old: &Manifest, new: &Manifest) -> Result<(), BumpError> {
        let same = old.path == new.path && old.ecosystem == new.ecosystem && old.package == new.package;
        if !same || old.version != new.version || old.declared.len() != new.declared.len() {
            return Err(refused(&old.path, "it would read as another manifest, or declare something else"));
        }
        for (one, other) in old.declared.iter().zip(&new.declared) {
            self.declared(old, one, other)?;
        }
        Ok(())
    }

    fn declared(&self, manifest: &Manifest, old: &Declared, new: &Declared) -> Result<(), BumpError> {
        let set = match (&old.set, &new.set) {
            // A second comparison makes the reader take the operator of the first to it.
            (Some(before), Some(after)) if &old.package == self.package => {
                before.path == after.path && before.line == after.line
            }
            (Some(before), Some(after)) => self.is_moved(before, after),
            (before, after) => before.is_none() && after.is_none(),
        };
        let same = old.package == new.package && old.scope == new.scope;
        if !same || !set || !self.is_moved(&old.place, &new.place) {
            return Err(refused(
                &manifest.path,
                &format!("{} would be declared otherwise", old.package.name()),
            ));
        }
        let raised = self.raised.iter().any(|spot| moves(old, spot));
        if raised && &old.package == self.package {
            return self.is_raised(manifest, new);
        }
        // Why a version is not known may name the one that was raised.
        let unknown = |declared: &Declared| matches!(declared.version, Version::Unknown(_));
        let version = old.version == new.version || (unknown(old) && unknown(new));
        let same = old.requirement == new.requirement && version && old.through == new.through;
        if same || raised || self.follows(old, new) {
            return Ok(());
        }
        let words = format!("{} would change from `{}` to `{}`", old.package.name(), shown(old), shown(new));
        Err(refused(&manifest.path, &words))
    }

    /// A place that was raised means at least the wanted version.
    fn is_raised(&self, manifest: &Manifest, new: &Declared) -> Result<(), BumpError> {
        let asked = Asked { ecosystem: self.package.ecosystem(), text: &new.requirement, to: self.to };
        let commit = || self.to.split_once('@').is_some_and(|(_, pin)| pin == new.requirement);
        if asked.stand() == Stand::At || commit() || new.set.is_none() {
            return Ok(());
        }
        let words = format!("{} would read as `{}`", self.package.name(), new.requirement);
        Err(refused(&manifest.path, &words))
    }

    /// Whether a version comes from a parent or BOM that was raised, and so moves with it.
    fn follows(&self, old: &Declared, new: &Declared) -> bool {
        let from = |declared: &Declared| match &declared.through {
            Through::Parent(package, _) | Through::Bom(package, _) => package == self.package,
            _ => false,
        };
        let unknown = |declared: &Declared| matches!(declared.version, Version::Unknown(_));
        !self.raised.is_empty()
            && old.set.is_none()
            && (from(old) || from(new) || (unknown(old) && unknown(new)))
    }

    /// Whether a place is where it was, but for what was written before it; quotes may have come around it.
    fn is_moved(&self, old: &Place, new: &Place) -> bool {
        let at = self.edits.moved(&old.path, old.span.start);
        old.path == new.path && old.line == new.line && (at..=at + 1).contains(&new.span.start)
    }

    /// Lockfiles are not written here.
    fn locks(&self) -> Result<(), BumpError> {
        let lockfiles = |inventory: &'_ Inventory| {
            let files = inventory.locks.iter().filter(|lock| is_lockfile(lock));
            files
                .map(|lock| (lock.path.clone(), lock.format.clone(), lock.packages.len()))
                .collect::<Vec<_>>()
        };
        match lockfiles(self.old) == lockfiles(self.new) {
            true => Ok(()),
            false => Err(refused("", "a lockfile would read otherwise")),
        }
    }

    /// Only that a lockfile does not fit any more may be new, and what follows from a parent or BOM that is not known.
    fn findings(&self) -> Result<(), BumpError> {
        let known = |new: &&Finding| self.old.findings.contains(new);
        let fits = |new: &&Finding| {
            let message = new.message.as_str();
            !message.contains("does not fit") && !message.contains("is not in this repository")
        };
        let mut fresh = self.new.findings.iter().filter(|new| !known(new) && fits(new));
        match fresh
            .find(|new| !self.old.findings.iter().any(|old| old.path == new.path && old.line == new.line))
        {
            Some(new) => Err(refused(&new.path, &format!("it would be wrong: {}", new.message))),
            None => Ok(()),
        }
    }
}

fn shown(declared: &Declared) -> &str {
    declared.version.known().unwrap_or(&declared.requirement)
}

fn refused(path: &str, why: &str) -> BumpError {
    BumpError::Guard(path.to_owned(), format!("{why}; nothing was changed"))
}
