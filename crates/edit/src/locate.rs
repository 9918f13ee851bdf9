//! From a path and a document to the changes of single places.

use serde_json::{Map, Value};

use crate::change::{Action, Change, Place, Segment};
use crate::error::EditError;
use crate::limits::MAX_MATCHES;
use crate::path::{Path, Step};

/// What an edit does at the places of its path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Intent {
    Set(Value),
    Delete,
    /// Adds the values that the list does not have yet.
    Append(Vec<Value>),
}

/// How the values of a document are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Elements are lists even when there is one (XML): a key without an index means the only one.
    pub(crate) elements: bool,
    /// Missing parents are created, and a path that does not fit is an error.
    /// False in files of several documents, where such documents are left alone.
    pub(crate) alone: bool,
}

/// The changes that make `intent` true in `root`; none when it already is.
pub(crate) fn locate(root: &Value, path: &Path, intent: &Intent, reading: Reading) -> Result<Vec<Change>, EditError> {
    let mut walk = Walk { path, intent, reading, changes: Vec::new() };
    let strict = reading.alone && *intent != Intent::Delete;
    walk.visit(Some(root), &path.steps, Vec::new(), strict)?;
    Ok(walk.changes)
}

struct Walk<'a> {
    path: &'a Path,
    intent: &'a Intent,
    reading: Reading,
    changes: Vec<Change>,
}

impl Walk<'_> {
    /// Visits the value at `at`. `strict`: missing parents are created and misfits are errors;
    /// false behind a wildcard.
    fn visit(&mut self, value: Option<&Value>, steps: &[Step], at: Place, strict: bool) -> Result<(), EditError> {
        let Some((step, rest)) = steps.split_first() else {
            return self.arrive(value, at, strict);
        };
        match (step, value) {
            (Step::Key(key), Some(Value::Object(map))) => self.visit_key(map, key, rest, (at, strict)),
            (Step::Key(_), None | Some(Value::Null)) => self.create(steps, at, strict),
            (Step::Index(index), Some(Value::Array(list))) if *index < list.len() => {
                self.visit(list.get(*index), rest, extended(&at, Segment::Index(*index)), strict)
            }
            (Step::Each, Some(Value::Object(map))) => map.iter().try_for_each(|(key, value)| {
                self.visit(Some(value), rest, extended(&at, Segment::Key(key.clone())), false)
            }),
            (Step::Each | Step::Where { .. }, Some(Value::Array(list))) => self.visit_elements(list, steps, &at),
            (Step::Each | Step::Where { .. }, None | Some(Value::Null)) => Ok(()),
            (_, found) if strict => Err(self.misfit(step, found, &at)),
            _ => Ok(()),
        }
    }

    fn visit_key(&mut self, map: &Map<String, Value>, key: &str, rest: &[Step], (at, strict): (Place, bool)) -> Result<(), EditError> {
        let here = extended(&at, Segment::Key(key.to_owned()));
        match map.get(key) {
            Some(Value::Array(list)) if self.means_the_only_one(rest) => match list.as_slice() {
                [only] => self.visit(Some(only), rest, extended(&here, Segment::Index(0)), strict),
                _ if strict || *self.intent == Intent::Delete => Err(self.ambiguous(key, list.len())),
                _ => Ok(()),
            },
            Some(value) => self.visit(Some(value), rest, here, strict),
            None => self.create(&[&[Step::Key(key.to_owned())], rest].concat(), at, strict || (rest.is_empty() && !self.reading.alone)),
        }
    }

    /// Whether the elements of one name, followed by these steps, are meant as one element.
    fn means_the_only_one(&self, rest: &[Step]) -> bool {
        self.reading.elements
            && match rest.first() {
                None => !matches!(self.intent, Intent::Append(_)),
                Some(step) => matches!(step, Step::Key(_)),
            }
    }

    fn visit_elements(&mut self, list: &[Value], steps: &[Step], at: &Place) -> Result<(), EditError> {
        for (index, element) in list.iter().enumerate() {
            if steps.first().is_some_and(|step| matches(step, element)) {
                self.visit(Some(element), &steps[1..], extended(at, Segment::Index(index)), false)?;
            }
        }
        Ok(())
    }

    /// The steps lead to what does not exist: it is created where that is allowed.
    fn create(&mut self, steps: &[Step], at: Place, strict: bool) -> Result<(), EditError> {
        if !strict || *self.intent == Intent::Delete || !self.creatable(&at, steps) {
            return Ok(());
        }
        let leaf = match self.intent {
            Intent::Set(value) => value.clone(),
            Intent::Append(values) => Value::Array(values.clone()),
            Intent::Delete => return Ok(()),
        };
        let as_list = self.reading.elements && !matches!(self.intent, Intent::Append(_));
        let mut new = leaf;
        for (depth, step) in steps.iter().enumerate().rev() {
            let Step::Key(key) = step else { return self.not_created(step, &at) };
            let list = self.reading.elements && !key.starts_with(['@', '#']) && (as_list || depth + 1 < steps.len());
            let value = if list && !new.is_array() { Value::Array(vec![new]) } else { new };
            new = Value::Object(Map::from_iter([(key.clone(), value)]));
        }
        // The outermost mapping exists unless its place holds nothing.
        self.put_created(at, steps, new)
    }

    fn put_created(&mut self, at: Place, steps: &[Step], new: Value) -> Result<(), EditError> {
        let (Some(Step::Key(key)), Value::Object(map)) = (steps.first(), new) else { return Ok(()) };
        let _ = key;
        self.push(Change { at, action: Action::Put(Value::Object(map)) })
    }

    fn creatable(&self, _at: &Place, _steps: &[Step]) -> bool {
        true
    }

    fn not_created(&self, _step: &Step, _at: &Place) -> Result<(), EditError> {
        Ok(())
    }

    fn arrive(&mut self, _value: Option<&Value>, _at: Place, _strict: bool) -> Result<(), EditError> {
        Ok(())
    }

    fn push(&mut self, change: Change) -> Result<(), EditError> {
        if self.changes.len() >= MAX_MATCHES {
            return Err(EditError::TooManyMatches { path: self.path.to_string() });
        }
        self.changes.push(change);
        Ok(())
    }

    fn misfit(&self, _step: &Step, _found: Option<&Value>, _at: &Place) -> EditError {
        EditError::TooDeep
    }
    fn ambiguous(&self, _key: &str, _n: usize) -> EditError {
        EditError::TooDeep
    }
}
fn extended(at: &Place, s: Segment) -> Place { let mut p = at.clone(); p.push(s); p }
fn matches(_s: &Step, _v: &Value) -> bool { true }
