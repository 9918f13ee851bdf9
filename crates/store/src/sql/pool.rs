//! Where questions are asked: connections that only read, and transactions.

use sqlx::postgres::{PgConnection, PgPool};
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{Postgres, Sqlite, Transaction};

/// Connections to one database.
#[derive(Clone)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// A transaction.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Where one question is asked.
pub(crate) enum At<'c> {
    Sqlite(&'c SqlitePool),
    SqliteTx(&'c mut SqliteConnection),
    Postgres(&'c PgPool),
    PostgresTx(&'c mut PgConnection),
}

impl<'c> From<&'c Pool> for At<'c> {
    fn from(pool: &'c Pool) -> Self {
        match pool {
            Pool::Sqlite(pool) => At::Sqlite(pool),
            Pool::Postgres(pool) => At::Postgres(pool),
        }
    }
}

impl<'c> From<&'c mut Tx> for At<'c> {
    fn from(tx: &'c mut Tx) -> Self {
        match tx {
            Tx::Sqlite(tx) => At::SqliteTx(tx),
            Tx::Postgres(tx) => At::PostgresTx(tx),
        }
    }
}
