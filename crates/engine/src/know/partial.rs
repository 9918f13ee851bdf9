//! The catalog where only some repositories moved: those are put together with what is beside them.
//!
//! What one repository says reaches others only by names: an entity that appears or goes mends or breaks the
//! references of others, takes a name from them or leaves it to them. So the repositories that point to such a
//! name are put together, too; and whatever else could reach further (groups, a name that two declare, a name
//! of the folder beside the configuration, an address) has the whole catalog put together instead. The outcome is that of
//! the whole, which the tests hold it to.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use fleetwright_catalog::{SourceFile, component_name, derived, discovered, relations};
use fleetwright_store::{CatalogDelta, EntityRow, RelationRow, RepoRow};
use serde_json::Value;

use super::made::Made;
use super::parts::Parts;
use super::places::{place, undeclared};
use super::resources::{Resources, resources_of};
use crate::error::EngineError;
use crate::fleet::Fleet;

/// The most repositories that are put together in part. More are quicker done as a whole.
const MAX_MOVED: usize = 500;

/// Kinds whose names everything declared is looked up in.
const EVERYWHERE: [&str; 3] = ["group", "user", "system"];

/// What must be written, if what moved since this version of the catalog can be put together by itself.
pub(super) async fn delta(fleet: &Fleet, since: i64) -> Result<Option<CatalogDelta>, EngineError> {
    if since < 0 || follows(fleet).await? {
        return Ok(None);
    }
    let mut moved = fleet.store.moved_since(since).await?;
    loop {
        if moved.len() > MAX_MOVED {
            return Ok(None);
        }
        let Some(part) = Part::of(fleet, &moved).await? else { return Ok(None) };
        let Some(reached) = part.reached(fleet, &moved).await? else { return Ok(None) };
        if reached.is_subset(&moved) {
            return part.delta(fleet, moved).await;
        }
        moved.extend(reached);
    }
}

/// Whether Locations name anything by address: where that leads is seen from all of them.
async fn follows(fleet: &Fleet) -> Result<bool, EngineError> {
    let locations = fleet.store.locations().await?;
    Ok(locations.iter().any(|(_, location)| location.body.contains("://"))
        || !fleet.store.fetched().await?.is_empty())
}

/// Some repositories: what they declare now, and what the catalog has of them.
struct Part {
    parts: Parts,
    resources: Resources,
    files: Vec<SourceFile>,
    before: Vec<EntityRow>,
}

impl Part {
    /// `None` where what stands for a repository cannot be named without looking at all others.
    async fn of(fleet: &Fleet, moved: &BTreeSet<i64>) -> Result<Option<Part>, EngineError> {
        let before = fleet.store.entities_of(moved).await?;
        let (parts, declared) = Parts::of(fleet, moved).await?;
        let Some(taken) = taken(fleet, moved, &parts, &before).await? else { return Ok(None) };
        let mut files = parts.files(fleet, taken);
        let known = match declared.is_empty() {
            true => Vec::new(),
            false => fleet.store.references(&EVERYWHERE).await?,
        };
        let mut resources = resources_of(fleet, &parts.repos, declared, &files, known);
        files.append(&mut resources.files);
        Ok(Some(Part { parts, resources, files, before }))
    }

    /// Whose each name was, and whose it is now.
    fn holders(&self) -> (BTreeMap<&str, i64>, BTreeMap<String, i64>) {
        let before = self.before.iter().filter_map(|row| Some((row.reference.as_str(), row.repo?))).collect();
        let mut now = BTreeMap::new();
        for entity in self.files.iter().flat_map(|file| &file.rows).flatten() {
            if let Some((repo, _)) = place(entity.file()) {
                now.entry(entity.entity_ref().to_string()).or_insert(repo);
            }
        }
        (before, now)
    }

    /// Repositories that point to a name which appears, goes or changes hands; `None` where more than that
    /// could follow from it.
    async fn reached(
        &self,
        fleet: &Fleet,
        moved: &BTreeSet<i64>,
    ) -> Result<Option<BTreeSet<i64>>, EngineError> {
        let (before, now) = self.holders();
        let all: BTreeSet<&str> = before.keys().copied().chain(now.keys().map(String::as_str)).collect();
        for (repo, finding) in fleet.store.findings_in("assembly").await? {
            let named = |name: &&str| finding.message.contains(&format!("{name} is declared already"));
            if moved.contains(&repo) || all.iter().any(named) {
                return Ok(None);
            }
        }
        let changed: BTreeSet<String> =
            all.into_iter().filter(|name| before.get(name) != now.get(*name)).map(str::to_owned).collect();
        let kind = |name: &String| name.split(':').next().is_some_and(|kind| EVERYWHERE.contains(&kind));
        if changed.iter().any(kind) || is_taken(fleet, moved, &changed).await? {
            return Ok(None);
        }
        if is_wanted(fleet, moved, changed.iter().filter(|name| before.contains_key(name.as_str()))).await? {
            return Ok(None);
        }
        let ends = fleet.store.relations_at(&changed).await?;
        let ends = ends.into_iter().map(|row| row.source).filter(|name| !changed.contains(name)).collect();
        let pointing = fleet.store.entities_named(&ends).await?;
        Ok(pointing.into_iter().map(|row| row.repo).collect())
    }

    /// What must be written; `None` where the tree of groups is another now.
    async fn delta(self, fleet: &Fleet, moved: BTreeSet<i64>) -> Result<Option<CatalogDelta>, EngineError> {
        let (before, now) = self.holders();
        let names: BTreeSet<String> =
            before.keys().map(|name| (*name).to_owned()).chain(now.into_keys()).collect();
        let related = fleet.store.relations_at(&names).await?;
        let mut files = self.beside(fleet, &names, &related).await?;
        let Part { parts, resources, files: own, before: entities } = self;
        files.extend(own);
        let mut made = Made::of(fleetwright_catalog::assemble(files), resources, &parts);
        made.only(&names, &moved);
        entities.into_iter().for_each(|row| made.meet(row));
        related.into_iter().for_each(|row| made.meet_relation(row));
        let mut known = Vec::new();
        for repo in &moved {
            known.extend(fleet.store.findings(Some(*repo)).await?);
        }
        let delta = made.delta(known);
        let above = |row: &RelationRow| row.kind == "parentOf" || row.kind == "childOf";
        if delta.related.iter().chain(&delta.parted).any(above) {
            return Ok(None);
        }
        Ok(Some(CatalogDelta { among: Some(moved), ..delta }))
    }

    /// The entities elsewhere that these point to or are pointed to by, as the catalog has them.
    async fn beside(
        &self,
        fleet: &Fleet,
        names: &BTreeSet<String>,
        related: &[RelationRow],
    ) -> Result<Vec<SourceFile>, EngineError> {
        let mut beside: BTreeSet<String> = BTreeSet::new();
        beside.extend(related.iter().flat_map(|row| [row.source.clone(), row.target.clone()]));
        for entity in self.files.iter().flat_map(|file| &file.rows).flatten() {
            beside.extend(relations(entity).iter().map(|emitted| emitted.target.to_string()));
        }
        beside.retain(|name| !names.contains(name));
        let known = |row: EntityRow| match serde_json::from_str(&row.body) {
            // Of no file: what is wrong with it is not said here.
            Ok(Value::Object(body)) => Some(Ok(derived(body, "", 0))),
            _ => None,
        };
        let rows = fleet.store.entities_named(&beside).await?.into_iter().filter_map(known).collect();
        Ok(vec![SourceFile { rows, ..SourceFile::default() }])
    }
}

/// Whether anything else has one of these names already.
async fn is_taken(
    fleet: &Fleet,
    moved: &BTreeSet<i64>,
    names: &BTreeSet<String>,
) -> Result<bool, EngineError> {
    let rows = fleet.store.entities_named(names).await?;
    Ok(rows.iter().any(|row| row.repo.is_none_or(|repo| !moved.contains(&repo))))
}

/// Whether a repository that declares nothing may be called by one of these names, now that it is free.
async fn is_wanted(
    fleet: &Fleet,
    moved: &BTreeSet<i64>,
    names: impl Iterator<Item = &String>,
) -> Result<bool, EngineError> {
    let free: HashSet<&str> = names.filter_map(|name| name.strip_prefix("component:default/")).collect();
    if free.is_empty() {
        return Ok(false);
    }
    let repos = fleet.store.repo_names().await?;
    let others = repos.iter().filter(|(id, _)| !moved.contains(id));
    Ok(others.map(|(_, name)| component_name(name).to_lowercase()).any(|name| free.contains(name.as_str())))
}

/// The short names that what stands for these repositories cannot have, since others have them. `None` where
/// one gets its name for the first time and it is taken: who is first is seen from all of them.
async fn taken(
    fleet: &Fleet,
    moved: &BTreeSet<i64>,
    parts: &Parts,
    before: &[EntityRow],
) -> Result<Option<HashSet<String>>, EngineError> {
    let name = |row: &RepoRow, name: &str| discovered(&undeclared(row, name), None).entity_ref().to_string();
    let wanted: BTreeSet<String> = parts.undeclared().map(|row| name(row, &row.name)).collect();
    let rows = fleet.store.entities_named(&wanted).await?;
    let elsewhere = rows.into_iter().filter(|row| row.repo.is_none_or(|repo| !moved.contains(&repo)));
    let taken: HashSet<String> = elsewhere.map(|row| row.reference).collect();
    let is_known = |row: &RepoRow| {
        let whole = name(row, &row.name.replace('/', "-"));
        before.iter().any(|entity| entity.repo == Some(row.id) && entity.reference == whole)
    };
    let mut without = parts.undeclared().filter(|row| taken.contains(&name(row, &row.name)));
    Ok(without.all(is_known).then_some(taken))
}
