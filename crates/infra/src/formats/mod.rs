//! One reader per format.

pub(crate) mod compose;
pub(crate) mod github;
pub(crate) mod gitlab;
pub(crate) mod hcl;
pub(crate) mod helm;
pub(crate) mod kubernetes;
pub(crate) mod kustomize;
pub(crate) mod terraform;

use serde_json::Value;

use crate::tree::Tree;

/// The name of the folder a file is in; `.` for the root.
pub(crate) fn folder(file: &str) -> &str {
    let mut parts = file.rsplit('/');
    parts.next();
    parts.next().unwrap_or(".")
}

/// The texts of a list.
pub(crate) fn texts(tree: Option<&Tree>) -> Vec<String> {
    tree.map_or(&[][..], Tree::list).iter().filter_map(|text| text.text().map(str::to_owned)).collect()
}

/// One text or a list of them.
pub(crate) fn one_or_more(tree: Option<&Tree>) -> Vec<String> {
    match tree.and_then(Tree::text) {
        Some(text) => vec![text.to_owned()],
        None => texts(tree),
    }
}

/// The keys of a mapping.
pub(crate) fn keys(tree: Option<&Tree>) -> Vec<String> {
    tree.map_or(&[][..], Tree::rows).iter().map(|(key, _)| key.text.clone()).collect()
}

/// A text, number or boolean as it is; anything else is nothing.
pub(crate) fn scalar(tree: Option<&Tree>) -> Value {
    match tree.map(Tree::value) {
        Some(Value::Object(_) | Value::Array(_)) | None => Value::Null,
        Some(value) => value,
    }
}
