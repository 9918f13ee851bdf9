//! Schemas that would reach out, never end or take too long are refused before they are compiled.

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
    let mut looked_at = std::collections::HashSet::new();
    let mut schemas = vec![root];
    while let Some(value) = schemas.pop() {
        if let Value::Object(_) = value {
            circle(root, value, &mut Vec::new(), &mut looked_at)?;
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

/// Follows what applies to one place of the instance; to come back to a schema would never end.
fn circle<'v>(
    root: &'v Value,
    schema: &'v Value,
    path: &mut Vec<*const Value>,
    done: &mut std::collections::HashSet<*const Value>,
) -> Result<(), String> {
    let here = std::ptr::from_ref(schema);
    if path.contains(&here) {
        return Err("a `$ref` of it leads back to itself without going into the document".to_owned());
    }
    if path.len() > MAX_IN_PLACE {
        return Err(format!("more than {MAX_IN_PLACE} schemas lie one in the other at one place"));
    }
    if !done.insert(here) {
        return Ok(());
    }
    let Value::Object(map) = schema else { return Ok(()) };
    path.push(here);
    for key in IN_PLACE {
        match (key, map.get(key)) {
            ("$ref", Some(Value::String(target))) => {
                let target = root.pointer(target.trim_start_matches('#'));
                let target = target.ok_or_else(|| format!("the `$ref` {} leads nowhere", map["$ref"]))?;
                circle(root, target, path, done)?;
            }
            ("$ref", _) | (_, None) => {}
            (_, Some(Value::Array(list))) => {
                list.iter().try_for_each(|each| circle(root, each, path, done))?;
            }
            ("dependencies" | "dependentSchemas", Some(Value::Object(each))) => {
                each.values().try_for_each(|each| circle(root, each, path, done))?;
            }
            (_, Some(one)) => circle(root, one, path, done)?,
        }
    }
    path.pop();
    Ok(())
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
        let tree = json!({"properties": {"left": {"$ref": "#"}, "right": {"allOf": [{"$ref": "#"}, {}]}}});
        assert_eq!(guard(&tree).map(|guarded| guarded.branches), Ok(2));
        // A property may be called as a keyword is.
        assert!(guard(&json!({"properties": {"$ref": {"type": "string"}}})).is_ok());
    }
}
