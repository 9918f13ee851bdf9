//! The open database as a whole: a reader that can also write.

use std::ops::Deref;

use fleetwright_core::budget::Admission;
use fleetwright_core::secret::Keyring;
use tokio::sync::watch;

use crate::budget::{Account, Ask, Setback};
use crate::error::StoreError;
use crate::lease::Lease;
use crate::reader::Reader;
use crate::row::Wrote;
use crate::sql::query;
use crate::write::Write;
use crate::writer::Writer;

/// The open database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) reader: Reader,
    pub(crate) writer: Writer,
    pub(crate) keyring: Keyring,
    pub(crate) woken: watch::Receiver<u64>,
}

impl Deref for Store {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl Store {
    /// The same database, which lets none of these secrets in. Those that are known by their looks it
    /// never lets in.
    #[must_use]
    pub fn with_keyring(self, keyring: Keyring) -> Store {
        Store { keyring, ..self }
    }

    /// Changes when there may be something to do: webhooks were heard, a shift was told what to do or got
    /// targets. Other processes wake this one only through PostgreSQL.
    pub fn woken(&self) -> watch::Receiver<u64> {
        self.woken.clone()
    }

    /// Writes everything or nothing, under a lease if one is given, and returns when it is on disk.
    /// Secrets are masked.
    ///
    /// # Errors
    /// When the database fails, or the lease was lost: then nothing was written.
    pub async fn write(&self, writes: Vec<Write>, lease: Option<&Lease>) -> Result<(), StoreError> {
        let redactor = self.keyring.redactor();
        let writes: Result<Vec<Write>, StoreError> =
            writes.into_iter().map(|write| write.clean(&redactor)).collect();
        let writes = writes?;
        self.writer.write(writes, lease.cloned()).await.map(|_| ())
    }

    /// Takes a lease for `ttl` milliseconds. `dead` tells of a holder that it cannot come back, so
    /// that nobody waits for a killed process.
    ///
    /// # Errors
    /// [`StoreError::Leased`] while somebody else holds it.
    pub async fn acquire(
        &self,
        name: &str,
        holder: &str,
        ttl: i64,
        dead: impl Fn(&str) -> bool,
    ) -> Result<Lease, StoreError> {
        let row = query("SELECT holder FROM lease WHERE name = $1").bind(name);
        let held = row.fetch_optional(&self.readers).await?.map(|row| row.get::<String>(0));
        let write = Write::Acquire {
            name: name.to_owned(),
            holder: holder.to_owned(),
            ttl,
            dead: held.filter(|held| dead(held)),
        };
        match self.writer.write(vec![write], None).await? {
            Wrote::Epoch(epoch) => Ok(Lease { name: name.to_owned(), epoch }),
            Wrote::Done | Wrote::Admission(_) | Wrote::Ended(_) => Err(StoreError::Closed),
        }
    }

    /// Holds a lease for `ttl` milliseconds more.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when somebody else took it over.
    pub async fn renew(&self, lease: &Lease, ttl: i64) -> Result<(), StoreError> {
        let write = Write::Renew { name: lease.name.clone(), ttl };
        self.writer.write(vec![write], Some(lease.clone())).await.map(|_| ())
    }

    /// Gives a lease back.
    ///
    /// # Errors
    /// When the database fails; a lease that was lost is already given back.
    pub async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        let write = Write::Renew { name: lease.name.clone(), ttl: 0 };
        match self.writer.write(vec![write], Some(lease.clone())).await {
            Ok(_) | Err(StoreError::LeaseLost { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Whether one creation may be sent at `now` (milliseconds since 1970 UTC). It counts as sent
    /// if so, on disk, before this returns: whoever is killed afterwards wastes one, at most.
    ///
    /// # Errors
    /// When the database fails: then nothing may be sent.
    pub async fn admit(&self, ask: Ask, now: i64) -> Result<Admission, StoreError> {
        let ask = Ask { waiting: ask.waiting.max(1), ..ask };
        match self.writer.write(vec![Write::Admit(Box::new(ask), now)], None).await? {
            Wrote::Admission(admission) => Ok(admission),
            Wrote::Done | Wrote::Epoch(_) | Wrote::Ended(_) => Err(StoreError::Closed),
        }
    }

    /// Gives up what waits at an asker, so that other lanes need not wait for it to be forgotten.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdraw(&self, ask: Ask, now: i64) -> Result<(), StoreError> {
        self.write(vec![Write::Admit(Box::new(Ask { waiting: 0, ..ask }), now)], None).await
    }

    /// Ends a credential at `now` (milliseconds since 1970 UTC), and tells whether it was this call that did:
    /// what is good once is spent by whoever hears yes.
    ///
    /// # Errors
    /// When the database fails: then it is not known, and nothing may be had for it.
    pub async fn end_credential(&self, id: &str, now: i64) -> Result<bool, StoreError> {
        let write = Write::EndCredential(id.to_owned(), now);
        match self.writer.write(vec![write], None).await? {
            Wrote::Ended(ended) => Ok(ended),
            Wrote::Done | Wrote::Epoch(_) | Wrote::Admission(_) => Err(StoreError::Closed),
        }
    }

    /// Writes down at `now` (milliseconds since 1970 UTC) what went otherwise than admitted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn setback(&self, account: Account, setback: Setback, now: i64) -> Result<(), StoreError> {
        self.write(vec![Write::Setback(account, setback, now)], None).await
    }
}
