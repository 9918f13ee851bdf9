//! Entities, good and bad: a good one of each kind, and each of its fields with each of many values.

use fleetwright_catalog::yaml;
use serde_json::{Map, Value, json};

const PROFILE: &str = r#"{"displayName":"A","email":"a@example.org","picture":"https://example.org/a.png"}"#;

/// Kind and `spec` of a good entity of each kind and type, with all fields the schemas name.
const SPECS: [(&str, &str, &str); 13] = [
    (
        "component",
        "Component",
        r#"{"type":"service","lifecycle":"production","owner":"o","system":"s",
        "subcomponentOf":"c","providesApis":["p","n/q"],"consumesApis":["r"],
        "dependsOn":["resource:d","component:n/e"],"dependencyOf":["component:f"]}"#,
    ),
    ("api", "API", r#"{"type":"openapi","lifecycle":"x","owner":"user:o","system":"n/s","definition":"d"}"#),
    (
        "resource",
        "Resource",
        r#"{"type":"db","owner":"o","dependsOn":["component:x"],
        "dependencyOf":["component:y"],"system":"s"}"#,
    ),
    (
        "group",
        "Group",
        r#"{"type":"team","profile":PROFILE,"parent":"p","children":["c"],
        "members":["m","user:n/m"]}"#,
    ),
    ("user", "User", r#"{"profile":PROFILE,"memberOf":["g","group:n/g"]}"#),
    (
        "location",
        "Location",
        r#"{"type":"url","target":"./a.yaml","targets":["./b.yaml"],"presence":"optional"}"#,
    ),
    ("system", "System", r#"{"owner":"o","domain":"d","type":"t"}"#),
    ("domain", "Domain", r#"{"owner":"o","subdomainOf":"d","type":"t"}"#),
    (
        "skill",
        "AiResource",
        r#"{"type":"skill","lifecycle":"x","owner":"o","system":"s","disciplines":["d"],
        "categories":["c"],"agents":["a"],"dependsOn":["other","component:no"],"allowedTools":"t",
        "license":"l","compatibility":"c"}"#,
    ),
    (
        "rule",
        "AiResource",
        r#"{"type":"rule","lifecycle":"x","owner":"o","disciplines":["d"],"category":"c",
        "rationale":"r"}"#,
    ),
    (
        "plugin",
        "AiResource",
        r#"{"type":"plugin","lifecycle":"x","owner":"component:o","skills":["t","s"],
        "version":"1"}"#,
    ),
    (
        "marketplace",
        "AiResource",
        r#"{"type":"marketplace","lifecycle":"x","owner":"o","plugins":["q","p"],
        "version":"1"}"#,
    ),
    ("ai", "AiResource", r#"{"type":"other","lifecycle":"x","owner":"o","system":"group:s"}"#),
];

fn bases() -> Vec<(&'static str, Value)> {
    let entity = |version: &str, kind: &str, spec: Value| json!({ "apiVersion": version, "kind": kind, "metadata": { "name": "a" }, "spec": spec });
    let mut found: Vec<(&str, Value)> = SPECS
        .iter()
        .map(|(name, kind, spec)| {
            // A text that is no JSON would make an entity that Backstage refuses: the count of good ones falls.
            let spec = serde_json::from_str(&spec.replace("PROFILE", PROFILE)).unwrap_or_default();
            (*name, entity("backstage.io/v1alpha1", kind, spec))
        })
        .collect();
    found.push(("template", entity("scaffolder.backstage.io/v1beta3", "Template", template())));
    found
}

fn template() -> Value {
    json!({
        "type": "service", "owner": "o", "lifecycle": "x",
        "parameters": [{ "title": "t", "when": true, "backstage:permissions": { "tags": ["t"] } }],
        "secrets": { "schema": { "type": "object" } },
        "presentation": { "buttonLabels": { "backButtonText": "b", "createButtonText": "c", "reviewButtonText": "r" } },
        "EXPERIMENTAL_recovery": { "EXPERIMENTAL_strategy": "s" },
        "formDecorators": [{ "id": "i", "input": {} }],
        "EXPERIMENTAL_formDecorators": [{ "id": "i", "input": {} }],
        "steps": [{ "id": "i", "name": "n", "action": "fetch:plain", "input": {}, "if": "x",
            "backstage:permissions": { "tags": ["t"] } }],
        "output": { "links": [{ "if": true, "url": "u", "entityRef": "e", "title": "t", "icon": "i" }],
            "text": [{ "if": "x", "title": "t", "icon": "i", "content": "" }], "other": "text" },
    })
}

/// What every field is set to, once.
fn values() -> Vec<Value> {
    vec![
        json!(null),
        json!(""),
        json!("b"),
        json!("user:n/b"),
        json!(":b"),
        json!(5),
        json!(0),
        json!(true),
        json!(false),
        json!([]),
        json!(["b"]),
        json!([""]),
        json!([5]),
        json!([null]),
        json!({}),
        json!({ "a": 1 }),
        json!([{}]),
        json!("x".repeat(501)),
    ]
}

/// Paths of metadata and what they are set to.
fn metadata() -> Vec<(&'static str, Vec<Value>)> {
    let long = |count: usize| json!("a".repeat(count));
    let names = vec![
        json!("a"),
        json!("A-b_c.d"),
        json!("-a"),
        json!("a-"),
        json!(".a"),
        json!("a b"),
        json!("é"),
        json!("0"),
        long(63),
        long(64),
        json!(""),
        json!(5),
        json!(null),
        json!("a/b"),
        json!("a\n"),
    ];
    let namespaces = vec![
        json!("a"),
        json!("a-b"),
        json!("a--b"),
        json!("A"),
        json!("-a"),
        json!("a-"),
        json!("a.b"),
        json!(""),
        long(63),
        long(64),
        json!(null),
        json!(7),
    ];
    let mut tags: Vec<Value> =
        ["a", "a-b", "a--b", "-a", "a:b+c#d", "A", "a_b", "", "a.b"].iter().map(|tag| json!([tag])).collect();
    tags.extend([
        json!([long(63)]),
        json!([long(64)]),
        json!("a"),
        json!(null),
        json!([1]),
        json!([]),
        json!(["a", "a"]),
    ]);
    vec![
        ("name", names),
        ("namespace", namespaces),
        ("tags", tags),
        ("labels", pairs()),
        (
            "annotations",
            pairs().into_iter().chain([json!(""), json!(false), json!(0), json!("x"), json!([])]).collect(),
        ),
        ("links", links()),
        ("title", vec![json!("t"), json!(""), json!(" "), json!(null), json!(1)]),
        ("description", vec![json!("t"), json!(""), json!(null), json!(1)]),
        ("uid", vec![json!("t"), json!(""), json!(null)]),
        ("etag", vec![json!("t"), json!(""), json!(1)]),
        ("other", vec![json!("t"), json!(null), json!({ "a": [1.5, { "b": "C" }] }), json!(["X", "x", "y"])]),
    ]
}

fn pairs() -> Vec<Value> {
    let keys =
        ["a", "A.b_c-d", "-a", "a b", "", "x/a", "x.y/a", "X/a", "x/", "/a", "x/y/z", "x..y/a", "x/-a"];
    let mut rows: Vec<Value> = keys.iter().map(|key| json!({ *key: "v" })).collect();
    let long = [
        "a".repeat(63),
        "a".repeat(64),
        format!("{}/a", "a.".repeat(126) + "a"),
        format!("{}/a", "a.".repeat(127)),
    ];
    rows.extend(long.iter().map(|key| json!({ key.as_str(): "v" })));
    let values = [
        json!(""),
        json!("a b"),
        json!("A-b"),
        json!(5),
        json!(null),
        json!(true),
        json!({}),
        json!("v".repeat(64)),
        json!("v".repeat(300)),
    ];
    rows.extend(values.into_iter().map(|value| json!({ "a": value })));
    rows.extend([json!({}), json!(null), json!([]), json!("a"), json!({ "b": "1", "B": "2" })]);
    rows
}

fn links() -> Vec<Value> {
    let urls = [
        "https://a.example",
        "a",
        "",
        "mailto:x",
        "http://[::1",
        "https://a b",
        "//a",
        "HTTPS:a",
        "x:",
        "https://",
        "1:a",
        "https://a.example:99999",
        "https://a%zz",
        "file:///x",
        "ssh://git@host/x",
        " https://a.example ",
    ];
    let mut rows: Vec<Value> = urls.iter().map(|url| json!([{ "url": url }])).collect();
    for key in ["title", "icon", "type"] {
        for value in
            [json!("t"), json!(""), json!("  "), json!("\u{feff}"), json!("\u{85}"), json!(null), json!(1)]
        {
            let mut link = json!({ "url": "https://a.example" });
            link[key] = value;
            rows.push(json!([link]));
        }
    }
    rows.extend([
        json!([]),
        json!(null),
        json!([{}]),
        json!([null]),
        json!({ "url": "https://a.example" }),
        json!(["a"]),
    ]);
    rows
}

/// Paths of the root and what they are set to.
fn root() -> Vec<(&'static str, Vec<Value>)> {
    let texts = |texts: &[&str]| texts.iter().map(|text| json!(text)).collect::<Vec<_>>();
    let mut versions = texts(&[
        "backstage.io/v1beta1",
        "backstage.io/v1",
        "v1",
        "a/b/c",
        "a/",
        "/a",
        "A.b/v1",
        "a.b/v-1",
        "",
        "scaffolder.backstage.io/v1beta3",
    ]);
    versions.extend([json!(1), json!(null), json!(format!("a/{}", "b".repeat(64)))]);
    let mut kinds =
        texts(&["component", "Widget", "api", "API", "1a", "a-b", "", "Template", "Location", "AiResource"]);
    kinds.extend([json!(null), json!(5), json!("a".repeat(63)), json!("a".repeat(64))]);
    vec![
        ("apiVersion", versions),
        ("kind", kinds),
        ("metadata", vec![json!(null), json!([]), json!({}), json!("a")]),
        ("spec", vec![json!(null), json!([]), json!({}), json!("a"), json!(1)]),
        ("relations", vec![json!([])]),
        ("status", vec![json!({})]),
        ("foreign", vec![json!(null)]),
    ]
}

/// All entities, with a name for each.
pub(crate) fn entities() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, base) in bases() {
        found.push((name.to_owned(), yaml(&base)));
        for path in paths(&base["spec"]) {
            found.push(changed(name, &base, &format!("/spec{path}"), None));
            found.extend(
                values().into_iter().map(|value| changed(name, &base, &format!("/spec{path}"), Some(value))),
            );
        }
        for (key, values) in root() {
            found.push(changed(name, &base, &format!("/{key}"), None));
            found.extend(
                values.into_iter().map(|value| changed(name, &base, &format!("/{key}"), Some(value))),
            );
        }
    }
    let (name, base) = bases().swap_remove(0);
    for (key, values) in metadata() {
        found.push(changed(name, &base, &format!("/metadata/{key}"), None));
        found.extend(
            values.into_iter().map(|value| changed(name, &base, &format!("/metadata/{key}"), Some(value))),
        );
    }
    found
}

/// Every path below a value, as JSON pointers.
fn paths(value: &Value) -> Vec<String> {
    let below = |key: &str, value: &Value| {
        let deeper = paths(value).into_iter().map(|path| format!("/{key}{path}"));
        std::iter::once(format!("/{key}")).chain(deeper).collect::<Vec<_>>()
    };
    match value {
        Value::Object(rows) => rows.iter().flat_map(|(key, value)| below(key, value)).collect(),
        Value::Array(rows) => rows.iter().take(1).flat_map(|value| below("0", value)).collect(),
        _ => Vec::new(),
    }
}

/// A base with one value set or, with `None`, taken out.
fn changed(name: &str, base: &Value, path: &str, value: Option<Value>) -> (String, String) {
    let mut entity = base.clone();
    let title = match &value {
        Some(value) => format!("{name} {path} = {}", value.to_string().chars().take(80).collect::<String>()),
        None => format!("{name} {path} taken out"),
    };
    let (parent, key) = path.rsplit_once('/').unwrap_or_default();
    match (entity.pointer_mut(parent), value) {
        (Some(Value::Object(rows)), Some(value)) => _ = rows.insert(key.to_owned(), value),
        (Some(Value::Object(rows)), None) => _ = rows.remove(key),
        (Some(Value::Array(rows)), Some(value)) => *rows = vec![value],
        (Some(Value::Array(rows)), None) => rows.clear(),
        _ => {}
    }
    // A mapping that lost its last key stays a mapping.
    if entity.is_null() {
        entity = Value::Object(Map::new());
    }
    (title, yaml(&entity))
}
