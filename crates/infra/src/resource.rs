//! Declared resources as `Resource` entities of Backstage's catalog.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::declared::{Declared, DeclaredKind};

/// The longest name of an entity (Backstage's validation), in characters.
const MAX_NAME: usize = 63;

/// What the resources of one repository need to know of it.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The repository's name, such as `acme/payments`: part of every entity's identity.
    pub repo: &'a str,
    /// The address files of the repository are browsed at, such as `https://git.example/acme/payments/blob/main/`;
    /// the file's path is put behind it. Empty when there is none.
    pub browse: &'a str,
    /// The owner of what says nothing of its owner, as an entity reference.
    pub owner: &'a str,
    /// The components of the repository, as entity references. A single one is the user of every resource;
    /// of several the one whose name a resource hints at.
    pub components: &'a [String],
}

/// The entities of a repository, one for each declared resource, in the same order. What they depend
/// on is resolved among them; names that lead out of the repository are left out.
pub fn resources(declared: &[Declared], around: Surroundings<'_>) -> Vec<Value> {
    let names: Vec<String> = declared.iter().map(|each| entity_name(each, around.repo)).collect();
    let mut known: BTreeMap<(DeclaredKind, String), Vec<usize>> = BTreeMap::new();
    for (at, each) in declared.iter().enumerate() {
        known.entry((world(each.kind), reference(each))).or_default().push(at);
    }
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, each) in
        declared.iter().enumerate().filter(|(_, each)| each.kind == DeclaredKind::ConfigConnector)
    {
        by_name.entry(&each.name).or_default().push(at);
    }
    let find = |from: &Declared, wanted: &str| {
        let found = known.get(&(world(from.kind), wanted.to_owned())).cloned();
        let found = found.unwrap_or_else(|| of_field(declared, &by_name, from, wanted));
        let near = found.iter().find(|at| folder(&declared[**at].file) == folder(&from.file));
        // Of many in other folders (overlays) it is not known which one is meant.
        near.or_else(|| found.first().filter(|_| found.len() == 1)).copied()
    };
    let entity = |(at, each): (usize, &Declared)| {
        let needed = each.depends_on.iter().filter_map(|wanted| find(each, wanted));
        let mut needed: Vec<String> =
            needed.filter(|to| *to != at).map(|to| format!("resource:{}", names[to])).collect();
        needed.sort();
        needed.dedup();
        entity(each, &names[at], needed, around)
    };
    declared.iter().enumerate().map(entity).collect()
}

/// Config Connector names what it needs by the field: `networkRef: {name: x}` is the `ComputeNetwork` x.
fn of_field(
    declared: &[Declared],
    by_name: &BTreeMap<&str, Vec<usize>>,
    from: &Declared,
    wanted: &str,
) -> Vec<usize> {
    let Some((field, name)) = wanted.split_once('/').filter(|_| from.kind == DeclaredKind::ConfigConnector)
    else {
        return Vec::new();
    };
    let named = by_name.get(name).map_or(&[][..], Vec::as_slice).iter().copied();
    named.filter(|at| declared[*at].type_name.to_lowercase().ends_with(&field.to_lowercase())).collect()
}

fn entity(declared: &Declared, name: &str, depends_on: Vec<String>, around: Surroundings<'_>) -> Value {
    let mut annotations = Map::new();
    if !around.browse.is_empty() {
        let url = format!("url:{}{}", around.browse, declared.file);
        annotations.insert("backstage.io/source-location".to_owned(), url.into());
    }
    annotations
        .insert("fleetwright/declared-in".to_owned(), format!("{}:{}", declared.file, declared.line).into());
    let as_what = [declared.kind.name(), &declared.api_version, &declared.type_name];
    let as_what: Vec<&str> = as_what.into_iter().filter(|part| !part.is_empty()).collect();
    annotations.insert("fleetwright/declared-as".to_owned(), as_what.join(" ").into());
    let title = match &declared.namespace {
        Some(namespace) => format!("{namespace}/{}", declared.name),
        None => declared.name.clone(),
    };
    let mut spec = Map::new();
    spec.insert("type".to_owned(), resource_type(declared).into());
    spec.insert("owner".to_owned(), owner(declared, around).into());
    if let Some(system) = declared.hints.system.as_deref().filter(|name| is_name(name)) {
        spec.insert("system".to_owned(), system.into());
    }
    if !depends_on.is_empty() {
        spec.insert("dependsOn".to_owned(), depends_on.into());
    }
    if let Some(component) = component(declared, around.components) {
        spec.insert("dependencyOf".to_owned(), json!([component]));
    }
    json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Resource",
        "metadata": { "name": name, "title": title, "annotations": annotations },
        "spec": spec,
    })
}

fn owner(declared: &Declared, around: Surroundings<'_>) -> String {
    let hint = declared.hints.owner.as_deref().filter(|hint| hint.split([':', '/']).all(is_name));
    hint.unwrap_or(around.owner).to_owned()
}

fn component(declared: &Declared, components: &[String]) -> Option<String> {
    if let [only] = components {
        return Some(only.clone());
    }
    let hint = declared.hints.component.as_deref()?;
    let name = |reference: &str| reference.rsplit(['/', ':']).next().unwrap_or_default().to_lowercase();
    components.iter().find(|reference| name(reference) == hint.to_lowercase()).cloned()
}

/// The `spec.type`: the format and what it is, such as `kubernetes-deployment`, `terraform-aws-s3-bucket`.
fn resource_type(declared: &Declared) -> String {
    let format = declared.kind.name();
    let what = slug(&declared.type_name);
    if format.ends_with(&what) { format.to_owned() } else { format!("{format}-{what}") }
}

/// A name that stays the same as long as the resource stays in its file: readable, and a digest of all
/// that tells it from others, for a name may be there once per namespace and overlay.
fn entity_name(declared: &Declared, repo: &str) -> String {
    let namespace = declared.namespace.as_deref().unwrap_or_default();
    let identity = [
        repo,
        &declared.file,
        declared.kind.name(),
        &declared.api_version,
        &declared.type_name,
        namespace,
        &declared.name,
    ];
    let digest = format!("{:08x}", fnv(&identity.join("\0")));
    let readable = slug(&format!("{}-{}", declared.name, declared.type_name));
    let room = MAX_NAME - digest.len() - 1;
    let readable: String = readable.chars().take(room).collect();
    match readable.trim_end_matches('-') {
        "" => digest,
        readable => format!("{readable}-{digest}"),
    }
}

/// FNV-1a folded to 32 bits: short names need no more, and it is the same everywhere.
fn fnv(text: &str) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    (hash ^ (hash >> 32)) as u32
}

/// Small letters, digits and single hyphens.
fn slug(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() {
            out.push(letter.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}

/// Whether Backstage takes it as a name.
fn is_name(text: &str) -> bool {
    let edge = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    text.len() <= MAX_NAME
        && edge(text.chars().next())
        && edge(text.chars().next_back())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
}

/// How others of its format refer to it.
fn reference(declared: &Declared) -> String {
    match declared.kind {
        DeclaredKind::Terraform | DeclaredKind::HelmChart => {
            let between = if declared.kind == DeclaredKind::Terraform { "." } else { "/" };
            format!("{}{between}{}", declared.type_name, declared.name)
        }
        DeclaredKind::Kubernetes | DeclaredKind::Crossplane | DeclaredKind::ConfigConnector => {
            format!("{}/{}", declared.type_name, declared.name)
        }
        _ => declared.name.clone(),
    }
}

/// Objects of a cluster refer to each other, whichever kind of object they are.
fn world(kind: DeclaredKind) -> DeclaredKind {
    if kind.is_cluster_object() { DeclaredKind::Kubernetes } else { kind }
}

fn folder(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}
