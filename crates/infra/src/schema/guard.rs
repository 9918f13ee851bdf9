//! Schemas that would reach out, never end or take too long are refused before they are compiled.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// The largest file of schemas, in bytes (16 MiB). Kubernetes' own definitions have about 4 MB.
pub const MAX_SCHEMA_BYTES: usize = 16 * 1024 * 1024;

/// Keywords that apply a schema to the same place of the instance.
const IN_PLACE: [&str; 10] =
    ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "$ref", "dependencies", "dependentSchemas"];

/// The deepest that schemas for one place may lie in each other: a validator recurses as deep at each
/// level of the instance.
const MAX_IN_PLACE: usize = 32;

/// What a schema costs and what it may not do.
pub(crate) struct Guarded {
    /// How many schemas its `allOf`, `anyOf` and `oneOf` hold together.
    pub(crate) branches: usize,
    /// Whether it has a `$ref`.
    pub(crate) refers: bool,
}

/// Looks at a whole schema document.
///
/// # Errors
/// The reason why it is not used, as a sentence.
pub(crate) fn guard(root: &Value) -> Result<Guarded, String> {
    let (mut branches, mut refers) = (0, false);
    let mut open = vec![root];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(list) => open.extend(list),
            Value::Object(map) => {
                references(map)?;
                refers |= map.get("$ref").is_some_and(Value::is_string);
                let lists = ["allOf", "anyOf", "oneOf"].iter().filter_map(|key| map.get(*key)?.as_array());
                branches += lists.map(Vec::len).sum::<usize>();
                open.extend(map.values());
            }
            _ => {}
        }
    }
    let mut known = HashMap::new();
    let mut schemas = vec![root];
    while let Some(value) = schemas.pop() {
        if let Value::Object(_) = value {
            depth(root, value, &mut Vec::new(), &mut known)?;
        }
        match value {
            Value::Array(list) => schemas.extend(list),
            Value::Object(map) => schemas.extend(map.values()),
            _ => {}
        }
    }
    Ok(Guarded { branches, refers })
}

/// A reference must stay within the document: nothing is fetched.
fn references(map: &Map<String, Value>) -> Result<(), String> {
    if let Some(Value::String(target)) = map.get("$ref")
        && target != "#"
        && !target.starts_with("#/")
    {
        let target: String = target.chars().take(100).collect();
        return Err(format!("it refers to `{target}`, and nothing outside of the file is fetched"));
    }
    match ["$dynamicRef", "$recursiveRef"].iter().find(|key| map.get(**key).is_some_and(Value::is_string)) {
        Some(key) => Err(format!("`{key}` is not supported")),
        None => Ok(()),
    }
}

/// How many schemas lie one in the other at one place of the instance; to come back to one would
/// never end.
fn depth<'v>(
    root: &'v Value,
    schema: &'v Value,
    path: &mut Vec<*const Value>,
    known: &mut HashMap<*const Value, usize>,
) -> Result<usize, String> {
    let Value::Object(map) = schema else { return Ok(1) };
    let here = std::ptr::from_ref(schema);
    if path.contains(&here) {
        return Err("a `$ref` of it leads back to itself without going into the document".to_owned());
    }
    if let Some(depth) = known.get(&here) {
        return Ok(*depth);
    }
    let too_deep = || format!("more than {MAX_IN_PLACE} schemas lie one in the other at one place");
    if path.len() >= MAX_IN_PLACE {
        return Err(too_deep());
    }
    path.push(here);
    let mut deepest = 0;
    for below in in_place(root, map)? {
        deepest = deepest.max(depth(root, below, path, known)?);
    }
    path.pop();
    if deepest >= MAX_IN_PLACE {
        return Err(too_deep());
    }
    known.insert(here, deepest + 1);
    Ok(deepest + 1)
}

/// The schemas that a schema applies to the same place.
fn in_place<'v>(root: &'v Value, map: &'v Map<String, Value>) -> Result<Vec<&'v Value>, String> {
    let mut found = Vec::new();
    for key in IN_PLACE {
        match (key, map.get(key)) {
            ("$ref", Some(Value::String(target))) => {
                let to = root.pointer(target.trim_start_matches('#'));
                found.push(to.ok_or_else(|| format!("the `$ref` \"{target}\" leads nowhere"))?);
            }
            ("$ref", _) | (_, None) => {}
            (_, Some(Value::Array(list))) => found.extend(list),
            ("dependencies" | "dependentSchemas", Some(Value::Object(each))) => found.extend(each.values()),
            (_, Some(one)) => found.push(one),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_reaches_out_or_never_ends_is_refused() {
        for (schema, why) in [
            (json!({"$ref": "https://example.com/a.json"}), "nothing outside"),
            (json!({"properties": {"a": {"$ref": "other.json#/x"}}}), "nothing outside"),
            (json!({"$ref": "#"}), "leads back to itself"),
            (
                json!({"definitions": {"a": {"anyOf": [{"$ref": "#/definitions/b"}]}, "b": {"not": {"$ref": "#/definitions/a"}}}}),
                "leads back",
            ),
            (json!({"$ref": "#/definitions/none"}), "leads nowhere"),
            (json!({"$dynamicRef": "#x"}), "not supported"),
        ] {
            assert!(guard(&schema).is_err_and(|error| error.contains(why)), "{schema}");
        }
        // Whichever end is looked at first, a chain is as long as it is.
        for next in [1, -1_i64] {
            let names = 100..200_i64;
            let chain =
                names.map(|at| (format!("d{at}"), json!({"$ref": format!("#/definitions/d{}", at + next)})));
            let mut chain: Map<String, Value> = chain.collect();
            chain.insert("d99".to_owned(), json!({}));
            chain.insert("d200".to_owned(), json!({}));
            let error = guard(&json!({ "definitions": chain })).err();
            assert!(error.is_some_and(|error| error.contains("one in the other")));
        }
        let tree = json!({"properties": {"left": {"$ref": "#"}, "right": {"allOf": [{"$ref": "#"}, {}]}}});
        assert_eq!(guard(&tree).map(|guarded| guarded.branches), Ok(2));
        // A property may be called as a keyword is.
        assert!(guard(&json!({"properties": {"$ref": {"type": "string"}}})).is_ok());
    }
}
