//! Tables of dependencies as poetry writes them, `name = "^1.2"` or `name = {version = "^1.2"}`; those of a
//! `Pipfile` and of pdm's overrides have the same form.

use std::ops::Range;

use fleetwright_package::{Scope, Version};
use toml_edit::{Item, TableLike};

use crate::declare::{Detail, Named, Read, from_address, unlocked};
use crate::requirement::normal;
use crate::source::{Source, shown};
use crate::specifier;
use crate::tables;

/// The most dependency groups one file may have.
const MAX_GROUPS: usize = 1_000;

/// What a version alone means: exactly that one to poetry, nothing to pip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bare(pub(crate) bool);

/// Reads the tables of poetry and pdm's overrides in a `pyproject.toml`.
pub(crate) fn tables(read: &mut Read, source: &mut Source<'_>, root: &Item) {
    table(
        read,
        source,
        tables::entries(root, &["tool", "poetry", "dependencies"]),
        (Scope::Runtime, Bare(true)),
    );
    let dev = tables::entries(root, &["tool", "poetry", "dev-dependencies"]);
    table(read, source, dev, (Scope::Development, Bare(true)));
    for (_, _, group) in tables::entries(root, &["tool", "poetry", "group"]).take(MAX_GROUPS) {
        table(read, source, tables::entries(group, &["dependencies"]), (Scope::Development, Bare(true)));
    }
    let overrides = tables::entries(root, &["tool", "pdm", "resolution", "overrides"]);
    table(read, source, overrides, (Scope::Managed, Bare(true)));
}

/// Reads the entries of a table of dependencies.
pub(crate) fn table<'a>(
    read: &mut Read,
    source: &mut Source<'_>,
    entries: impl Iterator<Item = (&'a str, Range<usize>, &'a Item)>,
    (scope, bare): (Scope, Bare),
) {
    for (_, key, item) in entries {
        let name = tables::key_name(source, key);
        if source.slice(&name).eq_ignore_ascii_case("python") {
            continue;
        }
        if let Some(several) = item.as_array() {
            for one in several.iter().filter_map(|value| value.as_inline_table()) {
                detailed(read, source, (name.clone(), one), (scope, bare));
            }
        } else if let Some(one) = item.as_table_like() {
            detailed(read, source, (name, one), (scope, bare));
        } else if item.is_str() {
            plain(read, source, (name, item.span()), (scope, bare, false));
        } else {
            let line = source.line(name.start);
            let message = format!("`{}` has neither a version nor a table", shown(source.slice(&name)));
            source.finding(line, message, "write it like `name = \"^1.2\"`");
        }
    }
}

fn plain(
    read: &mut Read,
    source: &mut Source<'_>,
    (name, version): (Range<usize>, Option<Range<usize>>),
    (scope, bare, marker): (Scope, Bare, bool),
) {
    let Some(span) = tables::inner(source, version) else { return };
    let requirement = source.slice(&span);
    if !specifier::is_valid(requirement) {
        let message = format!("`{}` is no range of versions", shown(requirement));
        return source.finding(source.line(span.start), message, "write it like `^1.2`");
    }
    let set = specifier::version_span(requirement, span.start);
    let version = unlocked(requirement, bare.0);
    read.push(
        source,
        Named { name, set: Some(set), requirement, version, scope },
        Detail { marker, elsewhere: false },
    );
}

fn detailed(
    read: &mut Read,
    source: &mut Source<'_>,
    (name, table): (Range<usize>, &dyn TableLike),
    (scope, bare): (Scope, Bare),
) {
    let of = normal(source.slice(&name));
    let extras = table.get("extras").and_then(Item::as_array).into_iter().flatten();
    read.extras.extend(extras.filter_map(|extra| Some((of.clone(), normal(extra.as_str()?)))));
    let conditions = ["markers", "python", "platform", "sys_platform", "os_name", "python_version"];
    let marker = conditions.into_iter().any(|key| table.contains_key(key));
    let optional = table.get("optional").and_then(Item::as_bool).unwrap_or_default();
    let scope = if optional && scope == Scope::Runtime { Scope::Optional } else { scope };
    let from = ["git", "path", "url", "file"].into_iter().find_map(|key| table.get(key)?.as_str());
    if let Some(address) = from {
        let named = Named { name, set: None, requirement: "", version: from_address(address), scope };
        return read.push(source, named, Detail { marker, elsewhere: true });
    }
    match table.get("version").filter(|version| version.is_str()) {
        Some(version) => plain(read, source, (name, version.span()), (scope, bare, marker)),
        None => {
            let version = if table.contains_key("workspace") {
                Version::Unknown("it is a part of the workspace".to_owned())
            } else {
                unlocked("", bare.0)
            };
            let named = Named { name, set: None, requirement: "", version, scope };
            read.push(source, named, Detail { marker, elsewhere: false });
        }
    }
}
