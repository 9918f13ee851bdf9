//! Putting the catalog together: of the documents of all repositories, one catalog.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use fleetwright_catalog::{Catalog, DISCOVERED, Entity, EntityRef, Finding, RefContext, SourceFile, served};
use fleetwright_infra::Declared;
use fleetwright_owners::{Flavour, Owners};
use fleetwright_store::{
    CatalogDelta, Document, DocumentKind, EntityRow, FindingRow, RelationRow, RepoRow, Write,
};
use serde_json::Value;

use super::beside::{BESIDE, Beside};
use super::pages;
use super::places::{place, undeclared};
use super::resources::{Resources, named_owner, notable, resources_of};
use crate::config::{ForgeConfig, Kind};
use crate::error::EngineError;
use crate::fleet::Fleet;

/// The areas of findings that only the whole catalog shows.
pub(super) const AREAS: [&str; 3] = ["assembly", "ownership", "relations"];

/// What putting the catalog together did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Assembled {
    /// Whether there was something to do.
    pub anew: bool,
    /// Entities that are new or changed.
    pub put: usize,
    /// Entities that are gone.
    pub gone: usize,
}

/// What the catalog is made of.
struct Parts {
    repos: BTreeMap<i64, RepoRow>,
    documents: Vec<(i64, Document)>,
    read: HashSet<i64>,
    beside: Beside,
}

/// The catalog as it is now, with everything that is wrong in it.
///
/// # Errors
/// When the database or a file beside the configuration cannot be read.
pub async fn catalog(fleet: &Fleet) -> Result<Catalog, EngineError> {
    let (parts, declared) = parts(fleet, Beside::read(&fleet.config.catalog_folder)?).await?;
    Ok(tokio::task::block_in_place(|| whole(fleet, &parts, declared).0))
}

async fn parts(fleet: &Fleet, beside: Beside) -> Result<(Parts, Notable), EngineError> {
    let declared = notable(fleet.store.declared(None).await?);
    let repos = fleet.store.repos().await?;
    let parts = Parts {
        repos: repos.into_iter().map(|row| (row.id, row)).collect(),
        documents: fleet.store.documents(None).await?,
        read: fleet.store.readings().await?.into_keys().collect(),
        beside,
    };
    Ok((parts, declared))
}

/// Puts the catalog together anew, if what it is made of changed.
///
/// # Errors
/// When the database fails.
pub async fn assemble(fleet: &Fleet) -> Result<Assembled, EngineError> {
    let (seen, assembled, folder) = fleet.store.catalog_version().await?;
    let beside = Beside::read(&fleet.config.catalog_folder)?;
    if seen == assembled && folder == beside.digest {
        return Ok(Assembled::default());
    }
    let (parts, declared) = parts(fleet, beside).await?;
    let (new, related, findings) = tokio::task::block_in_place(|| made(fleet, &parts, declared));
    let seen = (seen, parts.beside.digest.clone());
    let mut delta = compared(fleet, seen, new, related).await?;
    let known = fleet.store.findings(None).await?;
    let known = known.into_iter().filter(|(_, row)| AREAS.contains(&row.area.as_str())).collect();
    delta.findings = (findings != known).then_some(findings.into_iter().collect());
    let told = Assembled { anew: true, put: delta.put.len(), gone: delta.gone.len() };
    fleet.store.write(vec![Write::Catalog(Box::new(delta))], None).await?;
    Ok(told)
}

/// Declared infrastructure that may be in the catalog, by repository.
type Notable = BTreeMap<i64, Vec<Declared>>;

type Findings = BTreeSet<(i64, FindingRow)>;

/// The catalog of all files, and what declared infrastructure gave to it.
fn whole(fleet: &Fleet, parts: &Parts, declared: Notable) -> (Catalog, Resources) {
    let mut files = files(fleet, parts);
    let mut resources = resources_of(fleet, &parts.repos, declared, &files);
    // After all catalog files: of two entities of one name the first is kept.
    files.append(&mut resources.files);
    (fleetwright_catalog::assemble(files), resources)
}

fn made(fleet: &Fleet, parts: &Parts, declared: Notable) -> (Vec<EntityRow>, HashSet<RelationRow>, Findings) {
    let (catalog, resources) = whole(fleet, parts, declared);
    let rows = catalog.entities().iter().map(|entity| row(entity, parts)).collect();
    let relations = catalog.entities().iter().flat_map(|entity| {
        entity.relations().iter().map(|relation| RelationRow {
            source: entity.entity_ref().to_string(),
            kind: relation.kind.clone(),
            target: relation.target.clone(),
        })
    });
    // An owner that is not there is said once, as an owner.
    let dangling: Vec<Finding> =
        catalog.dangling.iter().filter(|row| row.key != "spec.owner").cloned().collect();
    let unowned: Vec<Finding> = catalog.unowned.iter().cloned().map(nobody).collect();
    let told = [&catalog.findings, &unowned, &dangling];
    let findings =
        AREAS.into_iter().zip(told).flat_map(|(area, rows)| rows.iter().map(move |row| (area, row)));
    // Whose a resource is comes from its component: what is wrong there is said there, once.
    let findings = findings.filter(|(_, row)| !resources.names.contains(&row.file));
    let findings = findings.filter_map(|(area, row)| Some(finding(area, row, place(&row.file)?)));
    (rows, relations.collect(), findings.chain(resources.findings).collect())
}

/// Of what was only discovered, that nobody is named says more than that nobody is called `unknown`.
fn nobody(finding: Finding) -> Finding {
    if !finding.message.ends_with("its owner group:default/unknown is not in the catalog") {
        return finding;
    }
    let message = "nobody owns it: no catalog file is there, and no CODEOWNERS names an owner of the whole";
    let remedy = "add a catalog-info.yaml, or a `*` rule to CODEOWNERS";
    Finding { key: String::new(), message: message.to_owned(), remedy: remedy.to_owned(), ..finding }
}

fn finding(area: &str, finding: &Finding, (repo, path): (i64, &str)) -> (i64, FindingRow) {
    let key = if finding.key.is_empty() { String::new() } else { format!("{}: ", finding.key) };
    let row = FindingRow {
        area: area.to_owned(),
        path: path.to_owned(),
        line: u32::try_from(finding.line).unwrap_or_default(),
        message: format!("{key}{}", finding.message),
        remedy: finding.remedy.clone(),
    };
    (repo, row)
}

/// Every file with its entities, in the order of repositories and paths, and what has no file.
fn files(fleet: &Fleet, parts: &Parts) -> Vec<SourceFile> {
    // What the people who keep the fleet wrote themselves comes first: of two, theirs is kept.
    let mut files: Vec<SourceFile> = parts.beside.files();
    let beside = files.iter().flat_map(|file| &file.rows).filter_map(|row| row.as_ref().ok());
    let mut names: HashSet<String> = beside.map(|entity| entity.entity_ref().to_string()).collect();
    let mut declared: HashSet<i64> = HashSet::new();
    let entities = parts.documents.iter().filter(|(_, document)| document.kind == DocumentKind::Entity);
    let mut last = None;
    for (repo, document) in entities {
        let Some(row) = parts.repos.get(repo) else { continue };
        declared.insert(*repo);
        names.insert(document.name.clone());
        let key = (*repo, &document.path, document.stale);
        if last != Some(key) {
            files.push(file(fleet, row, document));
            last = Some(key);
        }
        let Ok(entity) = serde_json::from_str::<Entity>(&document.body) else { continue };
        if let Some(file) = files.last_mut() {
            file.rows.push(Ok(entity));
        }
    }
    let found =
        parts.repos.values().filter(|row| parts.read.contains(&row.id) && !declared.contains(&row.id));
    for row in found {
        let mut entity =
            fleetwright_catalog::discovered(&undeclared(row, &row.name), owner(fleet, parts, row).as_deref());
        if !names.insert(entity.entity_ref().to_string()) {
            // Another repository of this name is there: the whole name tells them apart.
            let whole = undeclared(row, &row.name.replace('/', "-"));
            entity = fleetwright_catalog::discovered(&whole, entity.spec_text("owner"));
            names.insert(entity.entity_ref().to_string());
        }
        let location = pages::location(pages::root(fleet, row).as_ref(), row, "");
        files.push(SourceFile {
            origin: location.clone(),
            location,
            rows: vec![Ok(entity)],
            ..SourceFile::default()
        });
    }
    files
}

fn file(fleet: &Fleet, row: &RepoRow, document: &Document) -> SourceFile {
    let root = pages::root(fleet, row);
    let location = |path: &str| pages::location(root.as_ref(), row, path);
    let folder = document.path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let orphan = document.origin.is_empty();
    SourceFile {
        location: location(&document.path),
        origin: location(if orphan { &document.path } else { &document.origin }),
        source: Some(location(&folder)),
        parent: EntityRef::parse(&document.parent, RefContext::default()).ok(),
        orphan,
        stale: document.stale,
        rows: Vec::new(),
    }
}

/// Who owns a repository as a whole, by the CODEOWNERS file its forge would take.
fn owner(fleet: &Fleet, parts: &Parts, row: &RepoRow) -> Option<String> {
    let kind =
        fleet.config.forges.iter().find(|config| config.name() == row.forge).map(|config| match config {
            ForgeConfig::Local(_) => Kind::GitHub,
            ForgeConfig::Hosted(config) => config.kind,
        })?;
    // Each service looks into these folders, in this order.
    let (flavour, places) = match kind {
        Kind::GitHub => (Flavour::GitHub, [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"]),
        Kind::GitLab => (Flavour::GitLab, ["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"]),
        Kind::Gitea => (Flavour::Gitea, ["CODEOWNERS", "docs/CODEOWNERS", ".gitea/CODEOWNERS"]),
    };
    let begin = parts.documents.partition_point(|(repo, _)| *repo < row.id);
    let mine = parts.documents.get(begin..)?.iter().take_while(|(repo, _)| *repo == row.id);
    let mine: Vec<&Document> = mine.map(|(_, document)| document).collect();
    let file = places.iter().find_map(|place| mine.iter().find(|document| document.path == *place))?;
    let owners = Owners::read(flavour, &file.path, &file.body);
    owners.of_root().into_iter().find_map(|owner| owner.entity_ref())
}

fn row(entity: &Entity, parts: &Parts) -> EntityRow {
    let discovered = entity.annotation(DISCOVERED) == Some("true");
    let (repo, path) = place(entity.file()).unzip();
    let reference = entity.entity_ref();
    let mut body = served(entity);
    if let Value::Object(body) = &mut body {
        body.remove("relations");
    }
    let tip = repo.and_then(|id| parts.repos.get(&id)?.head).map(|tip| tip.to_string()).unwrap_or_default();
    EntityRow {
        reference: reference.to_string(),
        kind: reference.kind,
        namespace: reference.namespace,
        name: reference.name,
        repo,
        path: path.unwrap_or_else(|| beside_path(entity.file())).to_owned(),
        line: entity.place().line,
        owner: named_owner(entity),
        discovered,
        body: body.to_string(),
        tip,
    }
}

/// The path of a file beside the configuration.
fn beside_path(file: &str) -> &str {
    file.strip_prefix(BESIDE).and_then(|rest| rest.strip_prefix(':')).unwrap_or_default()
}

/// What must be written for the catalog to be this one.
async fn compared(
    fleet: &Fleet,
    (seen, folder): (i64, String),
    new: Vec<EntityRow>,
    related: HashSet<RelationRow>,
) -> Result<CatalogDelta, EngineError> {
    let mut old: HashMap<String, EntityRow> = HashMap::new();
    for row in fleet.store.entities().await? {
        old.insert(row.reference.clone(), row);
    }
    let mut put = Vec::new();
    for row in new {
        match old.remove(&row.reference) {
            Some(same) if same == row => {}
            _ => put.push(row),
        }
    }
    let before: HashSet<RelationRow> = fleet.store.relations(None).await?.into_iter().collect();
    Ok(CatalogDelta {
        seen,
        folder,
        put,
        gone: old.into_keys().collect(),
        related: related.difference(&before).cloned().collect(),
        parted: before.difference(&related).cloned().collect(),
        findings: None,
    })
}
