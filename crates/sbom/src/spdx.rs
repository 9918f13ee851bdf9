//! SPDX 2.3, JSON.

use std::io;

use serde_json::{Map, Value, json};

use crate::bom::{Bom, Kind, Part, Usage};
use crate::document::{Document, Sink};

/// Writes the document; `time` is when it was made, in UTC and whole seconds, as `2026-11-26T03:12:00Z`.
///
/// # Errors
/// When it cannot be written.
pub fn spdx(bom: &Bom, time: &str, sink: Sink<'_>) -> io::Result<()> {
    let mut document = Document::new(sink);
    document.field("spdxVersion", "SPDX-2.3".into())?;
    document.field("dataLicense", "CC0-1.0".into())?;
    document.field("SPDXID", "SPDXRef-DOCUMENT".into())?;
    document.field("name", bom.parts.first().map_or("", Part::name).into())?;
    document.field("creationInfo", json!({ "created": time, "creators": ["Tool: fleetwright"] }))?;
    document.list("packages", bom.parts.iter().enumerate().map(|(at, part)| package(part, at)))?;
    let describes = json!({
        "spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": id(0),
    });
    let needs = bom.edges.iter().map(|edge| relationship(bom, *edge));
    document.list("relationships", std::iter::once(describes).chain(needs))?;
    document.end("documentNamespace")
}

fn id(at: usize) -> String {
    format!("SPDXRef-Package-{at}")
}

fn package(part: &Part, at: usize) -> Value {
    let purpose = match &part.kind {
        Kind::Own(_) => "APPLICATION",
        Kind::Package(_) if part.is_image() => "CONTAINER",
        Kind::Package(_) => "LIBRARY",
    };
    let mut written = Map::new();
    let mut put = |key: &str, value: Value| written.insert(key.to_owned(), value);
    put("name", part.name().into());
    put("SPDXID", id(at).into());
    put("primaryPackagePurpose", purpose.into());
    put("filesAnalyzed", false.into());
    for unknown in ["downloadLocation", "licenseConcluded", "licenseDeclared", "copyrightText"] {
        put(unknown, "NOASSERTION".into());
    }
    if let Some(version) = part.known() {
        put("versionInfo", version.into());
    }
    if let Some(purl) = part.purl() {
        let purl = json!({
            "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl,
        });
        put("externalRefs", Value::Array(vec![purl]));
    }
    if !part.note.is_empty() {
        put("comment", format!("version not known: {}", part.note).into());
    }
    if !part.found.is_empty() {
        let places = part.found.iter().map(|each| match each.line {
            0 => each.file.to_string(),
            line => format!("{}:{line}", each.file),
        });
        put("sourceInfo", format!("found in {}", places.collect::<Vec<_>>().join(", ")).into());
    }
    Value::Object(written)
}

/// What is not needed when the program runs is told from the other end: that is how SPDX words it.
fn relationship(bom: &Bom, (from, to, usage): (usize, usize, Usage)) -> Value {
    let own = bom.parts.get(from).is_some_and(|part| matches!(part.kind, Kind::Own(_)));
    let word = match usage {
        _ if !own => "DEPENDS_ON",
        Usage::Runtime => "DEPENDS_ON",
        Usage::Provided => "PROVIDED_DEPENDENCY_OF",
        Usage::Optional => "OPTIONAL_DEPENDENCY_OF",
        Usage::Build => "BUILD_DEPENDENCY_OF",
        Usage::Development => "DEV_DEPENDENCY_OF",
    };
    let (left, right) = if word == "DEPENDS_ON" { (from, to) } else { (to, from) };
    json!({ "spdxElementId": id(left), "relationshipType": word, "relatedSpdxElement": id(right) })
}
