//! What a placeholder looks like: a mapping whose one key is `$text`, `$json` or `$yaml`.

use serde_json::Value;

/// How a file's content takes a placeholder's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `$text`: as a text.
    Text,
    /// `$json`: as the JSON value it holds.
    Json,
    /// `$yaml`: as the one YAML document it holds.
    Yaml,
}

/// The form and the target of a value that is a placeholder: a mapping of exactly one key.
pub(crate) fn placeholder(value: &Value) -> Option<(Form, &Value)> {
    let rows = value.as_object().filter(|rows| rows.len() == 1)?;
    let (key, target) = rows.iter().next()?;
    let form = match key.as_str() {
        "$text" => Form::Text,
        "$json" => Form::Json,
        "$yaml" => Form::Yaml,
        _ => return None,
    };
    Some((form, target))
}
