//! Leases: who may write for a shift, and since when. A late writer is refused by its epoch.

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::Wrote;
use crate::sql::{At, Tx, query};

/// A lease held: every write under it names it, and is refused once somebody else took over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// What is leased, such as `shift:log4j`.
    pub name: String,
    /// Raised by one each time the lease changes hands.
    pub epoch: i64,
}

impl Lease {
    pub(crate) async fn holds(&self, tx: &mut Tx) -> Result<bool, StoreError> {
        let row = query("SELECT epoch FROM lease WHERE name = $1").bind(&self.name);
        let found = row.fetch_optional(&mut *tx).await?;
        Ok(found.is_some_and(|row| row.get::<i64>(0) == self.epoch))
    }
}

impl Reader {
    /// Who holds a lease now, if anybody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holder(&self, name: &str) -> Result<Option<String>, StoreError> {
        let row = query("SELECT holder FROM lease WHERE name = $1 AND expires_at > $2");
        let now = At::from(&self.readers).now().await?;
        let found = row.bind(name).bind(now).fetch_optional(&self.readers).await?;
        Ok(found.map(|row| row.get(0)))
    }
}

pub(crate) async fn acquire(
    tx: &mut Tx,
    name: &str,
    holder: &str,
    (ttl, dead): (i64, Option<&str>),
) -> Result<Wrote, StoreError> {
    let row = query("SELECT holder, epoch, expires_at FROM lease WHERE name = $1").bind(name);
    let found = row.fetch_optional(&mut *tx).await?;
    let now = At::from(&mut *tx).now().await?;
    let mut epoch = 1;
    if let Some(row) = found {
        let held: String = row.get(0);
        let alive = row.get::<i64>(2) > now && Some(held.as_str()) != dead;
        if alive && held != holder {
            return Err(StoreError::Leased { name: name.to_owned(), holder: held });
        }
        epoch = row.get::<i64>(1) + 1;
    }
    let upsert = "INSERT INTO lease (name, holder, epoch, expires_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (name) DO UPDATE SET holder = $2, epoch = $3, expires_at = $4";
    query(upsert).bind(name).bind(holder).bind(epoch).bind(now + ttl).execute(&mut *tx).await?;
    Ok(Wrote::Epoch(epoch))
}

pub(crate) async fn renew(tx: &mut Tx, name: &str, ttl: i64) -> Result<Wrote, StoreError> {
    let now = At::from(&mut *tx).now().await?;
    let update = query("UPDATE lease SET expires_at = $2 WHERE name = $1");
    update.bind(name).bind(now + ttl).execute(&mut *tx).await?;
    Ok(Wrote::Done)
}
