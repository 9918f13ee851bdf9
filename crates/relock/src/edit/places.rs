//! A value that may stand in one of several places of a document.

use fleetwright_edit::{DocumentEdit, EditSpec, Format};
use serde_json::{Map, Value};

/// The document with a value moved that is `old` in some of these places; the same where they are `new` already.
///
/// # Errors
/// Where it is neither, or the edit is refused.
pub(crate) fn set(
    (format, text): (Format, &str),
    places: &[String],
    (old, new): (&str, &str),
    missing: impl FnOnce() -> String,
) -> Result<String, String> {
    let mut there = None;
    for place in places {
        let from = there.as_deref().unwrap_or(text);
        if let Some(moved) = change((format, from), place, (old, new))? {
            there = Some(moved);
        }
    }
    if let Some(moved) = there {
        return Ok(moved);
    }
    let other = format!("{new} ");
    for place in places {
        if change((format, text), place, (new, &other))?.is_some() {
            return Ok(text.to_owned());
        }
    }
    Err(missing())
}

/// The document with a place changed if it holds exactly this.
fn change(
    (format, text): (Format, &str),
    place: &str,
    (old, new): (&str, &str),
) -> Result<Option<String>, String> {
    let one = |value: &str| Map::from_iter([(place.to_owned(), Value::from(value))]);
    let spec = EditSpec { pick: one(old), set: one(new), ..EditSpec::default() };
    let edit = DocumentEdit::compile(format, &spec).map_err(|error| error.to_string())?;
    edit.apply(text).map_err(|error| error.to_string())
}

/// A key of a path, in quotes.
///
/// # Errors
/// Where it holds what a path cannot say.
pub(crate) fn key(name: &str) -> Result<String, String> {
    match name.contains(['"', '\\']) {
        true => Err(format!("`{name}` is no name")),
        false => Ok(format!("[\"{name}\"]")),
    }
}
