//! From a path and a document to the changes of single places.

use serde_json::{Map, Value};

use crate::change::{Action, Change, Place, Segment};
use crate::limits::MAX_MATCHES;
use crate::path::{Path, Step, push_key};

/// What an edit does at the places of its path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Intent {
    Set(Value),
    Delete,
    /// Adds the values that the list does not have yet.
    Append(Vec<Value>),
}

/// How the values of a document are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// XML: what a key leads to is always a list of elements, and a key that no index follows
    /// means the only one.
    pub(crate) elements: bool,
    /// Just this document is meant: it is the only one of its file, or was picked.
    pub(crate) alone: bool,
}

/// Why a path does not fit a document, and the last place that it leads to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Misfit {
    pub(crate) at: Place,
    pub(crate) reason: String,
}

/// What happens where the path leads to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    /// It is created, parents too; a document that does not fit is an error.
    Create,
    /// The last key is added to its mapping; other documents are left alone.
    LastKey,
    /// It is left alone.
    Skip,
}

/// The changes that make `intent` true in `root`; none when it already is.
pub(crate) fn locate(
    root: &Value,
    path: &Path,
    intent: &Intent,
    rules: Rules,
) -> Result<Vec<Change>, Misfit> {
    let missing = match intent {
        Intent::Delete => Missing::Skip,
        _ if rules.alone => Missing::Create,
        _ => Missing::LastKey,
    };
    let mut walk = Walk { intent, elements: rules.elements, at: Vec::new(), changes: Vec::new() };
    walk.visit(root, &path.steps, missing)?;
    Ok(walk.changes)
}

struct Walk<'a> {
    intent: &'a Intent,
    elements: bool,
    at: Place,
    changes: Vec<Change>,
}

impl Walk<'_> {
    fn visit(&mut self, value: &Value, steps: &[Step], missing: Missing) -> Result<(), Misfit> {
        let Some((step, rest)) = steps.split_first() else {
            return self.arrive(value, missing);
        };
        match (step, value) {
            (Step::Key(key), Value::Object(map)) => self.visit_key(map, key, rest, missing),
            (Step::Key(_), Value::Null) if missing == Missing::Create => match self.nested(steps)? {
                Some(new) => self.push(Action::Put(new)),
                None => Ok(()),
            },
            (Step::Index(index), Value::Array(list)) if *index < list.len() => {
                self.enter(Segment::Index(*index), &list[*index], rest, missing)
            }
            (Step::Each, Value::Object(map)) => map.iter().try_for_each(|(key, value)| {
                self.enter(Segment::Key(key.clone()), value, rest, Missing::Skip)
            }),
            (Step::Each | Step::Where { .. }, Value::Array(list)) => {
                list.iter().enumerate().filter(|(_, element)| selects(step, element)).try_for_each(
                    |(index, element)| self.enter(Segment::Index(index), element, rest, Missing::Skip),
                )
            }
            (Step::Each | Step::Where { .. }, Value::Null) => Ok(()),
            (step, found) => self.misfit(found, &wanted(step), missing),
        }
    }

    fn visit_key(
        &mut self,
        map: &Map<String, Value>,
        key: &str,
        rest: &[Step],
        missing: Missing,
    ) -> Result<(), Misfit> {
        let segment = Segment::Key(key.to_owned());
        match map.get(key) {
            Some(Value::Array(list)) if self.means_the_only_one(rest) => {
                let [only] = list.as_slice() else { return Err(self.ambiguous(key, list.len())) };
                self.at.push(segment);
                let result = self.enter(Segment::Index(0), only, rest, missing);
                self.at.pop();
                result
            }
            Some(value) => self.enter(segment, value, rest, missing),
            None if missing == Missing::Skip || (missing == Missing::LastKey && !rest.is_empty()) => Ok(()),
            None => {
                let Some(new) = self.nested(rest)? else { return Ok(()) };
                self.at.push(segment);
                let result = self.push(Action::Put(self.wrapped(key, rest, new)));
                self.at.pop();
                result
            }
        }
    }

    fn enter(
        &mut self,
        segment: Segment,
        value: &Value,
        rest: &[Step],
        missing: Missing,
    ) -> Result<(), Misfit> {
        self.at.push(segment);
        let result = self.visit(value, rest, missing);
        self.at.pop();
        result
    }

    /// Whether the elements of one name, followed by these steps, are meant as one element.
    fn means_the_only_one(&self, rest: &[Step]) -> bool {
        self.elements
            && match rest.first() {
                None => !matches!(self.intent, Intent::Append(_)),
                Some(step) => matches!(step, Step::Key(_)),
            }
    }

    /// The new value of a place from which `steps` remain; `None` when there is nothing to
    /// create because they select among what exists.
    fn nested(&self, steps: &[Step]) -> Result<Option<Value>, Misfit> {
        let Some((step, rest)) = steps.split_first() else {
            return Ok(match self.intent {
                Intent::Set(value) => Some(value.clone()),
                Intent::Append(values) => Some(Value::Array(values.clone())),
                Intent::Delete => None,
            });
        };
        match step {
            Step::Key(key) => Ok(self.nested(rest)?.map(|value| {
                let value = self.wrapped(key, rest, value);
                Value::Object(Map::from_iter([(key.clone(), value)]))
            })),
            Step::Index(_) => {
                let reason = "its list does not exist: create it with `append`".to_owned();
                Err(self.stop(reason))
            }
            Step::Each | Step::Where { .. } => Ok(None),
        }
    }

    /// The value as it stands under `key`: in XML a list of elements, a text an element.
    fn wrapped(&self, key: &str, rest: &[Step], value: Value) -> Value {
        if !self.elements || key.starts_with(['@', '#']) {
            return value;
        }
        match value {
            Value::Array(list) if rest.is_empty() => Value::Array(list),
            Value::String(text) => Value::Array(vec![element(text)]),
            value => Value::Array(vec![value]),
        }
    }

    fn arrive(&mut self, value: &Value, missing: Missing) -> Result<(), Misfit> {
        match (self.intent, value) {
            (Intent::Delete, _) => self.push(Action::Remove),
            (Intent::Set(Value::String(new)), Value::Object(element)) if self.elements => {
                self.set_element_text(new, element, missing)
            }
            (Intent::Set(new), old) if new == old => Ok(()),
            (Intent::Set(new), _) => self.push(Action::Put(new.clone())),
            (Intent::Append(new), Value::Null) => self.push(Action::Put(Value::Array(new.clone()))),
            (Intent::Append(new), Value::Array(list)) => {
                let added: Vec<Value> = new.iter().filter(|value| !list.contains(value)).cloned().collect();
                if added.is_empty() { Ok(()) } else { self.push(Action::Push(added)) }
            }
            (Intent::Append(_), found) => self.misfit(found, "a list to append to", missing),
        }
    }

    /// Sets the text of an XML element.
    fn set_element_text(
        &mut self,
        new: &str,
        element: &Map<String, Value>,
        missing: Missing,
    ) -> Result<(), Misfit> {
        if element.keys().any(|key| !key.starts_with(['@', '#'])) {
            return self.misfit(&Value::Object(element.clone()), "an element with text only", missing);
        }
        let old = element.get("#text").and_then(Value::as_str).unwrap_or_default();
        let action = match new {
            _ if old == new => return Ok(()),
            "" => Action::Remove,
            _ => Action::Put(Value::from(new)),
        };
        self.at.push(Segment::Key("#text".to_owned()));
        let result = self.push(action);
        self.at.pop();
        result
    }

    fn push(&mut self, action: Action) -> Result<(), Misfit> {
        if self.changes.len() >= MAX_MATCHES {
            return Err(self.stop(format!("it matches more than {MAX_MATCHES} places: use a narrower path")));
        }
        self.changes.push(Change { at: self.at.clone(), action });
        Ok(())
    }

    fn misfit(&self, found: &Value, wanted: &str, missing: Missing) -> Result<(), Misfit> {
        if missing != Missing::Create {
            return Ok(());
        }
        let reason = format!("{} is {}, expected {wanted}", self.here(), described(found));
        Err(self.stop(reason))
    }

    fn ambiguous(&self, key: &str, count: usize) -> Misfit {
        let reason = format!("there are {count} elements '{key}': choose with [0], [*] or [child=value]");
        self.stop(reason)
    }

    fn stop(&self, reason: String) -> Misfit {
        Misfit { at: self.at.clone(), reason }
    }

    fn here(&self) -> String {
        if self.at.is_empty() { "the document".to_owned() } else { format!("'{}'", place_text(&self.at)) }
    }
}

/// An XML element that holds only text.
pub(crate) fn element(text: String) -> Value {
    let text = Some(text).filter(|text| !text.is_empty());
    Value::Object(text.into_iter().map(|text| ("#text".to_owned(), Value::from(text))).collect())
}

/// The path text of a place.
pub(crate) fn place_text(at: &[Segment]) -> String {
    at.iter().fold(String::new(), |mut text, segment| {
        match segment {
            Segment::Key(key) => push_key(&mut text, key),
            Segment::Index(index) => text.push_str(&format!("[{index}]")),
        }
        text
    })
}

fn wanted(step: &Step) -> String {
    match step {
        Step::Key(key) => format!("a mapping with the key '{key}'"),
        Step::Index(index) => format!("a list with an element [{index}] (use `append` to add elements)"),
        Step::Each => "a list or a mapping".to_owned(),
        Step::Where { .. } => "a list".to_owned(),
    }
}

fn described(value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => "a single value".to_owned(),
        Value::Array(list) => format!("a list of {}", list.len()),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

pub(crate) fn selects(step: &Step, element: &Value) -> bool {
    match step {
        Step::Where { key: Some(key), value } => {
            element.get(key).is_some_and(|child| text_of(child).as_deref() == Some(value))
        }
        Step::Where { key: None, value } => text_of(element).as_deref() == Some(value),
        Step::Each => true,
        Step::Key(_) | Step::Index(_) => false,
    }
}

/// A single value as a selector writes it; of an XML element, its text.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(list) => match list.as_slice() {
            [only] if !only.is_array() => text_of(only),
            _ => None,
        },
        Value::Object(element) => element.get("#text").and_then(Value::as_str).map(str::to_owned),
        Value::Null | Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ONE: Rules = Rules { elements: false, alone: true };

    fn set(root: &Value, path: &str, new: Value, rules: Rules) -> Result<Vec<(String, Action)>, Misfit> {
        let changes = locate(root, &Path::parse(path).unwrap(), &Intent::Set(new), rules)?;
        Ok(changes.into_iter().map(|change| (place_text(&change.at), change.action)).collect())
    }

    #[test]
    fn set_creates_parents_but_not_behind_wildcards() {
        let root = json!({"a": {"b": [{"n": "x", "v": 1}, {"n": "y"}]}, "e": null});
        let put = |at: &str, value| vec![(at.to_owned(), Action::Put(value))];
        assert_eq!(set(&root, "a.c.d", json!(1), ONE).unwrap(), put("a.c", json!({"d": 1})));
        assert_eq!(set(&root, "e.f", json!(1), ONE).unwrap(), put("e", json!({"f": 1})));
        assert_eq!(set(&root, "a.b[*].v", json!(2), ONE).unwrap(), put("a.b[0].v", json!(2)));
        assert_eq!(set(&root, "a.b[n=y].v", json!(2), ONE).unwrap(), []);
        assert_eq!(set(&root, "a.b[0].v", json!(1), ONE).unwrap(), []);
        let misfit = set(&root, "a.b[2].v", json!(1), ONE).unwrap_err().reason;
        assert!(misfit.contains("'a.b' is a list of 2, expected a list with an element [2]"), "{misfit}");
        assert!(set(&root, "a.c[0].v", json!(1), ONE).unwrap_err().reason.contains("list does not exist"));
        assert_eq!(set(&root, "a.c[*].v", json!(1), ONE).unwrap(), []);
        assert!(set(&root, "a.b[0].v.w", json!(1), ONE).is_err());
    }

    #[test]
    fn one_document_of_several_is_touched_where_the_parent_exists() {
        let several = Rules { alone: false, ..ONE };
        assert_eq!(set(&json!({"a": {}}), "a.b", json!(1), several).unwrap().len(), 1);
        assert_eq!(set(&json!({"x": {}}), "a.b", json!(1), several).unwrap(), []);
        assert_eq!(set(&json!([1]), "a.b", json!(1), several).unwrap(), []);
    }

    #[test]
    fn xml_elements_are_lists() {
        let xml = Rules { elements: true, alone: true };
        let root = json!({"p": [{"d": [{"#text": "1"}, {"#text": "2"}], "v": [{"@k": "x", "#text": "1"}]}]});
        let put = |at: &str, value| vec![(at.to_owned(), Action::Put(value))];
        assert_eq!(set(&root, "p.v", json!("2"), xml).unwrap(), put("p[0].v[0].#text", json!("2")));
        assert_eq!(
            set(&root, "p.n.m", json!("2"), xml).unwrap(),
            put("p[0].n", json!([{"m": [{"#text": "2"}]}]))
        );
        assert_eq!(set(&root, "p.d[=2]", json!("3"), xml).unwrap(), put("p[0].d[1].#text", json!("3")));
        assert!(set(&root, "p.d", json!("3"), xml).unwrap_err().reason.contains("2 elements 'd'"));
        assert!(set(&root, "p", json!("3"), xml).is_err());
    }
}
