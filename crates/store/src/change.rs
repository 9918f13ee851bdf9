//! Changes: what the steps produced, kept by the key of everything that went in.

use std::collections::BTreeMap;

use fleetwright_core::Oid;
use fleetwright_core::event::TargetName;
use fleetwright_core::shift::content_digest;
use fleetwright_core::stage::Fault;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, from_json, now, to_json};
use crate::sql::{Row, Tx, query};

/// What the steps produced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Outcome {
    /// Other bytes than before.
    Changed {
        /// The commit it was made on.
        base: Oid,
        /// That commit's tree.
        base_tree: Oid,
        /// The tree the steps left.
        tree: Oid,
        /// Every path that differs.
        files: Vec<FileState>,
        /// What the steps put out, by step and name.
        outputs: BTreeMap<String, BTreeMap<String, String>>,
    },
    /// The same bytes as before.
    Unchanged,
    /// A step said that the target is none of its business.
    NotApplicable {
        /// Which step, and why.
        why: String,
    },
    /// A step failed.
    Failed {
        /// Why.
        fault: Fault,
    },
}

impl Outcome {
    /// The outcome's word.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Changed { .. } => "changed",
            Outcome::Unchanged => "unchanged",
            Outcome::NotApplicable { .. } => "notApplicable",
            Outcome::Failed { .. } => "failed",
        }
    }
}

/// One path of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileState {
    /// The path, as the edits of the git room spell it in JSON.
    pub path: serde_json::Value,
    /// The file's git mode, in octal; `None` where the file is deleted.
    pub mode: Option<String>,
    /// The digest of its stored content; `None` where it is deleted or an object that the base has.
    pub content: Option<String>,
    /// The object that the base already has, for renames and changes of mode.
    pub object: Option<Oid>,
}

/// A stored result, with everything a person may want to see of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredChange {
    /// Steps, base tree, tools and target, digested.
    pub key: String,
    /// What came out.
    pub outcome: Outcome,
    /// The digest of the change's normal form.
    pub cluster: Option<String>,
    /// The unified diff.
    pub patch: Option<Vec<u8>>,
    /// What the steps printed.
    pub log: Vec<u8>,
}

/// One target's place among the clusters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterRow {
    /// The digest of the change's normal form.
    pub cluster: String,
    /// The target.
    pub target: TargetName,
    /// The key of its change.
    pub key: String,
}

impl Reader {
    /// Every target of a shift whose change is not merged yet, cluster by cluster.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clusters(&self, shift: &str) -> Result<Vec<ClusterRow>, StoreError> {
        let text = "SELECT change.cluster, repo.name, target.dir, change.key
            FROM target JOIN repo ON repo.id = target.repo JOIN change ON change.key = target.key
            WHERE target.shift = $1 AND change.cluster IS NOT NULL AND target.stage IN ('made', 'open')
            ORDER BY change.cluster, repo.name, target.dir";
        let rows = query(text).bind(shift).fetch_all(&self.readers).await?;
        let read = |row: &Row| ClusterRow {
            cluster: row.get(0),
            target: TargetName { repo: row.get(1), dir: row.get(2) },
            key: row.get(3),
        };
        Ok(rows.iter().map(read).collect())
    }

    /// A stored result by its key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change(&self, key: &str) -> Result<Option<StoredChange>, StoreError> {
        let text = "SELECT key, detail, cluster, patch, log FROM change WHERE key = $1";
        let row = query(text).bind(key).fetch_optional(&self.readers).await?;
        row.map(|row| {
            Ok(StoredChange {
                key: row.get(0),
                outcome: from_json("an outcome", row.get(1))?,
                cluster: row.get(2),
                patch: row.get(3),
                log: row.get::<Option<Vec<u8>>>(4).unwrap_or_default(),
            })
        })
        .transpose()
    }

    /// Stored content by its digest.
    ///
    /// # Errors
    /// When the database fails or does not have it.
    pub async fn content(&self, digest: &str) -> Result<Vec<u8>, StoreError> {
        let query = query("SELECT bytes FROM content WHERE digest = $1").bind(digest);
        let row = query.fetch_optional(&self.readers).await?;
        row.map(|row| row.get(0)).ok_or_else(|| StoreError::corrupt("a change without its content", digest))
    }
}

/// Stores a result and the content it names. The digest of every content is computed here, so
/// that nothing can be stored under a wrong one.
pub(crate) async fn save(
    tx: &mut Tx,
    change: &StoredChange,
    contents: &[Vec<u8>],
) -> Result<Wrote, StoreError> {
    for bytes in contents {
        let insert = query("INSERT INTO content (digest, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING");
        insert.bind(content_digest(bytes)).bind(bytes.as_slice()).execute(&mut *tx).await?;
    }
    let upsert = "INSERT INTO change (key, outcome, detail, cluster, patch, log, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (key) DO UPDATE SET outcome = $2, detail = $3, cluster = $4, patch = $5, log = $6, created_at = $7";
    let log = (!change.log.is_empty()).then_some(change.log.as_slice());
    query(upsert)
        .bind(&change.key)
        .bind(change.outcome.word())
        .bind(to_json(&change.outcome))
        .bind(&change.cluster)
        .bind(change.patch.as_deref())
        .bind(log)
        .bind(now())
        .execute(&mut *tx)
        .await?;
    Ok(Wrote::Done)
}

/// Forgets a result, so that it is made anew. Its content stays: another change may name it.
pub(crate) async fn forget(tx: &mut Tx, key: &str) -> Result<Wrote, StoreError> {
    query("DELETE FROM change WHERE key = $1").bind(key).execute(&mut *tx).await?;
    Ok(Wrote::Done)
}
