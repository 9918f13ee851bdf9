//! The catalog as rows of the database: entities, relations, and what is wrong.

use std::collections::{BTreeSet, HashMap, HashSet};

use fleetwright_catalog::{Catalog, DISCOVERED, Entity, Finding, stored};
use fleetwright_store::{CatalogDelta, EntityRow, FindingRow, RelationRow};

use super::beside::BESIDE;
use super::parts::Parts;
use super::places::{place, readable, readable_status};
use super::resources::{Resources, named_owner};

/// The areas of findings that only the whole catalog shows.
const AREAS: [&str; 3] = ["assembly", "ownership", "relations"];

/// Findings with the rows of their repositories.
type Findings = BTreeSet<(i64, FindingRow)>;

/// What a catalog is in the database; it meets the rows of before one by one ([`Made::meet`]), and what is
/// left is to be written.
#[derive(Debug, Default)]
pub(super) struct Made {
    entities: HashMap<String, EntityRow>,
    relations: HashSet<RelationRow>,
    findings: Findings,
    delta: CatalogDelta,
}

impl Made {
    /// The rows of a catalog, and what was found on the way to it.
    pub(super) fn of(catalog: Catalog, resources: Resources, parts: &Parts) -> Made {
        // An owner that is not there is said once, as an owner.
        let dangling: Vec<Finding> =
            catalog.dangling.iter().filter(|row| row.key != "spec.owner").cloned().collect();
        let unowned: Vec<Finding> = catalog.unowned.iter().cloned().map(nobody).collect();
        let told = [&catalog.findings, &unowned, &dangling];
        let findings =
            AREAS.into_iter().zip(told).flat_map(|(area, rows)| rows.iter().map(move |row| (area, row)));
        // Whose a resource is comes from its component: what is wrong there is said there, once.
        let findings = findings.filter(|(_, row)| !resources.names.contains(&row.file));
        let findings = findings.filter_map(|(area, row)| {
            let row = parts.followed.at_home(row);
            let row = Finding { message: readable(&row.message, &parts.repos), ..row };
            Some(finding(area, &row, place(&row.file)?))
        });
        let mut made = Made { findings: findings.chain(resources.findings).collect(), ..Made::default() };
        // One by one: all entities and all rows at once would be twice the memory.
        for entity in catalog.into_entities() {
            let row = row(&entity, parts);
            made.relations.extend(entity.relations().iter().map(|relation| RelationRow {
                source: row.reference.clone(),
                kind: relation.kind.clone(),
                target: relation.target.clone(),
            }));
            made.entities.insert(row.reference.clone(), row);
        }
        made
    }

    /// Keeps what is said of these names and these repositories.
    pub(super) fn only(&mut self, names: &BTreeSet<String>, repos: &BTreeSet<i64>) {
        self.entities.retain(|name, _| names.contains(name));
        self.relations.retain(|row| names.contains(&row.source) || names.contains(&row.target));
        self.findings.retain(|(repo, _)| repos.contains(repo));
    }

    /// An entity that is in the database: it stays, is changed, or is gone.
    pub(super) fn meet(&mut self, old: EntityRow) {
        match self.entities.remove(&old.reference) {
            Some(same) if same == old => {}
            Some(new) => self.delta.put.push(new),
            None => self.delta.gone.push(old.reference),
        }
    }

    /// A relation that is in the database.
    pub(super) fn meet_relation(&mut self, old: RelationRow) {
        if !self.relations.remove(&old) {
            self.delta.parted.push(old);
        }
    }

    /// What must be written, after everything that is in the database was met, and these findings.
    pub(super) fn delta(mut self, known: Vec<(i64, FindingRow)>) -> CatalogDelta {
        let known: Findings =
            known.into_iter().filter(|(_, row)| AREAS.contains(&row.area.as_str())).collect();
        self.delta.put.extend(self.entities.into_values());
        self.delta.related.extend(self.relations);
        self.delta.findings = (self.findings != known).then(|| self.findings.into_iter().collect());
        self.delta
    }
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

fn row(entity: &Entity, parts: &Parts) -> EntityRow {
    let discovered = entity.annotation(DISCOVERED) == Some("true");
    let (repo, path) = place(entity.file()).unzip();
    let reference = entity.entity_ref();
    let read = repo.and_then(|id| parts.read.get(&id));
    let mut body = stored(entity);
    readable_status(&mut body, &parts.repos);
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
        tip: read.map(|read| read.tip.to_string()).unwrap_or_default(),
    }
}

/// The path of a file beside the configuration, or the address of one that was fetched.
fn beside_path(file: &str) -> &str {
    file.strip_prefix(BESIDE).and_then(|rest| rest.strip_prefix(':')).unwrap_or(file)
}
