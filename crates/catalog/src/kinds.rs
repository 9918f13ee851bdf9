//! The kinds: which there are and what their `spec` must hold, key by key.
//!
//! Sources: the JSON schemas of `@backstage/catalog-model` 1.10.1; for `Template`, that of
//! `@backstage/plugin-scaffolder-common` 2.4.0.

use fleetwright_core::source::nearest;
use serde_json::{Map, Value};

use crate::path::Path;
use crate::placeholder::placeholder;
use crate::schema::{Check, Field, Shape, may, must};

/// A kind: the versions it has and what its `spec` holds.
struct Kind {
    name: &'static str,
    versions: &'static [&'static str],
    spec: &'static [Field],
}

const CORE: &[&str] = &["backstage.io/v1alpha1", "backstage.io/v1beta1"];
const TEXTS: Shape = Shape::List(&Shape::Text);

const KINDS: [Kind; 10] = [
    Kind { name: "API", versions: CORE, spec: API },
    Kind { name: "Component", versions: CORE, spec: COMPONENT },
    Kind { name: "Resource", versions: CORE, spec: RESOURCE },
    Kind { name: "Group", versions: CORE, spec: GROUP },
    Kind { name: "Location", versions: CORE, spec: LOCATION },
    Kind { name: "User", versions: CORE, spec: USER },
    Kind { name: "System", versions: CORE, spec: SYSTEM },
    Kind { name: "Domain", versions: CORE, spec: DOMAIN },
    Kind { name: "AiResource", versions: &["backstage.io/v1alpha1"], spec: AI_RESOURCE },
    Kind { name: "Template", versions: &["scaffolder.backstage.io/v1beta3"], spec: TEMPLATE },
];

const API: &[Field] = &[
    must("type", Shape::Text),
    must("lifecycle", Shape::Text),
    must("owner", Shape::Text),
    may("system", Shape::Text),
    must("definition", Shape::Text),
];

const COMPONENT: &[Field] = &[
    must("type", Shape::Text),
    must("lifecycle", Shape::Text),
    must("owner", Shape::Text),
    may("system", Shape::Text),
    may("subcomponentOf", Shape::Text),
    may("providesApis", TEXTS),
    may("consumesApis", TEXTS),
    may("dependsOn", TEXTS),
];

const RESOURCE: &[Field] = &[
    must("type", Shape::Text),
    must("owner", Shape::Text),
    may("dependsOn", TEXTS),
    may("system", Shape::Text),
];

const PROFILE: Shape =
    Shape::Table(&[may("displayName", Shape::Text), may("email", Shape::Text), may("picture", Shape::Text)]);

const GROUP: &[Field] = &[
    must("type", Shape::Text),
    may("profile", PROFILE),
    may("parent", Shape::Text),
    must("children", TEXTS),
    may("members", TEXTS),
];

const USER: &[Field] = &[may("profile", PROFILE), must("memberOf", TEXTS)];

const LOCATION: &[Field] = &[
    may("type", Shape::Text),
    may("target", Shape::Text),
    may("targets", TEXTS),
    may("presence", Shape::One(&["required", "optional"])),
];

const SYSTEM: &[Field] = &[must("owner", Shape::Text), may("domain", Shape::Text), may("type", Shape::Text)];

const DOMAIN: &[Field] =
    &[must("owner", Shape::Text), may("subdomainOf", Shape::Text), may("type", Shape::Text)];

const AI_RESOURCE: &[Field] = &[
    must("type", Shape::Text),
    must("lifecycle", Shape::Text),
    must("owner", Shape::Text),
    may("system", Shape::Text),
];

/// What an `AiResource` of a certain `spec.type` holds besides.
const AI_TYPES: [(&str, &[Field]); 4] = [
    (
        "skill",
        &[
            may("disciplines", TEXTS),
            may("categories", TEXTS),
            may("agents", TEXTS),
            may("dependsOn", TEXTS),
            may("allowedTools", Shape::Text),
            may("license", Shape::Text),
            may("compatibility", Shape::TextTo(500)),
        ],
    ),
    ("rule", &[may("disciplines", TEXTS), must("category", Shape::Text), must("rationale", Shape::Text)]),
    ("plugin", &[must("skills", TEXTS), may("version", Shape::Text)]),
    ("marketplace", &[must("plugins", TEXTS), may("version", Shape::Text)]),
];

const TAGGED: Field =
    may("backstage:permissions", Shape::Table(&[may("tags", Shape::List(&Shape::AnyText))]));

const DECORATORS: Shape =
    Shape::List(&Shape::Table(&[may("id", Shape::AnyText), may("input", Shape::Table(&[]))]));

const TEMPLATE: &[Field] = &[
    must("type", Shape::Text),
    may("owner", Shape::Text),
    may("lifecycle", Shape::Text),
    may("parameters", Shape::TableOrList(&[TAGGED], &[may("when", Shape::TextOrBool), TAGGED])),
    may("secrets", Shape::Table(&[may("schema", Shape::Table(&[]))])),
    may("presentation", Shape::Table(&[may("buttonLabels", Shape::Table(BUTTONS))])),
    may("EXPERIMENTAL_recovery", Shape::Table(&[may("EXPERIMENTAL_strategy", Shape::AnyText)])),
    may("formDecorators", DECORATORS),
    may("EXPERIMENTAL_formDecorators", DECORATORS),
    must("steps", Shape::List(&Shape::Table(STEP))),
    may("output", Shape::TextsBut(OUTPUT)),
];

const BUTTONS: &[Field] = &[
    may("backButtonText", Shape::AnyText),
    may("createButtonText", Shape::AnyText),
    may("reviewButtonText", Shape::AnyText),
];

const STEP: &[Field] = &[
    may("id", Shape::AnyText),
    may("name", Shape::AnyText),
    must("action", Shape::AnyText),
    may("input", Shape::Table(&[])),
    may("if", Shape::TextOrBool),
    TAGGED,
];

const OUTPUT: &[Field] = &[
    may(
        "links",
        Shape::List(&Shape::Table(&[
            may("if", Shape::TextOrBool),
            may("url", Shape::Text),
            may("entityRef", Shape::Text),
            may("title", Shape::Text),
            may("icon", Shape::Text),
        ])),
    ),
    may(
        "text",
        Shape::List(&Shape::Table(&[
            may("if", Shape::TextOrBool),
            may("title", Shape::Text),
            may("icon", Shape::Text),
            may("content", Shape::AnyText),
        ])),
    ),
];

/// Looks at kind, version and `spec`. A kind that no table knows is an error, as an entity that no
/// processor validates is one in Backstage.
pub(crate) fn check(check: &mut Check, document: &Map<String, Value>) {
    let text = |key: &str| document.get(key).and_then(Value::as_str).unwrap_or_default();
    let Some(kind) = KINDS.iter().find(|kind| kind.name == text("kind")) else {
        return unknown(check, text("kind"));
    };
    let version = text("apiVersion");
    if !kind.versions.contains(&version) {
        let message = format!("`{version}` is no version of the kind {}", kind.name);
        let remedy = format!("write {}", kind.versions.join(" or "));
        return check.wrong(&Path::of("apiVersion"), message, remedy);
    }
    let path = Path::of("spec");
    match document.get("spec") {
        Some(spec) if check.open && placeholder(spec).is_some() => {}
        Some(Value::Object(spec)) => {
            check.fields(&path, spec, kind.spec);
            if kind.name == "AiResource" {
                let kind = spec.get("type").and_then(Value::as_str).unwrap_or_default();
                let more = AI_TYPES.iter().find(|(name, _)| *name == kind).map(|(_, more)| *more);
                check.fields(&path, spec, more.unwrap_or_default());
            }
        }
        // What is no mapping was said by the envelope.
        Some(_) => {}
        None => check.wrong(&path, "the key `spec` is missing", "add `spec:` with the keys of this kind"),
    }
}

fn unknown(check: &mut Check, kind: &str) {
    let names = KINDS.map(|kind| kind.name);
    let remedy = match nearest(kind, &names) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("known here: {}", names.join(", ")),
    };
    check.wrong(&Path::of("kind"), format!("the kind `{kind}` is not known"), remedy);
}
