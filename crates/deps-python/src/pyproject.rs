//! `pyproject.toml`: PEP 621, PEP 735, PEP 518, and the tables of poetry, uv and pdm.

use std::collections::BTreeMap;

use fleetwright_package::{Ecosystem, Package, Scope, Version};
use toml_edit::{Item, Value};

use crate::cycle::closing;
use crate::declare::Read;
use crate::poetry;
use crate::requirement::normal;
use crate::source::{Source, shown};
use crate::tables;

/// Reads a `pyproject.toml`.
pub(crate) fn read(source: &mut Source<'_>) -> Option<Read> {
    let document = tables::read(source)?;
    let root = document.as_item();
    let mut read = Read::new(source.path);
    read.tool = ["poetry", "uv", "pdm"].into_iter().find(|tool| tables::at(root, &["tool", tool]).is_some());
    itself(&mut read, root);
    each(&mut read, source, tables::values(root, &["project", "dependencies"]), Scope::Runtime);
    lists(&mut read, source, root, (&["project", "optional-dependencies"], Scope::Optional));
    lists(&mut read, source, root, (&["dependency-groups"], Scope::Development));
    groups(source, root);
    each(&mut read, source, tables::values(root, &["build-system", "requires"]), Scope::Build);
    poetry::tables(&mut read, source, root);
    each(&mut read, source, tables::values(root, &["tool", "uv", "dev-dependencies"]), Scope::Development);
    for key in ["constraint-dependencies", "override-dependencies", "build-constraint-dependencies"] {
        each(&mut read, source, tables::values(root, &["tool", "uv", key]), Scope::Managed);
    }
    lists(&mut read, source, root, (&["tool", "pdm", "dev-dependencies"], Scope::Development));
    elsewhere(&mut read, root);
    extras_of_itself(&mut read);
    Some(read)
}

/// What the project is itself published as.
fn itself(read: &mut Read, root: &Item) {
    let either = |key: &str| {
        tables::text(root, &["project", key]).or_else(|| tables::text(root, &["tool", "poetry", key]))
    };
    let Some(package) = either("name").and_then(|name| Package::new(Ecosystem::PyPi, name).ok()) else {
        return;
    };
    read.manifest.package = Some(package);
    let dynamic = || Version::Unknown("its version is made when it is built".to_owned());
    read.manifest.version =
        Some(either("version").map_or_else(dynamic, |version| Version::Known(version.to_owned())));
}

/// A project names itself to use an extra of its own in another one.
fn extras_of_itself(read: &mut Read) {
    let Some(package) = &read.manifest.package else { return };
    for (declared, detail) in read.manifest.declared.iter_mut().zip(&mut read.details) {
        if declared.package == *package {
            detail.elsewhere = true;
            declared.version = read.manifest.version.clone().unwrap_or_else(|| declared.version.clone());
        }
    }
}

/// Adds each requirement of an array; what is no text is for another reader.
fn each<'a>(read: &mut Read, source: &mut Source<'_>, values: impl Iterator<Item = &'a Value>, scope: Scope) {
    for value in values.filter(|value| value.is_str()) {
        let Some(span) = tables::inner(source, value.span()) else { continue };
        // pdm and uv lead editable ones so; the name is in the address.
        if source.slice(&span).trim_start().starts_with("-e ") {
            continue;
        }
        read.add_text(source, span, scope);
    }
}

/// Adds the requirements of every array in a table.
fn lists(read: &mut Read, source: &mut Source<'_>, root: &Item, (path, scope): (&[&str], Scope)) {
    for (_, _, item) in tables::entries(root, path) {
        each(read, source, item.as_array().into_iter().flatten(), scope);
    }
}

/// Looks that dependency groups include only groups that are there, and not themselves.
fn groups(source: &mut Source<'_>, root: &Item) {
    let mut includes: BTreeMap<String, Vec<(String, usize)>> = BTreeMap::new();
    for (name, _, item) in tables::entries(root, &["dependency-groups"]) {
        let values = item.as_array().into_iter().flatten();
        let included = values.filter_map(|value| {
            let other = value.as_inline_table()?.get("include-group")?;
            Some((normal(other.as_str()?), other.span().unwrap_or_default().start))
        });
        includes.insert(normal(name), included.collect());
    }
    let edges =
        includes.iter().map(|(name, of)| (name.as_str(), of.iter().map(|(to, _)| to.as_str()).collect()));
    let circles = closing(&edges.collect());
    for (name, included) in &includes {
        for (other, at) in included {
            let line = source.line(*at);
            if !includes.contains_key(other) {
                let message =
                    format!("group `{}` includes `{}`, which is not there", shown(name), shown(other));
                source.finding(line, message, "add the group, or remove the line");
            } else if circles.contains(&(name.as_str(), other.as_str())) {
                let message = format!("group `{}` includes itself through `{}`", shown(name), shown(other));
                source.finding(line, message, "remove one of the includes");
            }
        }
    }
}

/// uv takes what is in its sources from a folder, a repository or the workspace.
fn elsewhere(read: &mut Read, root: &Item) {
    let from = tables::entries(root, &["tool", "uv", "sources"]).filter_map(|(name, _, item)| {
        let one = ["workspace", "path", "git", "url"].into_iter().find(|key| item.get(key).is_some());
        Some((normal(name), one.or_else(|| item.is_array().then_some("several places"))?))
    });
    let from: BTreeMap<String, &str> = from.collect();
    for (declared, detail) in read.manifest.declared.iter_mut().zip(&mut read.details) {
        let Some(from) = from.get(declared.package.name()) else { continue };
        detail.elsewhere = true;
        let why = format!("`tool.uv.sources` takes it from `{from}`, and no lockfile says its version");
        declared.version = Version::Unknown(why);
    }
}
