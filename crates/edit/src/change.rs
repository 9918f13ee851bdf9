//! Changes of single places, and what they make of a value.
//!
//! A path with wildcards becomes changes of places that exist; the formats know only changes.
//! [`apply`] is the same on plain values: it says what the edit guard expects.

use serde_json::{Map, Value};

use crate::path::push_key;

/// One step of a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Segment {
    Key(String),
    Index(usize),
}

/// A place in a document, from its root.
pub(crate) type Place = Vec<Segment>;

/// One change of one place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    pub(crate) at: Place,
    pub(crate) action: Action,
}

/// What happens at a place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Action {
    /// The value is replaced; a key that is missing is added to its mapping, which exists.
    Put(Value),
    /// The entry goes.
    Remove,
    /// The values are added to the end of the list, which exists.
    Push(Vec<Value>),
}

/// The value after the changes; places are meant before any of them, parents before children.
pub(crate) fn apply(root: &mut Value, changes: &[Change]) {
    // From the last place to the first: removing an element moves the ones behind it.
    for change in changes.iter().rev() {
        let Some((last, parents)) = change.at.split_last() else {
            if let Action::Put(value) = &change.action {
                *root = value.clone();
            }
            continue;
        };
        if let Some(parent) = descend(root, parents) {
            apply_one(parent, last, &change.action);
        }
    }
}

fn descend<'a>(root: &'a mut Value, at: &[Segment]) -> Option<&'a mut Value> {
    at.iter().try_fold(root, |value, segment| match (segment, value) {
        (Segment::Key(key), Value::Object(map)) => map.get_mut(key),
        (Segment::Index(index), Value::Array(list)) => list.get_mut(*index),
        _ => None,
    })
}

fn apply_one(parent: &mut Value, last: &Segment, action: &Action) {
    match (parent, last, action) {
        (Value::Object(map), Segment::Key(key), Action::Put(value)) => {
            map.insert(key.clone(), value.clone());
        }
        (Value::Object(map), Segment::Key(key), Action::Remove) => {
            map.shift_remove(key);
        }
        (Value::Array(list), Segment::Index(index), Action::Remove) if *index < list.len() => {
            list.remove(*index);
        }
        (parent, last, action) => {
            let Some(value) = descend(parent, std::slice::from_ref(last)) else { return };
            match (value, action) {
                (value, Action::Put(new)) => *value = new.clone(),
                (Value::Array(list), Action::Push(new)) => list.extend(new.iter().cloned()),
                _ => {}
            }
        }
    }
}

/// The path text of the first place where two values differ; `None` when they are equal.
pub(crate) fn first_difference(left: &Value, right: &Value) -> Option<String> {
    if left == right {
        return None;
    }
    let mut path = String::new();
    equal_under(left, right, &mut path);
    Some(if path.is_empty() { "the whole document".to_owned() } else { path })
}

/// Compares two values; at the first difference `path` stays there.
fn equal_under(left: &Value, right: &Value, path: &mut String) -> bool {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => equal_maps(left, right, path),
        (Value::Array(left), Value::Array(right)) => equal_lists(left, right, path),
        _ => left == right,
    }
}

fn equal_lists(left: &[Value], right: &[Value], path: &mut String) -> bool {
    let start = path.len();
    for (index, (left, right)) in left.iter().zip(right).enumerate() {
        path.push_str(&format!("[{index}]"));
        if !equal_under(left, right, path) {
            return false;
        }
        path.truncate(start);
    }
    left.len() == right.len()
}

fn equal_maps(left: &Map<String, Value>, right: &Map<String, Value>, path: &mut String) -> bool {
    let start = path.len();
    for (key, value) in left {
        push_key(path, key);
        if !right.get(key).is_some_and(|other| equal_under(value, other, path)) {
            return false;
        }
        path.truncate(start);
    }
    if let Some(added) = right.keys().find(|key| !left.contains_key(*key)) {
        push_key(path, added);
        return false;
    }
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn removals_of_one_list_do_not_disturb_each_other() {
        let mut value = json!({"a": [1, 2, 3, 4]});
        let at = |index| vec![Segment::Key("a".into()), Segment::Index(index)];
        let changes = [0, 1, 3].map(|index| Change { at: at(index), action: Action::Remove });
        apply(&mut value, &changes);
        assert_eq!(value, json!({"a": [3]}));
    }

    #[test]
    fn the_first_difference_is_named() {
        let left = json!({"a": {"b.c": [1, {"d": 2}]}, "e": 1});
        assert_eq!(first_difference(&left, &left), None);
        let mut right = left.clone();
        right["a"]["b.c"][1]["d"] = json!("2");
        assert_eq!(first_difference(&left, &right).unwrap(), "a[\"b.c\"][1].d");
        assert_eq!(first_difference(&left, &json!({"a": left["a"], "e": 1, "f": 0})).unwrap(), "f");
        assert_eq!(first_difference(&json!(1), &json!(2)).unwrap(), "the whole document");
    }
}
