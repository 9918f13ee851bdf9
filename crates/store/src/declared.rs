//! Declared infrastructure.

use futures_util::TryStreamExt;

use crate::error::StoreError;
use crate::reader::Reader;
use crate::sql::{Row, Tx, query};

/// One piece of declared infrastructure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredRow {
    /// The file.
    pub path: String,
    /// The line it begins at, from 1.
    pub line: u32,
    /// Its place among those of the file, from 0.
    pub part: u32,
    /// `kubernetes`, `compose`, `terraform`, ...
    pub format: String,
    /// Its kind, such as `Deployment`.
    pub kind: String,
    /// Its namespace; empty when it has none.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Everything known of it, as JSON.
    pub body: String,
}

impl Reader {
    /// Declared infrastructure of one repository, or of all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn declared(&self, repo: Option<i64>) -> Result<Vec<(i64, DeclaredRow)>, StoreError> {
        let text = "SELECT repo, path, line, part, format, kind, namespace, name, body FROM declared
            WHERE repo BETWEEN coalesce($1, 0) AND coalesce($1, 9223372036854775807)
            ORDER BY repo, path, part";
        let rows = query(text).bind(repo).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(declared_row).collect())
    }

    /// Declared infrastructure of all repositories but that of some formats, one by one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn each_declared(
        &self,
        but: &[&str],
        mut meet: impl FnMut(i64, DeclaredRow),
    ) -> Result<(), StoreError> {
        let text = "SELECT repo, path, line, part, format, kind, namespace, name, body FROM declared
            WHERE format NOT IN (SELECT value FROM json_each($1)) ORDER BY repo, path, part";
        let mut rows = query(text).bind(but).fetch(&self.readers);
        while let Some(row) = rows.try_next().await? {
            let (repo, row) = declared_row(&row);
            meet(repo, row);
        }
        Ok(())
    }
}

fn declared_row(row: &Row) -> (i64, DeclaredRow) {
    let declared = DeclaredRow {
        path: row.get(1),
        line: row.get(2),
        part: row.get(3),
        format: row.get(4),
        kind: row.get(5),
        namespace: row.get(6),
        name: row.get(7),
        body: row.get(8),
    };
    (row.get(0), declared)
}

/// Writes what a repository declares.
pub(crate) async fn save(tx: &mut Tx, repo: i64, rows: &[DeclaredRow]) -> Result<(), StoreError> {
    let insert = "INSERT INTO declared (repo, path, line, part, format, kind, namespace, name, body)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    for row in rows {
        let query = query(insert).bind(repo).bind(&row.path).bind(row.line).bind(row.part);
        let query = query.bind(&row.format).bind(&row.kind).bind(&row.namespace).bind(&row.name);
        query.bind(&row.body).execute(&mut *tx).await?;
    }
    Ok(())
}
