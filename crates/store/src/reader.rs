//! The reading side: connections that never wait for the writer.

use sqlx::sqlite::SqlitePool;

/// Everything that can be asked of the database. Each table's file adds its questions.
#[derive(Clone)]
pub struct Reader {
    pub(crate) readers: SqlitePool,
}
