//! The catalog as it is served: entities and their relations.

use std::collections::BTreeSet;

use futures_util::TryStreamExt;

use crate::error::StoreError;
use crate::reader::Reader;
use crate::reading::{self, FindingRow};
use crate::row::{Wrote, now};
use crate::sql::{Row, Tx, query};

/// One entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityRow {
    /// `kind:namespace/name` in small letters.
    pub reference: String,
    /// Its kind as it is written.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The repository that declares it, by its row; `None` for what a forge or a person declares.
    pub repo: Option<i64>,
    /// The file.
    pub path: String,
    /// The line it begins at, from 1; 0 when no file declares it.
    pub line: u32,
    /// The reference of who owns it; empty when nobody does.
    pub owner: String,
    /// Whether no file declares it: it was found by what a repository holds.
    pub discovered: bool,
    /// The entity as JSON, without its relations.
    pub body: String,
    /// The commit it was read from; empty when there is none.
    pub tip: String,
}

/// What one entity is to another, such as `ownedBy`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationRow {
    /// The entity that has the relation.
    pub source: String,
    /// What it is: `ownedBy`, `partOf`, ...
    pub kind: String,
    /// The entity at its other end.
    pub target: String,
}

/// What changed in the catalog since it was last put together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogDelta {
    /// The version of what was read that the catalog was put together from.
    pub seen: i64,
    /// The digest of the files beside the configuration that it was put together from.
    pub folder: String,
    /// Entities that are new or not what they were.
    pub put: Vec<EntityRow>,
    /// References of entities that are gone.
    pub gone: Vec<String>,
    /// Relations that are new.
    pub related: Vec<RelationRow>,
    /// Relations that are gone.
    pub parted: Vec<RelationRow>,
    /// The findings of the areas `assembly`, `ownership` and `relations`, each with its repository's row,
    /// in the place of those before; `None` when they are what they were.
    pub findings: Option<Vec<(i64, FindingRow)>>,
    /// The repositories whose findings those are; `None` for all.
    pub among: Option<BTreeSet<i64>>,
}

impl CatalogDelta {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self == &CatalogDelta {
            seen: self.seen,
            folder: self.folder.clone(),
            among: self.among.clone(),
            ..CatalogDelta::default()
        }
    }
}

pub(crate) const COLUMNS: &str = "ref, kind, namespace, name, repo, path, line, owner, discovered, body, tip";

impl Reader {
    /// Every entity, by reference.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entities(&self) -> Result<Vec<EntityRow>, StoreError> {
        let text = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM entity ORDER BY ref"));
        let rows = query(text).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(entity).collect())
    }

    /// As [`Reader::entities`], one by one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn each_entity(&self, mut meet: impl FnMut(EntityRow)) -> Result<(), StoreError> {
        let text = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM entity ORDER BY ref"));
        let mut rows = query(text).fetch(&self.readers);
        while let Some(row) = rows.try_next().await? {
            meet(entity(&row));
        }
        Ok(())
    }

    /// Every relation, one by one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn each_relation(&self, mut meet: impl FnMut(RelationRow)) -> Result<(), StoreError> {
        let mut rows = query("SELECT source, kind, target FROM relation").fetch(&self.readers);
        while let Some(row) = rows.try_next().await? {
            meet(relation(&row));
        }
        Ok(())
    }

    /// One entity, by its reference in small letters.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entity(&self, reference: &str) -> Result<Option<EntityRow>, StoreError> {
        let text = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM entity WHERE ref = $1"));
        let row = query(text).bind(reference).fetch_optional(&self.readers).await?;
        Ok(row.as_ref().map(entity))
    }

    /// Who owns the components that a repository of this name declares, or is found to be; an empty reference where
    /// nobody owns one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owners_in(&self, repo: &str) -> Result<Vec<String>, StoreError> {
        let text = "SELECT DISTINCT entity.owner FROM entity JOIN repo ON repo.id = entity.repo
            WHERE repo.name = $1 AND entity.kind = 'Component' ORDER BY entity.owner";
        let rows = query(text).bind(repo).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// The relations of one entity, or of all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn relations(&self, source: Option<&str>) -> Result<Vec<RelationRow>, StoreError> {
        let text = "SELECT source, kind, target FROM relation WHERE $1 IS NULL OR source = $1
            ORDER BY source, kind, target";
        let rows = query(text).bind(source).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(relation).collect())
    }
}

pub(crate) fn relation(row: &Row) -> RelationRow {
    RelationRow { source: row.get(0), kind: row.get(1), target: row.get(2) }
}

pub(crate) fn entity(row: &Row) -> EntityRow {
    EntityRow {
        reference: row.get(0),
        kind: row.get(1),
        namespace: row.get(2),
        name: row.get(3),
        repo: row.get(4),
        path: row.get(5),
        line: row.get(6),
        owner: row.get(7),
        discovered: row.get(8),
        body: row.get(9),
        tip: row.get(10),
    }
}

/// Brings the catalog to where it is now, and counts that it moved.
pub(crate) async fn apply(tx: &mut Tx, delta: &CatalogDelta) -> Result<Wrote, StoreError> {
    for reference in &delta.gone {
        query("DELETE FROM entity WHERE ref = $1").bind(reference).execute(&mut *tx).await?;
    }
    for row in &delta.put {
        put(tx, row).await?;
    }
    for (rows, text) in [
        (&delta.parted, "DELETE FROM relation WHERE source = $1 AND kind = $2 AND target = $3"),
        (
            &delta.related,
            "INSERT INTO relation (source, kind, target) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        ),
    ] {
        for RelationRow { source, kind, target } in rows {
            query(text).bind(source).bind(kind).bind(target).execute(&mut *tx).await?;
        }
    }
    if let Some(findings) = &delta.findings {
        let old = "DELETE FROM finding WHERE area IN ('assembly', 'ownership', 'relations')
            AND ($1 IS NULL OR repo IN (SELECT value FROM json_each($1)))";
        query(old).bind(delta.among.as_ref()).execute(&mut *tx).await?;
        for (repo, finding) in findings {
            reading::find(tx, *repo, finding).await?;
        }
    }
    // What was read meanwhile is not in it: then the versions differ, and it is put together again.
    // What reaches all of it (-1) and came meanwhile still has all of it put together.
    let text = "UPDATE catalog SET
        assembled = CASE WHEN version = $1 THEN $1 + $2 WHEN assembled = -1 THEN -1 ELSE $1 END,
        version = version + $2, folder = $4, at = CASE WHEN $2 = 1 THEN $3 ELSE at END WHERE one = 1";
    let step = i64::from(!delta.is_empty());
    query(text).bind(delta.seen).bind(step).bind(now()).bind(&delta.folder).execute(&mut *tx).await?;
    Ok(Wrote::Done)
}

async fn put(tx: &mut Tx, row: &EntityRow) -> Result<(), StoreError> {
    let insert = "INSERT INTO entity
        (ref, kind, namespace, name, repo, path, line, owner, discovered, body, tip, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (ref) DO UPDATE SET kind = $2, namespace = $3, name = $4, repo = $5, path = $6, line = $7,
            owner = $8, discovered = $9, body = $10, tip = $11, at = $12";
    let query = query(insert).bind(&row.reference).bind(&row.kind).bind(&row.namespace);
    let query = query.bind(&row.name).bind(row.repo).bind(&row.path).bind(row.line).bind(&row.owner);
    let query = query.bind(row.discovered).bind(&row.body).bind(&row.tip).bind(now());
    query.execute(&mut *tx).await?;
    Ok(())
}
