//! Cargo.toml as it is written: the package, the workspace, and every table of dependencies.

use std::collections::HashMap;
use std::ops::Range;

use fleetwright_package::{Finding, Scope};
use toml_edit::{Document, Item, Key, TableLike, Value};

use crate::limits::{MAX_DECLARED, MAX_GLOBS, MAX_MANIFEST};
use crate::source::Source;

/// A text of a manifest and its bytes, without quotes; no bytes where it is written with escapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) text: String,
    pub(super) span: Option<Range<usize>>,
}

/// Cargo.toml.
#[derive(Debug)]
pub(super) struct CargoToml<'a> {
    pub(super) source: Source<'a>,
    pub(super) package: Option<OwnPackage>,
    pub(super) workspace: Option<Workspace>,
    pub(super) entries: Vec<Entry>,
}

/// The table `package`.
#[derive(Debug)]
pub(super) struct OwnPackage {
    pub(super) name: String,
    /// The version; `None` where there is none or the workspace's holds.
    pub(super) version: Option<String>,
    pub(super) version_of_workspace: bool,
    /// The folder of the workspace, where it is named.
    pub(super) workspace: Option<String>,
}

/// The table `workspace`.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    pub(super) members: Vec<Written>,
    pub(super) exclude: Vec<Written>,
    pub(super) version: Option<String>,
    pub(super) entries: Vec<Entry>,
    /// Where each key is in the entries.
    by_key: HashMap<String, usize>,
}

impl Workspace {
    /// The entry that members inherit by this key.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.get(*self.by_key.get(key)?)
    }
}

/// One dependency.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The name in the table.
    pub(super) key: String,
    /// The name of the package, which may be another.
    pub(super) package: String,
    pub(super) requirement: Option<Written>,
    pub(super) inherited: bool,
    pub(super) path: Option<String>,
    pub(super) git: Option<String>,
    pub(super) scope: Scope,
    /// The bytes of the key.
    pub(super) at: Range<usize>,
}

/// Reads a manifest; what cannot be read is a finding.
pub(super) fn parse<'a>(path: &'a str, text: &'a str, findings: &mut Vec<Finding>) -> Option<CargoToml<'a>> {
    let source = Source::open(path, text, MAX_MANIFEST, findings)?;
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let line = source.line(error.span().map_or(0, |span| span.start));
            findings.push(source.finding(
                line,
                error.message(),
                "correct the TOML; `cargo metadata` shows it too",
            ));
            return None;
        }
    };
    let root = document.as_table();
    let mut entries = Entries { text, list: Vec::new() };
    entries.tables(root);
    if let Some(targets) = table(root, "target") {
        targets
            .iter()
            .filter_map(|(_, target)| target.as_table_like())
            .for_each(|target| entries.tables(target));
    }
    for sources in ["patch", "replace"].into_iter().filter_map(|name| table(root, name)) {
        entries.overrides(sources);
    }
    let workspace = table(root, "workspace").map(|table| workspace(table, text));
    let most = entries.list.len().max(workspace.as_ref().map_or(0, |workspace| workspace.entries.len()));
    if most > MAX_DECLARED {
        let message = format!("it declares {most} dependencies; at most {MAX_DECLARED} are read");
        findings.push(source.finding(0, message, "look whether the file was made by accident"));
        return None;
    }
    if let Some(workspace) = &workspace
        && workspace.members.len().max(workspace.exclude.len()) > MAX_GLOBS
    {
        let message = format!("a list of its workspace has over {MAX_GLOBS} entries; it is not read");
        findings.push(source.finding(0, message, "use globs, such as `crates/*`"));
        return None;
    }
    let package = table(root, "package").or_else(|| table(root, "project")).and_then(own_package);
    Some(CargoToml { source, package, workspace, entries: entries.list })
}

fn table<'a>(of: &'a dyn TableLike, name: &str) -> Option<&'a dyn TableLike> {
    of.get(name)?.as_table_like()
}

fn text(of: &dyn TableLike, name: &str) -> Option<String> {
    of.get(name)?.as_str().map(str::to_owned)
}

fn texts(of: &dyn TableLike, name: &str, source: &str) -> Vec<Written> {
    let list = of.get(name).and_then(Item::as_array);
    list.into_iter().flatten().filter_map(|value| written(value, source)).collect()
}

fn is_true(of: &dyn TableLike, name: &str) -> bool {
    of.get(name).and_then(Item::as_bool) == Some(true)
}

fn own_package(table: &dyn TableLike) -> Option<OwnPackage> {
    let inherited = |version: &dyn TableLike| is_true(version, "workspace");
    Some(OwnPackage {
        name: text(table, "name")?,
        version: text(table, "version"),
        version_of_workspace: self::table(table, "version").is_some_and(inherited),
        workspace: text(table, "workspace"),
    })
}

fn workspace(of: &dyn TableLike, source: &str) -> Workspace {
    let mut entries = Entries { text: source, list: Vec::new() };
    if let Some(dependencies) = table(of, "dependencies") {
        entries.table(dependencies, Scope::Managed);
    }
    Workspace {
        members: texts(of, "members", source),
        exclude: texts(of, "exclude", source),
        version: table(of, "package").and_then(|package| text(package, "version")),
        by_key: entries.list.iter().enumerate().map(|(at, entry)| (entry.key.clone(), at)).collect(),
        entries: entries.list,
    }
}

/// Collects dependencies out of tables.
struct Entries<'a> {
    text: &'a str,
    list: Vec<Entry>,
}

impl Entries<'_> {
    fn tables(&mut self, of: &dyn TableLike) {
        let tables = [
            ("dependencies", Scope::Runtime),
            ("dev-dependencies", Scope::Development),
            ("dev_dependencies", Scope::Development),
            ("build-dependencies", Scope::Build),
            ("build_dependencies", Scope::Build),
        ];
        for (name, scope) in tables {
            if let Some(dependencies) = table(of, name) {
                self.table(dependencies, scope);
            }
        }
    }

    /// `[patch.SOURCE]` holds tables of dependencies, `[replace]` is one whose keys are `name:version`.
    fn overrides(&mut self, of: &dyn TableLike) {
        for (key, item) in of.iter() {
            let Some(inner) = item.as_table_like() else { continue };
            match key.split_once(':') {
                Some((name, _)) if inner.get("git").or(inner.get("path")).is_some_and(Item::is_str) => {
                    self.entry(of.key(key), name, item, Scope::Managed);
                }
                _ => self.table(inner, Scope::Managed),
            }
        }
    }

    fn table(&mut self, of: &dyn TableLike, scope: Scope) {
        for (name, item) in of.iter() {
            self.entry(of.key(name), name, item, scope);
        }
    }

    fn entry(&mut self, key: Option<&Key>, name: &str, item: &Item, scope: Scope) {
        let Some(at) = key.and_then(Key::span) else { return };
        let mut entry = Entry {
            key: name.to_owned(),
            package: name.to_owned(),
            requirement: item.as_value().and_then(|value| written(value, self.text)),
            inherited: false,
            path: None,
            git: None,
            scope,
            at,
        };
        if let Some(table) = item.as_table_like() {
            let version = table.get("version").and_then(Item::as_value);
            entry.requirement = version.and_then(|value| written(value, self.text));
            entry.package = text(table, "package").unwrap_or(entry.package);
            entry.inherited = is_true(table, "workspace");
            entry.path = text(table, "path");
            entry.git = text(table, "git");
            if is_true(table, "optional") && scope == Scope::Runtime {
                entry.scope = Scope::Optional;
            }
        }
        self.list.push(entry);
    }
}

fn written(value: &Value, source: &str) -> Option<Written> {
    let text = value.as_str()?.to_owned();
    let span = value.span().filter(|span| span.len() >= 2).map(|span| span.start + 1..span.end - 1);
    let span = span.filter(|span| source.get(span.clone()) == Some(text.as_str()));
    Some(Written { text, span })
}
