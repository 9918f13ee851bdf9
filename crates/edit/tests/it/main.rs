//! Edits of whole documents, byte for byte.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod corpus;
mod hostile;
mod json;
mod property;
mod toml;
mod xml;
mod yaml;

use fleetwright_edit::{DocumentEdit, EditError, EditSpec, Format};
use serde_json::Value;

/// An edit of one kind.
fn spec(kind: &str, path: &str, value: Value) -> EditSpec {
    let mut spec = EditSpec::default();
    match kind {
        "set" => drop(spec.set.insert(path.to_owned(), value)),
        "append" => drop(spec.append.insert(path.to_owned(), value)),
        "merge" => spec.merge = Some(value),
        _ => spec.delete.push(path.to_owned()),
    }
    spec
}

fn edit(
    format: Format,
    kind: &str,
    path: &str,
    value: Value,
    text: &str,
) -> Result<Option<String>, EditError> {
    let edit = DocumentEdit::compile(format, &spec(kind, path, value))?;
    let result = edit.apply(text)?;
    // Deleting by index is not meant to be done twice.
    if let Some(new) = result.as_ref().filter(|_| kind != "delete" || !path.ends_with(']')) {
        assert_eq!(
            edit.apply(new),
            Ok(None),
            "a second run of {kind} '{path}' must change nothing in:\n{new}"
        );
    }
    Ok(result)
}

/// Checks rows of (kind, path, value, old, new), old = new meaning no change.
fn table(format: Format, rows: &[(&str, &str, Value, &str, &str)]) {
    let mut wrong = String::new();
    for (kind, path, value, old, new) in rows {
        let expected = (old != new).then(|| (*new).to_owned());
        let found = edit(format, kind, path, value.clone(), old);
        if found != Ok(expected) {
            wrong += &format!("--- {kind} {path} = {value}\n");
            match found {
                Ok(found) => wrong += &shown_difference(new, found.as_deref().unwrap_or(old)),
                Err(error) => wrong += &format!("{error}\n"),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Two texts without what they begin and end with in common.
fn shown_difference(wanted: &str, found: &str) -> String {
    let head = wanted.bytes().zip(found.bytes()).take_while(|(left, right)| left == right).count();
    let most = wanted.len().min(found.len()) - head;
    let same = wanted.bytes().rev().zip(found.bytes().rev()).take_while(|(left, right)| left == right);
    let tail = same.count().min(most);
    let middle = |text: &str| String::from_utf8_lossy(&text.as_bytes()[head..text.len() - tail]).into_owned();
    format!("after {head} bytes wanted {:?}\n  found {:?}\n", middle(wanted), middle(found))
}

/// The error of an edit that must fail.
fn refused(format: Format, kind: &str, path: &str, value: Value, text: &str) -> String {
    match edit(format, kind, path, value, text) {
        Err(error) => error.to_string(),
        Ok(found) => panic!("{kind} {path} of {text:?} was not refused: {found:?}"),
    }
}
