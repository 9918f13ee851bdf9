//! What a selector may ask about a repository and its component.

use std::collections::BTreeMap;

/// What a forge says about a repository. Unknown texts are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepoFacts {
    /// `repo.name`: the whole name at the forge, such as `acme/payments`.
    pub name: String,
    /// `repo.forge`: the name of the forge in the configuration.
    pub forge: String,
    /// `repo.owner`: the account or group it belongs to.
    pub owner: String,
    /// `repo.language`: the main language as the forge reports it.
    pub language: String,
    /// `repo.topics`.
    pub topics: Vec<String>,
    /// `repo.archived`: read-only at the forge.
    pub archived: bool,
    /// `repo.defaultBranch`.
    pub default_branch: String,
    /// `repo.size` in kilobytes, as forges report it.
    pub size: i64,
    /// `repo.pushedAt` in RFC 3339, UTC: `2026-11-23T15:53:32Z`. Such texts compare in order
    /// of time, also with a shorter one: `repo.pushedAt < "2026-01"`.
    pub pushed_at: String,
    /// `repo.path`: the directory of the workspace, `""` for the root.
    pub path: String,
}

/// What the catalog says about the component in a repository. All empty when it has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComponentFacts {
    /// `component.name`.
    pub name: String,
    /// `component.kind`: `Component`, `API`, ...
    pub kind: String,
    /// `component.type`: `service`, `library`, ...
    pub component_type: String,
    /// `component.lifecycle`: `production`, `experimental`, ...
    pub lifecycle: String,
    /// `component.owner` as an entity reference.
    pub owner: String,
    /// `component.system` as an entity reference.
    pub system: String,
    /// `component.tags`.
    pub tags: Vec<String>,
    /// `component.labels`.
    pub labels: BTreeMap<String, String>,
    /// `component.annotations`.
    pub annotations: BTreeMap<String, String>,
    /// `component.tier`.
    pub tier: String,
}

/// What the catalog says about the group that owns the component. All empty when nobody does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupFacts {
    /// `group.ref`: the owner's reference, such as `group:default/payments`; a user's, too.
    pub reference: String,
    /// `group.name`.
    pub name: String,
    /// `group.type`: `team`, `department`, ...
    pub group_type: String,
    /// `group.ancestors`: references of the groups above it, the nearest first.
    pub ancestors: Vec<String>,
}

impl GroupFacts {
    /// Whether the group is this one or lies below it. A kind or namespace that is left out is `group`
    /// and `default`; the case of letters does not count.
    pub fn is_in(&self, wanted: &str) -> bool {
        let wanted = wanted.to_lowercase();
        let (kind, rest) = wanted.split_once(':').unwrap_or(("group", &wanted));
        let (namespace, name) = rest.split_once('/').unwrap_or(("default", rest));
        let whole = format!("{kind}:{namespace}/{name}");
        self.reference == whole || self.ancestors.contains(&whole)
    }
}

/// Nobody.
static NOBODY: GroupFacts = GroupFacts {
    reference: String::new(),
    name: String::new(),
    group_type: String::new(),
    ancestors: Vec::new(),
};

/// Answers about one repository. The first two are at hand; the others may read files,
/// and are only asked when the answer depends on them.
pub trait Facts: Send + Sync {
    /// What the forge says.
    fn repo(&self) -> &RepoFacts;

    /// What the catalog says.
    fn component(&self) -> &ComponentFacts;

    /// Whose the component is.
    fn group(&self) -> &GroupFacts {
        &NOBODY
    }

    /// Whether any file's path in the workspace matches `glob`.
    ///
    /// # Errors
    ///
    /// Why it could not be found out, as a sentence for a person.
    fn has_file(&self, glob: &str) -> Result<bool, String>;

    /// Whether any file that matches `glob` has text that matches `regex`.
    ///
    /// # Errors
    ///
    /// Why it could not be found out, as a sentence for a person.
    fn contains(&self, glob: &str, regex: &str) -> Result<bool, String>;

    /// Whether it depends on something.
    ///
    /// # Errors
    ///
    /// Why it could not be found out, as a sentence for a person.
    fn depends(&self, _asked: &Asked) -> Result<bool, String> {
        Err("dependencies are not known here".to_owned())
    }
}

/// What a selector asks of dependencies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asked {
    /// `repo.dependsOn(package, range)`.
    DependsOn {
        /// The package, such as `maven:org.slf4j:slf4j-api`.
        package: String,
        /// The range of versions; empty for any.
        range: String,
    },
    /// `repo.affectedBy(name)`, the name of an advisory.
    AffectedBy(String),
}
