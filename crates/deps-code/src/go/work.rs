//! go.work: modules that are built together, and what it replaces for all of them.

use std::collections::BTreeMap;

use fleetwright_package::{Ecosystem, Inventory, Manifest};

use super::module::{Module, replaced};
use super::resolve::replaces;
use crate::paths::{folder, join, within};

/// Reads a workspace into the inventory. What it builds with is the highest version that one of its modules
/// requires: where that is not the module's own, a finding says so.
pub(super) fn read(workspace: &Module<'_>, modules: &[Module<'_>], inventory: &mut Inventory) {
    let source = &workspace.source;
    let mut used = Vec::new();
    for written in &workspace.uses {
        let home = join(folder(source.path), written.text);
        let found = home.as_ref().and_then(|home| {
            let path = within(home, "go.mod");
            modules.iter().find(|module| module.source.path == path)
        });
        if found.is_none() {
            let why = if home.is_none() { "lies outside of the repository" } else { "has no go.mod" };
            let message = format!("the folder `{}` {why}", written.text);
            let line = source.line(written.span.start);
            inventory.findings.push(source.finding(line, message, "correct `use`, or run `go work use`"));
        }
        used.extend(found);
    }
    raised(workspace, &used, inventory);
    inventory.manifests.push(Manifest {
        path: source.path.to_owned(),
        ecosystem: Ecosystem::Go,
        package: None,
        version: None,
        declared: replaces(&workspace.replaces, source, &[]),
    });
}

/// Finds requirements that the workspace builds in a higher version.
fn raised(workspace: &Module<'_>, used: &[&Module<'_>], inventory: &mut Inventory) {
    let mut highest: BTreeMap<&str, (semver::Version, &str)> = BTreeMap::new();
    let number = |version: &str| semver::Version::parse(version.strip_prefix('v')?).ok();
    let requires =
        || used.iter().flat_map(|module| module.requires.iter().map(move |require| (module, require)));
    for (module, require) in requires() {
        let Some(version) = number(require.version.text) else { continue };
        let entry = highest.entry(require.path.text).or_insert_with(|| (version.clone(), module.source.path));
        if entry.0 < version {
            *entry = (version, module.source.path);
        }
    }
    for (module, require) in requires() {
        let (path, version) = (require.path.text, require.version.text);
        let is_replaced =
            replaced(&module.replaces, path, version).or(replaced(&workspace.replaces, path, version));
        let own = used.iter().any(|module| module.path == Some(path));
        let Some((most, by)) = highest.get(path) else { continue };
        if own || is_replaced.is_some() || number(version).is_none_or(|version| version == *most) {
            continue;
        }
        let message =
            format!("`{path}` {version}: {} builds it in v{most}, as {by} requires", workspace.source.path);
        let line = module.source.line(require.version.span.start);
        inventory.findings.push(module.source.finding(line, message, "run `go work sync`"));
    }
}
