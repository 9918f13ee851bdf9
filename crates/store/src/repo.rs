//! Repositories: what the forge says of them, and what was last read.

use fleetwright_core::Oid;
use fleetwright_core::repo::RepoFacts;
use futures_util::TryStreamExt;

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, from_json, now, to_json};
use crate::sql::{Row, Tx, query};
use crate::version;

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepoRow {
    /// The row's number; 0 before it is stored.
    pub id: i64,
    /// The forge's name.
    pub forge: String,
    /// Its name at the forge, such as `acme/payments`.
    pub name: String,
    /// What the forge says of it.
    pub facts: RepoFacts,
    /// The tip of its default branch; `None` while unborn or unread.
    pub head: Option<Oid>,
    /// That commit's tree.
    pub tree: Option<Oid>,
    /// Why it could not be read, the last time.
    pub fault: Option<String>,
}

/// What is said of a repository that its forge no longer lists.
const GONE: &str = "the forge no longer has it";

impl RepoRow {
    /// Whether its forge no longer lists it.
    pub fn is_gone(&self) -> bool {
        self.fault.as_deref() == Some(GONE)
    }
}

impl Reader {
    /// Every repository, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn repos(&self) -> Result<Vec<RepoRow>, StoreError> {
        let mut rows = query(SELECT).fetch(&self.readers);
        let mut repos = Vec::new();
        while let Some(row) = rows.try_next().await? {
            repos.push(read(&row)?);
        }
        // Here, for the database would sort the whole rows in a file of its own.
        repos.sort_by(|one: &RepoRow, other| one.name.cmp(&other.name).then(one.forge.cmp(&other.forge)));
        Ok(repos)
    }

    /// One repository, by its name at any forge.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn repo(&self, name: &str) -> Result<Option<RepoRow>, StoreError> {
        let text = "SELECT id, forge, name, facts, head, tree, fault FROM repo WHERE name = $1";
        let row = query(text).bind(name).fetch_optional(&self.readers).await?;
        row.as_ref().map(read).transpose()
    }
}

const SELECT: &str = "SELECT id, forge, name, facts, head, tree, fault FROM repo";

/// Those of a list.
pub(crate) const SOME: &str = "SELECT id, forge, name, facts, head, tree, fault FROM repo
    WHERE id IN (SELECT value FROM json_each($1)) ORDER BY name, forge";

pub(crate) fn read(row: &Row) -> Result<RepoRow, StoreError> {
    Ok(RepoRow {
        id: row.get(0),
        forge: row.get(1),
        name: row.get(2),
        facts: from_json("facts of a repository", row.get(3))?,
        head: oid(row.get(4))?,
        tree: oid(row.get(5))?,
        fault: row.get(6),
    })
}

fn oid(text: Option<String>) -> Result<Option<Oid>, StoreError> {
    text.map(|text| text.parse().map_err(|error| StoreError::corrupt("an object name", error))).transpose()
}

pub(crate) async fn save(tx: &mut Tx, repos: &[RepoRow]) -> Result<Wrote, StoreError> {
    let upsert = "INSERT INTO repo (forge, name, facts, head, tree, fault, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (forge, name) DO UPDATE SET facts = $3, head = $4, tree = $5, fault = $6, seen_at = $7";
    for repo in repos {
        rename(tx, repo).await?;
        rebranch(tx, repo).await?;
        query(upsert)
            .bind(&repo.forge)
            .bind(&repo.name)
            .bind(to_json(&repo.facts))
            .bind(repo.head.map(|oid| oid.to_string()))
            .bind(repo.tree.map(|oid| oid.to_string()))
            .bind(&repo.fault)
            .bind(now())
            .execute(&mut *tx)
            .await?;
    }
    version::moved(tx).await
}

/// A row goes with the forge's own name of its repository: one of another name is the same repository,
/// and one of the same name that is another repository makes room for it.
async fn rename(tx: &mut Tx, repo: &RepoRow) -> Result<(), StoreError> {
    let id = &repo.facts.forge_id;
    if id.is_empty() {
        return Ok(());
    }
    let room = "UPDATE repo SET name = name || ' (' || json_extract(facts, '$.forgeId') || ')', head = NULL,
        tree = NULL, fault = 'another repository has its name now'
        WHERE forge = $1 AND name = $2 AND json_extract(facts, '$.forgeId') <> $3";
    let follow =
        "UPDATE repo SET name = $2 WHERE forge = $1 AND json_extract(facts, '$.forgeId') = $3 AND name <> $2
        AND NOT EXISTS (SELECT 1 FROM repo WHERE forge = $1 AND name = $2)";
    // The catalog says of both where their files are, and that is below their names.
    let both = "SELECT name FROM repo WHERE forge = $1 AND name = $2 AND json_extract(facts, '$.forgeId') <> $3
        UNION SELECT name FROM repo WHERE forge = $1 AND json_extract(facts, '$.forgeId') = $3 AND name <> $2";
    let both = query(both).bind(&repo.forge).bind(&repo.name).bind(id).fetch_all(&mut *tx).await?;
    for row in both {
        version::moved_at(tx, &repo.forge, row.get(0)).await?;
    }
    for text in [room, follow] {
        query(text).bind(&repo.forge).bind(&repo.name).bind(id).execute(&mut *tx).await?;
    }
    Ok(())
}

/// Another default branch is in the addresses of all files.
async fn rebranch(tx: &mut Tx, repo: &RepoRow) -> Result<(), StoreError> {
    let text =
        "SELECT 1 FROM repo WHERE forge = $1 AND name = $2 AND json_extract(facts, '$.defaultBranch') <> $3";
    let query = query(text).bind(&repo.forge).bind(&repo.name).bind(&repo.facts.default_branch);
    if query.fetch_optional(&mut *tx).await?.is_some() {
        version::moved_at(tx, &repo.forge, &repo.name).await?;
    }
    Ok(())
}

/// One repository has another name at its forge; nothing is done where that name is taken.
pub(crate) async fn call(tx: &mut Tx, forge: &str, (from, to): (&str, &str)) -> Result<Wrote, StoreError> {
    let text = "UPDATE repo SET name = $3 WHERE forge = $1 AND name = $2
        AND NOT EXISTS (SELECT 1 FROM repo WHERE forge = $1 AND name = $3)";
    version::moved_at(tx, forge, from).await?;
    query(text).bind(forge).bind(from).bind(to).execute(&mut *tx).await?;
    version::moved(tx).await
}

/// Takes out the repositories the forge no longer has, unless a shift remembers them.
pub(crate) async fn forget(tx: &mut Tx, forge: &str, names: &[String]) -> Result<Wrote, StoreError> {
    let gone = "UPDATE repo SET fault = $3, head = NULL, tree = NULL WHERE forge = $1 AND name = $2";
    for name in names {
        query(gone).bind(forge).bind(name).bind(GONE).execute(&mut *tx).await?;
    }
    version::moved(tx).await
}
