//! Manifests and lockfiles of Java's world, read from text.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod gradle;
mod hostile;
mod maven;
mod resolve;

use std::collections::HashMap;
use std::sync::Arc;

use fleetwright_deps_jvm::read;
use fleetwright_package::{Declared, Files, Inventory, Published};

/// POMs that are published, by `group:artifact:version`.
#[derive(Default)]
struct Elsewhere(HashMap<String, Arc<str>>);

impl Elsewhere {
    fn of(poms: &[(&str, &str)]) -> Elsewhere {
        Elsewhere(poms.iter().map(|(name, pom)| ((*name).to_owned(), Arc::from(*pom))).collect())
    }
}

impl Published for Elsewhere {
    fn pom(&self, group: &str, artifact: &str, version: &str) -> Option<Arc<str>> {
        self.0.get(&format!("{group}:{artifact}:{version}")).cloned()
    }
}

/// A small repository that was read.
struct Repo {
    files: Files,
    inventory: Inventory,
}

fn repo(files: &[(&str, &str)], elsewhere: &Elsewhere) -> Repo {
    let files: Files = files.iter().copied().collect();
    let mut inventory = Inventory::default();
    read(&files, &mut inventory, elsewhere);
    Repo { files, inventory }
}

impl Repo {
    fn declared(&self, path: &str, package: &str) -> &Declared {
        let manifest = self.inventory.manifests.iter().find(|manifest| manifest.path == path).unwrap();
        let mut declared = manifest.declared.iter();
        declared
            .find(|one| one.package.name() == package)
            .unwrap_or_else(|| panic!("{package} in {manifest:#?}"))
    }

    /// Where the version is set: path, line and the bytes that stand there.
    fn set(&self, path: &str, package: &str) -> Option<(String, u32, String)> {
        let set = self.declared(path, package).set.clone()?;
        let text = self.files.text(&set.path).unwrap();
        Some((set.path, set.line, text[set.span].to_owned()))
    }

    fn findings(&self) -> Vec<String> {
        let findings = self.inventory.findings.iter();
        findings.map(|one| format!("{}:{}: {}", one.path, one.line, one.message)).collect()
    }

    /// `name version` of everything that the lock of this path holds.
    fn locked(&self, path: &str) -> Vec<String> {
        let lock = self.inventory.locks.iter().find(|lock| lock.path == path);
        let packages = lock.map(|lock| lock.packages.as_slice()).unwrap_or_default();
        packages.iter().map(|one| format!("{} {}", one.package.name(), one.version)).collect()
    }
}

fn at(path: &str, line: u32, text: &str) -> Option<(String, u32, String)> {
    Some((path.to_owned(), line, text.to_owned()))
}
