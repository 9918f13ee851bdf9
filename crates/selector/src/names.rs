//! The names a selector may use.

pub(crate) const REPO_FIELDS: &[&str] = &[
    "name",
    "forge",
    "owner",
    "language",
    "topics",
    "archived",
    "defaultBranch",
    "size",
    "pushedAt",
    "path",
];
pub(crate) const COMPONENT_FIELDS: &[&str] =
    &["name", "kind", "type", "lifecycle", "owner", "system", "tags", "labels", "annotations", "tier"];

pub(crate) const GROUP_FIELDS: &[&str] = &["ref", "name", "type", "ancestors"];

/// A function of ours: whose it is, its name, and how many texts it takes.
pub(crate) type Own = (&'static str, &'static str, usize);

/// The functions that have answers.
pub(crate) const OWN: &[Own] = &[
    ("repo", "hasFile", 1),
    ("repo", "contains", 2),
    ("repo", "dependsOn", 2),
    ("repo", "affectedBy", 1),
    ("component", "inGroup", 1),
];

/// Functions that need certification, which this version does not have.
pub(crate) const LATER: &[(&str, &str)] = &[("component", "level"), ("component", "passes")];

pub(crate) const FUNCTIONS: &[&str] =
    &["size", "string", "int", "uint", "double", "bool", "bytes", "dyn", "type", "matches", "has"];
pub(crate) const METHODS: &[&str] = &["contains", "startsWith", "endsWith", "matches", "size"];
pub(crate) const MACROS: &[&str] = &["all", "exists", "exists_one", "existsOne", "map", "filter"];
pub(crate) const TYPES: &[&str] =
    &["int", "uint", "double", "string", "bytes", "bool", "list", "map", "null_type", "type"];

/// The fields of one of our variables.
pub(crate) fn root_fields(name: &str) -> Option<(&'static str, &'static [&'static str])> {
    match name {
        "repo" => Some(("repo", REPO_FIELDS)),
        "component" => Some(("component", COMPONENT_FIELDS)),
        "group" => Some(("group", GROUP_FIELDS)),
        _ => None,
    }
}

pub(crate) fn is_function(root: &str, name: &str) -> bool {
    LATER.contains(&(root, name)) || OWN.iter().any(|(owner, known, _)| *owner == root && *known == name)
}
