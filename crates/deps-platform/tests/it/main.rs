//! What files of each format say: samples in the form that people and tools write.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod formats;
mod hostile;
mod property;
mod samples;

use fleetwright_package::{Declared, Files, Inventory, Version};

/// Reads these files.
pub(crate) fn read(files: &[(&str, &str)]) -> Inventory {
    let files: Files = files.iter().map(|(path, text)| (*path, *text)).collect();
    let mut inventory = Inventory::default();
    fleetwright_deps_platform::read(&files, &mut inventory);
    inventory
}

/// What one file declares, one line each: `package version [what stands where the version is set]`.
pub(crate) fn rows(path: &str, text: &str) -> Vec<String> {
    shown(&read(&[(path, text)]), text)
}

pub(crate) fn shown(inventory: &Inventory, text: &str) -> Vec<String> {
    assert!(inventory.findings.is_empty(), "{:?}", inventory.findings);
    let declared = inventory.manifests.iter().flat_map(|manifest| &manifest.declared);
    declared.map(|declared| row(declared, text)).collect()
}

fn row(declared: &Declared, text: &str) -> String {
    let version = match &declared.version {
        Version::Known(version) => version.as_str(),
        Version::Unknown(_) => "?",
    };
    let set = declared.set.as_ref().map_or("-", |set| {
        assert_eq!(text[..set.span.start].matches('\n').count() + 1, set.line as usize);
        &text[set.span.clone()]
    });
    format!("{} {version} [{set}]", declared.package)
}

/// The findings, as `path:line message`.
pub(crate) fn findings(inventory: &Inventory) -> Vec<String> {
    let shown = |finding: &fleetwright_package::Finding| {
        assert!(!finding.remedy.is_empty());
        format!("{}:{} {}", finding.path, finding.line, finding.message)
    };
    inventory.findings.iter().map(shown).collect()
}
