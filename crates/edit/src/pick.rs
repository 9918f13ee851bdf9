//! Which documents of a file are meant.

use serde_json::{Map, Value};

use crate::error::EditError;
use crate::locate::{selects, text_of};
use crate::path::{Path, Step};

/// What a document must say to be meant: at one of the places of the path stands this value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pick {
    path: Path,
    wanted: String,
}

impl Pick {
    /// Checks the paths and values.
    pub(crate) fn compile(wanted: &Map<String, Value>) -> Result<Vec<Pick>, EditError> {
        let pick = |(path, value): (&String, &Value)| match value {
            Value::String(_) | Value::Number(_) | Value::Bool(_) => {
                Ok(Pick { path: Path::parse(path)?, wanted: text_of(value).unwrap_or_default() })
            }
            Value::Null | Value::Array(_) | Value::Object(_) => {
                let reason = "a document is picked by a text, a number, true or false".to_owned();
                Err(EditError::Value { path: path.clone(), reason })
            }
        };
        wanted.iter().map(pick).collect()
    }

    /// Whether a document says so. `elements`: what a key leads to is a list of XML elements.
    pub(crate) fn holds(&self, document: &Value, elements: bool) -> bool {
        self.at(document, &self.path.steps, elements)
    }

    fn at(&self, value: &Value, steps: &[Step], elements: bool) -> bool {
        let Some((step, rest)) = steps.split_first() else {
            return text_of(value).as_deref() == Some(&self.wanted);
        };
        let below = |value: &Value| self.at(value, rest, elements);
        match (step, value) {
            (Step::Key(key), Value::Object(map)) => match map.get(key) {
                Some(Value::Array(list)) if elements && matches!(rest.first(), None | Some(Step::Key(_))) => {
                    list.iter().any(below)
                }
                found => found.is_some_and(below),
            },
            (Step::Index(index), Value::Array(list)) => list.get(*index).is_some_and(below),
            (Step::Each, Value::Object(map)) => map.values().any(below),
            (Step::Each | Step::Where { .. }, Value::Array(list)) => {
                list.iter().filter(|element| selects(step, element)).any(below)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(document: &Value, wanted: Value, elements: bool) -> bool {
        let picks = Pick::compile(wanted.as_object().unwrap()).unwrap();
        picks.iter().all(|pick| pick.holds(document, elements))
    }

    #[test]
    fn places_and_values() {
        let document = json!({ "kind": "A", "n": 2, "list": [{ "name": "x", "v": true }, { "name": "y" }] });
        for yes in [
            json!({}),
            json!({ "kind": "A", "n": 2 }),
            json!({ "n": "2" }),
            json!({ "list[*].name": "y" }),
            json!({ "list[name=x].v": true }),
            json!({ "list[1].name": "y" }),
        ] {
            assert!(holds(&document, yes.clone(), false), "{yes}");
        }
        for no in [
            json!({ "kind": "B" }),
            json!({ "kind": "A", "n": 3 }),
            json!({ "none": "null" }),
            json!({ "list": "x" }),
            json!({ "kind.below": "A" }),
            json!({ "list[0].name": "y" }),
        ] {
            assert!(!holds(&document, no.clone(), false), "{no}");
        }
    }

    #[test]
    fn xml_elements_are_lists() {
        let document = json!({ "p": [{ "a": [{ "#text": "1" }, { "#text": "2" }], "@k": "x" }] });
        assert!(holds(&document, json!({ "p.a": "2", "p.@k": "x" }), true));
        assert!(!holds(&document, json!({ "p.a": "3" }), true));
    }

    #[test]
    fn only_single_values_pick() {
        for bad in [json!({ "a": null }), json!({ "a": [1] }), json!({ "a": {} }), json!({ "a[": 1 })] {
            assert!(Pick::compile(bad.as_object().unwrap()).is_err(), "{bad}");
        }
    }
}
