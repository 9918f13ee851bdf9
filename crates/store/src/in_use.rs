//! Packages, and which versions of them are in use.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::StoreError;
use crate::reader::Reader;

/// A version of a package, and how many repositories have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InUse {
    /// The package's row.
    pub package: i64,
    /// The ecosystem's word.
    pub ecosystem: String,
    /// The package's name.
    pub name: String,
    /// The version; empty where it cannot be told.
    pub version: String,
    /// How many repositories have it.
    pub repos: i64,
}

impl Reader {
    /// Every package that anything ever named: its ecosystem's word and its name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn packages(&self) -> Result<Vec<(String, String)>, StoreError> {
        let rows = sqlx::query("SELECT ecosystem, name FROM package").fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// A package's row and its versions that are in use, an empty one for those that cannot be told; `None` where
    /// nothing uses it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn versions(
        &self,
        ecosystem: &str,
        name: &str,
    ) -> Result<Option<(i64, Vec<String>)>, StoreError> {
        let text = "SELECT DISTINCT d.package, d.version FROM dependency d
            WHERE d.package = (SELECT id FROM package WHERE ecosystem = $1 AND name = $2)
                AND d.scope NOT IN ('managed', 'own')";
        let rows = sqlx::query(text).bind(ecosystem).bind(name).fetch_all(&self.readers).await?;
        let package = rows.first().map(|row| row.get(0));
        Ok(package.map(|package| (package, rows.iter().map(|row| row.get(1)).collect())))
    }

    /// How many repositories use a package in any version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users(&self, package: i64) -> Result<usize, StoreError> {
        let text = "SELECT count(DISTINCT f.repo) FROM dependency d JOIN dependency_file f ON f.id = d.file
            WHERE d.package = $1 AND d.scope NOT IN ('managed', 'own')";
        let count: i64 = sqlx::query_scalar(text).bind(package).fetch_one(&self.readers).await?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// The versions of one package that are in use.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn versions_of(&self, ecosystem: &str, name: &str) -> Result<Vec<InUse>, StoreError> {
        let text = "SELECT p.id, p.ecosystem, p.name, d.version, count(DISTINCT f.repo)
            FROM package p JOIN dependency d ON d.package = p.id JOIN dependency_file f ON f.id = d.file
            WHERE p.ecosystem = $1 AND p.name = $2 AND d.scope NOT IN ('managed', 'own') GROUP BY d.version";
        let rows = sqlx::query(text).bind(ecosystem).bind(name).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(in_use).collect())
    }

    /// Every version of every package that is in use: by ecosystem, name and version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn in_use(&self) -> Result<Vec<InUse>, StoreError> {
        let text = "SELECT p.id, p.ecosystem, p.name, d.version, count(DISTINCT f.repo)
            FROM dependency d JOIN package p ON p.id = d.package JOIN dependency_file f ON f.id = d.file
            WHERE d.scope NOT IN ('managed', 'own') GROUP BY p.ecosystem, p.name, d.version";
        let rows = sqlx::query(text).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(in_use).collect())
    }

    /// Packages whose name is this one, or ends in it after `:` or `/`: by ecosystem and name, at most 100.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn packages_called(&self, name: &str) -> Result<Vec<(String, String)>, StoreError> {
        let text = "SELECT ecosystem, name FROM package WHERE lower(name) = lower($1)
            OR substr(lower(name), -length($1) - 1) IN (':' || lower($1), '/' || lower($1))
            ORDER BY ecosystem, name LIMIT 100";
        let rows = sqlx::query(text).bind(name).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }
}

fn in_use(row: &SqliteRow) -> InUse {
    InUse {
        package: row.get(0),
        ecosystem: row.get(1),
        name: row.get(2),
        version: row.get(3),
        repos: row.get(4),
    }
}
