//! Gradle: scripts of Groovy and Kotlin, version catalogs and lockfiles.

mod build;
mod catalog;
mod define;
mod lockfile;
mod names;
mod notation;
mod piece;
mod platforms;
mod requirement;
mod script;
mod settle;
mod source;
mod token;
mod value;
mod written;

use fleetwright_package::{Files, Inventory};

use crate::maven::Poms;
use crate::text::unreadable;
use build::Build;
use names::is_lockfile;
pub(crate) use names::wants;

pub(crate) fn read(files: &Files, inventory: &mut Inventory, poms: &mut Poms<'_>) {
    let mut locks = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| is_lockfile(path)) {
        match unreadable(path, text) {
            Some(finding) => inventory.findings.push(finding),
            None => {
                let (lock, wrong) = lockfile::read(path, text);
                inventory.findings.extend(wrong);
                locks.push(lock);
            }
        }
    }
    let mut build = Build::read(files, &mut inventory.findings);
    build.written = written::all(&build);
    if build.is_empty() {
        inventory.locks.extend(locks.into_iter().map(|lock| lock.lock));
        return;
    }
    settle::all(&build, &locks, inventory, poms);
    inventory.locks.extend(locks.into_iter().map(|lock| lock.lock));
}
