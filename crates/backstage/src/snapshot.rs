//! The catalog as it was at one moment: every entity in the form it is served in, and the search over them.

use std::collections::HashMap;

use fleetwright_catalog::{Entity, Relation, Search, served};
use fleetwright_engine::fleet::Fleet;
use fleetwright_store::{EntityRow, StoreError};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::origins::Origins;

/// How often the catalog is read again because it moved meanwhile, before what was read last is taken.
const TRIES: usize = 3;

/// The catalog as it was at one moment.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    /// The version of the catalog that it was read at.
    pub(crate) version: i64,
    /// A digest of all that is served, as a header `ETag` has it.
    pub(crate) etag: String,
    /// The search; positions are those of here.
    pub(crate) search: Search,
    /// Where entities come from.
    pub(crate) origins: Origins,
    shown: Vec<Shown>,
}

/// One entity.
#[derive(Debug)]
struct Shown {
    reference: Box<str>,
    body: Box<str>,
    repo: Option<i64>,
}

impl Snapshot {
    /// Reads the catalog as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn load(fleet: &Fleet) -> Result<Snapshot, StoreError> {
        let mut tries = 0;
        loop {
            let (version, ..) = fleet.store.catalog_version().await?;
            let rows = fleet.store.entities().await?;
            let mut relations: HashMap<String, Vec<Relation>> = HashMap::new();
            let meet = |row: fleetwright_store::RelationRow| {
                let relation = Relation { kind: row.kind, target: row.target };
                relations.entry(row.source).or_default().push(relation);
            };
            fleet.store.each_relation(meet).await?;
            tries += 1;
            let (now, ..) = fleet.store.catalog_version().await?;
            if now == version || tries == TRIES {
                let work = move || Snapshot::of(version, rows, relations);
                return Ok(tokio::task::spawn_blocking(work).await.unwrap_or_default());
            }
        }
    }

    /// The catalog of rows, in the order of their references.
    fn of(version: i64, mut rows: Vec<EntityRow>, mut relations: HashMap<String, Vec<Relation>>) -> Snapshot {
        rows.sort_by(|one, other| one.reference.cmp(&other.reference));
        let mut snapshot = Snapshot { version, ..Snapshot::default() };
        let mut digest = Sha256::new();
        for row in rows {
            let related = relations.remove(&row.reference).unwrap_or_default();
            let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
            // What is no entity was not written by us, and is in no catalog.
            let Some(entity) = Entity::restored(body, related) else { continue };
            let body = served(&entity).to_string();
            digest.update(&body);
            snapshot.search.push(&entity);
            snapshot.origins.add(snapshot.shown.len(), &entity);
            let shown = Shown { reference: row.reference.into(), body: body.into(), repo: row.repo };
            snapshot.shown.push(shown);
        }
        let hex: String = digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        snapshot.etag = format!("\"{hex}\"");
        snapshot
    }

    /// An entity as JSON.
    pub(crate) fn body(&self, at: usize) -> &str {
        self.shown.get(at).map_or("null", |shown| &shown.body)
    }

    /// An entity as a value.
    pub(crate) fn entity(&self, at: usize) -> Value {
        serde_json::from_str(self.body(at)).unwrap_or_default()
    }

    /// An entity's reference.
    pub(crate) fn reference(&self, at: usize) -> &str {
        self.shown.get(at).map_or("", |shown| &shown.reference)
    }

    /// The row of the repository that declares an entity.
    pub(crate) fn repo(&self, at: usize) -> Option<i64> {
        self.shown.get(at)?.repo
    }

    /// Where an entity is, by its reference in small letters.
    pub(crate) fn find(&self, reference: &str) -> Option<usize> {
        self.place(reference).ok()
    }

    /// As [`Snapshot::find`]; for what is not there, where it would be.
    pub(crate) fn place(&self, reference: &str) -> Result<usize, usize> {
        self.shown.binary_search_by(|shown| (*shown.reference).cmp(reference))
    }
}
