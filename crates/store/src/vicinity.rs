//! Parts of the catalog: what moved since it was put together, and what is beside that.

use std::collections::{BTreeMap, BTreeSet};

use crate::entity::{self, EntityRow, RelationRow};
use crate::error::StoreError;
use crate::reader::Reader;
use crate::reading::FindingRow;
use crate::repo::{self, RepoRow};
use crate::sql::{Value, query};

impl Reader {
    /// The rows of repositories that were read, renamed or forgotten since the catalog had this version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn moved_since(&self, version: i64) -> Result<BTreeSet<i64>, StoreError> {
        let text = "SELECT repo FROM reading WHERE moved > $1
            UNION SELECT DISTINCT repo FROM entity
                WHERE repo IS NOT NULL AND repo NOT IN (SELECT repo FROM reading)";
        let rows = query(text).bind(version).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// These repositories, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn repos_of(&self, ids: &BTreeSet<i64>) -> Result<Vec<RepoRow>, StoreError> {
        let rows = query(repo::SOME).bind(ids).fetch_all(&self.readers).await?;
        rows.iter().map(repo::read).collect()
    }

    /// The forges and names of these repositories.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn names_of(&self, ids: &BTreeSet<i64>) -> Result<BTreeMap<i64, (String, String)>, StoreError> {
        let text = "SELECT id, forge, name FROM repo WHERE id IN (SELECT value FROM json_each($1))";
        let rows = query(text).bind(ids).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect())
    }

    /// The entities that these repositories declare, by reference.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entities_of(&self, repos: &BTreeSet<i64>) -> Result<Vec<EntityRow>, StoreError> {
        self.some_entities("repo", repos.into()).await
    }

    /// The entities of these references, by reference.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entities_named(&self, references: &BTreeSet<String>) -> Result<Vec<EntityRow>, StoreError> {
        self.some_entities("ref", references.into()).await
    }

    async fn some_entities(&self, column: &str, among: Value<'_>) -> Result<Vec<EntityRow>, StoreError> {
        let columns = entity::COLUMNS;
        let text = format!(
            "SELECT {columns} FROM entity WHERE {column} IN (SELECT value FROM json_each($1)) ORDER BY ref"
        );
        let rows = query(sqlx::AssertSqlSafe(text)).bind(among).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(entity::entity).collect())
    }

    /// The references of all entities of these kinds, given in small letters.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn references(&self, kinds: &[&str]) -> Result<Vec<String>, StoreError> {
        let mut references = Vec::new();
        for kind in kinds {
            // Told by the key alone: `;` is the sign after `:`.
            let (from, to) = (format!("{kind}:"), format!("{kind};"));
            let text = "SELECT ref FROM entity WHERE ref >= $1 AND ref < $2 ORDER BY ref";
            let rows = query(text).bind(from).bind(to).fetch_all(&self.readers).await?;
            references.extend(rows.iter().map(|row| row.get::<String>(0)));
        }
        Ok(references)
    }

    /// The names of all repositories, with their rows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn repo_names(&self) -> Result<Vec<(i64, String)>, StoreError> {
        let rows = query("SELECT id, name FROM repo").fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// The relations from and to any of these, by source, kind and target.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn relations_at(&self, references: &BTreeSet<String>) -> Result<Vec<RelationRow>, StoreError> {
        let text =
            "SELECT source, kind, target FROM relation WHERE source IN (SELECT value FROM json_each($1))
            UNION SELECT source, kind, target FROM relation WHERE target IN (SELECT value FROM json_each($1))
            ORDER BY source, kind, target";
        let rows = query(text).bind(references).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(entity::relation).collect())
    }

    /// What is wrong in one area, such as `assembly`, by repository.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn findings_in(&self, area: &str) -> Result<Vec<(i64, FindingRow)>, StoreError> {
        let text =
            "SELECT repo, area, path, line, message, remedy FROM finding WHERE area = $1 ORDER BY repo";
        let rows = query(text).bind(area).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(crate::reading::finding).collect())
    }
}
