//! The catalog as a whole: entities of many files, the first of each name kept, annotated, related
//! to one another and resolved to their owners.

use std::collections::{BTreeSet, HashMap};

use crate::entity::{Entity, Finding, Relation, StatusRow};
use crate::groups::Groups;
use crate::links::Links;
use crate::reference::{EntityRef, RefContext};
use crate::relation::{Emitted, relations};

/// Where an entity is read from, such as `url:https://forge.example/acme/shop/blob/main/a.yaml`.
pub const MANAGED_BY: &str = "backstage.io/managed-by-location";
/// The first file that led to it.
pub const MANAGED_BY_ORIGIN: &str = "backstage.io/managed-by-origin-location";
/// The folder its sources are in.
pub const SOURCE_LOCATION: &str = "backstage.io/source-location";
/// The page of its file.
pub const VIEW_URL: &str = "backstage.io/view-url";
/// The page where its file is edited.
pub const EDIT_URL: &str = "backstage.io/edit-url";
/// Set to `true` when no file leads to an entity any more.
pub const ORPHAN: &str = "backstage.io/orphan";
/// Set to `true` on a component that stands for a repository without a catalog file.
pub const DISCOVERED: &str = "fleetwright.dev/discovered";

/// A file that was read, and how it was come by.
#[derive(Debug, Clone, Default)]
pub struct SourceFile {
    /// Its location, such as `url:https://forge.example/acme/shop/blob/main/catalog-info.yaml`.
    pub location: String,
    /// The location of the first file that led to it; its own where that is itself.
    pub origin: String,
    /// Where people see it. What an entity says itself stands.
    pub links: Links,
    /// The `Location` entity that asked for it.
    pub parent: Option<EntityRef>,
    /// Whether nothing leads to it any more.
    pub orphan: bool,
    /// Whether its entities are those of an earlier version, since its present one is bad: what was
    /// found is then their `status`.
    pub stale: bool,
    /// What was read.
    pub rows: Vec<Result<Entity, Finding>>,
}

/// All entities of the fleet.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    entities: Vec<Entity>,
    index: HashMap<String, usize>,
    groups: Groups,
    /// What is wrong with files: bad documents, and names that were taken.
    pub findings: Vec<Finding>,
    /// References to entities that are not there.
    pub dangling: Vec<Finding>,
    /// Entities that ought to have an owner and have none that is there.
    pub unowned: Vec<Finding>,
}

/// Who owns an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ownership {
    /// This group or user, which is in the catalog.
    Owned(EntityRef),
    /// Nobody, as far as the catalog knows, and why.
    Unowned(String),
}

/// Assembles files, earlier ones first: of two entities with one reference the first is kept.
pub fn assemble(files: Vec<SourceFile>) -> Catalog {
    let mut catalog = Catalog::default();
    let mut said: Vec<(Option<EntityRef>, Finding)> = Vec::new();
    for file in files {
        catalog.add(file, &mut said);
    }
    for (parent, finding) in said {
        catalog.tell(parent.as_ref(), &finding);
        catalog.findings.push(finding);
    }
    catalog.stitch();
    catalog.own();
    catalog
}

impl Catalog {
    /// All entities, in the order they came.
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// All entities, in the order they came, to be taken one by one.
    pub fn into_entities(self) -> impl Iterator<Item = Entity> {
        self.entities.into_iter()
    }

    /// One entity.
    pub fn get(&self, wanted: &EntityRef) -> Option<&Entity> {
        self.entities.get(*self.index.get(&wanted.to_string())?)
    }

    /// The tree of groups, their members and what they own.
    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    /// Who owns an entity: its `spec.owner`, if that is a group or user of the catalog.
    pub fn owner(&self, entity: &Entity) -> Ownership {
        let Some(text) = entity.spec_text("owner") else {
            return Ownership::Unowned("it names no owner".to_owned());
        };
        let context = RefContext { kind: Some("Group"), namespace: Some(entity.namespace()) };
        match EntityRef::parse(text, context) {
            Err(error) => Ownership::Unowned(error.to_string()),
            Ok(owner) if !owner.is_kind("group") && !owner.is_kind("user") => {
                Ownership::Unowned(format!("its owner {owner} is no group and no user"))
            }
            Ok(owner) if !self.index.contains_key(&owner.to_string()) => {
                Ownership::Unowned(format!("its owner {owner} is not in the catalog"))
            }
            Ok(owner) => Ownership::Owned(owner),
        }
    }

    fn add(&mut self, file: SourceFile, said: &mut Vec<(Option<EntityRef>, Finding)>) {
        let begin = self.entities.len();
        let mut wrong = Vec::new();
        for row in file.rows {
            match row {
                Ok(mut entity) => {
                    entity.annotate(MANAGED_BY, &file.location);
                    entity.annotate(MANAGED_BY_ORIGIN, &file.origin);
                    let Links { view, edit, source } = &file.links;
                    for (key, value) in [(VIEW_URL, view), (EDIT_URL, edit), (SOURCE_LOCATION, source)] {
                        value.iter().for_each(|value| entity.supply(key, value));
                    }
                    if file.orphan {
                        entity.annotate(ORPHAN, "true");
                    }
                    wrong.extend(self.keep(entity));
                }
                Err(finding) => wrong.push(finding),
            }
        }
        if file.stale {
            for entity in &mut self.entities[begin..] {
                wrong.iter().for_each(|finding| entity.add_status(status(finding)));
            }
        }
        said.extend(wrong.into_iter().map(|finding| (file.parent.clone(), finding)));
    }

    /// Keeps an entity whose reference is free; says so if it is taken.
    fn keep(&mut self, entity: Entity) -> Option<Finding> {
        let name = entity.entity_ref().to_string();
        if let Some(first) = self.index.get(&name).and_then(|at| self.entities.get(*at)) {
            let place = format!("{}:{}", first.file(), first.place().line);
            let location = first.annotation(MANAGED_BY).unwrap_or_default();
            let message = format!("{name} is declared already, in {place} ({location}); the first is kept");
            return Some(entity.finding_here(message, "give one of them another name or namespace"));
        }
        self.index.insert(name, self.entities.len());
        self.entities.push(entity);
        None
    }

    /// Writes a finding onto the Location that asked for its file.
    fn tell(&mut self, parent: Option<&EntityRef>, finding: &Finding) {
        let at = parent.and_then(|parent| self.index.get(&parent.to_string()));
        if let Some(entity) = at.and_then(|at| self.entities.get_mut(*at)) {
            entity.add_status(status(finding));
        }
    }

    fn stitch(&mut self) {
        let mut stitched: Vec<BTreeSet<Relation>> = vec![BTreeSet::new(); self.entities.len()];
        for entity in &self.entities {
            for emitted in relations(entity) {
                let at = self.index.get(&emitted.source.to_string());
                if let Some(rows) = at.and_then(|at| stitched.get_mut(*at)) {
                    rows.insert(Relation::from(&emitted));
                }
                if emitted.forward && !self.index.contains_key(&emitted.target.to_string()) {
                    self.dangling.push(dangling(entity, &emitted));
                }
            }
        }
        for (entity, rows) in self.entities.iter_mut().zip(stitched) {
            entity.stitch(rows.into_iter().collect());
        }
        self.groups = Groups::of(&self.entities);
        self.findings.extend(self.circles());
    }

    fn own(&mut self) {
        let owned = ["Component", "API", "Resource", "System", "Domain", "Template", "AiResource"];
        let all = self.entities.iter().filter(|entity| owned.contains(&entity.kind()));
        self.unowned = all
            .filter_map(|entity| match self.owner(entity) {
                Ownership::Owned(_) => None,
                Ownership::Unowned(why) => {
                    let remedy = "name a group or a user of the catalog as owner";
                    Some(entity.finding(
                        "owner",
                        None,
                        format!("{} has no owner: {why}", entity.name()),
                        remedy,
                    ))
                }
            })
            .collect();
    }

    /// Groups that are their own ancestors, each circle said once.
    fn circles(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        for circle in self.groups.circles() {
            let first = circle.first().and_then(|name| self.index.get(name));
            if let Some(entity) = first.and_then(|at| self.entities.get(*at)) {
                let message = format!("groups are their own ancestors: {}", circle.join(", "));
                found.push(entity.finding("parent", None, message, "take one `parent` or `children` out"));
            }
        }
        found
    }
}

fn status(finding: &Finding) -> StatusRow {
    StatusRow::error("InputError", &finding.to_string())
}

fn dangling(entity: &Entity, emitted: &Emitted) -> Finding {
    let message = format!("{} is not in the catalog", emitted.target);
    entity.finding(emitted.field, emitted.row, message, "add that entity, or correct the reference")
}
