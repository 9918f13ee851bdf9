//! Edits of documents by path, and the edit guard.

use serde_json::{Map, Value};

use crate::change::{self, Change, first_difference};
use crate::error::EditError;
use crate::format::{Format, Reading};
use crate::limits::MAX_BYTES;
use crate::locate::{Intent, Rules, locate};
use crate::path::Path;
use crate::pick::Pick;
use crate::xml;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What to change in a document. It is done in this order: delete, merge, set, append.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EditSpec {
    /// Path → value: only documents that hold all of these are edited, as they are before the edit. Of a
    /// wildcard or selector one place is enough; values are compared as texts, so that `2` is `"2"`. A
    /// document that was picked is edited as if it were alone in its file.
    pub pick: Map<String, Value>,
    /// Path → value. Missing parents are created as mappings (elements in XML), except behind a
    /// wildcard or selector, where only what exists is touched. In a YAML file of several
    /// documents a document is touched where the parent of the last key exists.
    ///
    /// In XML a single value is the text of an element or attribute, a mapping is a whole element:
    /// `{"@scope": "test", "artifactId": "junit"}`.
    pub set: Map<String, Value>,
    /// Paths that shall not exist; absent ones are fine.
    pub delete: Vec<String>,
    /// A partial document in the manner of RFC 7396: mappings are merged, null deletes, all else
    /// is set. Where the RFC would replace a single value or list by a mapping, the edit is
    /// refused, and an empty mapping changes nothing. Keys are taken as they are, not as paths.
    /// In XML mappings are elements by name, of which there must be only one; lists are refused.
    pub merge: Option<Value>,
    /// Path of a list → the element to add, or a list of them; elements that an equal one is
    /// there for are left out. A missing list is created. In XML the path ends with the name of
    /// the elements: `project.dependencies.dependency`.
    pub append: Map<String, Value>,
}

/// A checked [`EditSpec`] for one format, ready for any number of documents.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentEdit {
    format: Format,
    picks: Vec<Pick>,
    operations: Vec<Operation>,
}

#[derive(Debug, Clone, PartialEq)]
struct Operation {
    path: Path,
    intent: Intent,
}

impl DocumentEdit {
    /// Checks the paths and values.
    ///
    /// # Errors
    /// [`EditError::Path`] with a caret at the wrong place; [`EditError::Value`] for a value that
    /// the format cannot hold.
    pub fn compile(format: Format, spec: &EditSpec) -> Result<DocumentEdit, EditError> {
        let mut edit = DocumentEdit { format, picks: Pick::compile(&spec.pick)?, operations: Vec::new() };
        for path in &spec.delete {
            edit.operations.push(Operation { path: Path::parse(path)?, intent: Intent::Delete });
        }
        match &spec.merge {
            Some(Value::Object(patch)) => edit.add_merge(&mut Vec::new(), patch)?,
            Some(_) => {
                return Err(EditError::Value {
                    path: "merge".to_owned(),
                    reason: "it must be a mapping".to_owned(),
                });
            }
            None => {}
        }
        for (path, value) in &spec.set {
            edit.add_set(Path::parse(path)?, value)?;
        }
        for (path, value) in &spec.append {
            edit.add_append(Path::parse(path)?, value)?;
        }
        Ok(edit)
    }

    fn add_set(&mut self, path: Path, value: &Value) -> Result<(), EditError> {
        self.format.check(&path)?;
        let intent = Intent::Set(self.format.normal(&path, value)?);
        self.operations.push(Operation { path, intent });
        Ok(())
    }

    fn add_append(&mut self, path: Path, value: &Value) -> Result<(), EditError> {
        self.format.check(&path)?;
        let mut values: Vec<Value> = Vec::new();
        for value in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
            let value = self.format.normal_element(&path, value)?;
            if !values.contains(&value) {
                values.push(value);
            }
        }
        self.operations.push(Operation { path, intent: Intent::Append(values) });
        Ok(())
    }

    fn add_merge(&mut self, keys: &mut Vec<String>, patch: &Map<String, Value>) -> Result<(), EditError> {
        for (key, value) in patch {
            keys.push(key.clone());
            let path = Path::of_keys(keys);
            if keys.len() > crate::limits::MAX_DEPTH {
                return Err(EditError::Value {
                    path: path.to_string(),
                    reason: "it is nested too deep".to_owned(),
                });
            }
            match value {
                Value::Object(below) => self.add_merge(keys, below)?,
                Value::Null => self.operations.push(Operation { path, intent: Intent::Delete }),
                value => self.add_set(path, value)?,
            }
            keys.pop();
        }
        Ok(())
    }

    /// Edits a document. `None` when everything is already as it shall be.
    ///
    /// # Errors
    /// The text is not valid or passes a limit of [`crate::limits`], a path does not fit it, or
    /// the edit guard refuses the result.
    pub fn apply(&self, text: &str) -> Result<Option<String>, EditError> {
        if text.len() > MAX_BYTES {
            return Err(EditError::TooLarge { bytes: text.len() });
        }
        let body = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let mut edited: Option<String> = None;
        let mut reading = self.format.read(body)?;
        let picked = self.picked(&reading);
        for operation in &self.operations {
            let current = edited.as_deref().unwrap_or(body);
            if let Some((new, new_reading)) =
                operation.apply((self.format, &picked), current, &mut reading)?
            {
                edited = Some(new);
                reading = new_reading;
            }
        }
        let mark = &text[..text.len() - body.len()];
        Ok(edited.filter(|new| new != body).map(|new| format!("{mark}{new}")))
    }

    /// The documents that are meant, and how.
    fn picked(&self, reading: &Reading) -> Picked {
        let elements = self.format == Format::Xml;
        let holds = |value| self.picks.iter().all(|pick| pick.holds(value, elements));
        let rules = Rules { elements, alone: reading.values.len() == 1 || !self.picks.is_empty() };
        Picked { documents: reading.values.iter().map(holds).collect(), rules }
    }
}

/// The documents of a file that are edited.
struct Picked {
    /// Whether each of them is.
    documents: Vec<bool>,
    /// How they are read.
    rules: Rules,
}

impl Operation {
    /// The text after this operation, guarded; `None` when it changes nothing.
    fn apply(
        &self,
        (format, picked): (Format, &Picked),
        text: &str,
        reading: &mut Reading,
    ) -> Result<Option<(String, Reading)>, EditError> {
        let changes_of = |(document, value)| {
            if picked.documents.get(document) != Some(&true) {
                return Ok(Vec::new());
            }
            locate(value, &self.path, &self.intent, picked.rules).map_err(|misfit| EditError::Mismatch {
                path: self.path.to_string(),
                position: reading.position(text, document, &misfit.at),
                reason: misfit.reason,
            })
        };
        let changes = reading.values.iter().enumerate().map(changes_of).collect::<Result<Vec<_>, _>>()?;
        if changes.iter().all(Vec::is_empty) {
            return Ok(None);
        }
        let new = reading.write(text, &changes, &self.path)?;
        let new_reading = self.guard(format, reading, &changes, &new)?;
        Ok(Some((new, new_reading)))
    }

    /// Reads the new text and compares it with the old value after the changes.
    fn guard(
        &self,
        format: Format,
        old: &mut Reading,
        changes: &[Vec<Change>],
        new: &str,
    ) -> Result<Reading, EditError> {
        let refused = |reason: String| EditError::Guard { path: self.path.to_string(), reason };
        let aliased = if old.has_aliases() {
            " (aliases: editing an anchored value changes each of its aliases; edit it by hand)"
        } else {
            ""
        };
        let found = format
            .read(new)
            .map_err(|error| refused(format!("the result would not parse: {error}{aliased}")))?;
        if found.values.len() != old.values.len() {
            return Err(refused("the number of documents would change".to_owned()));
        }
        for ((value, changes), found) in old.values.iter_mut().zip(changes).zip(&found.values) {
            change::apply(value, changes);
            if format == Format::Xml {
                xml::drop_empty_lists(value);
            }
            if let Some(place) = first_difference(value, found) {
                return Err(refused(format!("'{place}' would not have the expected value{aliased}")));
            }
        }
        Ok(found)
    }
}
