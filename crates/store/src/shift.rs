//! Shifts and their frozen selections.

use fleetwright_core::next::Control;
use fleetwright_core::shift::{Scripts, Shift};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, from_json, now, to_json};
use crate::sql::{Row, Tx, query};

/// A stored shift.
#[derive(Debug, Clone, PartialEq)]
pub struct ShiftRow {
    /// The decoded file.
    pub shift: Shift,
    /// The files that travel with it.
    pub scripts: Scripts,
    /// Digest of both.
    pub digest: String,
    /// Digest of what decides a change.
    pub steps_digest: String,
    /// The file it was read from.
    pub source: String,
    /// Whether it may act.
    pub control: Control,
    /// When it was first stored, in milliseconds since 1970 UTC.
    pub created_at: i64,
}

/// Why a repository is in a shift or out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectionRow {
    /// The repository's row.
    pub repo: i64,
    /// Whether it was selected.
    pub selected: bool,
    /// The rule that decided, for people.
    pub reason: String,
}

const SELECT_ONE: &str = "SELECT detail, scripts, digest, steps_digest, source, control, created_at
    FROM shift WHERE name = $1";

const SELECT_ALL: &str = "SELECT detail, scripts, digest, steps_digest, source, control, created_at
    FROM shift ORDER BY created_at DESC, name";

impl Reader {
    /// One shift by its name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shift(&self, name: &str) -> Result<Option<ShiftRow>, StoreError> {
        let query = query(SELECT_ONE).bind(name);
        query.fetch_optional(&self.readers).await?.as_ref().map(read).transpose()
    }

    /// Every shift, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shifts(&self) -> Result<Vec<ShiftRow>, StoreError> {
        let query = query(SELECT_ALL);
        query.fetch_all(&self.readers).await?.iter().map(read).collect()
    }

    /// Whether a shift may act now; `None` when there is no such shift.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn control(&self, name: &str) -> Result<Option<Control>, StoreError> {
        let query = query("SELECT control FROM shift WHERE name = $1").bind(name);
        let row = query.fetch_optional(&self.readers).await?;
        row.map(|row| from_json("a control word", row.get(0))).transpose()
    }

    /// Why a repository is in a shift or out of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn selection(&self, shift: &str, repo: i64) -> Result<Option<SelectionRow>, StoreError> {
        let text = "SELECT repo, selected, reason FROM selection WHERE shift = $1 AND repo = $2";
        let row = query(text).bind(shift).bind(repo).fetch_optional(&self.readers).await?;
        Ok(row.map(|row| SelectionRow { repo: row.get(0), selected: row.get(1), reason: row.get(2) }))
    }

    /// The rules that left repositories out, and how many each, the most frequent first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn left_out(&self, shift: &str) -> Result<Vec<(String, u64)>, StoreError> {
        let text = "SELECT reason, count(*) FROM selection WHERE shift = $1 AND selected = 0
            GROUP BY reason ORDER BY 2 DESC, 1";
        let rows = query(text).bind(shift).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get::<i64>(1).unsigned_abs())).collect())
    }
}

fn read(row: &Row) -> Result<ShiftRow, StoreError> {
    Ok(ShiftRow {
        shift: from_json("a shift", row.get(0))?,
        scripts: from_json("the scripts of a shift", row.get(1))?,
        digest: row.get(2),
        steps_digest: row.get(3),
        source: row.get(4),
        control: from_json("a control word", row.get(5))?,
        created_at: row.get(6),
    })
}

pub(crate) async fn save(tx: &mut Tx, row: &ShiftRow) -> Result<Wrote, StoreError> {
    let upsert = "INSERT INTO shift (name, digest, steps_digest, detail, scripts, source, control, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
        ON CONFLICT (name) DO UPDATE SET digest = $2, steps_digest = $3, detail = $4, scripts = $5,
            source = $6, control = $7, updated_at = $8";
    query(upsert)
        .bind(&row.shift.metadata.name)
        .bind(&row.digest)
        .bind(&row.steps_digest)
        .bind(to_json(&row.shift))
        .bind(to_json(&row.scripts))
        .bind(&row.source)
        .bind(to_json(&row.control))
        .bind(now())
        .execute(&mut *tx)
        .await?;
    Ok(Wrote::Done)
}

pub(crate) async fn set_control(tx: &mut Tx, shift: &str, control: Control) -> Result<Wrote, StoreError> {
    let update = query("UPDATE shift SET control = $2, updated_at = $3 WHERE name = $1");
    update.bind(shift).bind(to_json(&control)).bind(now()).execute(&mut *tx).await?;
    Ok(Wrote::Done)
}

pub(crate) async fn select(tx: &mut Tx, shift: &str, rows: &[SelectionRow]) -> Result<Wrote, StoreError> {
    let upsert = "INSERT INTO selection (shift, repo, selected, reason) VALUES ($1, $2, $3, $4)
        ON CONFLICT (shift, repo) DO UPDATE SET selected = $3, reason = $4
        WHERE selection.selected <> $3 OR selection.reason <> $4";
    for row in rows {
        let query = query(upsert).bind(shift).bind(row.repo).bind(row.selected);
        query.bind(&row.reason).execute(&mut *tx).await?;
    }
    Ok(Wrote::Done)
}
