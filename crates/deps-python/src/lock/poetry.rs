//! `poetry.lock`, versions 1.x and 2.x.

use std::collections::HashMap;

use toml_edit::{Item, TableLike, Value};

use super::chunk::{Chunk, chunks};
use super::graph::{Entry, Need, unknown_version};
use crate::requirement::{self, normal};
use crate::source::Source;
use crate::tables;

/// Reads a `poetry.lock`: the format and the packages.
pub(crate) fn read(source: &mut Source<'_>) -> Option<(String, Vec<Entry>)> {
    let chunks = chunks(source.text, "package");
    let version = |root: &Item| root.get("lock-version").and_then(Item::as_str).map(str::to_owned);
    let metadata = chunks.iter().find(|chunk| chunk.header == "metadata");
    let version = metadata.and_then(|chunk| chunk.read(source, version)).flatten().unwrap_or_default();
    if !version.starts_with("1.") && !version.starts_with("2.") {
        unknown_version(source, &version, "1.x and 2.x");
        return None;
    }
    let packages = chunks.iter().filter(|chunk| chunk.header == "package");
    let entries = packages.filter_map(|chunk| chunk.read(source, |table| package(chunk, table)).flatten());
    Some((format!("poetry.lock {version}"), entries.collect()))
}

fn package(chunk: &Chunk<'_>, table: &Item) -> Option<Entry> {
    let extras = extras(table);
    let mut needs = Vec::new();
    for (name, _, item) in tables::entries(table, &["dependencies"]) {
        let mut add = |allowed: Option<&str>, details: Option<&dyn TableLike>| {
            needs.extend(needed(name, allowed, details, &extras));
        };
        if let Some(several) = item.as_array() {
            let tables = several.iter().filter_map(Value::as_inline_table);
            tables.for_each(|one| add(one.get("version").and_then(Value::as_str), Some(one)));
        } else if let Some(one) = item.as_table_like() {
            add(one.get("version").and_then(Item::as_str), Some(one));
        } else {
            add(item.as_str(), None);
        }
    }
    Some(Entry {
        name: table.get("name")?.as_str()?.to_owned(),
        version: table.get("version")?.as_str()?.to_owned(),
        line: chunk.line_of("name"),
        own: tables::text(table, &["source", "type"]) == Some("directory"),
        needs,
    })
}

/// Which extras each package belongs to.
fn extras(table: &Item) -> HashMap<String, Vec<String>> {
    let mut found: HashMap<String, Vec<String>> = HashMap::new();
    for (extra, _, item) in tables::entries(table, &["extras"]) {
        for text in item.as_array().into_iter().flatten().filter_map(Value::as_str) {
            let Some(read) = requirement::read(text, 0) else { continue };
            let name = text.get(read.name).map(normal).unwrap_or_default();
            found.entry(name).or_default().push(normal(extra));
        }
    }
    found
}

fn needed(
    name: &str,
    allowed: Option<&str>,
    details: Option<&dyn TableLike>,
    extras: &HashMap<String, Vec<String>>,
) -> Vec<Need> {
    let get = |key: &str| details.and_then(|details| details.get(key));
    let asked = get("extras").and_then(Item::as_array).into_iter().flatten();
    let asked: Vec<String> = asked.filter_map(Value::as_str).map(normal).collect();
    let need = |extra: Option<String>| Need {
        name: normal(name),
        version: None,
        allowed: allowed.map(str::to_owned),
        extras: asked.clone(),
        extra,
    };
    if get("optional").and_then(Item::as_bool) != Some(true) {
        return vec![need(None)];
    }
    let of = extras.get(&normal(name)).map(Vec::as_slice).unwrap_or_default();
    of.iter().map(|extra| need(Some(extra.clone()))).collect()
}
