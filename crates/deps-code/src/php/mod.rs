//! PHP: composer.json and composer.lock.

mod lock;
mod manifest;

use std::collections::BTreeMap;

use fleetwright_package::{Files, Inventory};

use self::lock::ComposerLock;
use crate::paths::folder;

/// Whether the file is one of Composer's.
pub(crate) fn wants(name: &str) -> bool {
    matches!(name, "composer.json" | "composer.lock")
}

/// Reads all manifests and lockfiles of Composer.
pub(crate) fn read(files: &Files, inventory: &mut Inventory) {
    let mut locks: BTreeMap<&str, Option<ComposerLock<'_>>> = files
        .named("composer.lock")
        .map(|(path, text)| (folder(path), lock::read(path, text, &mut inventory.findings)))
        .collect();
    for (path, text) in files.named("composer.json") {
        let lock = locks.get_mut(folder(path)).map(Option::as_mut);
        manifest::read(path, text, lock, inventory);
        if let Some(Some(lock)) = locks.remove(folder(path)) {
            inventory.locks.push(lock.lock);
        }
    }
    inventory.locks.extend(locks.into_values().flatten().map(|lock| lock.lock));
}
