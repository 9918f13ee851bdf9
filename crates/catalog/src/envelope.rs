//! The envelope every entity has: `apiVersion`, `kind`, `metadata`, and the form of their values.
//!
//! Sources: `Entity`, `EntityMeta` and `EntityEnvelope` schemas, `FieldFormatEntityPolicy`,
//! `NoForeignRootFieldsEntityPolicy` and `makeValidator` of `@backstage/catalog-model` 1.10.1.

use serde_json::{Map, Value};
use url::Url;

use crate::path::Path;
use crate::placeholder::placeholder;
use crate::schema::{Check, Field, Shape, may, must, seen};

/// The longest name, label value, kind, namespace or tag, in characters.
const MAX_NAME: usize = 63;

/// The longest DNS subdomain before the `/` of a key.
const MAX_PREFIX: usize = 253;

const ROOT: &[Field] = &[must("apiVersion", Shape::Text), must("kind", Shape::Text)];

const NAMED: &[Field] = &[must("name", Shape::Text), may("namespace", Shape::Text)];

const METADATA: &[Field] = &[
    may("uid", Shape::Text),
    may("etag", Shape::Text),
    may("title", Shape::Text),
    may("description", Shape::AnyText),
    may("tags", Shape::List(&Shape::Text)),
    may("links", Shape::List(&Shape::Table(LINK))),
];

const LINK: &[Field] = &[
    must("url", Shape::Text),
    may("title", Shape::Text),
    may("icon", Shape::Text),
    may("type", Shape::Text),
];

const NAME_RULE: &str = "use letters, digits and - _ . between them, at most 63 characters";
const KEY_RULE: &str = "write name or dns.prefix/name, the name of at most 63 letters, digits and - _ .";

/// Looks at everything but `spec`'s keys.
pub(crate) fn check(check: &mut Check, document: &Map<String, Value>) {
    let root = Path::default();
    check.fields(&root, document, ROOT);
    for key in document.keys() {
        if !["apiVersion", "kind", "metadata", "spec"].contains(&key.as_str()) {
            let remedy = "remove it: a file holds apiVersion, kind, metadata and spec";
            check.wrong(&Path::of(key), format!("unknown key `{key}`"), remedy);
        }
    }
    forms(check, document);
    let path = Path::of("metadata");
    match document.get("metadata") {
        Some(Value::Object(rows)) => metadata(check, &path, rows),
        Some(_) => check.wrong(&path, "a mapping belongs here", "write `name:` below it"),
        None => check.wrong(&path, "the key `metadata` is missing", "add `metadata:` with a `name:`"),
    }
    if let Some(spec) = document.get("spec") {
        check.value(&Path::of("spec"), spec, &Shape::Table(&[]));
    }
}

fn forms(check: &mut Check, document: &Map<String, Value>) {
    if let Some(text) = filled(document.get("apiVersion"))
        && !is_api_version(text)
    {
        let remedy = "write such as backstage.io/v1alpha1";
        check.wrong(&Path::of("apiVersion"), format!("`{text}` is no version"), remedy);
    }
    if let Some(text) = filled(document.get("kind"))
        && !is_kind(text)
    {
        let remedy = "use letters and digits, a letter first, at most 63";
        check.wrong(&Path::of("kind"), format!("`{text}` is no kind"), remedy);
    }
}

fn metadata(check: &mut Check, path: &Path, rows: &Map<String, Value>) {
    // Backstage looks at these before it resolves placeholders.
    let open = std::mem::take(&mut check.open);
    check.fields(path, rows, NAMED);
    check.open = open;
    check.fields(path, rows, METADATA);
    form(check, &path.key("name"), rows.get("name"), is_name, NAME_RULE);
    let rule = "use small letters, digits and - between them, at most 63 characters";
    form(check, &path.key("namespace"), rows.get("namespace"), is_dns_label, rule);
    let rule = "use small letters, digits, : + # and single - between them, at most 63 characters";
    for (index, tag) in list(rows.get("tags")).enumerate() {
        form(check, &path.key("tags").index(index), Some(tag), is_tag, rule);
    }
    for (index, link) in list(rows.get("links")).enumerate() {
        let path = path.key("links").index(index);
        form(check, &path.key("url"), link.get("url"), |text| Url::parse(text).is_ok(), "write a whole URL");
        for key in ["title", "icon"] {
            form(check, &path.key(key), link.get(key), is_not_blank, "write a text, or remove the key");
        }
    }
    if let Some(labels) = rows.get("labels") {
        pairs(check, &path.key("labels"), labels, is_label_value, NAME_RULE);
    }
    if let Some(annotations) = rows.get("annotations") {
        pairs(check, &path.key("annotations"), annotations, |_| true, "");
    }
}

/// Says so if a text that is there and not empty has not its form; its type was looked at before.
fn form(check: &mut Check, path: &Path, value: Option<&Value>, holds: fn(&str) -> bool, rule: &str) {
    if let Some(text) = filled(value)
        && !holds(text)
    {
        let found = seen(&Value::from(text));
        check.wrong(path, format!("{found} is not allowed here"), rule);
    }
}

fn pairs(check: &mut Check, path: &Path, value: &Value, holds: fn(&str) -> bool, rule: &str) {
    check.value(path, value, &Shape::TextsBut(&[]));
    if check.open && placeholder(value).is_some() {
        return;
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        if !is_key(key) {
            check.wrong(&path.key(key), format!("`{key}` is no key"), KEY_RULE);
        }
        if let Some(text) = value.as_str()
            && !holds(text)
        {
            check.wrong(&path.key(key), format!("{} is not allowed here", seen(&Value::from(text))), rule);
        }
    }
}

fn filled(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

/// What JavaScript takes for false.
pub(crate) fn is_falsy(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

fn is_api_version(text: &str) -> bool {
    let suffix =
        |text: &str| (1..=MAX_NAME).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_alphanumeric());
    prefixed(text, suffix)
}

fn is_key(text: &str) -> bool {
    prefixed(text, is_name)
}

/// `suffix` or `dns.subdomain/suffix`.
fn prefixed(text: &str, suffix: impl Fn(&str) -> bool) -> bool {
    match text.split_once('/') {
        Some((prefix, rest)) => is_dns_subdomain(prefix) && suffix(rest),
        None => suffix(text),
    }
}

fn is_kind(text: &str) -> bool {
    text.len() <= MAX_NAME
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|c| c.is_ascii_alphanumeric())
}

fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = |end: Option<&u8>| end.is_some_and(u8::is_ascii_alphanumeric);
    bytes.len() <= MAX_NAME
        && ends(bytes.first())
        && ends(bytes.last())
        && bytes.iter().all(|c| c.is_ascii_alphanumeric() || b"-_.".contains(c))
}

fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_name(text)
}

fn is_dns_label(text: &str) -> bool {
    let small = |c: &u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.len() <= MAX_NAME
        && bytes.first().is_some_and(small)
        && bytes.last().is_some_and(small)
        && bytes.iter().all(|c| small(c) || *c == b'-')
}

fn is_dns_subdomain(text: &str) -> bool {
    text.len() <= MAX_PREFIX && text.split('.').all(is_dns_label)
}

fn is_tag(text: &str) -> bool {
    let letter = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b":+#".contains(&c);
    text.len() <= MAX_NAME && text.split('-').all(|piece| !piece.is_empty() && piece.bytes().all(letter))
}

/// As JavaScript's `trim` sees it.
fn is_not_blank(text: &str) -> bool {
    text.chars().any(|c| c != '\u{feff}' && (c == '\u{85}' || !c.is_whitespace()))
}
