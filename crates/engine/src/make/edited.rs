//! Lockfiles that are edited, because only what they copied from a manifest moved; read again before it is believed.

use fleetwright_bump::{Moved as Requirement, Stale};
use fleetwright_package::path::folder;
use fleetwright_package::{Declared, Files, Inventory, Lock};
use fleetwright_relock::{Moved, edit};

/// The text of a lockfile as it is to be; `files` are the manifests as they are now with the lockfile as it was.
///
/// # Errors
/// Why it is left to its tool.
pub(super) fn edited(
    files: &Files,
    stale: &Stale,
    read: &dyn Fn(&Files) -> Inventory,
) -> Result<String, String> {
    let text = files.text(&stale.path).ok_or("it is gone")?;
    let all: Option<Vec<Moved<'_>>> = stale.moved.iter().map(|one| below(&stale.path, one)).collect();
    let new = edit(&stale.format, text, &all.ok_or("a manifest lies beside its folder")?)?;
    let mut after = files.clone();
    after.add(stale.path.as_str(), new.as_str());
    match is_believed(stale, &read(files), &read(&after)) {
        true => Ok(new),
        false => Err("edited, it would not read as it should".to_owned()),
    }
}

/// A requirement as the lockfile names it; `None` where its manifest does not lie below.
fn below<'a>(lockfile: &str, moved: &'a Requirement) -> Option<Moved<'a>> {
    let (root, here) = (folder(lockfile), folder(&moved.manifest));
    let folder = match here.strip_prefix(root)? {
        rest if root.is_empty() => rest,
        "" => "",
        rest => rest.strip_prefix('/')?,
    };
    Some(Moved {
        folder,
        project: moved.project.as_deref(),
        name: moved.package.name(),
        old: &moved.old,
        new: &moved.new,
        kept: moved.kept,
    })
}

/// Whether nothing is resolved otherwise than before, everything that moved resolves to what it was locked at, and no
/// finding is new.
fn is_believed(stale: &Stale, old: &Inventory, new: &Inventory) -> bool {
    let mut sound =
        new.findings.iter().filter(|one| one.path == stale.path || one.message.contains("does not fit"));
    if sound.any(|one| !old.findings.contains(one)) || !same(old, new) {
        return false;
    }
    let mut pairs = old.manifests.iter().zip(&new.manifests);
    pairs.all(|(old, new)| {
        let both = old.declared.iter().zip(&new.declared);
        let fits = |one: &Declared| {
            let asked = stale.moved.iter().any(|it| it.manifest == new.path && it.package == one.package);
            !asked || one.locked.is_some()
        };
        old.path == new.path
            && old.declared.len() == new.declared.len()
            && both
                .into_iter()
                .all(|(old, new)| (old.locked.is_none() || old.locked == new.locked) && fits(new))
    })
}

/// Whether every lockfile holds what it held, in the same order.
fn same(old: &Inventory, new: &Inventory) -> bool {
    let one = |old: &Lock, new: &Lock| {
        let mut pairs = old.packages.iter().zip(&new.packages);
        old.path == new.path
            && old.packages.len() == new.packages.len()
            && pairs.all(|(old, new)| {
                (&old.package, &old.version, old.own, &old.needs)
                    == (&new.package, &new.version, new.own, &new.needs)
            })
    };
    old.locks.len() == new.locks.len() && old.locks.iter().zip(&new.locks).all(|(old, new)| one(old, new))
}
