//! CycloneDX 1.6, JSON.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_package::Ecosystem;
use serde_json::{Map, Value, json};

use crate::bom::{Bom, Kind, Part, Usage};
use crate::serial::urn;

/// The document; `time` is when it was made, as `2026-11-26T03:12:00Z`.
pub fn cyclonedx(bom: &Bom, time: &str) -> Value {
    let refs = refs(bom);
    let components: Vec<Value> =
        bom.parts.iter().zip(&refs).skip(1).map(|(part, name)| component(part, name, true)).collect();
    let mut below: BTreeMap<usize, BTreeSet<&str>> =
        (0..refs.len()).map(|at| (at, BTreeSet::new())).collect();
    for (from, to, _) in &bom.edges {
        below.entry(*from).or_default().insert(&refs[*to]);
    }
    let dependencies: Vec<Value> =
        below.into_iter().map(|(at, needs)| json!({ "ref": refs[at], "dependsOn": needs })).collect();
    let about = bom.parts.first().zip(refs.first()).map(|(part, name)| component(part, name, false));
    let mut document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": time,
            "tools": { "components": [{ "type": "application", "name": "fleetwright" }] },
            "component": about,
        },
        "components": components,
        "dependencies": dependencies,
        // Lockfiles name one way to a package here, and manifests without one name no way at all.
        "compositions": [{ "aggregate": "incomplete", "dependencies": refs }],
    });
    document["serialNumber"] = Value::String(urn(&document));
    document
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
            0 => json!({ "location": each.file }),
            line => json!({ "location": each.file, "line": line }),
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
