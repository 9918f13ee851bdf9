//! The reading side: connections that never wait for the writer.

use std::sync::Arc;

use crate::database::Database;
use crate::sql::Pool;

/// Everything that can be asked of the database. Each table's file adds its questions.
#[derive(Clone)]
pub struct Reader {
    pub(crate) readers: Pool,
    pub(crate) database: Arc<Database>,
}

impl Reader {
    /// Which database it is.
    pub fn database(&self) -> &Database {
        &self.database
    }
}
