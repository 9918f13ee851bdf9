//! Version catalogs: `libs.versions.toml`.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use fleetwright_package::{Finding, Through};
use toml_edit::{Document, Item, TableLike};

use super::piece::{Piece, split};
use crate::text::{Lines, Text, comment, finding};

/// The largest catalog, in bytes (4 MiB).
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// A catalog; aliases are written with dots, as scripts do.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    pub(crate) versions: HashMap<String, Piece>,
    pub(crate) libraries: HashMap<String, Library>,
    pub(crate) bundles: HashMap<String, Vec<String>>,
    pub(crate) plugins: HashMap<String, Library>,
}

/// An entry of a catalog.
#[derive(Debug, Clone)]
pub(crate) struct Library {
    pub(crate) group: String,
    pub(crate) artifact: String,
    /// Where its alias is written.
    pub(crate) named: Text,
    /// `None` where the entry has no version.
    pub(crate) version: Option<Piece>,
}

/// An alias as scripts write it.
pub(crate) fn alias(written: &str) -> String {
    written.replace(['-', '_'], ".")
}

/// Reads a catalog, and says what is wrong with it.
pub(crate) fn read(path: &str, text: &str) -> (Catalog, Vec<Finding>) {
    let remedy = "correct the catalog; `gradle help` reads it";
    let mut reader = Reader { path: path.into(), text, lines: Lines::of(text), wrong: Vec::new() };
    if text.len() > MAX_BYTES {
        let message = format!("the catalog has more than {MAX_BYTES} bytes and is not read");
        return (Catalog::default(), vec![finding(path, 0, &message, remedy)]);
    }
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let line = error.span().map_or(0, |span| reader.lines.at(span.start));
            let message = format!("the catalog cannot be read: {}", error.message());
            return (Catalog::default(), vec![finding(path, line, &message, remedy)]);
        }
    };
    let mut catalog = Catalog::default();
    let table = |name: &str| document.get(name).and_then(Item::as_table_like);
    for (name, item) in table("versions").into_iter().flat_map(TableLike::iter) {
        catalog.versions.insert(alias(name), reader.version(item, Through::Inline));
    }
    for (kind, plugin) in [("libraries", false), ("plugins", true)] {
        let Some(entries) = table(kind) else { continue };
        for (name, item) in entries.iter() {
            let Some(key) = entries.key(name).and_then(toml_edit::Key::span) else { continue };
            let named = reader.text(name, &key);
            match reader.library(&catalog, item, named, plugin) {
                Some(library) if plugin => _ = catalog.plugins.insert(alias(name), library),
                Some(library) => _ = catalog.libraries.insert(alias(name), library),
                None => {
                    let message = format!("`{name}` in [{kind}] names no package that can be told");
                    reader.wrong.push(finding(path, reader.lines.at(key.start), &message, remedy));
                }
            }
        }
    }
    for (name, item) in table("bundles").into_iter().flat_map(TableLike::iter) {
        let members = item.as_array().into_iter().flatten().filter_map(toml_edit::Value::as_str).map(alias);
        catalog.bundles.insert(alias(name), members.collect());
    }
    (catalog, reader.wrong)
}

struct Reader<'a> {
    path: Arc<str>,
    text: &'a str,
    lines: Lines,
    wrong: Vec<Finding>,
}

impl Reader<'_> {
    fn text(&self, value: &str, span: &Range<usize>) -> Text {
        let comment = comment(self.text, span, "#");
        Text { value: value.to_owned(), span: span.clone(), line: self.lines.at(span.start), comment }
    }

    /// A string with the bytes inside its quotes.
    fn string(&self, item: &Item, through: Through) -> Option<Piece> {
        let value = item.as_str()?;
        let span = item.span()?;
        let inside = span.start + 1..span.end.max(span.start + 2) - 1;
        let at = (self.text.get(inside.clone()) == Some(value))
            .then(|| (self.path.clone(), self.text(value, &inside)));
        Some(Piece { text: Ok(value.to_owned()), at, through })
    }

    /// A version: a string, or a table of a rich one.
    fn version(&self, item: &Item, through: Through) -> Piece {
        if let Some(piece) = self.string(item, through.clone()) {
            return piece;
        }
        let Some(rich) = item.as_table_like() else {
            return Piece::unknown("its version is no string and no table".to_owned());
        };
        // What is preferred holds only within what is strict or required.
        let given = |name: &str| rich.get(name).and_then(|item| self.string(item, through.clone()));
        let bound = given("strictly").or_else(|| given("require"));
        match (bound, given("prefer")) {
            (Some(bound), None) => bound,
            (None, Some(prefer)) => prefer,
            (Some(bound), Some(prefer)) => {
                let (bound, prefer) = (bound.text.unwrap_or_default(), prefer.text.unwrap_or_default());
                Piece::unknown(format!("`{bound}` with `{prefer}` preferred, and no lockfile says which"))
            }
            (None, None) => Piece::unknown("its version only rejects others".to_owned()),
        }
    }

    fn library(&self, catalog: &Catalog, item: &Item, named: Text, plugin: bool) -> Option<Library> {
        let library = |group: &str, artifact: &str, version| {
            Some(Library { group: group.to_owned(), artifact: artifact.to_owned(), named, version })
        };
        let marker = |id: &str| (id.to_owned(), format!("{id}.gradle.plugin"));
        if let Some(short) = self.string(item, Through::Inline) {
            let parts = split(&[short], ':');
            return match &parts[..] {
                [id, version] if plugin => {
                    let (group, artifact) = marker(id.text.as_ref().ok()?);
                    library(&group, &artifact, Some(version.clone()))
                }
                [group, artifact, rest @ ..] if !plugin => {
                    library(group.text.as_ref().ok()?, artifact.text.as_ref().ok()?, rest.first().cloned())
                }
                _ => None,
            };
        }
        let table = item.as_table_like()?;
        let string = |name: &str| table.get(name).and_then(Item::as_str);
        let (group, artifact) = match (string("id"), string("module")) {
            (Some(id), _) if plugin => marker(id),
            (_, Some(module)) if !plugin => {
                let (group, artifact) = module.split_once(':')?;
                (group.to_owned(), artifact.to_owned())
            }
            _ => (string("group")?.to_owned(), string("name")?.to_owned()),
        };
        let reference =
            table.get("version").and_then(Item::as_table_like).and_then(|version| version.get("ref"));
        let version = match (reference.and_then(Item::as_str), table.get("version")) {
            (Some(name), _) => Some(match catalog.versions.get(&alias(name)) {
                Some(version) => Piece { through: Through::Catalog(name.to_owned()), ..version.clone() },
                None => Piece::unknown(format!("[versions] of {} has no `{name}`", self.path)),
            }),
            (None, Some(item)) => Some(self.version(item, Through::Inline)),
            (None, None) => None,
        };
        library(&group, &artifact, version)
    }
}
