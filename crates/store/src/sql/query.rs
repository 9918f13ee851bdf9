//! A question with its values, asked of either database.

use std::time::Duration;

use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use sqlx::postgres::{PgArguments, PgPool};
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Postgres, SqlSafeStr, SqlStr, Sqlite};

use crate::error::is_cut_off;
use crate::sql::dialect;
use crate::sql::patience::Patience;
use crate::sql::pool::At;
use crate::sql::row::Row;
use crate::sql::value::Value;

/// How long a question waits for a PostgreSQL server that is gone to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// A question with its values.
#[derive(Clone)]
pub(crate) struct Query<'q> {
    text: SqlStr,
    values: Vec<Value<'q>>,
}

/// A question: one text for both databases, with `$1` for its first value.
pub(crate) fn query<'q>(text: impl SqlSafeStr) -> Query<'q> {
    Query { text: text.into_sql_str(), values: Vec::new() }
}

impl<'q> Query<'q> {
    /// The value of the next placeholder.
    pub(crate) fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.values.push(value.into());
        self
    }

    fn sqlite(self) -> sqlx::query::Query<'q, Sqlite, SqliteArguments> {
        self.values.into_iter().fold(sqlx::query(self.text), |query, value| value.sqlite(query))
    }

    fn postgres(&self) -> sqlx::query::Query<'q, Postgres, PgArguments> {
        let text = match dialect::postgres(self.text.as_str()) {
            Some(text) => AssertSqlSafe(text).into_sql_str(),
            None => self.text.clone(),
        };
        self.values.iter().fold(sqlx::query(text), |query, value| value.postgres(query))
    }

    /// The rows, one by one.
    pub(crate) fn fetch<'c>(self, at: impl Into<At<'c>>) -> BoxStream<'c, Result<Row, sqlx::Error>>
    where
        'q: 'c,
    {
        match at.into() {
            At::Sqlite(pool) => self.sqlite().fetch(pool).map_ok(Row::Sqlite).boxed(),
            At::SqliteTx(tx) => self.sqlite().fetch(tx).map_ok(Row::Sqlite).boxed(),
            At::Postgres(pool) => self.postgres().fetch(pool).map_ok(Row::Postgres).boxed(),
            At::PostgresTx(tx) => self.postgres().fetch(tx).map_ok(Row::Postgres).boxed(),
        }
    }

    /// All rows.
    pub(crate) async fn fetch_all<'c>(self, at: impl Into<At<'c>>) -> Result<Vec<Row>, sqlx::Error>
    where
        'q: 'c,
    {
        match at.into() {
            At::Postgres(pool) => self.fetch_all_patiently(pool).await,
            at => self.fetch(at).try_collect().await,
        }
    }

    /// The first row, if there is one.
    pub(crate) async fn fetch_optional<'c>(self, at: impl Into<At<'c>>) -> Result<Option<Row>, sqlx::Error> {
        match at.into() {
            At::Sqlite(pool) => Ok(self.sqlite().fetch_optional(pool).await?.map(Row::Sqlite)),
            At::SqliteTx(tx) => Ok(self.sqlite().fetch_optional(tx).await?.map(Row::Sqlite)),
            At::Postgres(pool) => self.fetch_optional_patiently(pool).await,
            At::PostgresTx(tx) => Ok(self.postgres().fetch_optional(tx).await?.map(Row::Postgres)),
        }
    }

    // Reading twice does no harm, so a reader begins again when the server was gone.

    async fn fetch_all_patiently(self, pool: &PgPool) -> Result<Vec<Row>, sqlx::Error> {
        let mut patience = Patience::of(PATIENCE);
        loop {
            let rows = self.postgres().fetch(pool).map_ok(Row::Postgres).try_collect().await;
            match rows {
                Err(error) if is_cut_off(&error) && patience.waits().await => {}
                answer => return answer,
            }
        }
    }

    async fn fetch_optional_patiently(self, pool: &PgPool) -> Result<Option<Row>, sqlx::Error> {
        let mut patience = Patience::of(PATIENCE);
        loop {
            match self.postgres().fetch_optional(pool).await {
                Err(error) if is_cut_off(&error) && patience.waits().await => {}
                answer => return Ok(answer?.map(Row::Postgres)),
            }
        }
    }

    /// The first row, which must be there.
    pub(crate) async fn fetch_one<'c>(self, at: impl Into<At<'c>>) -> Result<Row, sqlx::Error> {
        self.fetch_optional(at).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// Does it, and tells how many rows it reached.
    pub(crate) async fn execute<'c>(self, at: impl Into<At<'c>>) -> Result<u64, sqlx::Error> {
        match at.into() {
            At::Sqlite(pool) => Ok(self.sqlite().execute(pool).await?.rows_affected()),
            At::SqliteTx(tx) => Ok(self.sqlite().execute(tx).await?.rows_affected()),
            At::Postgres(pool) => Ok(self.postgres().execute(pool).await?.rows_affected()),
            At::PostgresTx(tx) => Ok(self.postgres().execute(tx).await?.rows_affected()),
        }
    }
}
