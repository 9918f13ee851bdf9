//! How often what is known changed.

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, now};
use crate::sql::{Tx, query};

impl Reader {
    /// How often the catalog or what was read changed: the number that a frozen answer names. And the
    /// version that the entities were made of, -1 before they ever were, with the digest of the files
    /// beside the configuration.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn catalog_version(&self) -> Result<(i64, i64, String), StoreError> {
        let text = "SELECT version, assembled, folder FROM catalog WHERE one = 1";
        let row = query(text).fetch_one(&self.readers).await?;
        Ok((row.get(0), row.get(1), row.get(2)))
    }
}

/// Counts that something moved: a frozen answer of before is not that of now.
pub(crate) async fn moved(tx: &mut Tx) -> Result<Wrote, StoreError> {
    let moved = "UPDATE catalog SET version = version + 1, at = $1 WHERE one = 1";
    query(moved).bind(now()).execute(&mut *tx).await?;
    Ok(Wrote::Done)
}

/// Counts that something moved which reaches all of the catalog: none of it is of any version any more.
pub(crate) async fn all_moved(tx: &mut Tx) -> Result<Wrote, StoreError> {
    query("UPDATE catalog SET assembled = -1 WHERE one = 1").execute(&mut *tx).await?;
    moved(tx).await
}

/// Remembers that what is said of a repository is to be put together anew, though nothing was read.
pub(crate) async fn moved_at(tx: &mut Tx, forge: &str, name: &str) -> Result<(), StoreError> {
    let text = "UPDATE reading SET moved = (SELECT version + 1 FROM catalog WHERE one = 1)
        WHERE repo = (SELECT id FROM repo WHERE forge = $1 AND name = $2)";
    query(text).bind(forge).bind(name).execute(&mut *tx).await?;
    Ok(())
}
