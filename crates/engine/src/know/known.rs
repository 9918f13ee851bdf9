//! What is known of all repositories, loaded once for many questions.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use fleetwright_index::{Globs, Index, Pattern, Tri};
use fleetwright_selector::{Asked, ComponentFacts, GroupFacts};
use fleetwright_store::{EntityRow, RelationRow};
use serde_json::Value;

use super::ingest::search_name;
use crate::deps::Answers;
use crate::error::EngineError;
use crate::fleet::Fleet;

/// Kinds of entities that a selector's `component` may be. Resources are not: a repository declares
/// hundreds of them, and they are what a component needs, not what it is.
const KINDS: [&str; 6] = ["Component", "API", "System", "Domain", "Template", "AiResource"];

/// A component, and whose it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Owned {
    /// The folder of the file that declares it; empty for the root.
    folder: String,
    /// What the catalog says of it.
    pub(crate) component: ComponentFacts,
    /// Whose it is.
    pub(crate) group: GroupFacts,
}

/// Repositories that may hold a text, by their names in the index.
type Holders = Arc<HashSet<String>>;

/// What is known of all repositories.
pub(crate) struct Known {
    index: Index,
    owned: HashMap<i64, Vec<Arc<Owned>>>,
    answers: Arc<Answers>,
    /// Asked once for all repositories: a pattern's postings are read once.
    holders: Mutex<HashMap<(String, String), Option<Holders>>>,
    opened: Mutex<HashSet<String>>,
}

impl Known {
    /// Opens the index, loads the catalog if somebody asks it, and answers what is asked of dependencies.
    ///
    /// # Errors
    /// When the database or the index cannot be read.
    pub(crate) async fn load(
        fleet: &Fleet,
        with_catalog: bool,
        asked: &BTreeSet<Asked>,
    ) -> Result<Known, EngineError> {
        let index = Index::open(&fleet.search()).map_err(super::ingest::broken)?;
        let owned = if with_catalog { owned(fleet).await? } else { HashMap::new() };
        let answers = Arc::new(Answers::of(fleet, asked).await?);
        Ok(Known { index, owned, answers, holders: Mutex::default(), opened: Mutex::default() })
    }

    /// What selectors ask of dependencies.
    pub(crate) fn answers(&self) -> Arc<Answers> {
        Arc::clone(&self.answers)
    }

    /// The search index as it was when this was loaded.
    pub(crate) fn index(&self) -> &Index {
        &self.index
    }

    /// The components that a target is about: those declared in its directory, else in the nearest one
    /// above; all of the repository for the root. One of which nothing is known when there is none.
    pub(crate) fn components(&self, repo: i64, dir: &str) -> Vec<Arc<Owned>> {
        let all = self.owned.get(&repo).map_or(&[][..], Vec::as_slice);
        let holds = |folder: &str| {
            folder.is_empty()
                || dir == folder
                || dir.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        };
        let nearest = all.iter().filter(|one| dir.is_empty() || holds(&one.folder));
        let deepest = nearest.clone().map(|one| one.folder.len()).max().unwrap_or_default();
        let chosen: Vec<_> =
            nearest.filter(|one| dir.is_empty() || one.folder.len() == deepest).cloned().collect();
        if chosen.is_empty() { vec![Arc::new(Owned::default())] } else { chosen }
    }

    /// Whether a repository has such a file, if the index knows that tree of it.
    pub(crate) fn has_file(
        &self,
        (forge, repo): (&str, &str),
        tree: fleetwright_core::Oid,
        globs: &Globs,
    ) -> Option<bool> {
        let name = search_name(forge, repo);
        (self.index.tree(&name) == Some(tree)).then(|| self.index.has_file(&name, globs))?
    }

    /// Whether no file of a repository can match, for certain.
    pub(crate) fn cannot_contain(
        &self,
        (forge, repo): (&str, &str),
        tree: fleetwright_core::Oid,
        (glob, regex): (&str, &str),
    ) -> bool {
        let name = search_name(forge, repo);
        if self.index.tree(&name) != Some(tree) {
            return false;
        }
        let Ok(mut known) = self.holders.lock() else { return false };
        let key = (glob.to_owned(), regex.to_owned());
        let holders = known.entry(key).or_insert_with(|| self.holders_of(glob, regex));
        holders.as_ref().is_some_and(|holders| !holders.contains(&name))
    }

    fn holders_of(&self, glob: &str, regex: &str) -> Option<Holders> {
        let globs = Globs::compile(&[glob]).ok()?;
        let pattern = Pattern::text(regex).ok()?;
        let prefilter = self.index.prefilter(&pattern);
        let may =
            self.index.repositories().filter(|(name, _)| prefilter.may_contain(name, &globs) == Tri::Maybe);
        Some(Arc::new(may.map(|(name, _)| name.to_owned()).collect()))
    }

    /// A repository's mirror had to be opened.
    pub(crate) fn opened(&self, (forge, repo): (&str, &str)) {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).insert(search_name(forge, repo));
    }

    /// The repositories whose mirrors had to be opened, by their names in the index.
    pub(crate) fn all_opened(&self) -> HashSet<String> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The components of every repository, by its row, each with whose it is.
async fn owned(fleet: &Fleet) -> Result<HashMap<i64, Vec<Arc<Owned>>>, EngineError> {
    let groups = Groups::of(fleet.store.relations(None).await?);
    let entities = fleet.store.entities().await?;
    let types: HashMap<&str, String> = entities
        .iter()
        .filter(|row| row.kind.eq_ignore_ascii_case("group"))
        .map(|row| (row.reference.as_str(), text(&body(row), "/spec/type")))
        .collect();
    let mut owned: HashMap<i64, Vec<Arc<Owned>>> = HashMap::new();
    for kind in KINDS {
        for row in entities.iter().filter(|row| row.kind == kind) {
            let Some(repo) = row.repo else { continue };
            owned.entry(repo).or_default().push(Arc::new(of(row, (&groups, &types))));
        }
    }
    Ok(owned)
}

/// The groups above each group.
struct Groups {
    parents: HashMap<String, Vec<String>>,
}

impl Groups {
    fn of(relations: Vec<RelationRow>) -> Groups {
        let mut parents: HashMap<String, Vec<String>> = HashMap::new();
        for relation in relations {
            if matches!(relation.kind.as_str(), "childOf" | "memberOf") {
                parents.entry(relation.source).or_default().push(relation.target);
            }
        }
        Groups { parents }
    }

    /// The nearest first, each once; a circle ends the walk.
    fn above(&self, group: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut next = 0;
        let mut at = Some(group.to_owned());
        while let Some(one) = at {
            for parent in self.parents.get(&one).into_iter().flatten() {
                if parent != group && !found.contains(parent) {
                    found.push(parent.clone());
                }
            }
            at = found.get(next).cloned();
            next += 1;
        }
        found
    }
}

fn of(row: &EntityRow, (groups, types): (&Groups, &HashMap<&str, String>)) -> Owned {
    let body = body(row);
    let metadata = &body["metadata"];
    let folder = row.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let component = ComponentFacts {
        name: row.name.clone(),
        kind: row.kind.clone(),
        component_type: text(&body, "/spec/type"),
        lifecycle: text(&body, "/spec/lifecycle"),
        owner: row.owner.clone(),
        system: text(&body, "/spec/system"),
        tags: metadata["tags"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        labels: texts(&metadata["labels"]),
        annotations: texts(&metadata["annotations"]),
        tier: tier(metadata),
    };
    let group = GroupFacts {
        reference: row.owner.clone(),
        name: row.owner.rsplit('/').next().unwrap_or_default().to_owned(),
        group_type: types.get(row.owner.as_str()).cloned().unwrap_or_default(),
        ancestors: groups.above(&row.owner),
    };
    Owned { folder: folder.to_owned(), component, group }
}

/// The tier, as labels and annotations say it: Backstage has no field for it.
fn tier(metadata: &Value) -> String {
    let places = [
        "/labels/tier",
        "/annotations/tier",
        "/labels/fleetwright.dev~1tier",
        "/annotations/fleetwright.dev~1tier",
    ];
    places.iter().find_map(|place| metadata.pointer(place)?.as_str()).unwrap_or_default().to_owned()
}

fn body(row: &EntityRow) -> Value {
    serde_json::from_str(&row.body).unwrap_or_default()
}

fn text(body: &Value, place: &str) -> String {
    body.pointer(place).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> BTreeMap<String, String> {
    let rows = value.as_object().into_iter().flatten();
    rows.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}
