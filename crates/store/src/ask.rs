//! SQL that people write, asked of a snapshot: read only, one statement, bounded in rows and time.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use serde_json::{Map, Number, Value};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{
    AssertSqlSafe, Column, ConnectOptions, Connection, Executor, Row, SqlSafeStr, Statement, TypeInfo,
    ValueRef,
};

use crate::error::StoreError;
use crate::frozen::Frozen;

/// SQLite's steps between two looks at the clock; some tenths of a millisecond.
const STEPS: i32 = 10_000;

/// The memory SQLite may take for one question, in bytes.
const MEMORY: &str = "268435456";

/// The longest question, in bytes.
const MAX_QUESTION: usize = 64 << 10;

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
}

async fn rows(
    connection: &mut sqlx::SqliteConnection,
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

/// The question, if it is one statement that only reads.
///
/// The file is read only and holds nothing else; what is refused here could reach other files
/// (`ATTACH`, `VACUUM INTO`) or undo the limits (`PRAGMA`), and only stands at a statement's begin.
fn one_select(text: &str) -> Result<String, StoreError> {
    let no = |why: String, remedy: &str| StoreError::Question { why, remedy: remedy.to_owned() };
    if text.len() > MAX_QUESTION {
        let why = format!("the question has {} bytes, more than {MAX_QUESTION}", text.len());
        return Err(no(why, "shorten it"));
    }
    let bare = bare(text);
    let bare = bare.trim().trim_end_matches(|letter: char| letter == ';' || letter.is_whitespace());
    if bare.contains(';') {
        return Err(no("there is more than one statement".to_owned(), "ask one question at a time"));
    }
    let begins = bare.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
    match begins.to_ascii_uppercase().as_str() {
        "SELECT" | "WITH" | "VALUES" | "EXPLAIN" => Ok(text.to_owned()),
        "" => Err(no("there is no question".to_owned(), "begin with SELECT")),
        other => Err(no(format!("{other} is not a question"), "begin with SELECT, WITH, VALUES or EXPLAIN")),
    }
}

/// The text with comments as spaces and the inside of quotes as `_`.
fn bare(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (taken, shown) = match first {
            '-' if rest.starts_with("--") => (rest.find('\n').unwrap_or(rest.len()), ' '),
            '/' if rest.starts_with("/*") => (rest[2..].find("*/").map_or(rest.len(), |end| end + 4), ' '),
            '\'' | '"' | '`' => (quoted(rest, first), '_'),
            '[' => (rest.find(']').map_or(rest.len(), |end| end + 1), '_'),
            letter => (letter.len_utf8(), letter),
        };
        bare.push(shown);
        rest = &rest[taken..];
    }
    bare
}

/// The length of a quoted text with its quotes; one that is doubled stands for itself, which comes to
/// the same as two texts side by side.
fn quoted(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_question_passes() {
        for good in [
            "SELECT 1",
            "  -- why\n with a as (select 1) select * from a ; ",
            "/* a; b */ values (1)",
            "select ';' , \"a;b\", [c;d], `e;f`, 'it''s; so'",
            "explain query plan select 1",
        ] {
            assert!(one_select(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            ";",
            "-- only a comment",
            "ATTACH 'x' AS y",
            "PRAGMA query_only = 0",
            "vacuum into 'x'",
            "select 1; attach 'x' as y",
            "/**/attach 'x' as y",
            "select '--'; pragma x",
            "select 1 /* */; drop table repo",
            "DELETE FROM repo",
            "selector",
        ] {
            assert!(one_select(bad).is_err(), "{bad}");
        }
    }
}
