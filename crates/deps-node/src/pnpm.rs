//! `pnpm-lock.yaml`, in the versions 5 (pnpm 3 to 7), 6 (pnpm 8) and 9 (pnpm 9 and later).

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use fleetwright_package::Finding;

use crate::indented::{lines, unquote};
use crate::lock::{Direct, Members, ReadLock};
use crate::text::{Source, finding, folder, join, name_and_rest};

const LISTS: [&str; 3] = ["dependencies", "devDependencies", "optionalDependencies"];

#[derive(Default)]
struct Node<'a> {
    key: Cow<'a, str>,
    written: &'a str,
    needs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// What a manifest asked for, and what it got.
type Asked<'a> = (Option<Cow<'a, str>>, Cow<'a, str>);

#[derive(Default)]
struct Content<'a> {
    version: String,
    /// What each folder's manifest asked for and got, by name.
    importers: BTreeMap<Cow<'a, str>, BTreeMap<Cow<'a, str>, Asked<'a>>>,
    packages: Vec<Node<'a>>,
    snapshots: Vec<Node<'a>>,
    /// `name` and `version` of packages whose key does not tell them.
    told: HashMap<(Cow<'a, str>, &'static str), Cow<'a, str>>,
}

/// Reads one.
pub(crate) fn read(source: &Source<'_>, members: &Members) -> Result<ReadLock, Finding> {
    // Newer ones hold two documents, the last being the lockfile.
    let start = source.text.rfind("\n---").map_or(0, |at| at + 4);
    let mut content = Content::default();
    lines(source.text.get(start..).unwrap_or_default(), |keys, written, value| {
        content.line(keys, written, value)
    });
    let major = content.version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    let Some(major @ (5 | 6 | 9)) = major else {
        let version = if content.version.is_empty() { "(none)" } else { &content.version };
        let message = format!("lockfileVersion {version} is not known; known are 5, 6 and 9");
        return Err(finding(
            source.path,
            1,
            message,
            "run `pnpm install --lockfile-only` with pnpm 9 or later",
        ));
    };
    Ok(content.link(source, major, members))
}

impl<'a> Content<'a> {
    fn line(&mut self, keys: &[Cow<'a, str>], written: &'a str, value: &'a str) {
        let root = || Cow::Borrowed(".");
        match keys {
            [top] if top == "lockfileVersion" => self.version = unquote(value).into_owned(),
            [top, place, rest @ ..] if top == "importers" => self.importer(place.clone(), rest, value),
            [top, key, rest @ ..] if top == "packages" || top == "snapshots" => {
                let nodes = if top == "packages" { &mut self.packages } else { &mut self.snapshots };
                match rest {
                    [] => {
                        // Half a million of them are kept at once.
                        if let Some(last) = nodes.last_mut() {
                            last.needs.shrink_to_fit();
                        }
                        nodes.push(Node { key: key.clone(), written, ..Node::default() });
                    }
                    [told] if told == "name" => drop(self.told.insert((key.clone(), "name"), unquote(value))),
                    [told] if told == "version" => {
                        drop(self.told.insert((key.clone(), "version"), unquote(value)))
                    }
                    [list, name] if list == "dependencies" || list == "optionalDependencies" => {
                        if let Some(node) = nodes.last_mut() {
                            node.needs.push((name.clone(), unquote(value)));
                        }
                    }
                    _ => {}
                }
            }
            [top, ..] if top == "specifiers" || LISTS.contains(&&**top) => self.importer(root(), keys, value),
            _ => {}
        }
    }

    fn importer(&mut self, place: Cow<'a, str>, keys: &[Cow<'a, str>], value: &'a str) {
        let importer = self.importers.entry(place).or_default();
        match keys {
            [list, name] if list == "specifiers" => {
                importer.entry(name.clone()).or_default().0 = Some(unquote(value))
            }
            [list, name] if LISTS.contains(&&**list) => {
                importer.entry(name.clone()).or_default().1 = unquote(value)
            }
            [list, name, key] if LISTS.contains(&&**list) => {
                let entry = importer.entry(name.clone()).or_default();
                match &**key {
                    "specifier" => entry.0 = Some(unquote(value)),
                    "version" => entry.1 = unquote(value),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn link(&self, source: &Source<'_>, major: u32, members: &Members) -> ReadLock {
        let mut read = ReadLock::new(source.path, format!("pnpm {}", self.version));
        let nodes = if major >= 9 { &self.snapshots } else { &self.packages };
        let mut at: HashMap<&str, u32> = HashMap::with_capacity(nodes.len());
        for node in nodes {
            let bare = bare(&node.key, major);
            let told = |what| {
                self.told
                    .get(&(Cow::Borrowed(bare), what))
                    .or_else(|| self.told.get(&(node.key.clone(), what)))
            };
            let (name, version) = name_and_version(bare, major).unwrap_or((bare, ""));
            let name = told("name").map_or(name, AsRef::as_ref);
            let version = told("version").map_or(version, AsRef::as_ref);
            let own = version.starts_with("file:") || bare.starts_with("file:");
            if let Some(position) = read.add(name, version, source.line_of(node.written), own) {
                at.insert(&node.key, position);
            }
        }
        let own = self.own(source, &mut read, members);
        for node in nodes {
            // A package of the registry may have a member of the workspace for a peer.
            let linked =
                |value: &str| own.get(&join(folder(source.path), value.strip_prefix("link:")?)?).copied();
            let needs = node.needs.iter();
            let needs =
                needs.filter_map(|(name, value)| linked(value).or_else(|| resolve(&at, name, value, major)));
            let needs = needs.collect();
            if let Some(position) = at.get(&*node.key) {
                read.needs(*position, needs);
            }
        }
        for (place, importer) in &self.importers {
            let Some(place) = join(folder(source.path), place) else { continue };
            let linked = |value: &str| own.get(&join(&place, value.strip_prefix("link:")?)?).copied();
            let direct: BTreeMap<_, _> = importer
                .iter()
                .map(|(name, (asked, value))| {
                    let found = linked(value).or_else(|| resolve(&at, name, value, major));
                    (name.to_string(), Direct { asked: asked.as_ref().map(ToString::to_string), at: found })
                })
                .collect();
            if let Some(position) = own.get(&place) {
                read.needs(*position, direct.values().filter_map(|direct| direct.at).collect());
            }
            read.importers.insert(place, direct);
        }
        read
    }

    /// Adds the members of the workspace whose names are known.
    fn own(&self, source: &Source<'_>, read: &mut ReadLock, members: &Members) -> HashMap<String, u32> {
        let mut own = HashMap::new();
        for place in self.importers.keys() {
            let Some(inside) = join(folder(source.path), place) else {
                let line = source.line_of(place);
                read.findings.push(finding(
                    source.path,
                    line,
                    format!("the folder `{place}` lies outside of the repository"),
                    "move it into the repository",
                ));
                continue;
            };
            let Some((name, version)) = members.get(&inside) else { continue };
            if let Some(position) =
                read.add(name, version.known().unwrap_or_default(), source.line_of(place), true)
            {
                own.insert(inside, position);
            }
        }
        own
    }
}

/// A package's key without what it has for peers.
fn bare(key: &str, major: u32) -> &str {
    let key = key.split('(').next().unwrap_or(key);
    match name_and_version(key, major) {
        Some((_, version)) if major == 5 => {
            let peers = version.find('_').map_or(0, |at| version.len() - at);
            &key[..key.len() - peers]
        }
        _ => key,
    }
}

/// `/a/1.0.0` in version 5, `/a@1.0.0` in 6, `a@1.0.0` in 9.
fn name_and_version(key: &str, major: u32) -> Option<(&str, &str)> {
    if major != 5 {
        return name_and_rest(key.strip_prefix('/').unwrap_or(key));
    }
    let (_, path) = key.split_once('/')?;
    let scope = if path.starts_with('@') { path.find('/')? + 1 } else { 0 };
    let end = path.get(scope..)?.find('/')? + scope;
    Some((&path[..end], &path[end + 1..]))
}

fn resolve(at: &HashMap<&str, u32>, name: &str, value: &str, major: u32) -> Option<u32> {
    let key = match major {
        5 => format!("/{name}/{value}"),
        6 => format!("/{name}@{value}"),
        _ => format!("{name}@{value}"),
    };
    at.get(key.as_str()).or_else(|| at.get(value)).copied()
}
