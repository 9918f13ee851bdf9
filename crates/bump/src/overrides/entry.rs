//! The entry that sets the version of a package for whoever needs it, in each tool's own form.

use fleetwright_edit::{DocumentEdit, EditSpec, Format};
use fleetwright_package::path::folder;
use fleetwright_package::{Files, Lock};
use serde_json::{Map, Value, json};

use crate::decide::Terms;

/// A file with its new text.
pub(crate) type Written = (String, String);

/// The file that a lockfile's tool takes such entries from, with one for the package added.
///
/// # Errors
/// Why there is none, and what to do by hand.
pub(crate) fn of_lock(files: &Files, terms: &Terms<'_>, lock: &Lock) -> Result<Written, String> {
    let (name, to) = (terms.wish.package.name(), terms.to);
    let beside = |file: &str| within(folder(&lock.path), file);
    let format = lock.format.as_str();
    let tool = format.split(' ').next().unwrap_or_default();
    match tool {
        "package-lock" => {
            merged(files, beside("package.json"), &["overrides"], (name, version(files, terms, lock)))
        }
        "bun" => merged(files, beside("package.json"), &["overrides"], (name, to.to_owned())),
        "yarn" => merged(files, beside("package.json"), &["resolutions"], (name, to.to_owned())),
        "pnpm" => {
            let workspace = beside("pnpm-workspace.yaml");
            let has = files
                .text(&workspace)
                .is_some_and(|text| text.lines().any(|line| line.starts_with("overrides:")));
            match has {
                true => merged(files, workspace, &["overrides"], (name, to.to_owned())),
                false => merged(files, beside("package.json"), &["pnpm", "overrides"], (name, to.to_owned())),
            }
        }
        "uv.lock" => {
            let entry = Value::from(format!("{name}>={to}"));
            appended(files, beside("pyproject.toml"), Format::Toml, "tool.uv.constraint-dependencies", entry)
        }
        "packages.lock.json" => central(files, terms, lock),
        "gradle" => Err(format!(
            "add `constraints {{ implementation(\"{name}:{to}\") }}` to the build script by hand"
        )),
        "requirements" => Err(format!(
            "add `{name}>={to}` to what the file is compiled from, or to its constraints, by hand"
        )),
        _ => Err(format!("{format} knows no entry for it; ask for {name} {to} directly, by hand")),
    }
}

/// A POM with an entry for the package in its `dependencyManagement`.
///
/// # Errors
/// Why it cannot be added.
pub(crate) fn of_pom(files: &Files, terms: &Terms<'_>, path: &str) -> Result<Written, String> {
    let name = terms.wish.package.name();
    let (group, artifact) = name.split_once(':').ok_or_else(|| format!("`{name}` is no name of Maven"))?;
    let entry = json!({ "groupId": group, "artifactId": artifact, "version": terms.to });
    let place = "project.dependencyManagement.dependencies.dependency";
    appended(files, path.to_owned(), Format::Xml, place, entry)
}

/// The version that npm is to override with. It refuses to override what a project asks for itself with anything but
/// the same words, for which it has a sign.
fn version(files: &Files, terms: &Terms<'_>, lock: &Lock) -> String {
    let name = terms.wish.package.name();
    let path = within(folder(&lock.path), "package.json");
    let json = files.text(&path).and_then(|text| serde_json::from_str::<Value>(text).ok());
    let lists = ["dependencies", "devDependencies", "optionalDependencies"];
    let direct = json.is_some_and(|json| {
        lists.iter().any(|list| json.get(list).is_some_and(|all| all.get(name).is_some()))
    });
    if direct { format!("${name}") } else { terms.to.to_owned() }
}

/// Central versions of .NET hold for what comes through others only where that is switched on.
fn central(files: &Files, terms: &Terms<'_>, lock: &Lock) -> Result<Written, String> {
    let name = terms.wish.package.name();
    let above = std::iter::successors(Some(folder(&lock.path)), |at| (!at.is_empty()).then(|| folder(at)));
    let mut paths = above.map(|at| within(at, "Directory.Packages.props"));
    let props = paths.find_map(|path| Some((files.text(&path)?, path)));
    match props {
        Some((text, path)) if is_pinning(text) => {
            let entry = json!({ "@Include": name, "@Version": terms.to });
            appended(files, path, Format::Xml, "Project.ItemGroup.PackageVersion", entry)
        }
        _ => Err(format!("add a PackageReference to {name} {} to the project by hand", terms.to)),
    }
}

fn is_pinning(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("<centralpackagetransitivepinningenabled>true<")
}

/// A file with a key below these keys.
fn merged(
    files: &Files,
    path: String,
    keys: &[&str],
    (name, version): (&str, String),
) -> Result<Written, String> {
    let one = |key: &str, value: Value| Value::Object(Map::from_iter([(key.to_owned(), value)]));
    let patch = keys.iter().rev().fold(one(name, version.into()), |inner, key| one(key, inner));
    let format = if path.ends_with(".json") { Format::Json } else { Format::Yaml };
    edited(files, path, format, &EditSpec { merge: Some(patch), ..EditSpec::default() })
}

/// A file with an element at the end of a list.
fn appended(
    files: &Files,
    path: String,
    format: Format,
    list: &str,
    entry: Value,
) -> Result<Written, String> {
    let append = Map::from_iter([(list.to_owned(), entry)]);
    edited(files, path, format, &EditSpec { append, ..EditSpec::default() })
}

fn edited(files: &Files, path: String, format: Format, spec: &EditSpec) -> Result<Written, String> {
    let text = files.text(&path).ok_or_else(|| format!("there is no {path} to add an entry to"))?;
    let edit = DocumentEdit::compile(format, spec).map_err(|error| error.to_string())?;
    match edit.apply(text).map_err(|error| format!("{path}: {error}"))? {
        Some(new) => Ok((path, new)),
        None => Err(format!("{path} has an entry for it already, which does not hold")),
    }
}

fn within(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
