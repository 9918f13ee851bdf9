//! Kubernetes' dialects of OpenAPI as JSON Schema, in which a key that is not known is wrong.

use serde_json::{Map, Value, json};

/// Makes a schema of Kubernetes' OpenAPI a JSON Schema (draft 4), in place.
///
/// Done with a list of what is left to do, for a schema may be as deep as its text allows.
pub(crate) fn strict(root: &mut Value) {
    let mut open = vec![root];
    while let Some(schema) = open.pop() {
        let Value::Object(map) = schema else { continue };
        convert(map);
        for (key, value) in map.iter_mut() {
            match (key.as_str(), value) {
                ("properties" | "definitions" | "$defs" | "patternProperties", Value::Object(each)) => {
                    open.extend(each.values_mut());
                }
                ("allOf" | "anyOf" | "oneOf", Value::Array(list)) => loose(list),
                ("items" | "additionalProperties", value @ Value::Object(_)) => open.push(value),
                _ => {}
            }
        }
    }
}

/// Within `allOf`, `anyOf` and `oneOf` a schema says only what is special: its keys are not all keys.
fn loose(list: &mut [Value]) {
    let mut open: Vec<&mut Value> = list.iter_mut().collect();
    while let Some(schema) = open.pop() {
        match schema {
            Value::Object(map) => {
                types(map);
                open.extend(map.values_mut());
            }
            Value::Array(list) => open.extend(list),
            _ => {}
        }
    }
}

fn convert(map: &mut Map<String, Value>) {
    types(map);
    let is = |map: &Map<String, Value>, key: &str| map.get(key) == Some(&Value::Bool(true));
    let embedded = is(map, "x-kubernetes-embedded-resource");
    let open = is(map, "x-kubernetes-preserve-unknown-fields");
    defaults(map);
    if let Some(Value::Object(properties)) = map.get_mut("properties") {
        if embedded {
            own_keys(properties);
        }
        if !open && !map.contains_key("additionalProperties") {
            map.insert("additionalProperties".to_owned(), false.into());
        }
    }
}

/// What has a default is filled in before an object is checked, so it is never missing.
fn defaults(map: &mut Map<String, Value>) {
    let Some(Value::Object(properties)) = map.get("properties") else { return };
    let filled = |key: &Value| {
        let schema = key.as_str().and_then(|key| properties.get(key));
        schema.is_some_and(|schema| schema.get("default").is_some())
    };
    let Some(Value::Array(required)) = map.get("required") else { return };
    let required: Vec<Value> = required.iter().filter(|key| !filled(key)).cloned().collect();
    // Draft 4 does not take an empty list.
    if required.is_empty() {
        map.remove("required");
    } else {
        map.insert("required".to_owned(), required.into());
    }
}

/// Every object has these, whether its schema says so or not.
pub(crate) fn own_keys(properties: &mut Map<String, Value>) {
    for (key, kind) in [("apiVersion", "string"), ("kind", "string"), ("metadata", "object")] {
        // A CRD may narrow the name; what it says of the rest is not asked.
        properties.entry(key).or_insert_with(|| json!({ "type": kind }));
        if let Some(Value::Object(metadata)) = properties.get_mut(key).filter(|_| key == "metadata") {
            metadata.insert("additionalProperties".to_owned(), true.into());
        }
    }
}

/// The keyword that `pattern` becomes: Kubernetes' patterns are Go's, such as `^(?i)monday$`, and a
/// validator of JSON Schema takes JavaScript's only.
pub(crate) const GO_PATTERN: &str = "x-go-pattern";

/// `nullable`, numbers that may be texts, and what draft 4 has no word for.
fn types(map: &mut Map<String, Value>) {
    let either = map.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true))
        || map.get("format").and_then(Value::as_str) == Some("int-or-string");
    if either {
        map.remove("type");
        map.remove("format");
        map.entry("anyOf").or_insert_with(|| json!([{ "type": "integer" }, { "type": "string" }]));
    }
    if map.get("pattern").is_some_and(Value::is_string)
        && let Some(pattern) = map.remove("pattern")
    {
        map.insert(GO_PATTERN.to_owned(), pattern);
    }
    if map.get("nullable") == Some(&Value::Bool(true))
        && let Some(kind @ Value::String(_)) = map.get("type").cloned()
    {
        map.insert("type".to_owned(), json!([kind, "null"]));
        if let Some(Value::Array(options)) = map.get_mut("enum") {
            options.push(Value::Null);
        }
    }
}
