//! Dependencies in frozen answers: a file beside that of the snapshot, made when a question first names them.
//!
//! A fleet has millions of their rows, so questions about anything else do not wait for their copy.

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection, Row, SqlSafeStr};

use crate::error::StoreError;
use crate::frozen::{Frozen, VERSION, begin, end, put};
use crate::question::names_dependencies;
use crate::reader::Reader;
use crate::row::to_json;

/// The tables that `snapshot/dependencies.sql` reads.
const DEPENDED: [&str; 5] = ["repo", "package", "dependency_file", "dependency", "catalog"];

/// The rows that are given their components at once.
const CHUNK: usize = 1_000;

/// The references of the components that a file (of the repository's row, and a path) belongs to.
pub type ComponentsOf<'a> = dyn Fn(i64, &str) -> Vec<String> + Sync + 'a;

impl Frozen {
    /// Whether a question asks for dependencies, and they were not copied yet.
    pub fn lacks(&self, question: &str) -> bool {
        names_dependencies(question) && !self.dependencies().exists()
    }

    /// Copies the dependencies, unless what is known is not that of this snapshot any more: then the answer is
    /// false, and a new one has to be taken. `components` must not have been loaded before this snapshot was.
    ///
    /// # Errors
    /// When the database cannot be read or the folder not be written.
    pub async fn add_dependencies(
        &self,
        reader: &Reader,
        components: &ComponentsOf<'_>,
    ) -> Result<bool, StoreError> {
        let building = self.folder().join(format!("building-{}-dependencies", std::process::id()));
        let mut new = begin(&building, reader, &DEPENDED).await?;
        let mut copy = new.begin().await?;
        let id: i64 = sqlx::query_scalar(VERSION).fetch_one(&mut *copy).await?;
        let is_same = id == self.id;
        if is_same {
            sqlx::raw_sql(AssertSqlSafe(include_str!("../snapshot/dependencies.sql")).into_sql_str())
                .execute(&mut *copy)
                .await?;
            give(&mut copy, components).await?;
        }
        copy.commit().await?;
        end(new, &building).await?;
        put(&building, is_same.then(|| self.dependencies()).as_deref())?;
        Ok(is_same)
    }
}

/// Gives every file its components.
async fn give(copy: &mut SqliteConnection, components: &ComponentsOf<'_>) -> Result<(), StoreError> {
    let rows = sqlx::query("SELECT id, repo, path FROM dependency_file").fetch_all(&mut *copy).await?;
    let of = |row: &sqlx::sqlite::SqliteRow| {
        let (id, repo, path): (i64, i64, String) = (row.get(0), row.get(1), row.get(2));
        let components = components(repo, &path);
        (!components.is_empty()).then(|| (id, to_json(&components)))
    };
    let given: Vec<(i64, String)> = rows.iter().filter_map(of).collect();
    for chunk in given.chunks(CHUNK) {
        let update = "UPDATE dependency_file SET components = j.value ->> 1 FROM json_each($1) j
            WHERE dependency_file.id = j.value ->> 0";
        sqlx::query(update).bind(to_json(&chunk)).execute(&mut *copy).await?;
    }
    Ok(())
}
