//! npm's `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3.

use std::collections::{BTreeMap, HashMap};

use fleetwright_package::Finding;
use serde::Deserialize;

use crate::json::{Entries, Text};
use crate::lock::{Direct, Members, ReadLock};
use crate::text::{Source, finding, folder, join, name_and_rest};

/// The longest path of a package in a lockfile, in bytes; each of its folders is looked into.
const MAX_PATH: usize = 4096;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    lockfile_version: Option<serde_json::Value>,
    #[serde(borrow, default)]
    packages: Option<Entries<'a, Entry<'a>>>,
}

#[derive(Deserialize)]
struct Old<'a> {
    #[serde(borrow, default)]
    dependencies: Entries<'a, OldEntry<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default)]
    version: Text<'a>,
    #[serde(borrow, default)]
    resolved: Text<'a>,
    #[serde(default)]
    link: bool,
    #[serde(borrow, default)]
    dependencies: Entries<'a, Text<'a>>,
    #[serde(borrow, default)]
    dev_dependencies: Entries<'a, Text<'a>>,
    #[serde(borrow, default)]
    optional_dependencies: Entries<'a, Text<'a>>,
    #[serde(borrow, default)]
    peer_dependencies: Entries<'a, Text<'a>>,
}

#[derive(Deserialize)]
struct OldEntry<'a> {
    #[serde(borrow, default)]
    version: Text<'a>,
    #[serde(borrow, default)]
    requires: Entries<'a, Text<'a>>,
    #[serde(borrow, default)]
    dependencies: Entries<'a, OldEntry<'a>>,
}

/// Reads one.
pub(crate) fn read(source: &Source<'_>, members: &Members) -> Result<ReadLock, Finding> {
    let broken = |error: serde_json::Error| {
        let line = u32::try_from(error.line()).unwrap_or(0);
        finding(
            source.path,
            line,
            format!("this is no lockfile of npm: {error}"),
            "run `npm install --package-lock-only`",
        )
    };
    let head: Head<'_> = serde_json::from_str(source.text).map_err(broken)?;
    let version = head.lockfile_version.as_ref().map_or(Some(1), serde_json::Value::as_u64);
    match (version, head.packages) {
        (Some(2 | 3), Some(packages)) => Ok(new(source, version.unwrap_or(0), &packages.0, members)),
        (Some(0 | 1), _) => {
            let old: Old<'_> = serde_json::from_str(source.text).map_err(broken)?;
            Ok(first(source, &old.dependencies.0))
        }
        _ => {
            let message = format!(
                "lockfileVersion {} is not known, or has no packages; known are 1, 2 and 3",
                head.lockfile_version.map_or_else(|| "(none)".to_owned(), |version| version.to_string())
            );
            Err(finding(source.path, 0, message, "write it again with `npm install --package-lock-only`"))
        }
    }
}

fn new<'a>(
    source: &Source<'_>,
    version: u64,
    entries: &'a [(Text<'a>, Entry<'a>)],
    members: &Members,
) -> ReadLock {
    let mut read = ReadLock::new(source.path, format!("package-lock {version}"));
    let mut at: HashMap<&str, u32> = HashMap::with_capacity(entries.len());
    for (key, entry) in entries.iter().filter(|(_, entry)| !entry.link) {
        if let Some(position) = add(&mut read, source, (&key.0, entry), members) {
            at.insert(&key.0, position);
        }
    }
    for (key, entry) in entries.iter().filter(|(_, entry)| entry.link) {
        if let Some(position) = at.get(&*entry.resolved.0).copied() {
            at.insert(&key.0, position);
        }
    }
    for (key, entry) in entries.iter().filter(|(key, entry)| !entry.link && key.0.len() <= MAX_PATH) {
        let lists = [
            &entry.dependencies,
            &entry.dev_dependencies,
            &entry.optional_dependencies,
            &entry.peer_dependencies,
        ];
        let names = lists.iter().flat_map(|list| list.0.iter());
        let found: Vec<_> = names.map(|(name, asked)| (name, asked, upwards(&at, &key.0, &name.0))).collect();
        if let Some(position) = at.get(&*key.0) {
            read.needs(*position, found.iter().filter_map(|(_, _, at)| *at).collect());
        }
        if !is_installed(&key.0) {
            let importer = found.iter().map(|(name, asked, at)| {
                (name.0.to_string(), Direct { asked: Some(asked.0.to_string()), at: *at })
            });
            let place = join(folder(source.path), &key.0);
            place.and_then(|place| read.importers.insert(place, importer.collect()));
        }
    }
    read
}

fn add(
    read: &mut ReadLock,
    source: &Source<'_>,
    (key, entry): (&str, &Entry<'_>),
    members: &Members,
) -> Option<u32> {
    if key.len() > MAX_PATH {
        let message =
            format!("the path of a package has {} bytes; at most {MAX_PATH} are followed", key.len());
        read.findings.push(finding(source.path, source.line_of(key), message, "run `npm install` again"));
        return None;
    }
    let line = source.line_of(key);
    let own = !is_installed(key);
    let Some(place) = join(folder(source.path), key) else {
        let message = format!("`{key}` lies outside of the repository");
        read.findings.push(finding(
            source.path,
            line,
            message,
            "move the package into the repository, or publish it",
        ));
        return None;
    };
    let member = members.get(&place).filter(|_| own);
    let name = match (&*entry.name.0, member) {
        ("", Some((name, _))) => name,
        ("", None) if own => return None,
        ("", None) => key.rsplit_once("node_modules/")?.1,
        (name, _) => name,
    };
    let version = match (&*entry.version.0, member) {
        ("", Some((_, version))) => version.known().unwrap_or_default(),
        (version, _) => version,
    };
    read.add(name, version, line, own)
}

fn is_installed(path: &str) -> bool {
    path.starts_with("node_modules/") || path.contains("/node_modules/")
}

/// What node finds for `name` from the folder `from`: it looks into `node_modules` there and in every folder
/// above.
fn upwards(at: &HashMap<&str, u32>, from: &str, name: &str) -> Option<u32> {
    let mut place = from;
    loop {
        let path = if place.is_empty() {
            format!("node_modules/{name}")
        } else {
            format!("{place}/node_modules/{name}")
        };
        if let Some(found) = at.get(path.as_str()) {
            return Some(*found);
        }
        if place.is_empty() {
            return None;
        }
        place = folder(place);
    }
}

/// Version 1: what is installed below a package is written below it.
struct First<'a> {
    source: &'a Source<'a>,
    read: ReadLock,
    /// The packages that each package being read sees, the nearest last.
    seen: Vec<BTreeMap<&'a str, u32>>,
}

fn first(source: &Source<'_>, entries: &[(Text<'_>, OldEntry<'_>)]) -> ReadLock {
    let read = ReadLock::new(source.path, "package-lock 1".to_owned());
    let mut first = First { source, read, seen: Vec::new() };
    first.level(entries);
    let top = first.seen.pop().unwrap_or_default();
    let direct = top.iter().map(|(name, at)| ((*name).to_owned(), Direct { asked: None, at: Some(*at) }));
    first.read.importers.insert(folder(source.path).to_owned(), direct.collect());
    first.read
}

impl<'a> First<'a> {
    /// Reads one level, and leaves what it holds in `seen`. It is as deep as the JSON reader allows: 128.
    fn level(&mut self, entries: &'a [(Text<'a>, OldEntry<'a>)]) {
        let mut here = BTreeMap::new();
        for (key, entry) in entries {
            let alias = entry.version.0.strip_prefix("npm:").and_then(name_and_rest);
            let (name, version) = alias.unwrap_or((&key.0, &entry.version.0));
            if let Some(at) =
                self.read.add(name, version, self.source.line_of(&key.0), version.starts_with("file:"))
            {
                here.insert(&*key.0, at);
            }
        }
        self.seen.push(here.clone());
        for (key, entry) in entries {
            self.level(&entry.dependencies.0);
            let needs = entry.requires.0.iter();
            let needs = needs.filter_map(|(name, _)| {
                self.seen.iter().rev().find_map(|level| level.get(&*name.0).copied())
            });
            let needs = needs.collect();
            self.seen.pop();
            if let Some(at) = here.get(&*key.0) {
                self.read.needs(*at, needs);
            }
        }
    }
}
