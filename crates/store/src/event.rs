//! The audit log: what happened, by whom, when. Rows are only ever added.

use fleetwright_core::event::{Event, TargetName};
use serde::Serialize;

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, from_json, now, to_json};
use crate::sql::{Row, Tx, query};

/// An event as it was logged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoggedEvent {
    /// Rising by one with every event.
    pub id: i64,
    /// Milliseconds since 1970 UTC.
    pub at: i64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

impl Reader {
    /// The last `limit` events of a shift, the oldest first; of one target when it is given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events(
        &self,
        shift: &str,
        target: Option<&TargetName>,
        limit: u32,
    ) -> Result<Vec<LoggedEvent>, StoreError> {
        let text = "SELECT id, at, shift, repo, dir, actor, what, detail FROM event
            WHERE shift = $1 AND ($2 IS NULL OR (repo = $2 AND dir = $3)) ORDER BY id DESC LIMIT $4";
        let (repo, dir) = (target.map(|t| &t.repo), target.map(|t| &t.dir));
        let query = query(text).bind(shift).bind(repo).bind(dir).bind(limit);
        let rows = query.fetch_all(&self.readers).await?;
        rows.iter().rev().map(read).collect()
    }

    /// What last happened of a kind to a shift.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_event(&self, shift: &str, what: &str) -> Result<Option<LoggedEvent>, StoreError> {
        let text = "SELECT id, at, shift, repo, dir, actor, what, detail FROM event
            WHERE shift = $1 AND what = $2 ORDER BY id DESC LIMIT 1";
        let row = query(text).bind(shift).bind(what).fetch_optional(&self.readers).await?;
        row.as_ref().map(read).transpose()
    }

    /// When pull requests of a shift were opened that were opened after a time, by the clock of whoever
    /// opened them; milliseconds since 1970 UTC.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn opened_since(&self, shift: &str, since: i64) -> Result<Vec<i64>, StoreError> {
        let text = "SELECT CAST(json_extract(detail, '$.at') AS BIGINT) AS at FROM event
            WHERE shift = $1 AND what = 'pull.opened' AND CAST(json_extract(detail, '$.at') AS BIGINT) > $2
            ORDER BY 1";
        let rows = query(text).bind(shift).bind(since).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }
}

fn read(row: &Row) -> Result<LoggedEvent, StoreError> {
    let repo: Option<String> = row.get(3);
    let dir: Option<String> = row.get(4);
    let event = Event {
        shift: row.get(2),
        target: repo.map(|repo| TargetName { repo, dir: dir.unwrap_or_default() }),
        actor: row.get(5),
        what: row.get(6),
        detail: from_json("the facts of an event", row.get(7))?,
    };
    Ok(LoggedEvent { id: row.get(0), at: row.get(1), event })
}

pub(crate) async fn log(tx: &mut Tx, event: &Event) -> Result<Wrote, StoreError> {
    let insert =
        "INSERT INTO event (at, shift, repo, dir, actor, what, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    query(insert)
        .bind(now())
        .bind(&event.shift)
        .bind(event.target.as_ref().map(|target| &target.repo))
        .bind(event.target.as_ref().map(|target| &target.dir))
        .bind(&event.actor)
        .bind(&event.what)
        .bind(to_json(&event.detail))
        .execute(&mut *tx)
        .await?;
    Ok(Wrote::Done)
}
