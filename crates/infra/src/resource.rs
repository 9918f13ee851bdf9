//! Declared resources as `Resource` entities of Backstage's catalog.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_catalog::{EntityRef, RefContext, UNKNOWN};
use serde_json::{Map, Value, json};

use crate::declared::{Declared, DeclaredKind};
use crate::notable::is_notable;

/// The longest name of an entity (Backstage's validation), in characters.
const MAX_NAME: usize = 63;

/// A component of a repository, as the catalog knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its reference in small letters, such as `component:default/payments`.
    pub reference: String,
    /// The reference of its owner; empty when nobody owns it.
    pub owner: String,
    /// The folder that its catalog file is in, such as `services/payments`; empty for the root.
    pub folder: String,
}

/// What the resources of one repository need to know of it.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The repository's name, such as `acme/payments`: part of every entity's identity.
    pub repo: &'a str,
    /// The address files of the repository are browsed at, such as `https://git.example/acme/payments/blob/main/`;
    /// the file's path is put behind it. Empty when there is none.
    pub browse: &'a str,
    /// The components of the repository.
    pub components: &'a [Component],
    /// References of all groups, users and systems of the catalog, in small letters.
    pub known: &'a BTreeSet<String>,
    /// References of the `Resource` entities that files of the repository declare, in small letters.
    pub written: &'a BTreeSet<String>,
}

/// Whose a declared thing is, as references in small letters; empty where nothing says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whose {
    /// The group or user.
    pub owner: String,
    /// The component.
    pub component: String,
}

/// Whose a declared thing is. Its component: the only one of the repository, else the one it names, else
/// that of the nearest folder around its file. Its owner: who its labels name, else its component's,
/// else the owner that all components of the repository have; one that the catalog knows goes before.
pub fn whose(declared: &Declared, around: Surroundings<'_>) -> Whose {
    let component = component(declared, around.components);
    let hint = declared.hints.owner.as_deref().and_then(owner_reference).unwrap_or_default();
    let own = component.map_or("", |component| component.owner.as_str());
    let shared = match around.components {
        [first, rest @ ..] if rest.iter().all(|each| each.owner == first.owner) => first.owner.as_str(),
        _ => "",
    };
    let named = [hint.as_str(), own, shared];
    let known = named.iter().find(|owner| around.known.contains(**owner));
    let owner = known.or_else(|| named.iter().find(|owner| !owner.is_empty())).copied().unwrap_or_default();
    Whose {
        owner: owner.to_owned(),
        component: component.map_or(String::new(), |component| component.reference.clone()),
    }
}

/// The entities of a repository: one for each of `declared` that is notable ([`is_notable`]), with its place
/// there. What they depend on is resolved among them; names that lead out of the repository are left out.
/// Where a file of the repository declares a `Resource` of a thing's name, that one stands for it.
pub fn resources(declared: &[Declared], around: Surroundings<'_>) -> Vec<(usize, Value)> {
    let notable: Vec<usize> = (0..declared.len()).filter(|at| is_notable(&declared[*at])).collect();
    let all: Vec<&Declared> = notable.iter().map(|at| &declared[*at]).collect();
    let references = references(&all, around);
    let mut known: BTreeMap<(DeclaredKind, String), Vec<usize>> = BTreeMap::new();
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, each) in all.iter().enumerate() {
        known.entry((world(each.kind), reference(each))).or_default().push(at);
        if each.kind == DeclaredKind::ConfigConnector {
            by_name.entry(&each.name).or_default().push(at);
        }
    }
    let find = |from: &Declared, wanted: &str| {
        let found = known.get(&(world(from.kind), wanted.to_owned())).cloned();
        let found = found.unwrap_or_else(|| of_field(&all, &by_name, from, wanted));
        let near = found.iter().find(|at| folder(&all[**at].file) == folder(&from.file));
        // Of many in other folders (overlays) it is not known which one is meant.
        near.or_else(|| found.first().filter(|_| found.len() == 1)).copied()
    };
    let mut entities = Vec::new();
    for (at, each) in all.iter().enumerate() {
        if around.written.contains(&references[at]) {
            continue;
        }
        let needed = each.depends_on.iter().filter_map(|wanted| find(each, wanted));
        let needed: BTreeSet<&str> = needed.map(|to| references[to].as_str()).collect();
        let needed = needed.into_iter().filter(|to| *to != references[at]).collect();
        entities.push((notable[at], entity(each, &references[at], needed, around)));
    }
    entities
}

/// What each is called in the catalog.
fn references(all: &[&Declared], around: Surroundings<'_>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let name = |each: &&Declared| {
        let written = format!("resource:default/{}", each.name.to_lowercase());
        if around.written.contains(&written) {
            return written;
        }
        // Written twice in one file it is twice there; which is the first, the file's order says.
        let mut again = 0;
        loop {
            let reference = format!("resource:default/{}", entity_name(each, around.repo, again));
            if taken.insert(reference.clone()) {
                return reference;
            }
            again += 1;
        }
    };
    all.iter().map(name).collect()
}

/// Config Connector names what it needs by the field: `networkRef: {name: x}` is the `ComputeNetwork` x.
fn of_field(
    declared: &[&Declared],
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

fn entity(declared: &Declared, reference: &str, depends_on: Vec<&str>, around: Surroundings<'_>) -> Value {
    let name = reference.rsplit('/').next().unwrap_or(reference);
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
    let Whose { owner, component } = whose(declared, around);
    spec.insert("owner".to_owned(), if owner.is_empty() { UNKNOWN.into() } else { owner.into() });
    if let Some(system) = declared.hints.system.as_deref().map(str::to_lowercase)
        && around.known.contains(&format!("system:default/{system}"))
    {
        spec.insert("system".to_owned(), system.into());
    }
    if !depends_on.is_empty() {
        spec.insert("dependsOn".to_owned(), depends_on.into());
    }
    if !component.is_empty() {
        spec.insert("dependencyOf".to_owned(), json!([component]));
    }
    json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Resource",
        "metadata": { "name": name, "title": title, "annotations": annotations },
        "spec": spec,
    })
}

/// Who a label names, as a reference.
fn owner_reference(hint: &str) -> Option<String> {
    let context = RefContext { kind: Some("Group"), namespace: None };
    let owner = EntityRef::parse(hint, context).ok()?;
    let parts = [&owner.kind, &owner.namespace, &owner.name];
    parts.into_iter().all(|part| is_name(part)).then(|| owner.to_string())
}

fn component<'a>(declared: &Declared, components: &'a [Component]) -> Option<&'a Component> {
    if let [only] = components {
        return Some(only);
    }
    let hint = declared.hints.component.as_deref().unwrap_or_default().to_lowercase();
    let name = |component: &Component| component.reference.rsplit('/').next() == Some(hint.as_str());
    components.iter().find(|component| name(component)).or_else(|| nearest(&declared.file, components))
}

/// The component whose folder lies nearest around a file, if it is one.
fn nearest<'a>(file: &str, components: &'a [Component]) -> Option<&'a Component> {
    match around(file, components)[..] {
        [one] => Some(one),
        _ => None,
    }
}

/// The components of a repository that a file belongs to: the only one of it, else those of the nearest folder
/// around the file, of which there may be several.
pub fn around<'a>(file: &str, components: &'a [Component]) -> Vec<&'a Component> {
    if let [only] = components {
        return vec![only];
    }
    let holds = |component: &&Component| {
        let folder = component.folder.as_str();
        folder.is_empty() || file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    };
    let holding = || components.iter().filter(holds);
    let deepest = holding().map(|component| component.folder.len()).max();
    holding().filter(|component| Some(component.folder.len()) == deepest).collect()
}

/// The `spec.type`: the format and what it is, such as `kubernetes-deployment`, `terraform-aws-s3-bucket`.
fn resource_type(declared: &Declared) -> String {
    let format = declared.kind.name();
    let what = slug(&declared.type_name);
    if format.ends_with(&what) { format.to_owned() } else { format!("{format}-{what}") }
}

/// A name that stays the same as long as the resource stays in its file: readable, and a digest of all
/// that tells it from others, for a name may be there once per namespace and overlay.
fn entity_name(declared: &Declared, repo: &str, again: usize) -> String {
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
    let again = if again == 0 { String::new() } else { format!("\0{again}") };
    let digest = format!("{:08x}", fnv(&(identity.join("\0") + &again)));
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
