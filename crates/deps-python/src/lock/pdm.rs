//! `pdm.lock`, version 4, and `pylock.toml` (PEP 751), version 1.0.

use toml_edit::{Item, Value};

use super::chunk::{Chunk, chunks};
use super::graph::{Entry, Need, unknown_version};
use crate::requirement::{self, normal};
use crate::source::Source;
use crate::tables;

/// Reads a `pdm.lock`: the format and the packages.
pub(crate) fn read(source: &mut Source<'_>) -> Option<(String, Vec<Entry>)> {
    let chunks = chunks(source.text, "package");
    let version = |root: &Item| root.get("lock_version").and_then(Item::as_str).map(str::to_owned);
    let metadata = chunks.iter().find(|chunk| chunk.header == "metadata");
    let version = metadata.and_then(|chunk| chunk.read(source, version)).flatten().unwrap_or_default();
    if !version.starts_with("4.") && version != "4" {
        unknown_version(source, &version, "4.x");
        return None;
    }
    let packages = chunks.iter().filter(|chunk| chunk.header == "package");
    let read = |table: &Item, chunk: &Chunk<'_>| entry(chunk, table, &["dependencies"]);
    let entries = packages.filter_map(|chunk| chunk.read(source, |table| read(table, chunk)).flatten());
    Some((format!("pdm.lock {version}"), entries.collect()))
}

/// Reads a `pylock.toml`: the format and the packages.
pub(crate) fn read_pylock(source: &mut Source<'_>) -> Option<(String, Vec<Entry>)> {
    let chunks = chunks(source.text, "packages");
    let version = |root: &Item| root.get("lock-version").and_then(Item::as_str).map(str::to_owned);
    let version = chunks.first()?.read(source, version)?.unwrap_or_default();
    if version != "1.0" {
        unknown_version(source, &version, "1.0");
        return None;
    }
    let packages = chunks.iter().filter(|chunk| chunk.header == "packages");
    let entries = packages.filter_map(|chunk| {
        let read = |table: &Item| {
            let mut entry = entry(chunk, table, &["tool", "pdm", "dependencies"])?;
            entry.needs.extend(tables::values(table, &["dependencies"]).filter_map(named));
            Some(entry)
        };
        chunk.read(source, read).flatten()
    });
    Some((format!("pylock {version}"), entries.collect()))
}

fn entry(chunk: &Chunk<'_>, table: &Item, dependencies: &[&str]) -> Option<Entry> {
    let text = |path: &[&str]| tables::text(table, path);
    let needs = tables::values(table, dependencies).filter_map(Value::as_str).filter_map(need);
    Some(Entry {
        name: text(&["name"])?.to_owned(),
        version: text(&["version"]).unwrap_or_default().to_owned(),
        line: chunk.line_of("name"),
        own: text(&["path"]).or_else(|| text(&["directory", "path"])).is_some(),
        needs: needs.collect(),
    })
}

fn need(text: &str) -> Option<Need> {
    let read = requirement::read(text, 0)?;
    Some(Need {
        name: normal(text.get(read.name)?),
        allowed: read.specifiers.and_then(|span| text.get(span)).map(str::to_owned),
        ..Need::default()
    })
}

fn named(value: &Value) -> Option<Need> {
    let table = value.as_inline_table()?;
    let text = |key: &str| table.get(key).and_then(Value::as_str);
    Some(Need { name: normal(text("name")?), version: text("version").map(str::to_owned), ..Need::default() })
}
