//! The files of one repository that Gradle reads, and what names in its scripts stand for.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use fleetwright_package::{Files, Finding, Through};

use super::catalog::{self, Catalog};
use super::names::{is_lockfile, wants};
use super::piece::Piece;
use super::source::{Script, script};
use super::token::{Node, Statement};
use crate::text::{Lines, Text, beside, comment, unreadable};

/// The most scripts that one script applies, one through another.
const MAX_APPLIED: usize = 32;
/// The most folders above a script that are looked into.
const MAX_FOLDERS: usize = 64;

/// All files that Gradle reads.
pub(crate) struct Build<'a> {
    pub(crate) files: &'a Files,
    pub(crate) scripts: BTreeMap<Arc<str>, Arc<Script>>,
    pub(crate) catalogs: BTreeMap<Arc<str>, Catalog>,
    properties: BTreeMap<Arc<str>, HashMap<String, Piece>>,
    /// The catalogs that settings write out: the settings' folder, the name, the catalog.
    pub(crate) written: Vec<(String, String, Catalog)>,
    /// The catalogs that settings name: the settings' folder, the name, the catalog's path.
    named: Vec<(String, String, String)>,
}

/// The folder of a path, with its slash; empty for the root.
pub(crate) fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..=slash])
}

/// The folders from this one up to the root, each with its slash.
pub(crate) fn upwards(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |below| {
        let above = below.strip_suffix('/')?;
        Some(above.rfind('/').map_or("", |slash| &below[..=slash]))
    })
}

impl<'a> Build<'a> {
    pub(crate) fn read(files: &'a Files, findings: &mut Vec<Finding>) -> Build<'a> {
        let (scripts, catalogs, properties) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut build =
            Build { files, scripts, catalogs, properties, named: Vec::new(), written: Vec::new() };
        for (path, text) in files.iter().filter(|(path, _)| wants(path) && !is_lockfile(path)) {
            if let Some(finding) = unreadable(path, text) {
                findings.push(finding);
                continue;
            }
            let name: Arc<str> = path.into();
            if path.ends_with(".toml") {
                let (catalog, wrong) = catalog::read(path, text);
                findings.extend(wrong);
                build.catalogs.insert(name, catalog);
            } else if path.ends_with(".properties") {
                build.properties.insert(name.clone(), properties_of(&name, text));
            } else {
                match script(&name, text) {
                    Ok(script) => _ = build.scripts.insert(name, Arc::new(script)),
                    Err(finding) => findings.push(finding),
                }
            }
        }
        for script in build.scripts.values().filter(|script| is_settings(&script.path)) {
            name_catalogs(&script.path, &script.statements, "libs", &mut build.named);
        }
        build
    }

    /// Whether there is nothing that declares anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.scripts.is_empty() && self.catalogs.is_empty()
    }

    /// The folders whose scripts a script of this folder inherits from: up to the one with the settings.
    pub(crate) fn above<'p>(&self, folder: &'p str) -> Vec<&'p str> {
        let mut folders = Vec::new();
        for above in upwards(folder).take(MAX_FOLDERS) {
            folders.push(above);
            let settings = ["settings.gradle", "settings.gradle.kts"];
            if settings.iter().any(|name| self.scripts.contains_key(format!("{above}{name}").as_str())) {
                break;
            }
        }
        folders
    }

    /// The scripts that a script sees, itself first: those it applies, and those of the projects above it.
    pub(crate) fn seen(&self, script: &Arc<Script>) -> Vec<Arc<Script>> {
        let mut seen = vec![script.clone()];
        self.apply(script, &mut seen);
        for above in self.above(folder(&script.path)) {
            for name in ["build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"] {
                let Some(found) = self.scripts.get(format!("{above}{name}").as_str()) else { continue };
                if !seen.iter().any(|known| Arc::ptr_eq(known, found)) {
                    seen.push(found.clone());
                    self.apply(found, &mut seen);
                }
            }
        }
        seen
    }

    fn apply(&self, script: &Script, seen: &mut Vec<Arc<Script>>) {
        let mut waiting = applied(&script.statements);
        while let Some(written) = waiting.pop() {
            if seen.len() > MAX_APPLIED {
                return;
            }
            let plain =
                ["$rootDir/", "${rootDir}/", "$rootProject.projectDir/", "${rootProject.projectDir}/"];
            let from_root = plain.iter().find_map(|prefix| written.strip_prefix(prefix));
            let mut places = Vec::new();
            match from_root {
                Some(rest) => places
                    .extend(self.above(folder(&script.path)).iter().map(|above| format!("{above}{rest}"))),
                None => places.extend(beside(&script.path, &written)),
            }
            let found = places.iter().rev().find_map(|path| self.scripts.get(path.as_str()));
            if let Some(found) = found.filter(|found| !seen.iter().any(|known| Arc::ptr_eq(known, found))) {
                seen.push(found.clone());
                waiting.extend(applied(&found.statements));
            }
        }
    }

    /// What `gradle.properties` beside a script or above it sets.
    pub(crate) fn property(&self, script: &str, name: &str) -> Option<&Piece> {
        let folders = self.above(folder(script)).into_iter();
        let mut files =
            folders.filter_map(|above| self.properties.get(format!("{above}gradle.properties").as_str()));
        files.find_map(|properties| properties.get(name))
    }

    /// A constant of the sources in `buildSrc`.
    pub(crate) fn constant(&self, script: &str, name: &str) -> Option<(&Arc<Script>, &[Statement])> {
        let root = self.above(folder(script)).last().copied().unwrap_or_default();
        let inside = format!("{root}buildSrc/");
        let mut sources =
            self.scripts.values().filter(|one| one.path.starts_with(&inside) && one.path.ends_with(".kt"));
        sources.find_map(|one| Some((one, one.definitions.get(name)?.as_slice())))
    }

    /// The catalog that a script knows by this name, such as `libs`.
    pub(crate) fn catalog(&self, script: &str, name: &str) -> Option<&Catalog> {
        for above in self.above(folder(script)) {
            let mut written = self.written.iter();
            if let Some((.., catalog)) = written.find(|(folder, known, _)| folder == above && known == name) {
                return Some(catalog);
            }
            let mut named = self.named.iter();
            let named = named
                .find(|(folder, known, _)| folder == above && known == name)
                .map(|(_, _, path)| path.clone());
            let path = named.unwrap_or_else(|| format!("{above}gradle/{name}.versions.toml"));
            if let Some(catalog) = self.catalogs.get(path.as_str()) {
                return Some(catalog);
            }
        }
        None
    }
}

pub(crate) fn is_settings(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("settings.gradle" | "settings.gradle.kts"))
}

/// The scripts that `apply from:` names, as it is written.
fn applied(statements: &[Statement]) -> Vec<String> {
    let mut found = Vec::new();
    for statement in statements {
        if statement.first().and_then(Node::word) != Some("apply") {
            continue;
        }
        let inside = statement.iter().find_map(|node| node.group('(')).and_then(<[Statement]>::first);
        let nodes = inside.unwrap_or(statement);
        let from = nodes.iter().position(|node| node.word() == Some("from"));
        let text =
            from.and_then(|from| nodes.get(from..)).into_iter().flatten().find_map(|node| match node {
                Node::Text(text) => Some(text.raw.clone()),
                Node::Group('(', inside) => inside.first().and_then(|inside| match inside.first() {
                    Some(Node::Text(text)) => Some(text.raw.clone()),
                    _ => None,
                }),
                _ => None,
            });
        found.extend(text);
    }
    found
}

/// Finds `create("libs") { from(files("…")) }` in settings.
fn name_catalogs(
    path: &str,
    statements: &[Statement],
    around: &str,
    into: &mut Vec<(String, String, String)>,
) {
    for statement in statements {
        let mut name = around.to_owned();
        for node in statement {
            match node {
                Node::Word(word, _) if word == "from" => {
                    let file = first_text(statement).and_then(|file| beside(path, &file));
                    into.extend(file.map(|file| (folder(path).to_owned(), name.clone(), file)));
                }
                Node::Word(word, _) => name.clone_from(word),
                Node::Group('(', inside) => {
                    if let Some(Some(Node::Text(text))) = inside.first().map(|inside| inside.first()) {
                        name.clone_from(&text.raw);
                    }
                }
                Node::Group('{', inside) => name_catalogs(path, inside, &name, into),
                _ => {}
            }
        }
    }
}

fn first_text(nodes: &[Node]) -> Option<String> {
    nodes.iter().find_map(|node| match node {
        Node::Text(text) => Some(text.raw.clone()),
        Node::Group(_, inside) => inside.iter().find_map(|inside| first_text(inside)),
        _ => None,
    })
}

/// What a properties file sets; the last setting of a name counts.
fn properties_of(path: &Arc<str>, text: &str) -> HashMap<String, Piece> {
    let lines = Lines::of(text);
    let mut properties = HashMap::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let Some(sign) = line.find(['=', ':']).filter(|_| !line.trim_start().starts_with(['#', '!'])) else {
            continue;
        };
        let name = line[..sign].trim();
        let value = line[sign + 1..].trim();
        let begin = at + sign + 1 + (line[sign + 1..].len() - line[sign + 1..].trim_start().len());
        let span = begin..begin + value.len();
        let written = Text {
            value: value.to_owned(),
            line: lines.at(begin),
            comment: comment(text, &(begin..start.saturating_sub(1).max(begin)), "#"),
            span,
        };
        let at = (!value.contains('\\')).then(|| (path.clone(), written));
        let through = Through::Property(name.to_owned());
        properties.insert(name.to_owned(), Piece { text: Ok(value.to_owned()), at, through });
    }
    properties
}
