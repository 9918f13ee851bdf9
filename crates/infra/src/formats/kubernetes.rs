//! Kubernetes objects, and what is written like them: Crossplane and Config Connector.

use serde_json::{Map, Value};

use crate::declared::{Declared, DeclaredKind, Hints};
use crate::finding::{Finding, Severity};
use crate::formats::scalar;
use crate::reading::Reading;
use crate::tree::Tree;

/// Groups whose `apiVersion`/`kind` files are no objects of a cluster.
const FOREIGN_GROUPS: [&str; 9] = [
    "backstage.io",
    "scaffolder.backstage.io",
    "fleetwright",
    "kustomize.config.k8s.io",
    "kind.x-k8s.io",
    "kubeadm.k8s.io",
    "skaffold",
    "k3d.io",
    "ctlptl.dev",
];

/// Annotations and labels longer than this are not kept as facts, in bytes.
const LONGEST_FACT: usize = 256;

/// The deepest that images and references are looked for.
const MAX_LEVELS: usize = 40;

/// Adds the object a document holds, or the objects of a list. Says whether it was one.
pub(crate) fn declare(file: &str, tree: &Tree, reading: &mut Reading) -> bool {
    let (Some(api_version), Some(kind)) = (tree.text_at(&["apiVersion"]), tree.text_at(&["kind"])) else {
        return half(file, tree, reading);
    };
    // A strategic merge patch is a part of an object.
    if is_foreign(api_version) || tree.get("$patch").is_some() {
        return false;
    }
    let list = tree.get("items").filter(|_| kind.ends_with("List"));
    let Some(list) = list else {
        return object(file, tree, (api_version, kind), reading);
    };
    let of = kind.strip_suffix("List").unwrap_or_default();
    for each in list.list() {
        let own_version = each.text_at(&["apiVersion"]).unwrap_or(api_version);
        let own_kind = each.text_at(&["kind"]).unwrap_or(of);
        if each.is_table() && !own_kind.is_empty() {
            object(file, each, (own_version, own_kind), reading);
        } else {
            let message = "an element of this list is no object: it has no `kind`";
            let finding = Finding::of_file(file, Severity::Error, message, "write `apiVersion` and `kind`");
            reading.findings.push(finding.at((each.line, each.column)));
        }
    }
    true
}

/// Something with `metadata` and one of `apiVersion` and `kind` is an object without the other.
fn half(file: &str, tree: &Tree, reading: &mut Reading) -> bool {
    let has =
        |key: &str| tree.get(key).is_some_and(|value| value.text().is_some_and(|text| !text.is_empty()));
    let missing = match (has("apiVersion"), has("kind")) {
        (true, false) => "kind",
        (false, true) => "apiVersion",
        _ => return false,
    };
    let table = |key: &str| tree.get(key).is_some_and(Tree::is_table);
    if !table("metadata")
        || !(table("spec") || table("data"))
        || tree.text_at(&["apiVersion"]).is_some_and(is_foreign)
    {
        return false;
    }
    let message = format!("this looks like an object and has no `{missing}`");
    let finding = Finding::of_file(file, Severity::Warning, message, "write it, or remove `metadata`");
    reading.findings.push(finding.at((tree.line, tree.column)));
    true
}

fn is_foreign(api_version: &str) -> bool {
    let group = group(api_version);
    FOREIGN_GROUPS.contains(&group) || group.ends_with(".config.k8s.io")
}

/// The group of `group/version`; empty for the core group.
pub(crate) fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

fn object(file: &str, tree: &Tree, (api_version, kind): (&str, &str), reading: &mut Reading) -> bool {
    let metadata = tree.get("metadata");
    let name = ["name", "generateName"].iter().find_map(|key| metadata.and_then(|all| all.text_at(&[key])));
    if api_version.contains("{{") || kind.contains("{{") || name.is_some_and(|name| name.contains("{{")) {
        reading.template = true;
        return true;
    }
    let Some(name) = name else {
        // Files of tools are written like objects but have no metadata; a core kind cannot.
        if is_built_in(api_version) && kind != "Config" {
            let message = format!("this {kind} has no name");
            let finding = Finding::of_file(file, Severity::Error, message, "write `metadata.name`");
            let place = tree.place("/metadata");
            reading.findings.push(Finding { key: "/metadata/name".to_owned(), ..finding.at(place) });
            return true;
        }
        return false;
    };
    let mut declared = Declared::new(kind_of(api_version, tree), kind, name, file, tree);
    declared.api_version = api_version.to_owned();
    declared.namespace = metadata.and_then(|all| all.text_at(&["namespace"])).map(str::to_owned);
    let pairs = ["labels", "annotations"].iter().filter_map(|key| metadata.and_then(|all| all.get(key)));
    let pairs = pairs
        .flat_map(|table| table.rows())
        .filter_map(|(key, value)| Some((key.text.as_str(), value.text()?)));
    declared.hints = Hints::of(pairs);
    facts(tree, kind, &mut declared);
    if kind != "CustomResourceDefinition" {
        for part in ["spec", "template", "subjects", "roleRef", "webhooks"] {
            if let Some((key, value)) = tree.row(part) {
                follow(&key.text, value, &mut declared, MAX_LEVELS);
            }
        }
    }
    let own = format!("{kind}/{name}");
    declared.depends_on.retain(|other| *other != own);
    reading.declared.push(declared);
    true
}

/// Whether a version is one of Kubernetes' own API.
fn is_built_in(api_version: &str) -> bool {
    let group = group(api_version);
    let core = ["apps", "batch", "autoscaling", "policy", "extensions"];
    (group.is_empty() && api_version == "v1") || core.contains(&group) || group.ends_with(".k8s.io")
}

/// What kind of object it is, by its group; a Crossplane claim has a group of its users' own, but
/// keys that only claims and composites have.
fn kind_of(api_version: &str, tree: &Tree) -> DeclaredKind {
    let group = group(api_version);
    let below = |domain: &str| group == domain || group.ends_with(&format!(".{domain}"));
    if below("cnrm.cloud.google.com") {
        return DeclaredKind::ConfigConnector;
    }
    let claim_keys = [
        "compositionRef",
        "compositionSelector",
        "compositionRevisionRef",
        "compositeDeletePolicy",
        "crossplane",
    ];
    let claims = |key: &&str| tree.at(&["spec", key]).is_some();
    if below("crossplane.io") || below("upbound.io") || claim_keys.iter().any(claims) {
        return DeclaredKind::Crossplane;
    }
    DeclaredKind::Kubernetes
}

fn facts(tree: &Tree, kind: &str, declared: &mut Declared) {
    for table in ["labels", "annotations"] {
        let rows = tree.at(&["metadata", table]).map_or(&[][..], Tree::rows);
        let short = rows.iter().filter_map(|(key, value)| {
            let text = value.text().filter(|text| text.len() <= LONGEST_FACT)?;
            Some((key.text.clone(), Value::from(text)))
        });
        declared.fact(table, short.collect::<Map<_, _>>());
    }
    declared.fact("replicas", scalar(tree.at(&["spec", "replicas"])));
    declared.fact("schedule", scalar(tree.at(&["spec", "schedule"])));
    if kind == "Service" {
        let ports = tree.at(&["spec", "ports"]).map_or(&[][..], Tree::list);
        declared.fact("ports", ports.iter().map(|port| scalar(port.get("port"))).collect::<Vec<_>>());
    }
    if kind == "CustomResourceDefinition" {
        let group = tree.text_at(&["spec", "group"]).unwrap_or_default();
        let defines = tree.text_at(&["spec", "names", "kind"]).unwrap_or_default();
        let versions = tree.at(&["spec", "versions"]).map_or(&[][..], Tree::list).iter();
        let versions = versions.filter_map(|version| version.text_at(&["name"]));
        let defines: Vec<Value> =
            versions.map(|version| format!("{group}/{version} {defines}").into()).collect();
        declared.fact("defines", defines);
    }
}

/// Collects images and references below a key.
fn follow(key: &str, tree: &Tree, declared: &mut Declared, levels: usize) {
    let Some(below) = levels.checked_sub(1) else { return };
    reference(key, tree, declared);
    // In a pod only containers have images; what a custom resource calls one is taken for one.
    let containers = ["containers", "initContainers", "ephemeralContainers"];
    let has_images = containers.contains(&key) || (!is_built_in(&declared.api_version) && key != "rbd");
    for (key, value) in tree.rows() {
        if has_images && key.text == "image" {
            declared.image(value);
        }
        follow(&key.text, value, declared, below);
    }
    for value in tree.list() {
        follow(key, value, declared, below);
    }
}

/// Keys that name another object: the key, the kind it names, and the key of the name below it (none
/// when the value is the name).
const REFERENCES: [(&str, &str, &str); 13] = [
    ("configMapRef", "ConfigMap", "name"),
    ("configMapKeyRef", "ConfigMap", "name"),
    ("configMap", "ConfigMap", "name"),
    ("secretRef", "Secret", "name"),
    ("secretKeyRef", "Secret", "name"),
    ("imagePullSecrets", "Secret", "name"),
    ("secret", "Secret", "secretName"),
    ("secretName", "Secret", ""),
    ("persistentVolumeClaim", "PersistentVolumeClaim", "claimName"),
    ("serviceAccountName", "ServiceAccount", ""),
    ("service", "Service", "name"),
    ("compositionRef", "Composition", "name"),
    ("priorityClassName", "PriorityClass", ""),
];

fn reference(key: &str, tree: &Tree, declared: &mut Declared) {
    for (_, kind, name) in REFERENCES.iter().filter(|(known, ..)| *known == key) {
        let named = if name.is_empty() { tree.text() } else { tree.text_at(&[name]) };
        if let Some(named) = named.filter(|named| !named.is_empty()) {
            declared.needs(format!("{kind}/{named}"));
        }
    }
    // `scaleTargetRef`, `roleRef`, `subjects`, Config Connector's `topicRef: {name}`, ...
    if key.ends_with("Ref") || key == "subjects" {
        match (tree.text_at(&["kind"]), tree.text_at(&["name"])) {
            // Users and groups are no objects.
            (Some("User" | "Group"), _) => {}
            (Some(kind), Some(name)) => declared.needs(format!("{kind}/{name}")),
            (None, Some(name)) if declared.kind == DeclaredKind::ConfigConnector => {
                declared.needs(format!("{}/{name}", key.trim_end_matches("Ref")));
            }
            _ => {}
        }
    }
}
