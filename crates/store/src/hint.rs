//! Hints: where webhooks said that something may have changed, until somebody has looked.

use fleetwright_core::Oid;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, from_json, now, to_json};
use crate::sql::{Row, Tx, query};

/// What of a repository may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum About {
    /// A pull request, by its number.
    Pull(u64),
    /// Whatever has this head.
    Head(Oid),
    /// The repository itself.
    Repo,
}

/// A hint that nobody has looked after yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HintRow {
    /// The row's number; later hints have higher ones.
    pub id: i64,
    /// The forge's name.
    pub forge: String,
    /// The repository's name there.
    pub repo: String,
    /// What of it.
    pub about: About,
}

impl Reader {
    /// Hints above a row number, in the order they came.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hints(&self, after: i64, limit: u32) -> Result<Vec<HintRow>, StoreError> {
        let text = "SELECT id, forge, repo, detail FROM hint WHERE id > $1 ORDER BY id LIMIT $2";
        let rows = query(text).bind(after).bind(limit).fetch_all(&self.readers).await?;
        let read = |row: &Row| {
            Ok(HintRow {
                id: row.get(0),
                forge: row.get(1),
                repo: row.get(2),
                about: from_json("a hint", row.get(3))?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// The targets that a hint is about, each with its shift. One whose effect is in doubt is always
    /// among them: a webhook may come before the answer that names the pull request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due(&self, hint: &HintRow) -> Result<Vec<(String, i64)>, StoreError> {
        let (number, head) = match &hint.about {
            About::Pull(number) => (Some(i64::try_from(*number).unwrap_or(i64::MAX)), None),
            About::Head(head) => (None, Some(head.to_string())),
            About::Repo => (None, None),
        };
        let text = "SELECT target.shift, target.id FROM target JOIN repo ON repo.id = target.repo
            WHERE repo.forge = $1 AND repo.name = $2 AND target.final = 0
            AND ($5 = 1 OR target.intent IS NOT NULL
                OR CAST(json_extract(target.detail, '$.pull.number') AS BIGINT) = $3
                OR json_extract(target.detail, '$.head') = $4 OR target.pushed = $4)";
        let query = query(text).bind(&hint.forge).bind(&hint.repo).bind(number).bind(head);
        let rows = query.bind(hint.about == About::Repo).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }
}

/// Keeps a delivery's hints; one that was taken before is not taken again.
pub(crate) async fn hear(
    tx: &mut Tx,
    forge: &str,
    delivery: Option<&str>,
    hints: &[(String, About)],
) -> Result<Wrote, StoreError> {
    if let Some(id) = delivery {
        let insert = "INSERT INTO delivery (forge, id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        let done = query(insert).bind(forge).bind(id).bind(now()).execute(&mut *tx).await?;
        if done == 0 {
            return Ok(Wrote::Done);
        }
    }
    let insert = "INSERT INTO hint (forge, repo, detail, at) VALUES ($1, $2, $3, $4)";
    for (repo, about) in hints {
        let query = query(insert).bind(forge).bind(repo).bind(to_json(about));
        query.bind(now()).execute(&mut *tx).await?;
    }
    Ok(Wrote::Done)
}

pub(crate) async fn looked(tx: &mut Tx, ids: &[i64]) -> Result<Wrote, StoreError> {
    for id in ids {
        query("DELETE FROM hint WHERE id = $1").bind(id).execute(&mut *tx).await?;
    }
    Ok(Wrote::Done)
}

pub(crate) async fn forget(tx: &mut Tx, before: i64) -> Result<Wrote, StoreError> {
    query("DELETE FROM delivery WHERE at < $1").bind(before).execute(&mut *tx).await?;
    Ok(Wrote::Done)
}
