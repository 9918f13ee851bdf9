//! Answers to requests that came with an idempotency key: the same request is not done twice.

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, now};
use crate::sql::{Tx, query};

/// What was answered to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The digest of who asked and of the key.
    pub name: String,
    /// The digest of what was asked.
    pub request: String,
    /// Whether it was done; otherwise the answer is a problem.
    pub done: bool,
    /// The answer, JSON.
    pub answer: String,
}

impl Reader {
    /// What was answered to a key, if it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answer_to(&self, name: &str) -> Result<Option<Answered>, StoreError> {
        let query = query("SELECT request, done, answer FROM answered WHERE name = $1").bind(name);
        let row = query.fetch_optional(&self.readers).await?;
        Ok(row.map(|row| Answered {
            name: name.to_owned(),
            request: row.get(0),
            done: row.get::<i64>(1) == 1,
            answer: row.get(2),
        }))
    }
}

/// Keeps an answer, the first one that was given, and forgets those older than `kept` milliseconds.
pub(crate) async fn save(tx: &mut Tx, row: &Answered, kept: i64) -> Result<Wrote, StoreError> {
    let now = now();
    query("DELETE FROM answered WHERE at < $1").bind(now - kept).execute(&mut *tx).await?;
    let text = "INSERT INTO answered (name, request, done, answer, at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (name) DO NOTHING";
    let query = query(text).bind(&row.name).bind(&row.request).bind(i64::from(row.done));
    query.bind(&row.answer).bind(now).execute(&mut *tx).await?;
    Ok(Wrote::Done)
}
