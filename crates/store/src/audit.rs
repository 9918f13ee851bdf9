//! The audit: one row per outside write and per command, chained by hashes. Rows are only ever added.
//!
//! Whoever edits, removes or inserts a row must make every hash after it anew, and then the last one is not that
//! which was noted elsewhere: the head that `audit verify` prints, and every export.

use fleetwright_core::event::TargetName;
use fleetwright_core::shift::content_digest;
use serde::Serialize;
use serde_json::{Value, json};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, from_json, now, to_json};
use crate::sql::{Row, Tx, query};

/// How many rows are read together.
const PAGE: u32 = 1_000;

/// Something that was done, or is about to be done outside.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRow {
    /// Who: a person's name, or `fleetwright` for the machine.
    pub actor: String,
    /// What: a dotted word such as `effect.merge` or `call.shift.apply`.
    pub what: String,
    /// The shift.
    pub shift: Option<String>,
    /// The digest of the shift as it was.
    pub digest: Option<String>,
    /// The target.
    pub target: Option<TargetName>,
    /// The intent, and the facts.
    pub detail: Value,
}

/// A row as it was kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Audited {
    /// 1, 2, 3, without a gap.
    pub id: i64,
    /// Milliseconds since 1970 UTC.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// What.
    pub what: String,
    /// The shift.
    pub shift: Option<String>,
    /// The digest of the shift as it was.
    pub digest: Option<String>,
    /// The repository.
    pub repo: Option<String>,
    /// The directory within it.
    pub dir: Option<String>,
    /// The facts.
    pub detail: Value,
    /// Over the hash before and this row.
    pub hash: String,
}

impl Audited {
    /// The hash that this row must have after one with the hash `before`.
    fn chained(&self, before: &str) -> String {
        let facts = json!([
            before,
            self.id,
            self.at,
            self.actor,
            self.what,
            self.shift,
            self.digest,
            self.repo,
            self.dir,
            self.detail
        ]);
        content_digest(facts.to_string().as_bytes())
    }
}

/// What a look at the whole chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// How many rows hold together from the first on.
    pub rows: i64,
    /// The hash of the last of them; empty where there is none.
    pub head: String,
    /// What is wrong with the next one.
    pub broken: Option<String>,
    /// Whether a row had the hash that was looked for.
    pub met: bool,
}

impl Reader {
    /// Rows above a number, in their order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audited(&self, after: i64, limit: u32) -> Result<Vec<Audited>, StoreError> {
        let text = "SELECT id, at, actor, what, shift, digest, repo, dir, detail, hash FROM audit
            WHERE id > $1 ORDER BY id LIMIT $2";
        let rows = query(text).bind(after).bind(limit).fetch_all(&self.readers).await?;
        rows.iter().map(read).collect()
    }

    /// Looks at every row, and says how far the chain holds. `known` is a hash that was noted before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chain(&self, known: Option<&str>) -> Result<Chain, StoreError> {
        // The head is read first: what is added meanwhile comes after it.
        let row = query("SELECT id, hash FROM audit_head WHERE one = 1").fetch_one(&self.readers).await?;
        let (last, head): (i64, String) = (row.get(0), row.get(1));
        let mut chain = Chain { rows: 0, head: String::new(), broken: None, met: known.is_none() };
        loop {
            let page = self.audited(chain.rows, PAGE).await?;
            if page.is_empty() {
                break;
            }
            for row in page {
                if row.id != chain.rows + 1 {
                    chain.broken = Some(format!("row {} is missing", chain.rows + 1));
                    return Ok(chain);
                }
                if row.hash != row.chained(&chain.head) {
                    chain.broken = Some(format!("row {} is not as it was written", row.id));
                    return Ok(chain);
                }
                chain.met |= known == Some(row.hash.as_str());
                (chain.rows, chain.head) = (row.id, row.hash);
                if chain.rows == last && chain.head != head {
                    chain.broken = Some(format!("row {last} is not the one that was last written"));
                    return Ok(chain);
                }
            }
        }
        if chain.rows < last {
            chain.broken =
                Some(format!("row {} is missing; the last one written was {last}", chain.rows + 1));
        } else if !chain.met {
            chain.broken = Some("no row has the hash that was noted: all of it was made anew".to_owned());
        }
        Ok(chain)
    }
}

fn read(row: &Row) -> Result<Audited, StoreError> {
    Ok(Audited {
        id: row.get(0),
        at: row.get(1),
        actor: row.get(2),
        what: row.get(3),
        shift: row.get(4),
        digest: row.get(5),
        repo: row.get(6),
        dir: row.get(7),
        detail: from_json("the facts of a row of the audit", row.get(8))?,
        hash: row.get(9),
    })
}

/// Adds a row to the chain.
pub(crate) async fn add(tx: &mut Tx, row: &AuditRow) -> Result<Wrote, StoreError> {
    let head = query("SELECT id, hash FROM audit_head WHERE one = 1").fetch_one(&mut *tx).await?;
    let before: String = head.get(1);
    let mut kept = Audited {
        id: head.get::<i64>(0) + 1,
        at: now(),
        actor: row.actor.clone(),
        what: row.what.clone(),
        shift: row.shift.clone(),
        digest: row.digest.clone(),
        repo: row.target.as_ref().map(|target| target.repo.clone()),
        dir: row.target.as_ref().map(|target| target.dir.clone()),
        detail: row.detail.clone(),
        hash: String::new(),
    };
    kept.hash = kept.chained(&before);
    let text = "INSERT INTO audit (id, at, actor, what, shift, digest, repo, dir, detail, hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let insert = query(text).bind(kept.id).bind(kept.at).bind(kept.actor).bind(kept.what);
    let insert = insert.bind(kept.shift).bind(kept.digest).bind(kept.repo).bind(kept.dir);
    insert.bind(to_json(&kept.detail)).bind(&kept.hash).execute(&mut *tx).await?;
    let text = "UPDATE audit_head SET id = $1, hash = $2 WHERE one = 1";
    query(text).bind(kept.id).bind(&kept.hash).execute(&mut *tx).await?;
    Ok(Wrote::Done)
}
