//! What Locations of the catalog name by address, as it was last fetched.

use crate::error::StoreError;
use crate::reader::Reader;
use crate::reading::{self, Document};
use crate::row::{Wrote, now};
use crate::sql::{Row, Tx, query};
use crate::version;

/// One address, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FetchedRow {
    /// The address; or a repository's row and a path or pattern in it, such as `7:all.yaml`.
    pub address: String,
    /// What tells this version from others: the server's ETag, or the tree of the mirror it was read
    /// from; empty when nothing does.
    pub tag: String,
    /// The last good version; `None` when none was seen yet.
    pub text: Option<String>,
    /// Why the newest version is not taken; empty when it is.
    pub fault: String,
    /// What to try against the fault; empty without one.
    pub remedy: String,
    /// Whether it is known that there is nothing.
    pub missing: bool,
}

impl FetchedRow {
    /// Whether the catalog would be the same with the other row.
    fn tells_the_same(&self, other: &FetchedRow) -> bool {
        let told = |row: &FetchedRow| (row.fault.clone(), row.remedy.clone(), row.missing);
        self.text == other.text && told(self) == told(other)
    }
}

const COLUMNS: &str = "address, tag, text, fault, remedy, missing";

impl Reader {
    /// What is known of every address, by address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fetched(&self) -> Result<Vec<FetchedRow>, StoreError> {
        let text = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM fetched ORDER BY address"));
        let rows = query(text).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(row).collect())
    }

    /// The `Location` entities of all repositories, each with its repository's row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn locations(&self) -> Result<Vec<(i64, Document)>, StoreError> {
        let text = "SELECT repo, path, part, kind, name, line, blob, stale, origin, parent, taken, body
            FROM document INDEXED BY document_location WHERE name >= 'location:' AND name < 'location;'
            ORDER BY repo, path, part";
        let rows = query(text).fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok((row.get(0), reading::document(row)?))).collect()
    }
}

fn row(row: &Row) -> FetchedRow {
    FetchedRow {
        address: row.get(0),
        tag: row.get(1),
        text: row.get(2),
        fault: row.get(3),
        remedy: row.get(4),
        missing: row.get(5),
    }
}

/// Puts rows in the place of those before, and takes addresses out that nobody names any more. What is
/// known moved only if more than a tag is another.
pub(crate) async fn save(tx: &mut Tx, put: &[FetchedRow], gone: &[String]) -> Result<Wrote, StoreError> {
    let mut moved = !gone.is_empty();
    for address in gone {
        query("DELETE FROM fetched WHERE address = $1").bind(address).execute(&mut *tx).await?;
    }
    for new in put {
        let old = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM fetched WHERE address = $1"));
        let old = query(old).bind(&new.address).fetch_optional(&mut *tx).await?;
        moved |= old.is_none_or(|old| !new.tells_the_same(&row(&old)));
        let insert = "INSERT INTO fetched (address, tag, text, fault, remedy, missing, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (address) DO UPDATE SET tag = $2, text = $3, fault = $4, remedy = $5, missing = $6, at = $7";
        let query = query(insert).bind(&new.address).bind(&new.tag).bind(&new.text).bind(&new.fault);
        query.bind(&new.remedy).bind(new.missing).bind(now()).execute(&mut *tx).await?;
    }
    if moved { version::all_moved(tx).await } else { Ok(Wrote::Done) }
}
