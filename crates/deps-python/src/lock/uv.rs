//! `uv.lock`, version 1.

use toml_edit::{Item, TableLike, Value};

use super::chunk::{Chunk, chunks};
use super::graph::{Entry, Need, unknown_version};
use crate::requirement::normal;
use crate::source::Source;
use crate::tables;

/// Reads a `uv.lock`: the format and the packages.
pub(crate) fn read(source: &mut Source<'_>) -> Option<(String, Vec<Entry>)> {
    let chunks = chunks(source.text, "package");
    let preamble = chunks.first()?.read(source, |root| {
        let number = |key: &str| root.get(key).and_then(Item::as_integer);
        (number("version"), number("revision"))
    })?;
    let format = match preamble {
        (Some(1), Some(revision)) => format!("uv.lock 1.{revision}"),
        (Some(1), None) => "uv.lock 1".to_owned(),
        (version, _) => {
            let version = version.map_or_else(|| "none".to_owned(), |version| version.to_string());
            unknown_version(source, &version, "1");
            return None;
        }
    };
    let packages = chunks.iter().filter(|chunk| chunk.header == "package");
    let entries = packages.filter_map(|chunk| chunk.read(source, |table| package(chunk, table)).flatten());
    Some((format, entries.collect()))
}

fn package(chunk: &Chunk<'_>, table: &Item) -> Option<Entry> {
    let own = ["editable", "virtual", "directory"]
        .into_iter()
        .any(|kind| tables::at(table, &["source", kind]).is_some());
    let mut needs: Vec<Need> = list(table.get("dependencies"), None).collect();
    for (extra, _, item) in tables::entries(table, &["optional-dependencies"]) {
        needs.extend(list(Some(item), Some(normal(extra))));
    }
    for (_, _, item) in tables::entries(table, &["dev-dependencies"]) {
        needs.extend(list(Some(item), None));
    }
    Some(Entry {
        name: table.get("name")?.as_str()?.to_owned(),
        version: table.get("version").and_then(Item::as_str).unwrap_or_default().to_owned(),
        line: chunk.line_of("name"),
        own,
        needs,
    })
}

fn list(item: Option<&Item>, extra: Option<String>) -> impl Iterator<Item = Need> {
    let needs = item.and_then(Item::as_array).into_iter().flatten();
    needs.filter_map(Value::as_inline_table).filter_map(move |need| one(need, extra.clone()))
}

fn one(need: &dyn TableLike, extra: Option<String>) -> Option<Need> {
    let text = |key: &str| need.get(key).and_then(Item::as_str);
    let extras = need.get("extra").and_then(Item::as_array).into_iter().flatten();
    Some(Need {
        name: normal(text("name")?),
        version: text("version").map(str::to_owned),
        allowed: None,
        extras: extras.filter_map(Value::as_str).map(normal).collect(),
        extra,
    })
}
