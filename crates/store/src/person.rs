//! People as their provider knows them: a name belongs to one subject, for good.

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, now};
use crate::sql::{Tx, query};

/// A person whom a provider vouched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// The name that approvals and the log know.
    pub name: String,
    /// The provider.
    pub issuer: String,
    /// The provider's own name of the person, which never changes.
    pub subject: String,
}

impl Reader {
    /// The name of a subject of an issuer, if they were ever here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn name_of(&self, issuer: &str, subject: &str) -> Result<Option<String>, StoreError> {
        let text = "SELECT name FROM person WHERE issuer = $1 AND subject = $2";
        let row = query(text).bind(issuer).bind(subject).fetch_optional(&self.readers).await?;
        Ok(row.map(|row| row.get(0)))
    }
}

/// Keeps a name for whoever has it first; it is not given twice, and nobody gets a second one.
pub(crate) async fn save(tx: &mut Tx, row: &PersonRow) -> Result<Wrote, StoreError> {
    let text = "INSERT INTO person (name, issuer, subject, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    let query = query(text).bind(&row.name).bind(&row.issuer).bind(&row.subject);
    query.bind(now()).execute(tx).await?;
    Ok(Wrote::Done)
}
