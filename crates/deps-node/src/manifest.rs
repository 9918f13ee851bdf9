//! `package.json`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use fleetwright_package::{Finding, Place, Scope};
use jsonc_parser::ast::{Object, StringLit, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::text::{Source, finding, name_and_rest};

/// The most levels of nested `overrides`.
const MAX_OVERRIDES: usize = 32;

/// A `package.json`.
#[derive(Debug, Default)]
pub(crate) struct PackageJson {
    /// Its name.
    pub(crate) name: Option<String>,
    /// Its version.
    pub(crate) version: Option<String>,
    /// What it depends on, and what it overrides ([`Scope::Managed`]).
    pub(crate) wanted: Vec<Wanted>,
    /// The globs of its workspace's members.
    pub(crate) workspaces: Vec<String>,
    /// The package manager that it asks for, such as `pnpm@9.1.0`.
    pub(crate) manager: Option<String>,
    /// Its catalogs, which bun reads.
    pub(crate) catalogs: Catalogs,
}

/// A dependency as it is written.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// The name before it.
    pub(crate) name: String,
    /// The requirement.
    pub(crate) text: String,
    /// What for.
    pub(crate) scope: Scope,
    /// Where the name is.
    pub(crate) place: Place,
    /// The requirement's place; `None` where it is written with escapes.
    pub(crate) set: Option<Place>,
    /// A comment beside it.
    pub(crate) comment: Option<String>,
}

/// Catalogs by name, the default one's being empty: their entries by the package's name.
pub(crate) type Catalogs = BTreeMap<String, BTreeMap<String, Wanted>>;

const LISTS: [(&str, Scope); 4] = [
    ("dependencies", Scope::Runtime),
    ("devDependencies", Scope::Development),
    ("optionalDependencies", Scope::Optional),
    ("peerDependencies", Scope::Provided),
];

/// Reads one.
pub(crate) fn read(source: &Source<'_>) -> Result<PackageJson, Finding> {
    let remedy = "make it valid JSON: `npm pkg fix` shows where it is not";
    let options =
        ParseOptions { allow_comments: false, allow_trailing_commas: false, ..ParseOptions::default() };
    // npm reads over a byte order mark; spaces in its place keep every byte where it is.
    let text = match source.text.strip_prefix('\u{feff}') {
        Some(rest) => Cow::Owned(format!("   {rest}")),
        None => Cow::Borrowed(source.text),
    };
    let parsed = parse_to_ast(&text, &CollectOptions::default(), &options).map_err(|error| {
        finding(
            source.path,
            source.line(error.range().start),
            format!("this is no JSON: {}", error.kind()),
            remedy,
        )
    })?;
    let Some(Value::Object(root)) = parsed.value else {
        return Err(finding(source.path, 1, "a package.json is one JSON object, and this is none", remedy));
    };
    let text = |name| root.get_string(name).map(|text| text.value.to_string());
    let mut json = PackageJson {
        name: text("name"),
        version: text("version"),
        manager: text("packageManager"),
        ..PackageJson::default()
    };
    for (list, scope) in LISTS {
        if let Some(object) = root.get_object(list) {
            json.wanted.extend(strings(object).map(|(name, value)| wanted(source, name, value, scope)));
        }
    }
    keep_one_of_each(&mut json.wanted);
    overrides(source, &root, &mut json.wanted);
    match root.get("workspaces").map(|workspaces| &workspaces.value) {
        Some(Value::Array(globs)) => json.workspaces = globs.elements.iter().filter_map(string).collect(),
        Some(Value::Object(object)) => {
            json.workspaces = object
                .get_array("packages")
                .map(|globs| globs.elements.iter().filter_map(string).collect())
                .unwrap_or_default();
            catalogs(source, object, &mut json.catalogs);
        }
        _ => {}
    }
    catalogs(source, &root, &mut json.catalogs);
    Ok(json)
}

/// What is both in `dependencies` and in `optionalDependencies` is optional, as npm has it.
fn keep_one_of_each(wanted: &mut Vec<Wanted>) {
    let optional: Vec<String> =
        wanted.iter().filter(|one| one.scope == Scope::Optional).map(|one| one.name.clone()).collect();
    wanted.retain(|one| one.scope != Scope::Runtime || !optional.contains(&one.name));
}

fn string(value: &Value<'_>) -> Option<String> {
    value.as_string_lit().map(|text| text.value.to_string())
}

fn strings<'a, 'b>(
    object: &'b Object<'a>,
) -> impl Iterator<Item = ((&'b str, Range<usize>), &'b StringLit<'a>)> {
    object.properties.iter().filter_map(|property| {
        let range = property.name.range();
        Some(((property.name.as_str(), range.start..range.end), property.value.as_string_lit()?))
    })
}

fn wanted(
    source: &Source<'_>,
    (name, at): (&str, Range<usize>),
    value: &StringLit<'_>,
    scope: Scope,
) -> Wanted {
    let inside = value.range.start + 1..value.range.end.saturating_sub(1);
    let plain = source.text.get(inside.clone()) == Some(&*value.value);
    Wanted {
        name: name.to_owned(),
        text: value.value.to_string(),
        scope,
        place: source.place(at),
        set: plain.then(|| source.place(inside)),
        comment: None,
    }
}

fn overrides(source: &Source<'_>, root: &Object<'_>, into: &mut Vec<Wanted>) {
    if let Some(object) = root.get_object("overrides") {
        nested(source, object, None, MAX_OVERRIDES, into);
    }
    let pnpm = root.get_object("pnpm").and_then(|pnpm| pnpm.get_object("overrides"));
    for object in root.get_object("resolutions").into_iter().chain(pnpm) {
        for ((key, at), value) in strings(object) {
            into.push(wanted(source, (overridden(key), at), value, Scope::Managed));
        }
    }
}

/// npm's overrides hold others: what counts is the innermost name, or the outer one for `.`.
fn nested(
    source: &Source<'_>,
    object: &Object<'_>,
    outer: Option<&str>,
    levels: usize,
    into: &mut Vec<Wanted>,
) {
    for property in object.properties.iter().filter(|_| levels > 0) {
        let key = property.name.as_str();
        let name = if key == "." { outer.unwrap_or(key) } else { overridden(key) };
        let range = property.name.range();
        match &property.value {
            Value::StringLit(value) => {
                into.push(wanted(source, (name, range.start..range.end), value, Scope::Managed))
            }
            Value::Object(inner) => nested(source, inner, Some(name), levels - 1, into),
            _ => {}
        }
    }
}

/// The package that a key of overrides is about: `a>b@^1`, `a/**/b` and `a/@s/b` are about `b`, `b` and `@s/b`.
pub(crate) fn overridden(key: &str) -> &str {
    let last = key.rsplit('>').next().unwrap_or(key).trim();
    let last = name_and_rest(last).map_or(last, |(name, rest)| if rest.contains('/') { last } else { name });
    let mut slashes = last.rmatch_indices('/').map(|(at, _)| at);
    let Some(end) = slashes.next() else { return last };
    let before = slashes.next().map_or(0, |at| at + 1);
    let start = if last[before..end].starts_with('@') { before } else { end + 1 };
    let name = &last[start..];
    name_and_rest(name).map_or(name, |(name, _)| name)
}

fn catalogs(source: &Source<'_>, object: &Object<'_>, into: &mut Catalogs) {
    let mut add = |name: &str, entries: &Object<'_>| {
        let entries = strings(entries)
            .map(|(name, value)| (name.0.to_owned(), wanted(source, name, value, Scope::Managed)));
        into.entry(name.to_owned()).or_default().extend(entries);
    };
    if let Some(entries) = object.get_object("catalog") {
        add("", entries);
    }
    if let Some(all) = object.get_object("catalogs") {
        for property in &all.properties {
            if let Value::Object(entries) = &property.value {
                add(property.name.as_str(), entries);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_is_about_its_last_name() {
        let keys = ["b", "a>b@^1", "a/**/b", "a/@s/b", "@s/b@npm:^1", "@s/b", "**/b", "b@1"];
        assert_eq!(keys.map(overridden), ["b", "b", "b", "@s/b", "@s/b", "@s/b", "b", "b"]);
    }
}
