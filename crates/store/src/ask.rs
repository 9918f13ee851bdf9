//! SQL that people write, asked of a snapshot: read only, one statement, bounded in rows and time.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use serde_json::{Map, Number, Value};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{
    AssertSqlSafe, Column, ConnectOptions, Connection, Executor, Row, SqlSafeStr, Statement, TypeInfo,
    ValueRef,
};

use crate::error::StoreError;
use crate::frozen::{Frozen, escaped};
use crate::question::{names_dependencies, one_select};

/// SQLite's steps between two looks at the clock; some tenths of a millisecond.
const STEPS: i32 = 10_000;

/// The memory SQLite may take for one question, in bytes.
const MEMORY: &str = "268435456";

/// How much is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// At most so many rows.
    pub rows: usize,
    /// At most so long.
    pub time: Duration,
}

/// An answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The names of the columns, in order.
    pub columns: Vec<String>,
    /// The rows, each with a value per column.
    pub rows: Vec<Vec<Value>>,
    /// Whether there are more rows than were asked for.
    pub more: bool,
}

impl Answer {
    /// One row as an object.
    pub fn object(&self, row: &[Value]) -> Map<String, Value> {
        self.columns.iter().cloned().zip(row.iter().cloned()).collect()
    }
}

impl Frozen {
    /// Answers one `SELECT`.
    ///
    /// # Errors
    /// [`StoreError::Question`] for what is no question, or takes too long: with what to do.
    pub async fn ask(&self, question: &str, bounds: Bounds) -> Result<Answer, StoreError> {
        let question = one_select(question)?;
        let options = SqliteConnectOptions::new().filename(&self.file).read_only(true).immutable(true);
        let mut connection = options.pragma("trusted_schema", "OFF").connect().await?;
        if names_dependencies(&question) {
            self.attach(&mut connection).await?;
        }
        // SQLite has one such limit for the process; a question runs where it does no harm.
        sqlx::query(AssertSqlSafe(format!("PRAGMA hard_heap_limit = {MEMORY}")))
            .execute(&mut connection)
            .await?;
        let until = Instant::now() + bounds.time;
        connection.lock_handle().await?.set_progress_handler(STEPS, move || Instant::now() < until);
        let asked = rows(&mut connection, &question, bounds).await;
        connection.close().await?;
        asked.map_err(|error| refused(&error, until, bounds))
    }

    async fn attach(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let file = self.dependencies();
        if !file.exists() {
            return Err(StoreError::Question {
                why: format!(
                    "snapshot {} holds no dependencies: nobody asked for them when it was the newest",
                    self.id
                ),
                remedy: "ask without `--snapshot`".to_owned(),
            });
        }
        let uri = format!("file:{}?immutable=1", escaped(&file));
        sqlx::query("ATTACH DATABASE $1 AS dependencies").bind(uri).execute(connection).await?;
        Ok(())
    }
}

async fn rows(
    connection: &mut SqliteConnection,
    question: &str,
    bounds: Bounds,
) -> Result<Answer, sqlx::Error> {
    let prepared = connection.prepare(AssertSqlSafe(question.to_owned()).into_sql_str()).await?;
    let columns = prepared.columns().iter().map(|column| column.name().to_owned()).collect();
    let mut answer = Answer { columns, ..Answer::default() };
    let mut found = sqlx::query(AssertSqlSafe(question.to_owned())).fetch(connection);
    while let Some(row) = found.next().await {
        let row = row?;
        if answer.rows.len() == bounds.rows {
            answer.more = true;
            break;
        }
        answer.rows.push((0..row.len()).map(|index| value(&row, index)).collect());
    }
    Ok(answer)
}

fn value(row: &SqliteRow, index: usize) -> Value {
    let Ok(raw) = row.try_get_raw(index) else { return Value::Null };
    if raw.is_null() {
        return Value::Null;
    }
    match raw.type_info().name() {
        "INTEGER" | "BOOLEAN" => row.try_get::<i64, _>(index).map_or(Value::Null, Value::from),
        "REAL" => {
            let number = row.try_get::<f64, _>(index).ok().and_then(Number::from_f64);
            number.map_or(Value::Null, Value::Number)
        }
        "BLOB" => {
            let bytes = row.try_get::<Vec<u8>, _>(index).unwrap_or_default();
            Value::String(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
        }
        _ => row.try_get::<String, _>(index).map_or(Value::Null, Value::String),
    }
}

fn refused(error: &sqlx::Error, until: Instant, bounds: Bounds) -> StoreError {
    let why = match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => other.to_string(),
    };
    if Instant::now() >= until {
        return StoreError::Question {
            why: format!("no answer within {} s", bounds.time.as_secs_f64()),
            remedy: "ask for less, or for longer with `--time`".to_owned(),
        };
    }
    let remedy = match why.as_str() {
        "out of memory" => "a question may take 256 MiB: sort and group less, or select fewer columns",
        _ => "the tables and columns are in docs/query.md",
    };
    StoreError::Question { why, remedy: remedy.to_owned() }
}
