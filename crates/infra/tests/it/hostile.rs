//! Hostile files: a finding is fine, a panic, an overflow or a minute is not.

use std::time::{Duration, Instant};

use fleetwright_infra::{
    Declared, JsonSchema, MAX_BYTES, MAX_DOCUMENTS, MAX_TERRAFORM_BYTES, Policy, Schemas, State, drift, read,
    read_bytes,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A path of every format.
const PATHS: [&str; 11] = [
    "k8s/a.yaml",
    "k8s/a.json",
    "Chart.yaml",
    "values.yaml",
    "x/templates/a.yaml",
    "kustomization.yaml",
    "compose.yaml",
    ".github/workflows/a.yml",
    "action.yml",
    ".gitlab-ci.yml",
    "main.tf",
];

/// Reads a text as every format, each within a time.
fn survive(text: &str) {
    survive_as(&PATHS, text);
}

/// Paths of the three readers of text: any YAML, YAML of a known format, HCL.
const READERS: [&str; 3] = ["k8s/a.yaml", "compose.yaml", "main.tf"];

fn survive_as(paths: &[&str], text: &str) {
    for path in paths {
        let start = Instant::now();
        let reading = read(path, text);
        for declared in &reading.declared {
            let value = declared.object.value();
            let _ = serde_json::to_string(&(declared, value)).unwrap();
        }
        let took = start.elapsed();
        assert!(took < Duration::from_secs(20), "{path}: {took:?}: {}", &text[..text.len().min(80)]);
    }
}

#[test]
fn deep_texts() {
    for depth in [50, 99, 101, 1_000, 10_000] {
        survive(&format!(
            "apiVersion: v1\nkind: x\nmetadata: {{name: x}}\na: {}{}",
            "[".repeat(depth),
            "]".repeat(depth)
        ));
        survive(&format!("a: {}1{}", "{a: ".repeat(depth), "}".repeat(depth)));
        survive(&format!("a = {}{}", "[".repeat(depth), "]".repeat(depth)));
        survive(&format!("a = {}1{}", "(".repeat(depth), ")".repeat(depth)));
        survive(&format!("a = {}1", "!".repeat(depth)));
        survive(&format!("a = {}", vec!["1"; depth].join(" + ")));
        survive(&format!("a = {}", vec!["1 ? 1"; depth].join(" : ")));
        survive(&format!("a = \"{}1{}\"", "${\"".repeat(depth), "\"}".repeat(depth)));
        survive(&format!("{}{}", "a {\n".repeat(depth), "}\n".repeat(depth)));
        survive(&"- ".repeat(depth));
        survive(&"? ".repeat(depth));
        survive(&(0..depth.min(1_300)).map(|at| format!("{}a:\n", " ".repeat(at))).collect::<String>());
    }
}

/// An object in whose spec aliases of aliases stand for `9^levels` values.
fn bomb(levels: usize) -> String {
    let mut text = String::from(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\nspec:\n  a0: &a0 [x, x, x, x, x, x, x, x, x]\n",
    );
    for at in 1..levels {
        let row = vec![format!("*a{}", at - 1); 9].join(", ");
        text.push_str(&format!("  a{at}: &a{at} [{row}]\n"));
    }
    text
}

#[test]
fn bombs_of_aliases_are_findings() {
    let reading = read("a.yaml", &bomb(12));
    assert_eq!((reading.declared.len(), reading.findings.len()), (0, 1));
    assert!(reading.findings[0].message.contains("too large or too deep"), "{:?}", reading.findings);
    survive(&bomb(12));
    survive(&bomb(4));
    let merges = format!(
        "a: &a {{b: c}}\n{}",
        (0..5_000).map(|at| format!("k{at}: {{<<: *a}}\n")).collect::<String>()
    );
    survive(&merges);
    survive("a: &a [*a]\n");
    survive("a: &a {<<: *a}\n");
}

#[test]
fn a_policy_may_be_as_hostile() {
    for depth in [30, 64, 1_000, 10_000] {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        assert!(Policy::parse("p.yaml", &format!("a: {open}{close}")).is_err());
        let rule = format!("{{name: a, message: m, expr: '{open}{close} == []'}}");
        let policy = format!(
            "apiVersion: fleetwright/v1\nkind: Policy\nmetadata: {{name: a}}\nspec: {{rules: [{rule}]}}\n"
        );
        assert_eq!(Policy::parse("p.yaml", &policy).is_ok(), depth <= 64, "{depth}");
    }
    assert!(Policy::parse("p.yaml", &bomb(12)).is_err());
    assert!(Policy::parse("p.yaml", &"a".repeat(2 * MAX_BYTES)).is_err());
}

#[test]
fn large_files() {
    // A lockfile of 2 MB is nobody's manifest.
    assert_eq!(read("pnpm-lock.yaml", &"#".repeat(MAX_BYTES + 1)).findings, []);
    let over = read("a.yaml", &format!("apiVersion: v1\n{}", "#".repeat(MAX_BYTES)));
    assert!(over.findings[0].message.contains("more than 1048576"), "{:?}", over.findings);
    let object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n---\n";
    let many = read("a.yaml", &object.repeat(MAX_DOCUMENTS + 5));
    assert_eq!((many.declared.len(), many.findings.len()), (MAX_DOCUMENTS, 1));
    assert_eq!(many.findings[0].line, 4 * MAX_DOCUMENTS + 1 - 1, "{:?}", many.findings);
    for piece in [
        "a: b\n",
        "- a\n",
        "---\n",
        "a,",
        "\"",
        "<<<<<<< HEAD\n",
        "a = 1\n",
        "b {}\n",
        "x: {{ y }}\n",
        "&a ",
        "*a ",
        "\u{feff}",
        "\t",
        "|\n",
        "#",
        "%",
    ] {
        survive_as(&READERS, &piece.repeat(MAX_BYTES / piece.len()));
    }
    survive_as(&READERS, &(0..60_000).map(|at| format!("key{at}: v\n")).collect::<String>());
    survive_as(&READERS, &(0..20_000).map(|at| format!("key{at} = 1\n")).collect::<String>());
    survive_as(&READERS, &(0..15_000).map(|at| format!("b{at} \"x\" {{}}\n")).collect::<String>());
    survive_as(
        &READERS,
        &format!("a = {{{}}}\n", (0..20_000).map(|at| format!("k{at} = 1,")).collect::<String>()),
    );
    let over = read("main.tf", &"#".repeat(MAX_TERRAFORM_BYTES + 1));
    assert!(over.findings[0].message.contains("more than 262144"), "{:?}", over.findings);
}

#[test]
fn bytes_that_are_no_text() {
    let reading = read_bytes("a.yaml", b"apiVersion: v1\nkind: \xff\n");
    assert_eq!(reading.findings[0].line, 2);
    assert_eq!(reading.findings[0].message, "the file is not UTF-8: it was not read");
    assert_eq!(read_bytes("locale/de.yaml", b"a: \xff\n").findings, []);
    assert_eq!(read_bytes("image.png", b"\xff\xff").findings, []);
    let utf16: Vec<u8> = "apiVersion: v1".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read_bytes("a.yaml", &utf16).declared.len(), 0);
    survive("a: \u{0}\u{7}\u{85}\u{2028}\r\n\rb: c\r");
}

const PIECES: &[&str] = &[
    "apiVersion: v1\n",
    "kind: List\n",
    "kind: Deployment\n",
    "metadata:\n",
    "  name: x\n",
    "items:\n",
    "- ",
    "spec:\n",
    "  ",
    ": ",
    "\n",
    "---\n",
    "...\n",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "&a ",
    "*a ",
    "<<: *a\n",
    "!t ",
    "|\n",
    ">\n",
    "? ",
    "#x\n",
    "%YAML 1.2\n",
    "services:\n",
    "  web:\n",
    "    image: a\n",
    "jobs:\n",
    "steps:\n",
    "uses: a@b\n",
    "on: push\n",
    "image: ",
    "include:\n",
    "script: x\n",
    "resource \"a\" \"b\" {\n",
    "module \"m\" {\n",
    "terraform {\n",
    "}\n",
    "x = ",
    "${",
    "<<EOT\n",
    "EOT\n",
    "data.a.b",
    "a_b.c",
    "1",
    "null",
    "true",
    "{{ x }}",
    "é",
    "\u{0}",
    "\t",
    "\r\n",
    "images:\n",
    "resources:\n",
    "name: {a: b}\n",
    "kind: [1]\n",
    "depends_on: ",
    "ports:\n",
];

/// Schemas as likely as wrong: keywords with values of any kind.
fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::sample::select(
            &[
                "string",
                "object",
                "integer",
                "#",
                "#/properties/a",
                "#/allOf/0",
                "(",
                "^a*$",
                "int-or-string"
            ][..]
        )
        .prop_map(Value::from),
        Just(Value::Null),
    ];
    let keys = &[
        "type",
        "properties",
        "a",
        "b",
        "items",
        "allOf",
        "anyOf",
        "not",
        "$ref",
        "required",
        "enum",
        "pattern",
        "nullable",
        "additionalProperties",
        "patternProperties",
        "minimum",
        "exclusiveMinimum",
        "x-kubernetes-int-or-string",
        "default",
        "x-kubernetes-preserve-unknown-fields",
        "definitions",
        "uniqueItems",
        "format",
        "dependencies",
        "if",
        "then",
        "$id",
    ][..];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(keys), inner), 0..6).prop_map(|rows| rows
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect::<Map<_, _>>()
                .into()),
        ]
    })
}

/// An object with one `spec`, as YAML: JSON is YAML.
fn object(spec: &Value) -> String {
    json!({"apiVersion": "a.example/v1", "kind": "Thing", "metadata": {"name": "x"}, "spec": spec})
        .to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_schema_and_no_object_panics(schema in schema(), spec in schema()) {
        let declared = read("a.yaml", &object(&spec)).declared;
        if let Ok(schema) = JsonSchema::compile(&schema.to_string()) {
            declared.iter().for_each(|each| drop(schema.check("a.yaml", &each.object)));
        }
        let crd = json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "x"},
            "spec": {"group": "a.example", "names": {"kind": "Thing"}, "versions": [{"name": "v1", "schema": {"openAPIV3Schema": schema}}]}});
        let mut schemas = Schemas::default();
        schemas.add_definitions(&read("crd.yaml", &crd.to_string()).declared);
        let definitions = json!({"definitions": {"a": schema, "b": {"$ref": "#/definitions/a",
            "x-kubernetes-group-version-kind": [{"group": "a.example", "version": "v2", "kind": "Thing"}]}}});
        schemas.add("all.json", &definitions.to_string());
        for each in &declared {
            let _ = schemas.validate(each);
            let _ = schemas.validate(&Declared { api_version: "a.example/v2".to_owned(), ..each.clone() });
        }
    }

    #[test]
    fn no_drift_panics(wanted in schema(), is in schema()) {
        let declared = read("a.yaml", &object(&wanted)).declared;
        if let Ok(state) = State::parse(&object(&is)) {
            let found = drift(&declared, &state);
            found.iter().for_each(|each| drop(each.finding().to_string()));
        }
        // What is the same does not differ, whatever it is.
        let same = State::parse(&object(&wanted)).unwrap();
        prop_assert_eq!(drift(&declared, &same), vec![]);
    }

    #[test]
    fn no_policy_panics(text in any::<String>(), expression in "[a-z.()&|!= '\\[\\]0-9]{0,30}") {
        let _ = Policy::parse("p.yaml", &text);
        let policy = json!({"apiVersion": "fleetwright/v1", "kind": "Policy", "metadata": {"name": "x"},
            "spec": {"rules": [{"name": "a", "expr": expression, "message": "m"}]}});
        if let Ok(policy) = Policy::parse("p.yaml", &policy.to_string()) {
            for each in read("a.yaml", &object(&Value::Null)).declared {
                let _ = policy.check(&each, &json!({}), "2026-11-25");
            }
        }
    }

    #[test]
    fn likely_texts_never_panic(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        survive(&pieces.concat());
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        survive(&text);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for path in PATHS {
            let _ = read_bytes(path, &bytes);
        }
    }
}
