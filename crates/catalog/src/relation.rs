//! Relations: what the fields of each kind point to, and both directions of each pair.
//!
//! Sources: `BuiltinKindsEntityProcessor` of `@backstage/plugin-catalog-backend` 4.0.0; for
//! `AiResource` the model layer of `@backstage/catalog-model` 1.10.1; for `Template`
//! `ScaffolderEntitiesProcessor`.

use serde_json::Value;

use crate::entity::{Entity, Relation};
use crate::envelope::is_falsy;
use crate::path::Path;
use crate::placeholder::placeholder;
use crate::reference::{EntityRef, RefContext};
use crate::schema::{Problem, seen};

/// A field that points to other entities.
struct Pointer {
    field: &'static str,
    /// The kind where the reference names none.
    kind: Option<&'static str>,
    /// The relation of the entity with the field, and that of the other.
    pair: (&'static str, &'static str),
    /// The kinds it may point to; others make no relation. Empty for any.
    only: &'static [&'static str],
}

/// A relation as it is emitted: from, type, to, and the field it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emitted {
    /// The entity that carries the relation.
    pub source: EntityRef,
    /// The type, such as `ownedBy`.
    pub kind: &'static str,
    /// The entity it points to.
    pub target: EntityRef,
    /// The key of `spec` that says so.
    pub field: &'static str,
    /// The row of that key's list.
    pub row: Option<usize>,
    /// Whether this is the direction that the field says, not the one that follows from it.
    pub forward: bool,
}

const fn pointer(
    field: &'static str,
    kind: Option<&'static str>,
    pair: (&'static str, &'static str),
) -> Pointer {
    Pointer { field, kind, pair, only: &[] }
}

const OWNED: (&str, &str) = ("ownedBy", "ownerOf");
const PART: (&str, &str) = ("partOf", "hasPart");
const DEPENDS: (&str, &str) = ("dependsOn", "dependencyOf");
const DEPENDED: (&str, &str) = ("dependencyOf", "dependsOn");

const OWNER: Pointer = pointer("owner", Some("Group"), OWNED);
const SYSTEM: Pointer = pointer("system", Some("System"), PART);

const COMPONENT: &[Pointer] = &[
    OWNER,
    pointer("subcomponentOf", Some("Component"), PART),
    pointer("providesApis", Some("API"), ("providesApi", "apiProvidedBy")),
    pointer("consumesApis", Some("API"), ("consumesApi", "apiConsumedBy")),
    pointer("dependsOn", None, DEPENDS),
    pointer("dependencyOf", None, DEPENDED),
    SYSTEM,
];

const RESOURCE: &[Pointer] =
    &[OWNER, pointer("dependsOn", None, DEPENDS), pointer("dependencyOf", None, DEPENDED), SYSTEM];

const GROUP: &[Pointer] = &[
    pointer("parent", Some("Group"), ("childOf", "parentOf")),
    pointer("children", Some("Group"), ("parentOf", "childOf")),
    pointer("members", Some("User"), ("hasMember", "memberOf")),
];

const AI_OWNER: Pointer = Pointer { only: &["Group", "User"], ..OWNER };
const AI_SYSTEM: Pointer = Pointer { only: &["System"], ..SYSTEM };
const AI: &[&str] = &["AiResource"];

/// A pointer from one `AiResource` to another.
const fn ai(field: &'static str, pair: (&'static str, &'static str)) -> Pointer {
    Pointer { field, kind: Some("AiResource"), pair, only: AI }
}

const AI_PLAIN: &[Pointer] = &[AI_OWNER, AI_SYSTEM];
const AI_SKILL: &[Pointer] = &[AI_OWNER, AI_SYSTEM, ai("dependsOn", DEPENDS)];
const AI_PLUGIN: &[Pointer] = &[AI_OWNER, AI_SYSTEM, ai("skills", ("hasPart", "partOf"))];
const AI_MARKET: &[Pointer] = &[AI_OWNER, AI_SYSTEM, ai("plugins", ("hasPart", "partOf"))];

fn pointers(entity: &Entity) -> &'static [Pointer] {
    match entity.kind() {
        "Component" => COMPONENT,
        "API" => const { &[OWNER, SYSTEM] },
        "Resource" => RESOURCE,
        "User" => const { &[pointer("memberOf", Some("Group"), ("memberOf", "hasMember"))] },
        "Group" => GROUP,
        "System" => const { &[OWNER, pointer("domain", Some("Domain"), PART)] },
        "Domain" => const { &[OWNER, pointer("subdomainOf", Some("Domain"), PART)] },
        "Template" => const { &[OWNER] },
        "AiResource" => match entity.spec_text("type") {
            Some("skill") => AI_SKILL,
            Some("plugin") => AI_PLUGIN,
            Some("marketplace") => AI_MARKET,
            _ => AI_PLAIN,
        },
        _ => &[],
    }
}

/// The fields of an entity whose order says nothing; Backstage sorts them.
pub(crate) fn unordered(entity: &Entity) -> Vec<&'static str> {
    match entity.kind() {
        "AiResource" => pointers(entity).iter().map(|pointer| pointer.field).collect(),
        _ => vec![
            "providesApis",
            "consumesApis",
            "dependsOn",
            "dependencyOf",
            "memberOf",
            "children",
            "members",
        ],
    }
}

/// What an entity's fields point to, both directions of each; references that cannot be read make
/// none.
pub fn relations(entity: &Entity) -> Vec<Emitted> {
    let mut out = Vec::new();
    let myself = entity.entity_ref();
    for pointer in pointers(entity) {
        for (row, value) in rows(entity.spec().get(pointer.field)) {
            if let Ok(target) = target(value, pointer, &myself) {
                pair(pointer, row, (&myself, target), &mut out);
            }
        }
    }
    out
}

/// As [`relations`], or what cannot be read.
pub(crate) fn emitted(entity: &Entity, open: bool) -> Result<(), Vec<Problem>> {
    let myself = entity.entity_ref();
    let mut wrong = Vec::new();
    for pointer in pointers(entity) {
        for (row, value) in rows(entity.spec().get(pointer.field)) {
            if open && placeholder(value).is_some() {
                continue;
            }
            if let Err(message) = target(value, pointer, &myself) {
                let path = Path::of("spec").key(pointer.field);
                let path = row.map_or(path.clone(), |row| path.index(row));
                let remedy = match pointer.kind {
                    Some(_) => "write [kind:][namespace/]name",
                    None => "write kind:name, such as component:shop or resource:shop-db",
                };
                wrong.push(Problem::new(path, message, remedy));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// A field's values: itself, or the rows of its list.
fn rows(value: Option<&Value>) -> Vec<(Option<usize>, &Value)> {
    match value {
        Some(Value::Array(rows)) => rows.iter().enumerate().map(|(at, row)| (Some(at), row)).collect(),
        Some(value) if !is_falsy(value) => vec![(None, value)],
        _ => Vec::new(),
    }
}

fn target(value: &Value, pointer: &Pointer, myself: &EntityRef) -> Result<EntityRef, String> {
    let context = RefContext { kind: pointer.kind, namespace: Some(&myself.namespace) };
    match value {
        Value::String(text) => EntityRef::parse(text, context).map_err(|error| error.to_string()),
        // `dependencyOf` is in no schema, so a reference in parts gets through.
        Value::Object(parts) => in_parts(parts, context)
            .ok_or_else(|| "a mapping of kind, namespace and name is not complete".to_owned()),
        other => Err(format!("a reference belongs here, not {}", seen(other))),
    }
}

fn in_parts(parts: &serde_json::Map<String, Value>, context: RefContext<'_>) -> Option<EntityRef> {
    let part = |key: &str, supposed: Option<&str>| match parts.get(key) {
        None | Some(Value::Null) => supposed.map(str::to_owned),
        Some(value) => value.as_str().map(str::to_owned),
    };
    let (kind, namespace) = (part("kind", context.kind)?, part("namespace", context.namespace)?);
    let name = part("name", None)?;
    let whole = ![&kind, &namespace, &name].iter().any(|part| part.is_empty());
    whole.then_some(EntityRef { kind, namespace, name })
}

fn pair(pointer: &Pointer, row: Option<usize>, ends: (&EntityRef, EntityRef), out: &mut Vec<Emitted>) {
    let (myself, target) = ends;
    if !pointer.only.is_empty() && !pointer.only.iter().any(|kind| target.is_kind(kind)) {
        return;
    }
    let (there, back) = pointer.pair;
    let field = pointer.field;
    out.push(Emitted {
        source: myself.clone(),
        kind: there,
        target: target.clone(),
        field,
        row,
        forward: true,
    });
    out.push(Emitted { source: target, kind: back, target: myself.clone(), field, row, forward: false });
}

impl From<&Emitted> for Relation {
    fn from(emitted: &Emitted) -> Relation {
        Relation { kind: emitted.kind.to_owned(), target: emitted.target.to_string() }
    }
}
