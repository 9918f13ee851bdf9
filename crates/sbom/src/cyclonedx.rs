//! CycloneDX 1.6, JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use fleetwright_package::Ecosystem;
use serde_json::{Map, Value, json};

use crate::bom::{Bom, Kind, Part, Usage};
use crate::document::{Document, Sink};

/// Writes the document; `time` is when it was made, as `2026-11-26T03:12:00Z`.
///
/// # Errors
/// When it cannot be written.
pub fn cyclonedx(bom: &Bom, time: &str, sink: Sink<'_>) -> io::Result<()> {
    let refs = refs(bom);
    let about = bom.parts.first().zip(refs.first()).map(|(part, name)| component(part, name, false));
    let mut document = Document::new(sink);
    document.field("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json".into())?;
    document.field("bomFormat", "CycloneDX".into())?;
    document.field("specVersion", "1.6".into())?;
    document.field("version", 1.into())?;
    let metadata = json!({
        "timestamp": time,
        "tools": { "components": [{ "type": "application", "name": "fleetwright" }] },
        "component": about,
    });
    document.field("metadata", metadata)?;
    let components = bom.parts.iter().zip(&refs).skip(1);
    document.list("components", components.map(|(part, name)| component(part, name, true)))?;
    let mut edges = bom.edges.iter().peekable();
    let dependencies = refs.iter().enumerate().map(|(at, name)| {
        let of = std::iter::from_fn(|| edges.next_if(|(from, ..)| *from == at));
        let needs: BTreeSet<&String> = of.filter_map(|(_, to, _)| refs.get(*to)).collect();
        json!({ "ref": name, "dependsOn": needs })
    });
    document.list("dependencies", dependencies)?;
    // Lockfiles name one way to a package here, and manifests without one name no way at all.
    let whole = json!({ "aggregate": "incomplete", "dependencies": refs });
    document.list("compositions", std::iter::once(whole))?;
    document.end("serialNumber")
}

/// A name for each part that no other has: its purl where that is unique.
fn refs(bom: &Bom) -> Vec<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    // How often a name was asked for: without it, many parts of one purl would try all numbers each.
    let mut asked: BTreeMap<String, u64> = BTreeMap::new();
    let mut refs = Vec::with_capacity(bom.parts.len());
    for part in &bom.parts {
        let plain = part.purl().unwrap_or_else(|| part.name().to_owned());
        let count = asked.entry(plain.clone()).or_default();
        let name = loop {
            *count += 1;
            let name = if *count == 1 { plain.clone() } else { format!("{plain} ({count})") };
            if taken.insert(name.clone()) {
                break name;
            }
        };
        refs.push(name);
    }
    refs
}

fn component(part: &Part, name: &str, scoped: bool) -> Value {
    let kind = match &part.kind {
        Kind::Own(_) => "application",
        Kind::Package(_) if part.is_image() => "container",
        Kind::Package(_) => "library",
    };
    let (group, short) = group(part);
    let mut written = Map::new();
    let mut put = |key: &str, value: Value| written.insert(key.to_owned(), value);
    put("type", kind.into());
    put("bom-ref", name.into());
    put("name", short.into());
    if let Some(group) = group {
        put("group", group.into());
    }
    if let Some(version) = part.known() {
        put("version", version.into());
    }
    if let Some(purl) = part.purl() {
        put("purl", purl.into());
    }
    if scoped {
        put("scope", scope(part.usage).into());
    }
    if !part.note.is_empty() {
        put("properties", json!([{ "name": "fleetwright:versionNotKnown", "value": part.note }]));
    }
    if !part.found.is_empty() {
        let places = part.found.iter().map(|each| match each.line {
            0 => json!({ "location": &*each.file }),
            line => json!({ "location": &*each.file, "line": line }),
        });
        put("evidence", json!({ "occurrences": places.collect::<Vec<_>>() }));
    }
    Value::Object(written)
}

/// The group and the name within it, where the ecosystem has groups.
fn group(part: &Part) -> (Option<&str>, &str) {
    let name = part.name();
    let Kind::Package(package) = &part.kind else { return (None, name) };
    let split = match package.ecosystem() {
        Ecosystem::Maven => name.split_once(':'),
        Ecosystem::Npm | Ecosystem::Composer => name.split_once('/'),
        _ => None,
    };
    split.map_or((None, name), |(group, name)| (Some(group), name))
}

fn scope(usage: Usage) -> &'static str {
    match usage {
        Usage::Runtime | Usage::Provided => "required",
        Usage::Optional => "optional",
        Usage::Build | Usage::Development => "excluded",
    }
}
