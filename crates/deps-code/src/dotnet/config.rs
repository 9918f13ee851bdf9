//! packages.config, which is manifest and lockfile in one: every package with its exact version, those that
//! others need too.

use fleetwright_package::{
    Declared, Ecosystem, Inventory, Lock, Locked, LockedAt, Manifest, Package, Scope, Through, Version,
};

use super::project::set_at;
use crate::edges::position;
use crate::limits::{MAX_DECLARED, MAX_MANIFEST};
use crate::source::{Source, XML};
use crate::xml::parse;

/// Reads a file into the inventory.
pub(super) fn read(path: &str, text: &str, inventory: &mut Inventory) {
    let Some(source) = Source::open(path, text, MAX_MANIFEST, &mut inventory.findings) else { return };
    let Some(root) = parse(&source, &mut inventory.findings) else { return };
    if root.children.len() > MAX_DECLARED {
        let message = format!("it has {} packages; the first {MAX_DECLARED} are read", root.children.len());
        inventory.findings.push(source.finding(0, message, "look whether the file was made by accident"));
    }
    let mut declared = Vec::new();
    let mut packages = Vec::new();
    for element in root.children.iter().filter(|element| element.name == "package").take(MAX_DECLARED) {
        let line = source.line(element.tag.start);
        let both = element.attribute("id").zip(element.attribute("version"));
        let package =
            both.map(|(name, version)| (Package::new(Ecosystem::NuGet, name.text.trim()), name, version));
        let Some((Ok(package), name, version)) = package else {
            let message = "a package without a name or a version";
            inventory.findings.push(source.finding(line, message, "write `id` and `version`"));
            continue;
        };
        let development = element.attribute("developmentDependency").is_some_and(|flag| flag.text == "true");
        let at = LockedAt { lock: position(inventory.locks.len()), package: position(packages.len()) };
        packages.push(Locked {
            package: package.clone(),
            version: version.text.trim().to_owned(),
            line,
            own: false,
            needs: Vec::new(),
        });
        declared.push(Declared {
            package,
            requirement: version.text.trim().to_owned(),
            version: Version::Known(version.text.trim().to_owned()),
            scope: if development { Scope::Build } else { Scope::Runtime },
            place: source.place(name.span.clone()),
            set: set_at(&source, version),
            through: Through::Inline,
            locked: Some(at),
            comment: source.comment(&element.tag, XML),
        });
    }
    let (format, ecosystem) = ("packages.config".to_owned(), Ecosystem::NuGet);
    inventory.locks.push(Lock { path: path.to_owned(), ecosystem, format, packages });
    inventory.manifests.push(Manifest {
        path: path.to_owned(),
        ecosystem,
        package: None,
        version: None,
        declared,
    });
}
