//! Entities as Backstage serves them: the document, with `uid`, `etag`, `relations` and `status`.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::entity::Entity;
use crate::reference::DEFAULT_NAMESPACE;
use crate::relation::unordered;

/// An entity as Backstage's `GET /entities` answers it: with namespace, `uid`, `etag`, `relations` and,
/// where there are errors, `status`.
///
/// `uid` is a UUID made of the reference (version 8, RFC 9562), so that it stays the same however
/// often the catalog is built; `etag` is a digest of all else.
pub fn served(entity: &Entity) -> Value {
    let mut document = alone(entity);
    document.insert("relations".to_owned(), json!(entity.relations()));
    let etag = hex(&Sha256::digest(Value::Object(document.clone()).to_string()), 20);
    let metadata = &mut document["metadata"];
    metadata["uid"] = uid(&entity.entity_ref().to_string()).into();
    if metadata.get("etag").is_none() {
        metadata["etag"] = etag.into();
    }
    Value::Object(document)
}

/// As [`served`], without what other entities have a part in: `relations`, and the `etag` made of them.
pub fn stored(entity: &Entity) -> Value {
    let mut document = alone(entity);
    document["metadata"]["uid"] = uid(&entity.entity_ref().to_string()).into();
    Value::Object(document)
}

fn alone(entity: &Entity) -> Map<String, Value> {
    let mut document = described(entity);
    let metadata = document.entry("metadata").or_insert_with(|| Value::Object(Map::new()));
    metadata["namespace"] = entity.namespace().into();
    if !entity.status().is_empty() {
        document.insert("status".to_owned(), json!({ "items": entity.status() }));
    }
    document
}

/// An entity as it would be written into a file: the document without what the catalog added.
pub fn declared(entity: &Entity) -> Value {
    let mut document = described(entity);
    let metadata = document.get_mut("metadata").and_then(Value::as_object_mut);
    if let Some(metadata) = metadata {
        if let Some(Value::Object(annotations)) = metadata.get_mut("annotations") {
            annotations.retain(|key, _| !ADDED.contains(&key.as_str()) && !entity.is_supplied(key));
            if annotations.is_empty() {
                metadata.remove("annotations");
            }
        }
        if metadata.get("namespace").and_then(Value::as_str) == Some(DEFAULT_NAMESPACE) {
            metadata.remove("namespace");
        }
    }
    Value::Object(document)
}

/// The annotations that the catalog adds, whatever a file says.
const ADDED: [&str; 3] =
    [crate::assemble::MANAGED_BY, crate::assemble::MANAGED_BY_ORIGIN, crate::assemble::ORPHAN];

fn described(entity: &Entity) -> Map<String, Value> {
    let mut document = entity.document().clone();
    let sorted = unordered(entity);
    if let Some(Value::Object(spec)) = document.get_mut("spec") {
        // As Backstage sorts them: relations have no order.
        for key in sorted {
            if let Some(Value::Array(rows)) = spec.get_mut(key)
                && rows.iter().all(Value::is_string)
            {
                rows.sort_by(|one, other| utf16(one).cmp(utf16(other)));
            }
        }
    }
    document
}

/// JavaScript sorts by UTF-16 units.
fn utf16(value: &Value) -> impl Iterator<Item = u16> + '_ {
    value.as_str().unwrap_or_default().encode_utf16()
}

/// The `uid` of an entity, by its reference in small letters.
pub(crate) fn uid(name: &str) -> String {
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(Sha256::digest(name)) {
        *to = from;
    }
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let digits = hex(&bytes, 16);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

fn hex(bytes: &[u8], most: usize) -> String {
    bytes.iter().take(most).map(|byte| format!("{byte:02x}")).collect()
}

/// JSON as YAML: block style, texts quoted wherever a reader might take them for something else.
pub fn yaml(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    out
}

fn write(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(rows) if !rows.is_empty() => {
            for (key, value) in rows {
                indent(depth, out);
                out.push_str(&quoted(key));
                out.push(':');
                below(value, depth + 1, out);
            }
        }
        Value::Array(rows) if !rows.is_empty() => {
            for row in rows {
                indent(depth, out);
                out.push('-');
                below(row, depth + 1, out);
            }
        }
        scalar => {
            indent(depth, out);
            out.push_str(&inline(scalar));
            out.push('\n');
        }
    }
}

/// What stands behind a key or a dash.
fn below(value: &Value, depth: usize, out: &mut String) {
    let nested = match value {
        Value::Object(rows) => !rows.is_empty(),
        Value::Array(rows) => !rows.is_empty(),
        _ => false,
    };
    if nested {
        out.push('\n');
        write(value, depth, out);
    } else {
        out.push(' ');
        out.push_str(&inline(value));
        out.push('\n');
    }
}

fn indent(depth: usize, out: &mut String) {
    out.extend(std::iter::repeat_n("  ", depth));
}

fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

/// Plain where it can be nothing but this text in YAML 1.1 and 1.2; else as a JSON string, which is
/// YAML too.
fn quoted(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_./@+ ".contains(c);
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && !text.ends_with(' ')
        && text.chars().all(safe)
        && !words.contains(&text.to_ascii_lowercase().as_str());
    if plain { text.to_owned() } else { Value::from(text).to_string() }
}
