//! SDKs of MSBuild that are packages: `<Project Sdk="Name/1.0">` and `<Sdk Name="Name" Version="1.0" />`.

use std::ops::Range;

use fleetwright_package::{Declared, Ecosystem, Package, Scope, Through, Version};

use super::evaluate::File;
use crate::source::XML;

/// The SDKs that a project names with their versions. Those without one are part of .NET, or have their
/// version in global.json, which is not read.
pub(super) fn sdks(file: &File<'_>) -> Vec<Declared> {
    let mut all = Vec::new();
    if let Some(names) = file.root.attribute("Sdk") {
        let mut at = names.span.start;
        for written in names.text.split(';') {
            if let Some((name, version)) = written.split_once('/') {
                all.extend(declared(
                    file,
                    at..at + name.len(),
                    at + name.len() + 1..at + written.len(),
                    version,
                ));
            }
            at += written.len() + 1;
        }
    }
    for element in file.root.children.iter().filter(|element| element.name == "Sdk") {
        if let (Some(name), Some(version)) = (element.attribute("Name"), element.attribute("Version")) {
            all.extend(declared(file, name.span.clone(), version.span.clone(), &version.text));
        }
    }
    all
}

fn declared(file: &File<'_>, name: Range<usize>, set: Range<usize>, version: &str) -> Option<Declared> {
    let source = &file.source;
    // A text with escapes is not as long as its bytes.
    (source.text.get(set.clone()) == Some(version)).then_some(())?;
    Some(Declared {
        package: Package::new(Ecosystem::NuGet, source.text.get(name.clone())?.trim()).ok()?,
        requirement: version.to_owned(),
        version: Version::Known(version.to_owned()),
        scope: Scope::Build,
        place: source.place(name),
        comment: source.comment(&set, XML),
        set: Some(source.place(set)),
        through: Through::Inline,
        locked: None,
    })
}
