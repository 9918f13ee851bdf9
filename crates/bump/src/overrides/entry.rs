//! The entry that sets the version of a package for whoever needs it, in each tool's own form.

use fleetwright_edit::{DocumentEdit, EditSpec, Format};
use fleetwright_package::path::folder;
use fleetwright_package::{Files, Lock};
use serde_json::{Map, Value, json};

use crate::decide::Terms;

/// The group of Poetry that entries are added to.
const GROUP: &str = "constraints";

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
            let has = files.text(&workspace).is_some_and(|text| {
                newer_pnpm(files, lock) || text.lines().any(|line| line.starts_with("overrides:"))
            });
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
        "pdm.lock" => {
            let patch =
                json!({ "tool": { "pdm": { "resolution": { "overrides": { name: format!(">={to}") } } } } });
            let spec = EditSpec { merge: Some(patch), ..EditSpec::default() };
            edited(files, beside("pyproject.toml"), Format::Toml, &spec)
        }
        "poetry.lock" => {
            // Poetry resolves all groups together, and installs those that are optional only when asked.
            let group = json!({ "optional": true, "dependencies": { name: format!(">={to}") } });
            let patch = json!({ "tool": { "poetry": { "group": { GROUP: group } } } });
            let spec = EditSpec { merge: Some(patch), ..EditSpec::default() };
            edited(files, beside("pyproject.toml"), Format::Toml, &spec)
        }
        "gradle" => gradle(files, terms, lock),
        "requirements" => constraint(files, terms, lock),
        _ => Err(format!("{format} knows no entry for it; ask for {name} {to} directly, by hand")),
    }
}

/// Whether the project says that it is of a pnpm that reads entries from `pnpm-workspace.yaml`; 11 reads no other ones.
fn newer_pnpm(files: &Files, lock: &Lock) -> bool {
    let text = files.text(&within(folder(&lock.path), "package.json")).unwrap_or_default();
    let json = serde_json::from_str::<Value>(text).unwrap_or_default();
    let said = json.get("packageManager").and_then(Value::as_str).unwrap_or_default();
    let major = said.strip_prefix("pnpm@").and_then(|version| version.split('.').next());
    major.and_then(|major| major.parse::<u32>().ok()).is_some_and(|major| major >= 10)
}

/// Whether an entry of this lockfile's tool reads as a dependency of its own, and not as one that only sets a version.
pub(crate) fn is_dependency(lock: &Lock) -> bool {
    lock.format.starts_with("poetry.lock")
}

/// The script beside the lockfile, with a constraint in a block of its own at its end.
fn gradle(files: &Files, terms: &Terms<'_>, lock: &Lock) -> Result<Written, String> {
    let (name, to) = (terms.wish.package.name(), terms.to);
    let scripts = ["build.gradle.kts", "build.gradle"].map(|file| within(folder(&lock.path), file));
    let script = scripts.into_iter().find_map(|path| Some((files.text(&path)?, path)));
    match script.filter(|(text, _)| text.contains("implementation")) {
        Some((text, path)) => {
            let line = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
            let block = format!(
                "{line}\ndependencies {{\n    constraints {{\n        implementation(\"{name}:{to}\")\n    }}\n}}\n"
            );
            Ok((path, format!("{text}{block}")))
        }
        None => Err(format!(
            "add `constraints {{ implementation(\"{name}:{to}\") }}` to the build script by hand"
        )),
    }
}

/// The constraints that a file of pip-compile is compiled with, with one more.
fn constraint(files: &Files, terms: &Terms<'_>, lock: &Lock) -> Result<Written, String> {
    let (name, to) = (terms.wish.package.name(), terms.to);
    let source = lock.path.strip_suffix(".txt").map(|stem| format!("{stem}.in"));
    let text = source.as_ref().and_then(|source| files.text(source)).unwrap_or_default();
    let mut named = text.lines().filter_map(|line| {
        let line = line.trim();
        let rest = line.strip_prefix("--constraint").or_else(|| line.strip_prefix("-c"))?;
        Some(within(folder(&lock.path), rest.trim_start_matches('=').trim()))
    });
    match named.find_map(|path| Some((files.text(&path)?, path))) {
        Some((text, path)) => {
            let line = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
            Ok((path, format!("{text}{line}{name}>={to}\n")))
        }
        None => Err(format!(
            "add `{name}>={to}` to what the file is compiled from, or to its constraints, by hand"
        )),
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
