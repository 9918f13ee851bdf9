//! Pull requests as the forge last showed them.

use std::collections::HashMap;

use fleetwright_core::pull::{PullSeen, Verdict};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, from_json, to_json};
use crate::sql::{Row, Tx, query};

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
        let row = query("SELECT target, detail, at FROM seen WHERE target = $1").bind(target);
        let row = row.fetch_optional(&self.readers).await?;
        row.as_ref().map(read).transpose()
    }

    /// What the forge last showed of every open pull request of a shift, by the target's row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seen_of_shift(&self, shift: &str) -> Result<HashMap<i64, PullSeen>, StoreError> {
        let text = "SELECT seen.target, seen.detail, seen.at FROM seen JOIN target ON target.id = seen.target
            WHERE target.shift = $1 AND target.stage IN ('open', 'adopted')";
        let rows = query(text).bind(shift).fetch_all(&self.readers).await?;
        rows.iter().map(|row| read(row).map(|row| (row.target, row.seen))).collect()
    }
}

/// How many pull requests of a shift are open in a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCount {
    /// The repository's row.
    pub repo: i64,
    /// The repository's owner: what stands before the last `/` of its name.
    pub owner: String,
    /// The shift's name.
    pub shift: String,
    /// How many.
    pub open: u32,
}

impl Reader {
    /// How many pull requests are open, by repository and shift.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_pulls(&self) -> Result<Vec<OpenCount>, StoreError> {
        let text = "SELECT repo.id, repo.name, target.shift, count(*)
            FROM target JOIN repo ON repo.id = target.repo
            WHERE target.stage IN ('open', 'adopted') GROUP BY repo.id, repo.name, target.shift";
        let rows = query(text).fetch_all(&self.readers).await?;
        let read = |row: &Row| {
            let name: String = row.get(1);
            let owner = name.rsplit_once('/').map_or("", |(owner, _)| owner).to_owned();
            let open = u32::try_from(row.get::<i64>(3)).unwrap_or(u32::MAX);
            OpenCount { repo: row.get(0), owner, shift: row.get(2), open }
        };
        Ok(rows.iter().map(read).collect())
    }

    /// How many checks run for open pull requests, as far as forges last showed them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pending_checks(&self) -> Result<u32, StoreError> {
        let text = "SELECT CAST(coalesce(sum(seen.pending), 0) AS BIGINT) FROM seen JOIN target ON target.id = seen.target
            WHERE target.stage IN ('open', 'adopted')";
        let pending: i64 = query(text).fetch_one(&self.readers).await?.get(0);
        Ok(u32::try_from(pending).unwrap_or(u32::MAX))
    }
}

fn read(row: &Row) -> Result<SeenRow, StoreError> {
    Ok(SeenRow { target: row.get(0), seen: from_json("a pull request", row.get(1))?, at: row.get(2) })
}

pub(crate) async fn save(tx: &mut Tx, row: &SeenRow) -> Result<Wrote, StoreError> {
    let upsert = "INSERT INTO seen (target, detail, pending, at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (target) DO UPDATE SET detail = $2, pending = $3, at = $4";
    let pending = row.seen.checks.iter().filter(|check| check.verdict == Verdict::Pending).count();
    let query = query(upsert).bind(row.target).bind(to_json(&row.seen)).bind(pending as i64);
    query.bind(row.at).execute(&mut *tx).await?;
    Ok(Wrote::Done)
}
