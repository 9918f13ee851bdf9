//! What was read out of repositories: documents, marks of files, declared infrastructure, findings.

use std::collections::BTreeMap;

use fleetwright_core::Oid;

use crate::declared::{self, DeclaredRow};
use crate::dependency::{self, Dependencies};
use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{Wrote, from_json, now, to_json};
use crate::sql::{Row, Tx, query};
use crate::version;

/// Everything that one reading of a repository found; it takes the place of the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The repository's row.
    pub repo: i64,
    /// What was read.
    pub read: Read,
    /// How many files there are.
    pub files: u64,
    /// How many files each language has.
    pub languages: BTreeMap<String, u64>,
    /// What the catalog is made of.
    pub documents: Vec<Document>,
    /// What files are, by their paths.
    pub marks: Vec<FileMark>,
    /// Declared infrastructure.
    pub declared: Vec<DeclaredRow>,
    /// What it depends on; `None` where that is what it was.
    pub dependencies: Option<Dependencies>,
    /// What is wrong.
    pub findings: Vec<FindingRow>,
}

/// What was read of a repository, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// The commit.
    pub tip: Oid,
    /// Its tree: while it is the same, nothing is read again.
    pub tree: Oid,
    /// The version of the reader; a newer one reads again.
    pub reader: u32,
}

/// What a document is to the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// An entity of a catalog file, as JSON.
    Entity,
    /// A CODEOWNERS file, as it is.
    CodeOwners,
}

/// A part of a file that the catalog is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The file.
    pub path: String,
    /// Its place among the parts of the file, from 0.
    pub part: u32,
    /// What it is.
    pub kind: DocumentKind,
    /// The entity's reference; empty for others.
    pub name: String,
    /// The line it begins at, from 1.
    pub line: u32,
    /// The file's blob when this was read.
    pub blob: Oid,
    /// Whether the file is bad now and this is its last good version.
    pub stale: bool,
    /// The first file that led to this one, itself for a first file; empty when nothing leads to it
    /// any more.
    pub origin: String,
    /// The reference of the `Location` that names the file; empty for a first file.
    pub parent: String,
    /// The files whose content it took in.
    pub taken: Vec<String>,
    /// The content.
    pub body: String,
}

/// What a file is, told by its path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileMark {
    /// The file.
    pub path: String,
    /// `manifest`, `lockfile`, `ci`, ...
    pub kind: String,
    /// `maven`, `npm`, `github-actions`, ...
    pub tool: String,
}

/// Something that is wrong in a repository's files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FindingRow {
    /// `catalog`, `owners`, `infra` or `search`.
    pub area: String,
    /// The file.
    pub path: String,
    /// The line from 1; 0 when it is about the whole file.
    pub line: u32,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

impl DocumentKind {
    fn word(self) -> &'static str {
        match self {
            DocumentKind::Entity => "entity",
            DocumentKind::CodeOwners => "codeowners",
        }
    }

    fn read(word: &str) -> Result<DocumentKind, StoreError> {
        match word {
            "entity" => Ok(DocumentKind::Entity),
            "codeowners" => Ok(DocumentKind::CodeOwners),
            other => Err(StoreError::corrupt("a kind of document", other)),
        }
    }
}

impl Reader {
    /// What was last read of every repository, by its row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn readings(&self) -> Result<BTreeMap<i64, Read>, StoreError> {
        let rows = query("SELECT repo, tip, tree, reader FROM reading").fetch_all(&self.readers).await?;
        let read = |row: &Row| {
            let read = Read { tip: oid(row.get(1))?, tree: oid(row.get(2))?, reader: row.get(3) };
            Ok((row.get(0), read))
        };
        rows.iter().map(read).collect()
    }

    /// Everything that the last reading of a repository found.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reading(&self, repo: i64) -> Result<Option<Reading>, StoreError> {
        let text = "SELECT tip, tree, reader, files, languages FROM reading WHERE repo = $1";
        let Some(row) = query(text).bind(repo).fetch_optional(&self.readers).await? else {
            return Ok(None);
        };
        let count = |index| u64::try_from(row.get::<i64>(index)).unwrap_or_default();
        Ok(Some(Reading {
            repo,
            read: Read { tip: oid(row.get(0))?, tree: oid(row.get(1))?, reader: row.get(2) },
            files: count(3),
            languages: from_json("the languages of a repository", row.get(4))?,
            documents: self.documents(Some(repo)).await?.into_iter().map(|(_, row)| row).collect(),
            marks: self.marks(Some(repo)).await?.into_iter().map(|(_, row)| row).collect(),
            declared: self.declared(Some(repo)).await?.into_iter().map(|(_, row)| row).collect(),
            dependencies: None,
            findings: self.findings(Some(repo)).await?.into_iter().map(|(_, row)| row).collect(),
        }))
    }

    // One text for one and for all: bounds are looked up in the index, where `$1 IS NULL OR repo = $1`
    // would read the whole table for each repository.

    /// The documents of one repository, or of all: by repository, path and part.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn documents(&self, repo: Option<i64>) -> Result<Vec<(i64, Document)>, StoreError> {
        let text = "SELECT repo, path, part, kind, name, line, blob, stale, origin, parent, taken,
            body FROM document
            WHERE repo BETWEEN coalesce($1, 0) AND coalesce($1, 9223372036854775807)
            ORDER BY repo, path, part";
        let rows = query(text).bind(repo).fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok((row.get(0), document(row)?))).collect()
    }

    /// What files are, in one repository or in all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn marks(&self, repo: Option<i64>) -> Result<Vec<(i64, FileMark)>, StoreError> {
        let text = "SELECT repo, path, kind, tool FROM mark
            WHERE repo BETWEEN coalesce($1, 0) AND coalesce($1, 9223372036854775807)
            ORDER BY repo, path, kind, tool";
        let rows = query(text).bind(repo).fetch_all(&self.readers).await?;
        let mark = |row: &Row| FileMark { path: row.get(1), kind: row.get(2), tool: row.get(3) };
        Ok(rows.iter().map(|row| (row.get(0), mark(row))).collect())
    }

    /// What is wrong in one repository, or in all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn findings(&self, repo: Option<i64>) -> Result<Vec<(i64, FindingRow)>, StoreError> {
        let text = "SELECT repo, area, path, line, message, remedy FROM finding
            WHERE repo BETWEEN coalesce($1, 0) AND coalesce($1, 9223372036854775807)
            ORDER BY repo, area, path, line, message";
        let rows = query(text).bind(repo).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(finding).collect())
    }
}

pub(crate) fn finding(row: &Row) -> (i64, FindingRow) {
    let finding = FindingRow {
        area: row.get(1),
        path: row.get(2),
        line: row.get(3),
        message: row.get(4),
        remedy: row.get(5),
    };
    (row.get(0), finding)
}

pub(crate) fn document(row: &Row) -> Result<Document, StoreError> {
    Ok(Document {
        path: row.get(1),
        part: row.get(2),
        kind: DocumentKind::read(row.get(3))?,
        name: row.get(4),
        line: row.get(5),
        blob: oid(row.get(6))?,
        stale: row.get(7),
        origin: row.get(8),
        parent: row.get(9),
        taken: from_json("the files of an entity", row.get(10))?,
        body: row.get(11),
    })
}

fn oid(text: &str) -> Result<Oid, StoreError> {
    text.parse().map_err(|error| StoreError::corrupt("an object name", error))
}

/// The tables a reading fills.
const TABLES: [&str; 5] = [
    "DELETE FROM reading WHERE repo = $1",
    "DELETE FROM document WHERE repo = $1",
    "DELETE FROM mark WHERE repo = $1",
    "DELETE FROM declared WHERE repo = $1",
    "DELETE FROM finding WHERE repo = $1",
];

/// Takes out what was read of a repository.
pub(crate) async fn forget(tx: &mut Tx, repo: i64) -> Result<Wrote, StoreError> {
    clear(tx, repo).await?;
    dependency::clear(tx, repo).await?;
    version::moved(tx).await
}

async fn clear(tx: &mut Tx, repo: i64) -> Result<(), StoreError> {
    for delete in TABLES {
        query(delete).bind(repo).execute(&mut *tx).await?;
    }
    Ok(())
}

/// Puts a reading in the place of the one before.
pub(crate) async fn save(tx: &mut Tx, reading: &Reading) -> Result<Wrote, StoreError> {
    let Reading { repo, read, files, languages, .. } = reading;
    clear(tx, *repo).await?;
    let insert = "INSERT INTO reading (repo, tip, tree, reader, files, languages, at, moved)
        SELECT $1, $2, $3, $4, $5, $6, $7, version + 1 FROM catalog WHERE one = 1";
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let put = query(insert).bind(repo).bind(read.tip.to_string()).bind(read.tree.to_string());
    let put = put.bind(read.reader).bind(count(*files)).bind(to_json(languages));
    put.bind(now()).execute(&mut *tx).await?;
    documents(tx, *repo, &reading.documents).await?;
    for FileMark { path, kind, tool } in &reading.marks {
        let query = query("INSERT INTO mark (repo, path, kind, tool) VALUES ($1, $2, $3, $4)");
        query.bind(repo).bind(path).bind(kind).bind(tool).execute(&mut *tx).await?;
    }
    declared::save(tx, *repo, &reading.declared).await?;
    if let Some(dependencies) = &reading.dependencies {
        dependency::save(tx, *repo, dependencies).await?;
    }
    for finding in &reading.findings {
        find(tx, *repo, finding).await?;
    }
    version::moved(tx).await
}

/// Writes a finding down.
pub(crate) async fn find(
    tx: &mut Tx,
    repo: i64,
    FindingRow { area, path, line, message, remedy }: &FindingRow,
) -> Result<(), StoreError> {
    let insert =
        "INSERT INTO finding (repo, area, path, line, message, remedy) VALUES ($1, $2, $3, $4, $5, $6)";
    let query = query(insert).bind(repo).bind(area).bind(path).bind(line);
    query.bind(message).bind(remedy).execute(&mut *tx).await?;
    Ok(())
}

async fn documents(tx: &mut Tx, repo: i64, documents: &[Document]) -> Result<(), StoreError> {
    let insert =
        "INSERT INTO document (repo, path, part, kind, name, line, blob, stale, origin, parent, taken, body)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    for document in documents {
        let query = query(insert).bind(repo).bind(&document.path).bind(document.part);
        let query = query.bind(document.kind.word()).bind(&document.name).bind(document.line);
        let query = query.bind(document.blob.to_string()).bind(document.stale);
        let query = query.bind(&document.origin).bind(&document.parent);
        let query = query.bind(to_json(&document.taken)).bind(&document.body);
        query.execute(&mut *tx).await?;
    }
    Ok(())
}
