//! What files of each format say: samples in the form that the tools write.

#![allow(clippy::unwrap_used, reason = "tests")]

mod hostile;
mod locks;
mod manifests;
mod property;
mod requirements;
mod samples;

use fleetwright_package::{Declared, Files, Inventory, Version};

/// Reads these files.
pub(crate) fn read(files: &[(&str, &str)]) -> Inventory {
    let files: Files = files.iter().map(|(path, text)| (*path, *text)).collect();
    let mut inventory = Inventory::default();
    fleetwright_deps_python::read(&files, &mut inventory);
    inventory
}

/// What the manifest at a path says of a package, first one first.
pub(crate) fn declared<'a>(inventory: &'a Inventory, path: &str, name: &str) -> &'a Declared {
    let manifest = inventory.manifests.iter().find(|manifest| manifest.path == path).unwrap();
    manifest
        .declared
        .iter()
        .find(|declared| declared.package.name() == name)
        .unwrap_or_else(|| panic!("{name}"))
}

/// The version, or why there is none.
pub(crate) fn version(declared: &Declared) -> &str {
    match &declared.version {
        Version::Known(text) | Version::Unknown(text) => text,
    }
}

/// The text where a version is set.
pub(crate) fn set<'a>(files: &[(&str, &'a str)], declared: &Declared) -> &'a str {
    let set = declared.set.as_ref().unwrap();
    let (_, text) = files.iter().find(|(path, _)| *path == set.path).unwrap();
    assert_eq!(text[..set.span.start].matches('\n').count() + 1, set.line as usize);
    &text[set.span.clone()]
}

/// What a locked package needs, as `name version`.
pub(crate) fn needs(inventory: &Inventory, lock: usize, name: &str) -> Vec<String> {
    let lock = &inventory.locks[lock];
    let locked = lock.packages.iter().find(|locked| locked.package.name() == name).unwrap();
    let needs = locked.needs.iter().map(|at| &lock.packages[*at as usize]);
    needs.map(|need| format!("{} {}", need.package.name(), need.version)).collect()
}

/// The findings, as `path:line message`.
pub(crate) fn findings(inventory: &Inventory) -> Vec<String> {
    let shown = |finding: &fleetwright_package::Finding| {
        assert!(!finding.remedy.is_empty());
        format!("{}:{} {}", finding.path, finding.line, finding.message)
    };
    inventory.findings.iter().map(shown).collect()
}
