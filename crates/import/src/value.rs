//! Values of another tool's file by their keys.

use fleetwright_core::source::{Source, SourceError};
use serde_json::Value;

/// A text at a key; numbers and flags are texts too.
pub(crate) fn text(source: &Source, value: &Value, key: &str) -> Result<Option<String>, SourceError> {
    let pointer = format!("/{}", key.replace(['.', '['], "/").replace(']', ""));
    match value.pointer(&pointer) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other @ (Value::Number(_) | Value::Bool(_))) => Ok(Some(other.to_string())),
        Some(_) => Err(source.error(key, "a text belongs here", "write it in quotes")),
    }
}

/// A list at a key; nothing is an empty one.
pub(crate) fn list<'a>(source: &Source, value: &'a Value, key: &str) -> Result<&'a [Value], SourceError> {
    match value.pointer(&format!("/{}", key.replace('.', "/"))) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(list)) => Ok(list),
        Some(_) => Err(source.error(key, "a list belongs here", "begin each element with `- `")),
    }
}
