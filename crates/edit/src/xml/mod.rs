//! XML: elements, attributes and texts.
//!
//! As a value, an element is a mapping of `@attribute` to text, child name to the list of such
//! children, and `#text` to its trimmed text where it has one.

mod read;
mod write;

pub(crate) use read::{Element, read};
pub(crate) use write::write;

use serde_json::{Map, Value};

use crate::locate::element;

/// The value of a path in the shape in which documents are read: a text, or an element with its
/// children as lists. The error says what cannot be written.
pub(crate) fn normal(value: &Value) -> Result<Value, String> {
    match value {
        Value::Null => Ok(Value::from("")),
        Value::Bool(_) | Value::Number(_) => Ok(Value::from(value.to_string())),
        Value::String(text) if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) => {
            Err("XML holds no control characters".to_owned())
        }
        Value::String(text) => Ok(Value::from(text.trim())),
        Value::Array(_) => {
            Err("an element is a text or a mapping of its children; use `append` to add elements".to_owned())
        }
        Value::Object(map) => {
            let mut element = Map::new();
            for (key, value) in map {
                element.insert(key.clone(), normal_child(key, value)?);
            }
            Ok(Value::Object(element))
        }
    }
}

fn normal_child(key: &str, value: &Value) -> Result<Value, String> {
    check_name(key)?;
    match value {
        Value::Object(_) | Value::Array(_) if key.starts_with(['@', '#']) => {
            Err(format!("'{key}' must be a text"))
        }
        _ if key.starts_with(['@', '#']) => normal(value),
        Value::Array(list) => list.iter().map(normal_element).collect::<Result<_, _>>().map(Value::Array),
        _ => Ok(Value::Array(vec![normal_element(value)?])),
    }
}

/// The value as an element.
pub(crate) fn normal_element(value: &Value) -> Result<Value, String> {
    Ok(match normal(value)? {
        Value::String(text) => element(text),
        other => other,
    })
}

/// Removes the empty lists that removed elements leave; documents have none.
pub(crate) fn drop_empty_lists(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
            map.values_mut().for_each(drop_empty_lists);
        }
        Value::Array(list) => list.iter_mut().for_each(drop_empty_lists),
        _ => {}
    }
}

/// Whether the key of a path or a value is a name of XML.
pub(crate) fn check_name(key: &str) -> Result<(), String> {
    let name = key.strip_prefix('@').unwrap_or(key);
    let good_start = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let good = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
    if key == "#text" || (good_start && good) {
        Ok(())
    } else {
        Err(format!("'{key}' is no name of an XML element or @attribute"))
    }
}
