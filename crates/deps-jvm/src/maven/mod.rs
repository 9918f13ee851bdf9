//! Maven: POMs, their parents and BOMs, and what they resolve to.

mod boms;
mod managed;
mod management;
mod manifest;
mod model;
mod modules;
mod pom;
mod poms;
mod requirement;
mod resolve;
mod shelf;
mod value;

use std::sync::Arc;

use fleetwright_package::{Files, Inventory, LockedAt, Manifest, Scope};

pub(crate) use boms::Managed;
use model::Model;
pub(crate) use poms::{Poms, wants};
pub use shelf::Shelf;

use crate::text::number;

/// Reads all POMs of the repository.
pub(crate) fn read(files: &Files, inventory: &mut Inventory, poms: &mut Poms<'_>) {
    let here: Vec<_> = poms.here.clone().into_iter().collect();
    for (path, source) in &here {
        let model = poms.model(source);
        let mut manifest = manifest::read(poms, files, &model);
        resolve(poms, path, &model, (&mut manifest, inventory));
        inventory.manifests.push(manifest);
    }
    modules::look(poms);
}

/// Resolves what the POM needs, and points its dependencies there.
fn resolve(poms: &mut Poms<'_>, path: &str, model: &Arc<Model>, into: (&mut Manifest, &mut Inventory)) {
    let (manifest, inventory) = into;
    let lock = match poms.resolve(path, model.clone()) {
        Ok(lock) => lock,
        Err(gaps) => {
            let first: Vec<_> = gaps.iter().take(3).map(String::as_str).collect();
            let more = match gaps.len().saturating_sub(first.len()) {
                0 => String::new(),
                more => format!("; and {more} more"),
            };
            let message = format!("what it needs in turn is not known: {}{more}", first.join("; "));
            let remedy = "add the repositories of these POMs to the fleet, or give a folder with them, such as the \
                          `repository` that Maven fills";
            poms.find(model, 0, &message, remedy);
            return;
        }
    };
    if lock.packages.len() < 2 {
        return;
    }
    let at = number(inventory.locks.len());
    let direct = lock.packages.first().map(|root| root.needs.clone()).unwrap_or_default();
    for declared in &mut manifest.declared {
        if matches!(declared.scope, Scope::Managed | Scope::Build) {
            continue;
        }
        let mut same = direct.iter().copied().filter(|position| {
            let locked = lock.packages.get(*position as usize);
            locked.is_some_and(|locked| {
                locked.package == declared.package && declared.version.known() == Some(&locked.version)
            })
        });
        declared.locked = same.next().map(|package| LockedAt { lock: at, package });
    }
    inventory.locks.push(lock);
}
