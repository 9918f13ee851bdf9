//! Objects against schemas: from a folder, from definitions, from CRDs.

use std::time::{Duration, Instant};

use fleetwright_infra::{Finding, JsonSchema, Schemas, Severity, file_names, read};
use serde_json::json;

use crate::good;

/// What is said of the objects of a text, as `line:column key: message | remedy`.
fn said(schemas: &Schemas, text: &str) -> Vec<String> {
    let declared = good("k8s/a.yaml", text);
    declared.iter().flat_map(|each| schemas.validate(each)).map(|finding| line(&finding)).collect()
}

fn line(finding: &Finding) -> String {
    let Finding { line, column, key, message, remedy, .. } = finding;
    format!("{line}:{column} {key}: {message} | {remedy}")
}

/// A deployment's schema as kubeconform's folder has it, cut to what the tests need.
fn standalone() -> String {
    json!({
        "$schema": "http://json-schema.org/schema#",
        "type": "object",
        "properties": {
            "apiVersion": {"type": ["string", "null"], "enum": ["apps/v1"]},
            "kind": {"type": ["string", "null"], "enum": ["Deployment"]},
            "metadata": {"type": ["object", "null"]},
            "spec": {
                "type": "object", "required": ["selector"], "additionalProperties": false,
                "properties": {
                    "replicas": {"type": ["integer", "null"], "format": "int32"},
                    "selector": {"type": "object"},
                    "strategy": {"type": "object", "properties": {"type": {"type": "string", "enum": ["Recreate", "RollingUpdate"]}}},
                    "ports": {"type": "array", "items": {"type": "object", "properties": {"port": {"oneOf": [{"type": "string"}, {"type": "integer"}]}}}}
                }
            }
        },
        "additionalProperties": false
    })
    .to_string()
}

const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n";

#[test]
fn a_schema_by_itself() {
    let mut schemas = Schemas::default();
    assert_eq!(schemas.add("schemas/deployment-apps-v1.json", &standalone()), []);
    assert_eq!(
        said(&schemas, &format!("{DEPLOYMENT}  selector: {{}}\n  replicas: 2\n")),
        Vec::<String>::new()
    );
    assert_eq!(said(&schemas, &format!("{DEPLOYMENT}  selector: {{}}\n  replicas:\n")), Vec::<String>::new());
    let wrong = format!(
        "{DEPLOYMENT}  replicas: \"2\"\n  replica: 3\n  strategy: {{type: Rolling}}\n  ports:\n  - port: {{}}\nextra: 1\n"
    );
    let mut all = said(&schemas, &wrong);
    all.sort();
    assert_eq!(
        all,
        [
            "10:1 /extra: the key `extra` is not known here | correct its name or its indentation, or remove it",
            "4:1 /spec: the key `selector` is missing | add `selector`",
            "5:3 /spec/replicas: \"2\" is no integer | write it without quotes",
            "6:3 /spec/replica: the key `replica` is not known here | correct its name or its indentation, or remove it",
            "7:14 /spec/strategy/type: \"Rolling\" is not known here | write one of \"Recreate\", \"RollingUpdate\"",
            "9:5 /spec/ports/0/port: {} fits none of what is possible here, or more than one | compare it with the reference of this kind",
        ]
    );
}

#[test]
fn a_kind_without_a_schema_is_never_passed() {
    let schemas = Schemas::default();
    let declared = good("a.yaml", "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\n");
    let findings = schemas.validate(&declared[0]);
    assert_eq!((findings.len(), findings[0].severity, findings[0].line), (1, Severity::Warning, 1));
    assert_eq!(
        findings[0].message,
        "no schema is known for networking.k8s.io/v1 Ingress: it was not validated"
    );
    assert!(findings[0].remedy.contains("ingress-networking-v1.json"), "{:?}", findings[0]);
    assert_eq!(file_names("v1", "Service"), ["service-v1.json", "core/service_v1.json"]);
}

#[test]
fn the_name_of_a_file_says_the_kind() {
    let schema = json!({"type": "object", "required": ["spec"]}).to_string();
    let mut schemas = Schemas::default();
    assert_eq!(schemas.add("ingress-networking-v1.json", &schema), []);
    assert_eq!(schemas.add("monitoring.coreos.com/prometheus_v1.json", &schema), []);
    assert_eq!(schemas.add("service-v1.json", &schema), []);
    for (version, kind) in
        [("networking.k8s.io/v1", "Ingress"), ("monitoring.coreos.com/v1", "Prometheus"), ("v1", "Service")]
    {
        let text = format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\n");
        assert_eq!(said(&schemas, &text), ["1:1 : the key `spec` is missing | add `spec`"], "{kind}");
    }
    for (path, text, why) in
        [("readme.json", schema.as_str(), "of which kind"), ("a-v1.json", "{", "not JSON")]
    {
        let findings = schemas.add(path, text);
        assert!(findings[0].message.contains(why), "{findings:?}");
    }
}

#[test]
fn definitions_of_openapi() {
    let definitions = json!({"swagger": "2.0", "definitions": {
        "io.k8s.api.core.v1.Service": {
            "type": "object", "x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": "Service"}],
            "properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"},
                "metadata": {"$ref": "#/definitions/io.k8s.Meta"}, "spec": {"$ref": "#/definitions/io.k8s.ServiceSpec"}}},
        "io.k8s.Meta": {"type": "object", "properties": {"name": {"type": "string"}, "labels": {"type": "object", "additionalProperties": {"type": "string"}}}},
        "io.k8s.ServiceSpec": {"type": "object", "properties": {
            "port": {"$ref": "#/definitions/io.k8s.apimachinery.pkg.util.intstr.IntOrString"},
            "memory": {"$ref": "#/definitions/io.k8s.apimachinery.pkg.api.resource.Quantity"},
            "inner": {"$ref": "#/definitions/io.k8s.ServiceSpec"}}},
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"type": "string", "format": "int-or-string"},
        "io.k8s.apimachinery.pkg.api.resource.Quantity": {"type": "string"},
        "unrelated": {"$ref": "https://example.com/never-looked-at"},
    }});
    let definitions = definitions.to_string();
    for text in [definitions.replace("definitions", "$defs"), definitions] {
        check_definitions(&text);
    }
}

fn check_definitions(text: &str) {
    let mut schemas = Schemas::default();
    assert_eq!(schemas.add("swagger.json", text), []);
    let service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  labels: {n: 1}\nspec:\n  port: 1\n  memory: 1.5\n  inner: {port: http, inner: {prot: 1}}\n";
    assert_eq!(
        said(&schemas, service),
        [
            "5:12 /metadata/labels/n: 1 is no string | write it in quotes: \"1\"",
            "9:31 /spec/inner/inner/prot: the key `prot` is not known here | correct its name or its indentation, or remove it",
        ]
    );
}

const CRD: &str = r"apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs.stable.example.com}
spec:
  group: stable.example.com
  names: {kind: CronTab, plural: crontabs}
  versions:
  - name: v1
    schema:
      openAPIV3Schema:
        type: object
        required: [spec]
        properties:
          spec:
            type: object
            required: [filled]
            properties:
              filled: {type: string, default: x}
              cron: {type: string, pattern: '^(\d+|\*)(/\d+)?(\s+(\d+|\*)(/\d+)?){4}$'}
              replicas: {type: integer, minimum: 1, exclusiveMinimum: true}
              port: {x-kubernetes-int-or-string: true}
              note: {type: string, nullable: true}
              day: {type: string, pattern: '^(?i)(monday|tuesday)$'}
              free: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {known: {type: string}}}
              pod: {type: object, x-kubernetes-embedded-resource: true, properties: {spec: {type: object}}}
";

#[test]
fn a_definition_is_the_schema_of_its_kind() {
    let mut schemas = Schemas::default();
    assert_eq!(schemas.add_definitions(&good("crd.yaml", CRD)), []);
    let object = "apiVersion: stable.example.com/v1\nkind: CronTab\nmetadata: {name: a, labels: {x: y}}\n";
    let right = "spec: {cron: '* * * * */5', replicas: 2, port: http, note: null, day: MONDAY, free: {any: thing}, pod: {kind: Pod, metadata: {name: x}, spec: {}}}\n";
    assert_eq!(said(&schemas, &format!("{object}{right}")), Vec::<String>::new());
    let wrong =
        "spec:\n  cron: often\n  replicas: 1\n  port: 1.5\n  free: {known: 1}\n  crom: x\n  day: someday\n";
    let all = said(&schemas, &format!("{object}{wrong}"));
    let places: Vec<_> = all.iter().map(|each| each.split(' ').next().unwrap()).collect();
    assert_eq!(places.len(), 6, "{all:#?}");
    for place in ["5:3", "6:3", "7:3", "8:10", "9:3", "10:3"] {
        assert!(places.contains(&place), "{place}: {all:#?}");
    }
    assert_eq!(said(&schemas, object), ["1:1 : the key `spec` is missing | add `spec`"]);
    // Another version of the kind is another kind.
    assert!(said(&schemas, &object.replace("/v1", "/v2"))[0].contains("no schema is known"));
}

#[test]
fn a_composite_defines_its_claims() {
    let xrd = "apiVersion: apiextensions.crossplane.io/v1\nkind: CompositeResourceDefinition\nmetadata: {name: x}\nspec:\n  group: acme.example\n  names: {kind: XDatabase}\n  claimNames: {kind: Database}\n  versions:\n  - name: v1\n    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}\n";
    let mut schemas = Schemas::default();
    assert_eq!(schemas.add_definitions(&good("xrd.yaml", xrd)), []);
    let claim = "apiVersion: acme.example/v1\nkind: Database\nmetadata: {name: x}\nspec:\n  compositionRef: {name: a}\n  size: big\n";
    assert_eq!(said(&schemas, claim), ["6:3 /spec/size: \"big\" is no integer | write it without quotes"]);
}

#[test]
fn a_schema_that_would_reach_out_or_never_end_is_not_used() {
    let crd = CRD.replace("cron: {type: string, ", "cron: {$ref: 'https://example.com/x', ");
    let mut schemas = Schemas::default();
    let findings = schemas.add_definitions(&good("crd.yaml", &crd));
    assert!(findings[0].message.contains("nothing outside of the file is fetched"), "{findings:?}");
    let object = "apiVersion: stable.example.com/v1\nkind: CronTab\nmetadata: {name: a}\n";
    assert!(said(&schemas, object)[0].contains("it was not validated"));
    for schema in [
        json!({"$ref": "#"}),
        json!({"allOf": [{"$ref": "#/definitions/a"}], "definitions": {"a": {"oneOf": [{"$ref": "#"}]}}}),
        json!({"type": "strnig"}),
        json!({"pattern": "("}),
        json!({"pattern": "(a{1000}){1000}"}),
    ] {
        assert!(JsonSchema::compile(&schema.to_string()).is_err(), "{schema}");
    }
    for text in ["", "{", "[", "nul", &"[".repeat(10_000)] {
        assert!(JsonSchema::compile(text).is_err());
    }
}

#[test]
fn recursive_schemas_and_large_objects_end() {
    let start = Instant::now();
    let tree = JsonSchema::compile(&json!({"additionalProperties": {"$ref": "#"}, "items": {"$ref": "#"}, "type": ["object", "array", "string"]}).to_string()).unwrap();
    let deep = good("values.yaml", &format!("a: {}1{}\n", "[".repeat(90), "]".repeat(90)));
    let findings = tree.check("values.yaml", &deep[0].object);
    assert_eq!((findings.len(), findings[0].line), (1, 1));
    // Each level doubles what is tried: the branches of such a schema are counted before.
    let twice = json!({"anyOf": [{"properties": {"a": {"$ref": "#"}}, "required": ["b"]}, {"properties": {"a": {"$ref": "#"}}, "required": ["c"]}]});
    let twice = JsonSchema::compile(&twice.to_string()).unwrap();
    let chain = good("values.yaml", &format!("a: {}1{}\n", "{a: ".repeat(60), "}".repeat(60)));
    assert!(!twice.check("values.yaml", &chain[0].object).is_empty());
    let many: String = (0..2_000).map(|at| format!("- {at}\n")).collect();
    let list = JsonSchema::compile(&json!({"properties": {"a": {"items": {"type": "string"}}}}).to_string())
        .unwrap();
    let many = good("values.yaml", &format!("a:\n{many}"));
    assert_eq!(list.check("values.yaml", &many[0].object).len(), fleetwright_infra::MAX_FINDINGS);
    let wide = json!({"properties": {"a": {"items": {"anyOf": vec![json!({"type": "string"}); 30_000]}}}});
    let wide = JsonSchema::compile(&wide.to_string()).unwrap();
    let findings = wide.check("values.yaml", &many[0].object);
    assert!(findings[0].message.contains("it would take too long"), "{findings:?}");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn any_file_may_have_a_schema() {
    let schema = JsonSchema::compile(r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"replicaCount": {"type": "integer"}}}"#).unwrap();
    let reading = read("charts/a/values.yaml", "image: {}\nreplicaCount: two\n");
    let findings = schema.check("charts/a/values.yaml", &reading.declared[0].object);
    assert_eq!(line(&findings[0]), "2:1 /replicaCount: \"two\" is no integer | write it without quotes");
}
