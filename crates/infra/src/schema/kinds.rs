//! Schemas of Kubernetes kinds: from a folder, from OpenAPI definitions, from CRDs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use jsonschema::Draft;
use serde_json::{Map, Value, json};

use crate::declared::Declared;
use crate::finding::{Finding, Severity};
use crate::schema::compiled::JsonSchema;
use crate::schema::guard::MAX_SCHEMA_BYTES;
use crate::schema::strict::{own_keys, strict};

/// Schemas by kind. Each is compiled when it is first needed.
#[derive(Debug, Default)]
pub struct Schemas {
    /// By `group/version kind` in small letters, the group whole.
    exact: BTreeMap<String, Kept>,
    /// By what the name of a file says: the group's first word only.
    by_file: BTreeMap<String, Kept>,
}

#[derive(Debug)]
struct Kept {
    source: Source,
    compiled: OnceLock<Result<JsonSchema, String>>,
}

/// A schema as it came.
#[derive(Debug)]
enum Source {
    /// A JSON Schema by itself, as kubeconform uses them.
    Alone(String),
    /// A definition among others that it may refer to.
    Definition(Arc<Definitions>, String),
    /// The schema of a version of a CRD.
    Custom(Value),
}

/// The keys that hold definitions, in OpenAPI and in newer drafts of JSON Schema.
const DEFINITIONS: [&str; 2] = ["definitions", "$defs"];

/// Definitions and the key that holds them, by which they refer to each other.
#[derive(Debug)]
struct Definitions {
    key: &'static str,
    all: Map<String, Value>,
}

/// The names under which the schema of a kind may be in a folder, as kubeconform's default and the
/// catalog of CRDs write them: `deployment-apps-v1.json`, `apps/deployment_v1.json`. Read those.
pub fn file_names(api_version: &str, kind: &str) -> Vec<String> {
    let kind = kind.to_lowercase();
    match api_version.split_once('/') {
        None => vec![format!("{kind}-{api_version}.json"), format!("core/{kind}_{api_version}.json")],
        Some((group, version)) => {
            let first = group.split('.').next().unwrap_or(group);
            vec![format!("{kind}-{first}-{version}.json"), format!("{group}/{kind}_{version}.json")]
        }
    }
}

impl Schemas {
    /// Adds a file of the folder of schemas: one schema, or OpenAPI definitions (`definitions` with
    /// `x-kubernetes-group-version-kind`). The file's path says the kind where its content does not.
    pub fn add(&mut self, path: &str, text: &str) -> Vec<Finding> {
        let refused = |why: String| {
            let message = format!("this schema is not used: {why}");
            vec![Finding::of_file(path, Severity::Warning, message, "mend or remove the file")]
        };
        if text.len() > MAX_SCHEMA_BYTES {
            return refused(format!("it has {} bytes, more than {MAX_SCHEMA_BYTES}", text.len()));
        }
        let value: Value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(error) => return refused(format!("it is not JSON: {error}")),
        };
        let root_kinds = kinds_of(&value);
        let held = DEFINITIONS.into_iter().find_map(|key| Some((key, value.get(key)?.as_object()?)));
        if let (true, Some((key, definitions))) = (root_kinds.is_empty(), held) {
            let definitions = Arc::new(Definitions { key, all: definitions.clone() });
            for (name, definition) in &definitions.all {
                for kind in kinds_of(definition) {
                    let source = Source::Definition(Arc::clone(&definitions), name.clone());
                    self.exact.insert(kind, Kept::new(source));
                }
            }
            return Vec::new();
        }
        let source = || Kept::new(Source::Alone(text.to_owned()));
        match root_kinds.first() {
            Some(kind) => self.exact.insert(kind.clone(), source()),
            None => match by_path(path) {
                Some(Named::Exact(kind)) => self.exact.insert(kind, source()),
                Some(Named::Short(kind)) => self.by_file.insert(kind, source()),
                None => {
                    let wanted = "neither its content nor its name says of which kind it is \
                                  (`kind-group-version.json` or `group/kind_version.json`)";
                    return refused(wanted.to_owned());
                }
            },
        };
        Vec::new()
    }

    /// Adds the kinds that the CRDs among `declared` define; the same for Crossplane's
    /// CompositeResourceDefinitions, whose claims have the same schema.
    pub fn add_definitions(&mut self, declared: &[Declared]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let wanted = ["CustomResourceDefinition", "CompositeResourceDefinition"];
        for each in declared.iter().filter(|each| wanted.contains(&each.type_name.as_str())) {
            let Some(spec) = each.object.get("spec") else { continue };
            let group = spec.text_at(&["group"]).unwrap_or_default();
            let names = ["names", "claimNames"].iter().filter_map(|names| spec.text_at(&[names, "kind"]));
            let names: Vec<&str> = names.collect();
            for version in spec.get("versions").map_or(&[][..], |versions| versions.list()) {
                let Some(name) = version.text_at(&["name"]) else { continue };
                let Some(schema) = version.at(&["schema", "openAPIV3Schema"]) else { continue };
                for kind in &names {
                    let source = Source::Custom(schema.value());
                    self.exact.insert(key(group, name, kind), Kept::new(source));
                }
            }
            // Found out now, and said at the definition, not at each of its objects.
            for kind in names {
                let versions = self.exact.range(format!("{group}/").to_lowercase()..);
                let own =
                    versions.take_while(|(key, _)| key.starts_with(&format!("{group}/").to_lowercase()));
                let own = own.filter(|(key, _)| key.ends_with(&format!(" {}", kind.to_lowercase())));
                for (_, kept) in own {
                    if let Err(why) = kept.compiled(each.type_name == "CompositeResourceDefinition") {
                        let message = format!("the schema of `{kind}` is not used: {why}");
                        let finding =
                            Finding::of_file(&each.file, Severity::Error, message, "mend `openAPIV3Schema`");
                        findings.push(finding.at((each.line, 1)));
                    }
                }
            }
        }
        findings
    }

    /// Whether there is a schema of an object's kind.
    pub fn knows(&self, declared: &Declared) -> bool {
        self.kept(&declared.api_version, &declared.type_name).is_some()
    }

    fn kept(&self, api_version: &str, kind: &str) -> Option<&Kept> {
        self.exact.get(&exact(api_version, kind)).or_else(|| self.by_file.get(&short(api_version, kind)))
    }

    /// What is wrong in an object. One of a kind without a schema is said to be unknown, never passed.
    pub fn validate(&self, declared: &Declared) -> Vec<Finding> {
        let unknown = |message: String, remedy: String| Finding {
            remedy,
            ..Finding::of_file(&declared.file, Severity::Warning, message, "").at((declared.line, 1))
        };
        let (api_version, kind) = (declared.api_version.as_str(), declared.type_name.as_str());
        let names = file_names(api_version, kind);
        let Some(kept) = self.kept(api_version, kind) else {
            let message = format!("no schema is known for {api_version} {kind}: it was not validated");
            return vec![unknown(
                message,
                format!(
                    "put {} into the folder of schemas, or the CRD into a repository",
                    names.join(" or ")
                ),
            )];
        };
        match kept.compiled(false) {
            Ok(schema) => schema.check(&declared.file, &declared.object),
            Err(why) => {
                let message = format!(
                    "the schema of {api_version} {kind} cannot be used: it was not validated ({why})"
                );
                vec![unknown(message, "mend the schema".to_owned())]
            }
        }
    }
}

impl Kept {
    fn new(source: Source) -> Kept {
        Kept { source, compiled: OnceLock::new() }
    }

    fn compiled(&self, composite: bool) -> Result<&JsonSchema, &str> {
        let compiled = self.compiled.get_or_init(|| match &self.source {
            Source::Alone(text) => JsonSchema::compile(text),
            Source::Definition(definitions, name) => {
                JsonSchema::of(&with_needed(definitions, name), Draft::Draft4)
            }
            Source::Custom(schema) => {
                let mut schema = schema.clone();
                if composite {
                    open_spec(&mut schema);
                }
                strict(&mut schema);
                if let Some(Value::Object(properties)) = schema.get_mut("properties") {
                    own_keys(properties);
                }
                JsonSchema::of(&schema, Draft::Draft4)
            }
        });
        compiled.as_ref().map_err(String::as_str)
    }
}

/// Crossplane adds keys of its own to the `spec` and `status` of what is composed.
fn open_spec(schema: &mut Value) {
    for part in ["spec", "status"] {
        if let Some(Value::Object(part)) = schema.pointer_mut(&format!("/properties/{part}")) {
            part.insert("x-kubernetes-preserve-unknown-fields".to_owned(), true.into());
        }
    }
}

/// A definition with those it refers to and no others, as one schema.
fn with_needed(definitions: &Definitions, name: &str) -> Value {
    let Definitions { key, all } = definitions;
    let prefix = format!("#/{key}/");
    let mut needed = BTreeSet::from([name.to_owned()]);
    let mut open = vec![name.to_owned()];
    while let Some(name) = open.pop() {
        let mut values: Vec<&Value> = all.get(&name).into_iter().collect();
        while let Some(value) = values.pop() {
            match value {
                Value::Array(list) => values.extend(list),
                Value::Object(map) => {
                    let target = map.get("$ref").and_then(Value::as_str);
                    let target = target.and_then(|target| target.strip_prefix(&prefix));
                    if let Some(target) = target.filter(|target| needed.insert((*target).to_owned())) {
                        open.push(target.to_owned());
                    }
                    values.extend(map.values());
                }
                _ => {}
            }
        }
    }
    let chosen = needed.iter().filter_map(|name| Some((name.clone(), all.get(name)?.clone())));
    let mut schema = json!({ *key: chosen.collect::<Map<_, _>>() });
    strict(&mut schema);
    // A quantity is written as a number as often as in quotes.
    let quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
    if let Some(Value::Object(quantity)) = schema.pointer_mut(&format!("/{key}/{quantity}")) {
        // Where it is several types already it is right.
        if quantity.contains_key("type") {
            quantity.insert("type".to_owned(), json!(["string", "number"]));
        }
    }
    if let Value::Object(map) = &mut schema {
        map.insert("$ref".to_owned(), format!("{prefix}{name}").into());
    }
    // Draft 4 ignores what stands beside a `$ref`; the definitions are found all the same.
    schema
}

/// The kinds a schema says it is of.
fn kinds_of(schema: &Value) -> Vec<String> {
    let text =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some(Value::Array(kinds)) = schema.get("x-kubernetes-group-version-kind") {
        let key = |each: &Value| key(&text(each, "group"), &text(each, "version"), &text(each, "kind"));
        return kinds.iter().map(key).collect();
    }
    let only = |name: &str| {
        let options = schema.pointer(&format!("/properties/{name}/enum")).and_then(Value::as_array);
        options.and_then(|options| options.iter().find_map(Value::as_str)).map(str::to_owned)
    };
    match (only("apiVersion"), only("kind")) {
        (Some(api_version), Some(kind)) => vec![exact(&api_version, &kind)],
        _ => Vec::new(),
    }
}

/// What a path says of a kind.
enum Named {
    /// The whole group: `monitoring.coreos.com/prometheus_v1.json`.
    Exact(String),
    /// Its first word: `ingress-networking-v1.json`.
    Short(String),
}

fn by_path(path: &str) -> Option<Named> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.strip_suffix(".json")?.to_lowercase();
    if let Some((kind, version)) = stem.split_once('_') {
        let group = folder.rsplit('/').next().filter(|group| !group.is_empty())?;
        let group = if group == "core" { "" } else { group };
        return Some(Named::Exact(key(group, version, kind)));
    }
    let parts: Vec<&str> = stem.split('-').collect();
    match parts.as_slice() {
        [kind, version] => Some(Named::Short(format!("{version} {kind}"))),
        [kind, group @ .., version] => Some(Named::Short(format!("{}/{version} {kind}", group.join("-")))),
        _ => None,
    }
}

fn key(group: &str, version: &str, kind: &str) -> String {
    let slash = if group.is_empty() { "" } else { "/" };
    format!("{group}{slash}{version} {kind}").to_lowercase()
}

fn exact(api_version: &str, kind: &str) -> String {
    format!("{api_version} {kind}").to_lowercase()
}

fn short(api_version: &str, kind: &str) -> String {
    match api_version.split_once('/') {
        None => exact(api_version, kind),
        Some((group, version)) => key(group.split('.').next().unwrap_or(group), version, kind),
    }
}
