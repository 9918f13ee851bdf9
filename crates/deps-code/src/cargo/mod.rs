//! Cargo: Cargo.toml with workspaces, Cargo.lock.

mod lock;
mod manifest;
mod members;
mod resolve;

use fleetwright_package::{Files, Inventory};

use self::members::Members;
use self::resolve::Resolver;

/// Whether the file is one of Cargo's.
pub(crate) fn wants(name: &str) -> bool {
    matches!(name, "Cargo.toml" | "Cargo.lock")
}

/// Reads all manifests and lockfiles of Cargo.
pub(crate) fn read(files: &Files, inventory: &mut Inventory) {
    let findings = &mut inventory.findings;
    let parsed = files.named("Cargo.toml").filter_map(|(path, text)| manifest::parse(path, text, findings));
    let manifests: Vec<_> = parsed.collect();
    let members = Members::of(&manifests, &mut inventory.findings);
    let mut resolver = Resolver::new(&members, inventory);
    for (path, text) in files.named("Cargo.lock") {
        resolver.lock(path, lock::read(path, text, &mut inventory.findings));
    }
    for manifest in &manifests {
        let read = resolver.manifest(manifest, &mut inventory.findings);
        inventory.manifests.push(read);
    }
    inventory.locks.extend(resolver.into_locks());
}
