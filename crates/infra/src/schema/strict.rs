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
                ("properties" | "definitions" | "patternProperties", Value::Object(each)) => {
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
    if let Some(Value::Object(properties)) = map.get_mut("properties") {
        if embedded {
            own_keys(properties);
        }
        if !open && !map.contains_key("additionalProperties") {
            map.insert("additionalProperties".to_owned(), false.into());
        }
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

/// `nullable`, numbers that may be texts, and what draft 4 has no word for.
fn types(map: &mut Map<String, Value>) {
    let either = map.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true))
        || map.get("format").and_then(Value::as_str) == Some("int-or-string");
    if either {
        map.remove("type");
        map.remove("format");
        map.entry("anyOf").or_insert_with(|| json!([{ "type": "integer" }, { "type": "string" }]));
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
