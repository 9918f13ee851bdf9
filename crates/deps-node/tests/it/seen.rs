//! Short views of an inventory.

use fleetwright_deps_node::read;
use fleetwright_package::{Declared, Files, Inventory, Lock, Version};

/// What is read from these files.
pub(crate) fn inventory(files: &[(&str, &str)]) -> Inventory {
    let mut inventory = Inventory::default();
    read(&files.iter().copied().collect::<Files>(), &mut inventory);
    inventory
}

/// The first dependency of this name, in any manifest.
pub(crate) fn declared<'a>(inventory: &'a Inventory, name: &str) -> &'a Declared {
    let mut all = inventory.manifests.iter().flat_map(|manifest| &manifest.declared);
    all.find(|declared| declared.package.name() == name).unwrap_or_else(|| panic!("{name} is declared"))
}

/// The version of a dependency, or why it is not known.
pub(crate) fn version<'a>(inventory: &'a Inventory, name: &str) -> &'a str {
    match &declared(inventory, name).version {
        Version::Known(version) => version,
        Version::Unknown(why) => why,
    }
}

/// What a place's bytes are.
pub(crate) fn set<'a>(files: &[(&str, &'a str)], inventory: &Inventory, name: &str) -> &'a str {
    let place = declared(inventory, name).set.clone().unwrap_or_else(|| panic!("{name} has a place"));
    let (_, text) = files
        .iter()
        .find(|(path, _)| *path == place.path)
        .unwrap_or_else(|| panic!("{} is there", place.path));
    &text[place.span]
}

/// The packages of a lockfile with what they need: `a@1 -> b@2`.
pub(crate) fn shown(lock: &Lock) -> Vec<String> {
    let name = |at: u32| {
        let locked = &lock.packages[at as usize];
        format!("{}@{}", locked.package.name(), locked.version)
    };
    let one = |at: usize| {
        let needs: Vec<_> = lock.packages[at].needs.iter().map(|need| name(*need)).collect();
        let own = if lock.packages[at].own { "own " } else { "" };
        format!("{own}{} -> {}", name(at as u32), needs.join(", "))
    };
    (0..lock.packages.len()).map(one).collect()
}
