//! Who stands behind a shift: its authors and its approvers, each bound to a digest of the shift.

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, now};
use crate::sql::{Tx, query};

/// A person's word about a shift as it was at a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignRow {
    /// The shift's name.
    pub shift: String,
    /// Digest of the shift and the files that travel with it.
    pub digest: String,
    /// Who.
    pub person: String,
}

impl Reader {
    /// Everybody who planned or applied a shift as it is at this digest, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn authors(&self, shift: &str, digest: &str) -> Result<Vec<String>, StoreError> {
        let text = "SELECT person FROM author WHERE shift = $1 AND digest = $2 ORDER BY person";
        let rows = query(text).bind(shift).bind(digest).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Everybody who approved a shift as it is at this digest, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn approvers(&self, shift: &str, digest: &str) -> Result<Vec<String>, StoreError> {
        let text = "SELECT person FROM approval WHERE shift = $1 AND digest = $2 ORDER BY person";
        let rows = query(text).bind(shift).bind(digest).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }
}

pub(crate) async fn author(tx: &mut Tx, row: &SignRow) -> Result<Wrote, StoreError> {
    let text =
        "INSERT INTO author (shift, digest, person, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let query = query(text).bind(&row.shift).bind(&row.digest).bind(&row.person);
    query.bind(now()).execute(tx).await?;
    Ok(Wrote::Done)
}

pub(crate) async fn approve(tx: &mut Tx, row: &SignRow) -> Result<Wrote, StoreError> {
    let text =
        "INSERT INTO approval (shift, digest, person, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let query = query(text).bind(&row.shift).bind(&row.digest).bind(&row.person);
    query.bind(now()).execute(tx).await?;
    Ok(Wrote::Done)
}
