//! The description of the API: OpenAPI 3.1, made of the same list that is served.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::call::Verb;
use crate::problem::{Kind, Problem};
use crate::route::{BASE, Route};

/// The description of these routes.
pub fn openapi(routes: &[Route]) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut schemas = settings.into_generator();
    let problem = schemas.subschema_for::<Problem>().to_value();
    let mut paths: Map<String, Value> = Map::new();
    for route in routes {
        let described = operation(route, &mut schemas);
        let path = paths.entry(format!("{BASE}{}", route.path)).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(route.verb.word().to_lowercase(), described);
        }
    }
    paths.sort_keys();
    let mut named = schemas.take_definitions(true);
    named.sort_keys();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Fleetwright",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Thousands of repositories as one fleet: know, standardise, measure, change, trust.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "schemas": named,
            "responses": problems(&problem),
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

/// What is answered where something is wrong, by status.
fn problems(problem: &Value) -> Value {
    let mut by_status: Map<String, Value> = Map::new();
    for kind in Kind::ALL {
        let title = Problem::new(kind, "").title;
        let told = by_status.entry(format!("Problem{}", kind.status())).or_insert_with(|| {
            json!({
                "description": "",
                "content": { "application/problem+json": { "schema": problem } },
            })
        });
        let before = told["description"].as_str().unwrap_or_default().to_owned();
        let words = [before, title].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>();
        told["description"] = Value::String(words.join("; "));
    }
    by_status.sort_keys();
    Value::Object(by_status)
}

fn operation(route: &Route, schemas: &mut SchemaGenerator) -> Value {
    let takes = (route.takes)(schemas);
    let answers = (route.answers)(schemas).to_value();
    let fields = resolved(takes.as_value(), schemas);
    let mut operation = json!({
        "operationId": route.name,
        "summary": route.about,
        "x-need": route.need.to_string(),
        "parameters": parameters(route, &fields),
        "responses": responses(route, answers),
    });
    if let Some(group) = route.name.split('.').next() {
        operation["tags"] = json!([group]);
    }
    if !route.verb.asks() {
        operation["requestBody"] = json!({
            "required": true,
            "content": { "application/json": { "schema": body(route, fields) } },
        });
    }
    operation
}

/// The schema behind a reference.
fn resolved(schema: &Value, schemas: &SchemaGenerator) -> Value {
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|text| text.rsplit('/').next());
    let found = name.and_then(|name| schemas.definitions().get(name));
    found.cloned().unwrap_or_else(|| schema.clone())
}

fn parameters(route: &Route, fields: &Value) -> Value {
    let in_path: Vec<&str> = route.path_fields().collect();
    let needed = |name: &str| fields["required"].as_array().is_some_and(|all| all.iter().any(|n| n == name));
    let all = fields["properties"].as_object().into_iter().flatten();
    let mut parameters: Vec<Value> = all
        .filter(|(name, _)| in_path.contains(&name.as_str()) || route.verb.asks())
        .map(|(name, schema)| {
            let is_path = in_path.contains(&name.as_str());
            let place = if is_path { "path" } else { "query" };
            json!({ "name": name, "in": place, "required": is_path || needed(name), "schema": without_null(schema) })
        })
        .collect();
    if route.verb != Verb::Get {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "The same key with the same request is done once, and answered alike, for a day.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
        }));
    }
    Value::Array(parameters)
}

/// A field of a query is there or not: it is never null.
fn without_null(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(kinds) = schema.get_mut("type").and_then(Value::as_array_mut) {
        kinds.retain(|kind| kind != "null");
        if let [one] = kinds.as_slice() {
            schema["type"] = one.clone();
        }
    }
    schema
}

/// The call's fields without those of the path.
fn body(route: &Route, mut fields: Value) -> Value {
    for name in route.path_fields() {
        if let Some(all) = fields["properties"].as_object_mut() {
            all.shift_remove(name);
        }
        if let Some(needed) = fields["required"].as_array_mut() {
            needed.retain(|other| other != name);
        }
    }
    fields
}

fn responses(route: &Route, answers: Value) -> Value {
    let mut responses = json!({
        "200": { "description": "Done", "content": { "application/json": { "schema": answers } } },
    });
    let mut kinds = vec![
        Kind::Usage,
        Kind::NotFound,
        Kind::Unknown,
        Kind::Forbidden,
        Kind::TooOften,
        Kind::Internal,
        Kind::Unable,
        Kind::Unanswered,
        Kind::Refused,
    ];
    if !route.verb.asks() {
        kinds.extend([Kind::TooLarge, Kind::WrongType, Kind::TooSlow]);
        responses["200"]["content"]["text/event-stream"] = json!({ "schema": { "type": "string" } });
    }
    if route.verb == Verb::Get {
        responses["304"] = json!({ "description": "As it was" });
    }
    for kind in kinds {
        let status = kind.status();
        responses[status.to_string()] = json!({ "$ref": format!("#/components/responses/Problem{status}") });
    }
    responses
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::routes;

    #[test]
    fn the_description_beside_the_documents_is_this_one() {
        let kept: Value =
            serde_json::from_str(include_str!("../../../docs/openapi.json")).unwrap_or_default();
        let remedy = "cargo run -p fleetwright-api --example openapi > docs/openapi.json";
        assert!(kept == openapi(&routes()), "docs/openapi.json is not what is served now; run: {remedy}");
    }

    #[test]
    fn each_name_and_each_place_is_taken_once() {
        let all = routes();
        for (index, route) in all.iter().enumerate() {
            for other in &all[index + 1..] {
                assert_ne!(route.name, other.name);
                assert_ne!((route.verb, route.path), (other.verb, other.path));
            }
            for name in route.path_fields() {
                assert!(route.fields.contains_key(name), "{} has no field for `{{{name}}}`", route.name);
            }
        }
    }
}
