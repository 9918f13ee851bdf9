//! A component for a repository that has no catalog file, marked as such.

use serde_json::{Map, Value, json};

use crate::assemble::DISCOVERED;
use crate::entity::{Entity, Source};
use crate::yaml::Place;

/// The longest name of an entity, in characters.
const MAX_NAME: usize = 63;

/// What `spec.owner`, `spec.type` and `spec.lifecycle` say when nobody said anything.
pub const UNKNOWN: &str = "unknown";

/// A component named after a repository, such as `payments`; the owner is a reference such as
/// `group:default/payments`, as CODEOWNERS of the repository's root has it.
///
/// It carries the annotation [`DISCOVERED`]. Type and lifecycle are [`UNKNOWN`], and so is an owner
/// that nobody named: it resolves to none and is reported.
pub fn discovered(repository: &str, owner: Option<&str>) -> Entity {
    let document = json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": { "name": component_name(repository), "annotations": { DISCOVERED: "true" } },
        "spec": { "type": UNKNOWN, "lifecycle": UNKNOWN, "owner": owner.unwrap_or(UNKNOWN) },
    });
    let rows = match document {
        Value::Object(rows) => rows,
        _ => Map::new(),
    };
    Entity::of(rows, Source { file: repository.to_owned(), ..Source::default() })
}

/// An entity that no catalog file declares, made of what a file declares in another way: `document` has the
/// envelope of an entity, `file` and `line` (from 1) are where it is declared.
pub fn derived(document: Map<String, Value>, file: &str, line: u32) -> Entity {
    let source = Source { file: file.to_owned(), place: Place { line, column: 1 }, ..Source::default() };
    Entity::of(document, source)
}

/// The name of the component that stands for a repository: the last part of the repository's, as an entity may
/// have it.
pub fn component_name(repository: &str) -> String {
    let last = repository.rsplit('/').next().unwrap_or(repository);
    entity_name(last).unwrap_or_else(|| "repository".to_owned())
}

/// A text as the name of an entity: at most 63 characters, other letters become `-`; `None` when nothing is
/// left of it.
pub fn entity_name(text: &str) -> Option<String> {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let name: String = text.chars().map(allowed).take(MAX_NAME).collect();
    let name = name.trim_matches(['-', '_', '.']);
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::validate;

    #[test]
    fn any_repository_makes_a_good_component() {
        for repository in ["acme/shop", ".github", "a b", "é", "--", &"x".repeat(100), "acme/a.", ""] {
            let entity = discovered(repository, None);
            assert_eq!(validate(&entity), [], "{repository}");
            assert_eq!(entity.annotation(DISCOVERED), Some("true"));
        }
        assert_eq!(
            discovered("acme/shop", Some("group:default/pay")).spec_text("owner"),
            Some("group:default/pay")
        );
    }
}
