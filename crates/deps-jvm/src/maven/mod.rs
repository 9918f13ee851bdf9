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
mod value;

use std::rc::Rc;

use fleetwright_package::{Files, Inventory, LockedAt, Manifest, Published, Scope};

pub(crate) use boms::{Boms, Managed};
use model::Model;
use poms::Poms;

use crate::text::number;

/// Whether a file is a POM. Those of archetypes are templates for POMs.
pub(crate) fn wants(path: &str) -> bool {
    path.rsplit('/').next() == Some("pom.xml") && !path.contains("archetype-resources/")
}

pub(crate) fn read(files: &Files, inventory: &mut Inventory, published: &dyn Published) {
    let mut poms = Poms::new(files, wants, published);
    let here: Vec<_> = poms.here.clone().into_iter().collect();
    for (path, source) in &here {
        let model = poms.model(source);
        let mut manifest = manifest::read(&mut poms, files, &model);
        resolve(&mut poms, path, &model, (&mut manifest, inventory));
        inventory.manifests.push(manifest);
    }
    modules::look(&mut poms);
    inventory.findings.extend(std::mem::take(&mut poms.findings));
    let asked: Vec<_> = poms.asked.into_iter().filter(|one| !inventory.asked.contains(one)).collect();
    inventory.asked.extend(asked);
}

/// Resolves what the POM needs, and points its dependencies there.
fn resolve(poms: &mut Poms<'_>, path: &str, model: &Rc<Model>, into: (&mut Manifest, &mut Inventory)) {
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
