//! Backstage's filter predicates: `{"kind": "Component", "spec.type": {"$in": ["service", "website"]}}`.
//!
//! Source: `createZodV3FilterPredicateSchema` of `@backstage/filter-predicates` 0.1.5, and
//! `applyPredicateEntityFilterToQuery` of `@backstage/plugin-catalog-backend` 4.0.0, which answers by-query with
//! the search index. One difference: an operator with other keys beside it is refused; Backstage takes the
//! operator and drops the rest unsaid.

use serde_json::{Map, Value};

use crate::filter::{Filter, FilterError, MAX_FILTER_BYTES};
use crate::search::number;

impl Filter {
    /// Reads a predicate as JSON, of at most [`MAX_FILTER_BYTES`] and 127 levels (`serde_json`'s limit).
    ///
    /// # Errors
    /// Says where in the predicate something is wrong, and what is expected there.
    pub fn from_predicate(text: &str) -> Result<Filter, FilterError> {
        if text.len() > MAX_FILTER_BYTES {
            return Err(FilterError::Long(text.len()));
        }
        let value: Value =
            serde_json::from_str(text).map_err(|error| FilterError::Json(error.to_string()))?;
        predicate(&value, "")
    }

    /// As [`Filter::from_predicate`], of JSON that was read, and limited, before.
    ///
    /// # Errors
    /// As there.
    pub fn of_predicate(value: &Value) -> Result<Filter, FilterError> {
        predicate(value, "")
    }
}

fn wrong<T>(place: &str, message: impl Into<String>) -> Result<T, FilterError> {
    let place = if place.is_empty() { "the predicate" } else { place.trim_start_matches('.') };
    Err(FilterError::Predicate { place: place.to_owned(), message: message.into() })
}

fn predicate(value: &Value, place: &str) -> Result<Filter, FilterError> {
    let Value::Object(keys) = value else {
        return wrong(place, "an object is expected, such as {\"kind\": \"Component\"}");
    };
    if let Some((name, value)) = operator(keys, place)? {
        let place = format!("{place}.{name}");
        return match name {
            "$all" => Ok(Filter::All(predicates(value, &place)?)),
            "$any" => Ok(Filter::Any(predicates(value, &place)?)),
            "$not" => Ok(Filter::Not(Box::new(predicate(value, &place)?))),
            _ => wrong(&place, "no such operator here: there are $all, $any and $not"),
        };
    }
    let mut all = Vec::with_capacity(keys.len());
    for (key, value) in keys {
        all.push(condition(key, value, &format!("{place}.{key}"))?);
    }
    Ok(if all.len() == 1 { all.remove(0) } else { Filter::All(all) })
}

fn predicates(value: &Value, place: &str) -> Result<Vec<Filter>, FilterError> {
    let Value::Array(list) = value else { return wrong(place, "a list of predicates is expected") };
    list.iter().enumerate().map(|(at, value)| predicate(value, &format!("{place}[{at}]"))).collect()
}

/// The operator of an object, which has no other key then.
fn operator<'v>(
    keys: &'v Map<String, Value>,
    place: &str,
) -> Result<Option<(&'v str, &'v Value)>, FilterError> {
    match keys.iter().find(|(key, _)| key.starts_with('$')) {
        Some((key, _)) if keys.len() > 1 => {
            wrong(place, format!("`{key}` stands alone: put it and the others into one `$all`"))
        }
        found => Ok(found.map(|(key, value)| (key.as_str(), value))),
    }
}

/// What the values of one key must be.
fn condition(key: &str, value: &Value, place: &str) -> Result<Filter, FilterError> {
    if key.contains(['\n', '\r']) {
        return wrong(place, "a key is one line");
    }
    if let Some(value) = primitive(value) {
        return Ok(Filter::In(key.to_owned(), vec![value]));
    }
    let expected =
        "a text, a number, a truth value, or one of $exists, $in, $contains and $hasPrefix is expected";
    let Value::Object(keys) = value else { return wrong(place, expected) };
    let Some((name, value)) = operator(keys, place)? else { return wrong(place, expected) };
    let place = format!("{place}.{name}");
    match (name, value) {
        ("$exists", Value::Bool(true)) => Ok(Filter::Has(key.to_owned())),
        ("$exists", Value::Bool(false)) => Ok(Filter::Not(Box::new(Filter::Has(key.to_owned())))),
        ("$exists", _) => wrong(&place, "true or false is expected"),
        ("$in", value) => Ok(Filter::In(key.to_owned(), primitives(value, &place)?)),
        ("$hasPrefix", Value::String(prefix)) => Ok(Filter::Prefix(key.to_owned(), prefix.clone())),
        ("$hasPrefix", _) => wrong(&place, "a text is expected"),
        ("$contains", value) => contains(key, value, &place),
        _ => wrong(&place, "no such operator here: there are $exists, $in, $contains and $hasPrefix"),
    }
}

/// An element of a list: a plain value, or of `relations` one by its type and target.
fn contains(key: &str, value: &Value, place: &str) -> Result<Filter, FilterError> {
    if let Some(value) = primitive(value) {
        return Ok(Filter::In(key.to_owned(), vec![value]));
    }
    let Value::Object(keys) = value else { return wrong(place, "a value or a predicate is expected") };
    if key.to_lowercase() != "relations" {
        return wrong(place, "a predicate is possible of `relations` only; of other lists, a plain value");
    }
    let (mut kind, mut targets) = (None, None);
    for (key, value) in keys {
        let place = format!("{place}.{key}");
        match (key.to_lowercase().as_str(), value) {
            ("type", Value::String(text)) if kind.is_none() && !text.is_empty() => kind = Some(text),
            ("targetref", value) if targets.is_none() => targets = Some(references(value, &place)?),
            ("type" | "targetref", _) => return wrong(&place, "one text is expected, and once"),
            _ => return wrong(&place, "of a relation there are `type` and `targetRef`"),
        }
    }
    let Some(kind) = kind else { return wrong(place, "a relation has a `type`, such as \"ownedBy\"") };
    let key = format!("relations.{kind}");
    Ok(targets.map_or_else(|| Filter::Has(key.clone()), |targets| Filter::In(key.clone(), targets)))
}

/// The targets of a relation: one, or `{"$in": [...]}`.
fn references(value: &Value, place: &str) -> Result<Vec<String>, FilterError> {
    let expected = "a reference is expected, or {\"$in\": [...]} with at least one";
    let texts: Option<Vec<String>> = match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Object(keys) if keys.len() == 1 => keys
            .get("$in")
            .and_then(Value::as_array)
            .and_then(|list| list.iter().map(|text| text.as_str().map(str::to_owned)).collect()),
        _ => None,
    };
    match texts.filter(|texts| !texts.is_empty()) {
        Some(texts) => Ok(texts),
        None => wrong(place, expected),
    }
}

fn primitives(value: &Value, place: &str) -> Result<Vec<String>, FilterError> {
    let list = value.as_array().and_then(|list| list.iter().map(primitive).collect());
    list.map_or_else(|| wrong(place, "a list of texts, numbers and truth values is expected"), Ok)
}

/// A plain value as JavaScript writes it.
fn primitive(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(value) => Some(number(value)),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Filter::from_predicate(text).unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let table = [
            ("{", "is no JSON: "),
            ("\"x\"", "the predicate: an object is expected"),
            ("[]", "the predicate: an object is expected"),
            (r#"{"$all": {}}"#, "$all: a list of predicates is expected"),
            (r#"{"$all": [{}, 7]}"#, "$all[1]: an object is expected"),
            (r#"{"$any": [{"$not": {"kind": null}}]}"#, "$any[0].$not.kind: a text, a number"),
            (r#"{"$all": [], "kind": "api"}"#, "the predicate: `$all` stands alone"),
            (r#"{"$nor": []}"#, "$nor: no such operator here"),
            (r#"{"spec.type": {"$exists": "yes"}}"#, "spec.type.$exists: true or false"),
            (r#"{"spec.type": {"$in": "yes"}}"#, "spec.type.$in: a list of texts"),
            (r#"{"spec.type": {"$in": [null]}}"#, "spec.type.$in: a list of texts"),
            (r#"{"spec.type": {"$hasPrefix": 1}}"#, "spec.type.$hasPrefix: a text"),
            (r#"{"spec.type": {"$startsWith": "a"}}"#, "spec.type.$startsWith: no such operator"),
            (r#"{"spec.type": {"type": "a"}}"#, "spec.type: a text, a number"),
            (r#"{"spec.type": {"$exists": true, "$hasPrefix": "a"}}"#, "spec.type: `$exists` stands alone"),
            (r#"{"a\nb": 1}"#, "a key is one line"),
            (r#"{"spec.x": {"$contains": {"a": 1}}}"#, "spec.x.$contains: a predicate is possible of"),
            (r#"{"relations": {"$contains": {}}}"#, "relations.$contains: a relation has a `type`"),
            (r#"{"relations": {"$contains": {"type": "a", "Type": "b"}}}"#, "$contains.Type: one text"),
            (r#"{"relations": {"$contains": {"type": "a", "x": 1}}}"#, "$contains.x: of a relation"),
            (
                r#"{"relations": {"$contains": {"type": "a", "targetRef": {"$in": []}}}}"#,
                "relations.$contains.targetRef: a reference is expected",
            ),
        ];
        for (text, expected) in table {
            assert!(refused(text).contains(expected), "{text}: {}", refused(text));
        }
        let deep = format!("{}{{}}{}", r#"{"$not":"#.repeat(200), "}".repeat(200));
        assert!(refused(&deep).contains("recursion limit"), "{}", refused(&deep));
        assert!(refused(&" ".repeat(MAX_FILTER_BYTES + 1)).contains("more than 65536"));
    }
}
