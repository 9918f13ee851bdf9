//! Pull requests as the forge last showed them.

use std::collections::HashMap;

use fleetwright_core::pull::PullSeen;
use sqlx::{Row, Sqlite, Transaction};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, from_json, to_json};

/// A pull request as the forge last showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRow {
    /// The target's row.
    pub target: i64,
    /// What was shown.
    pub seen: PullSeen,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
}

impl Reader {
    /// What the forge last showed of a target's pull request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seen(&self, target: i64) -> Result<Option<SeenRow>, StoreError> {
        let row = sqlx::query("SELECT target, detail, at FROM seen WHERE target = $1").bind(target);
        let row = row.fetch_optional(&self.readers).await?;
        row.as_ref().map(read).transpose()
    }

    /// What the forge last showed of every open pull request of a shift, by the target's row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seen_of_shift(&self, shift: &str) -> Result<HashMap<i64, PullSeen>, StoreError> {
        let text = "SELECT seen.target, seen.detail, seen.at FROM seen JOIN target ON target.id = seen.target
            WHERE target.shift = $1 AND target.stage = 'open'";
        let rows = sqlx::query(text).bind(shift).fetch_all(&self.readers).await?;
        rows.iter().map(|row| read(row).map(|row| (row.target, row.seen))).collect()
    }
}

fn read(row: &sqlx::sqlite::SqliteRow) -> Result<SeenRow, StoreError> {
    Ok(SeenRow { target: row.get(0), seen: from_json("a pull request", row.get(1))?, at: row.get(2) })
}

pub(crate) async fn save(tx: &mut Transaction<'_, Sqlite>, row: &SeenRow) -> Result<Wrote, StoreError> {
    let upsert = "INSERT INTO seen (target, detail, at) VALUES ($1, $2, $3)
        ON CONFLICT (target) DO UPDATE SET detail = $2, at = $3";
    sqlx::query(upsert).bind(row.target).bind(to_json(&row.seen)).bind(row.at).execute(&mut **tx).await?;
    Ok(Wrote::Done)
}
