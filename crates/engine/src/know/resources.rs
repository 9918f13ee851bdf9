//! Declared infrastructure as `Resource` entities of the catalog.

use std::collections::{BTreeMap, HashSet};

use fleetwright_catalog::{Entity, EntityRef, RefContext, SourceFile, UNKNOWN, derived};
use fleetwright_infra::{Declared, is_notable, resources};
use fleetwright_store::{DeclaredRow, FindingRow, RepoRow};
use serde_json::Value;

use super::pages;
use super::places::place;
use crate::fleet::Fleet;
use crate::infra::{Around, Neighbour};

/// The most resources of one repository. The largest seen declares 905.
const MAX_RESOURCES: usize = 2_000;

/// Formats of which nothing is a resource of the catalog: they are not looked into.
pub(super) const NO_RESOURCES: [&str; 5] =
    ["helm-chart", "helm-values", "kustomize", "github-workflow", "gitlab-ci"];

/// What declared infrastructure gives to the catalog.
#[derive(Default)]
pub(super) struct Resources {
    /// The entities, by file.
    pub(super) files: Vec<SourceFile>,
    /// The names of these files, as the catalog knows them.
    pub(super) names: HashSet<String>,
    /// Repositories that declare too much.
    pub(super) findings: Vec<(i64, FindingRow)>,
}

/// Adds a row that is notable to those of its repository. Of hundreds of thousands most are not: they are let go.
pub(super) fn note(notable: &mut BTreeMap<i64, Vec<Declared>>, repo: i64, row: &DeclaredRow) {
    if NO_RESOURCES.contains(&row.format.as_str()) {
        return;
    }
    let declared: Option<Declared> = serde_json::from_str(&row.body).ok();
    if let Some(declared) = declared.filter(is_notable) {
        notable.entry(repo).or_default().push(declared);
    }
}

/// The resources of all repositories, beside the entities that their catalog files declare, and beside the
/// groups, users and systems that are `known` of others.
pub(super) fn resources_of(
    fleet: &Fleet,
    repos: &BTreeMap<i64, RepoRow>,
    declared: BTreeMap<i64, Vec<Declared>>,
    files: &[SourceFile],
    known: Vec<String>,
) -> Resources {
    let mut around = around(files);
    known.into_iter().for_each(|reference| around.know(reference));
    let mut told = Resources::default();
    for (id, declared) in declared {
        let Some(repo) = repos.get(&id) else { continue };
        let root = pages::root(fleet, repo);
        let browse = root.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut found = resources(&declared, around.of_repo(repo.id, &repo.name, &browse));
        if found.len() > MAX_RESOURCES {
            told.findings.push((repo.id, too_many(found.len())));
            found.truncate(MAX_RESOURCES);
        }
        let mut last: Option<&str> = None;
        for (at, entity) in found {
            let (Some(each), Value::Object(document)) = (declared.get(at), entity) else { continue };
            let name = format!("{}:{}", repo.id, each.file);
            if last != Some(&each.file) {
                let location = pages::location(root.as_ref(), repo, &each.file);
                let links = pages::links(fleet, repo, &location);
                told.files.push(SourceFile {
                    origin: location.clone(),
                    location,
                    links,
                    ..SourceFile::default()
                });
                told.names.insert(name.clone());
                last = Some(&each.file);
            }
            if let Some(file) = told.files.last_mut() {
                let line = u32::try_from(each.line).unwrap_or_default();
                file.rows.push(Ok(derived(document, &name, line)));
            }
        }
    }
    told
}

fn too_many(count: usize) -> FindingRow {
    FindingRow {
        area: "assembly".to_owned(),
        path: String::new(),
        line: 0,
        message: format!("{count} declared resources, of which {MAX_RESOURCES} are in the catalog"),
        remedy: "`fleetwright infra list` shows all of them".to_owned(),
    }
}

/// What the entities that files declare are to the resources of their repositories.
fn around(files: &[SourceFile]) -> Around {
    let mut around = Around::default();
    for entity in files.iter().flat_map(|file| &file.rows).flatten() {
        let (repo, path) = place(entity.file()).unzip();
        around.add(Neighbour {
            repo,
            path: path.unwrap_or_default(),
            kind: entity.kind(),
            reference: entity.entity_ref().to_string(),
            owner: named_owner(entity),
        });
    }
    around
}

/// The owner an entity names, whether the catalog has that group or not; empty when it names none.
pub(super) fn named_owner(entity: &Entity) -> String {
    let context = RefContext { kind: Some("Group"), namespace: Some(entity.namespace()) };
    let named = entity.spec_text("owner").filter(|text| *text != UNKNOWN);
    let owner = named.and_then(|text| EntityRef::parse(text, context).ok());
    owner.map(|owner| owner.to_string()).unwrap_or_default()
}
