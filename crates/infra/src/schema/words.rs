//! What a validator says, as a person says it.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use crate::tree::escape;

/// What is wrong: the place, the sentence, and what to try.
pub(crate) struct Said {
    /// A JSON pointer.
    pub(crate) place: String,
    /// What is wrong.
    pub(crate) message: String,
    /// What to try.
    pub(crate) remedy: String,
}

/// All that one error says; several unknown keys are several things.
pub(crate) fn say(error: &ValidationError<'_>) -> Vec<Said> {
    let place = error.instance_path().as_str().to_owned();
    let one = |message: String, remedy: String| vec![Said { place: place.clone(), message, remedy }];
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => unexpected
            .iter()
            .map(|key| Said {
                place: format!("{place}/{}", escape(key)),
                message: format!("the key `{key}` is not known here"),
                remedy: "correct its name or its indentation, or remove it".to_owned(),
            })
            .collect(),
        Kind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            one(format!("the key `{key}` is missing"), format!("add `{key}`"))
        }
        Kind::Type { kind } => {
            let wanted = match kind {
                TypeKind::Single(kind) => kind.to_string(),
                TypeKind::Multiple(kinds) => {
                    let kinds: Vec<_> = kinds.iter().map(|kind| kind.to_string()).collect();
                    kinds.into_iter().filter(|kind| kind != "null").collect::<Vec<_>>().join(" or ")
                }
            };
            let found = short(&error.instance().to_string());
            one(format!("{found} is no {wanted}"), advice(&wanted, &error.instance().to_string()))
        }
        Kind::Enum { options } => {
            let options = options.as_array().map_or(&[][..], Vec::as_slice);
            let options: Vec<String> = options.iter().take(20).map(Value::to_string).collect();
            let found = short(&error.instance().to_string());
            one(format!("{found} is not known here"), format!("write one of {}", options.join(", ")))
        }
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } | Kind::OneOfMultipleValid { .. } => {
            let found = short(&error.instance().to_string());
            one(format!("{found} fits none of what is possible here, or more than one"), REFERENCE.to_owned())
        }
        _ => one(short(&error.to_string()), REFERENCE.to_owned()),
    }
}

const REFERENCE: &str = "compare it with the reference of this kind";

fn advice(wanted: &str, found: &str) -> String {
    match wanted {
        "string" if !found.starts_with(['{', '[']) => {
            format!("write it in quotes: \"{}\"", found.trim_matches('"'))
        }
        "integer" | "number" | "boolean" if found.starts_with('"') => "write it without quotes".to_owned(),
        "array" => "write a list: each element on a line that begins with `-`".to_owned(),
        "object" => "write a mapping: `key: value` lines".to_owned(),
        _ => REFERENCE.to_owned(),
    }
}

/// Values may be anything: a message holds the beginning.
fn short(text: &str) -> String {
    const MOST: usize = 120;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text.to_owned(),
    }
}
