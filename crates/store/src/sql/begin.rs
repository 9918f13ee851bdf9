//! Beginning and ending transactions, and the clock that all who share a database go by.

use crate::row::now;
use crate::sql::pool::{At, Pool, Tx};
use crate::sql::query::query;

/// The number of the lock that a writer of a PostgreSQL database holds until its commit: with it there is one
/// writer at a time, as in SQLite. "fleetwri" in ASCII.
const WRITER: i64 = 0x666c_6565_7477_7269;

impl Pool {
    /// Begins a transaction that writes, once no other does.
    pub(crate) async fn begin(&self) -> Result<Tx, sqlx::Error> {
        match self {
            // IMMEDIATE: a deferred transaction that turns into a writer can be refused half-way.
            Pool::Sqlite(pool) => Ok(Tx::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?)),
            Pool::Postgres(pool) => {
                let mut tx = Tx::Postgres(pool.begin().await?);
                let lock = query("SELECT CAST(pg_advisory_xact_lock($1) AS TEXT)").bind(WRITER);
                lock.execute(&mut tx).await?;
                Ok(tx)
            }
        }
    }
}

impl Pool {
    /// Begins a transaction that reads one state of the database, whatever is written meanwhile.
    pub(crate) async fn snapshot(&self) -> Result<Tx, sqlx::Error> {
        match self {
            Pool::Sqlite(pool) => Ok(Tx::Sqlite(pool.begin_with("BEGIN").await?)),
            Pool::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                let mut tx = Tx::Postgres(pool.begin_with(begin).await?);
                tx.takes_its_time().await?;
                Ok(tx)
            }
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Says to a server that it may be long between two statements.
    pub(crate) async fn takes_its_time(&mut self) -> Result<(), sqlx::Error> {
        if let Tx::Postgres(_) = self {
            query("SET LOCAL idle_in_transaction_session_timeout = 0").execute(&mut *self).await?;
        }
        Ok(())
    }

    /// Makes it durable.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await,
            Tx::Postgres(tx) => tx.commit().await,
        }
    }
}

impl At<'_> {
    /// Milliseconds since 1970 UTC, by the clock that all processes of this database share: that of the host for
    /// a file, that of the server for PostgreSQL.
    pub(crate) async fn now(self) -> Result<i64, sqlx::Error> {
        match self {
            At::Sqlite(_) | At::SqliteTx(_) => Ok(now()),
            postgres => {
                let text = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";
                Ok(query(text).fetch_one(postgres).await?.get(0))
            }
        }
    }
}
