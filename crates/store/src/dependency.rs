//! What repositories depend on.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_core::Oid;

use crate::error::StoreError;
use crate::reader::Reader;
use crate::row::{from_json, to_json};
use crate::sql::{Row, Tx, query};

/// What a repository depends on: files, and in them rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependencies {
    /// The manifests and lockfiles.
    pub files: Vec<DependencyFile>,
    /// What they declare and lock.
    pub rows: Vec<DependencyRow>,
    /// What was asked for elsewhere.
    pub asked: Vec<AskedRow>,
}

/// A package in a version that was asked for of other repositories, or of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskedRow {
    /// The package, such as `maven:org.acme:parent`.
    pub package: String,
    /// Its version.
    pub version: String,
    /// Whether nobody had it.
    pub missing: bool,
}

/// A manifest or a lockfile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DependencyFile {
    /// Its path.
    pub path: String,
    /// The ecosystem's word, such as `maven`.
    pub ecosystem: String,
    /// Whether it locks, rather than declares.
    pub is_lock: bool,
    /// A lockfile's format, such as `package-lock 3`.
    pub format: String,
    /// What it is itself published as, such as `maven:org.acme:shop`; empty for nothing.
    pub package: String,
    /// The version it is itself published as; empty for none that is known.
    pub version: String,
}

/// One dependency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DependencyRow {
    /// The position of its file in [`Dependencies::files`].
    pub file: u32,
    /// Its place among those of the file, from 0.
    pub part: u32,
    /// The ecosystem's word.
    pub ecosystem: String,
    /// The package's name.
    pub name: String,
    /// The version; empty where it cannot be told.
    pub version: String,
    /// Why it cannot be told.
    pub why: String,
    /// The requirement as it is declared; empty for what is only locked.
    pub requirement: String,
    /// `runtime`, `optional`, `provided`, `build` or `development`; `managed` where it only sets the version for
    /// others, `own` for a part of the repository itself: neither counts as a use.
    pub scope: String,
    /// Whether a manifest declares it.
    pub direct: bool,
    /// The line, from 1; 0 where there is none.
    pub line: u32,
    /// Where the version comes from, such as `property log4j.version`; empty where it is written there.
    pub through: String,
    /// The part of the same file that it is reached through.
    pub via: Option<u32>,
    /// The positions of the manifests it is reached from, where one lockfile is that of several.
    pub members: Vec<u32>,
}

/// A package in a version, in one file of one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The repository's row.
    pub repo: i64,
    /// The file's row.
    pub file_id: i64,
    /// The file.
    pub file: DependencyFile,
    /// What it says; [`DependencyRow::file`] is 0.
    pub row: DependencyRow,
}

/// By a file's row and a part: what it is reached through, the nearest first.
pub type Ways = BTreeMap<(i64, u32), Vec<String>>;

/// A package that a repository publishes, and the manifest that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedRow {
    /// The package, such as `maven:org.acme:parent`.
    pub package: String,
    /// Its version.
    pub version: String,
    /// The forge's name.
    pub forge: String,
    /// The repository's name.
    pub repo: String,
    /// The tree that was read.
    pub tree: Oid,
    /// The manifest.
    pub path: String,
}

const USE: &str = "SELECT f.repo, f.id, f.path, f.ecosystem, f.is_lock, f.format, f.package, f.version,
        d.part, p.ecosystem, p.name, d.version, d.why, d.requirement, d.scope, d.direct, d.line, d.through,
        d.via, d.members
    FROM dependency d JOIN package p ON p.id = d.package JOIN dependency_file f ON f.id = d.file";

impl Reader {
    /// What one repository depends on: by file and part, each with its file's row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dependencies_of(&self, repo: i64) -> Result<Vec<Use>, StoreError> {
        let text = sqlx::AssertSqlSafe(format!("{USE} WHERE f.repo = $1 ORDER BY f.path, f.id, d.part"));
        let rows = query(text).bind(repo).fetch_all(&self.readers).await?;
        rows.iter().map(used).collect()
    }

    /// Everywhere a package is used in one of these versions (empty for those that cannot be told): by
    /// repository, file and part.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uses(&self, package: i64, versions: &[&str]) -> Result<Vec<Use>, StoreError> {
        let text = sqlx::AssertSqlSafe(format!(
            "{USE} WHERE d.package = $1 AND d.version IN (SELECT value FROM json_each($2))
                ORDER BY f.repo, f.path, f.id, d.part"
        ));
        let rows = query(text).bind(package).bind(versions).fetch_all(&self.readers).await?;
        rows.iter().map(used).collect()
    }

    /// The paths of the files of these repositories, in the order of [`Dependencies::files`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dependency_paths(
        &self,
        repos: &BTreeSet<i64>,
    ) -> Result<BTreeMap<i64, Vec<String>>, StoreError> {
        let text = "SELECT repo, path FROM dependency_file
            WHERE repo IN (SELECT value FROM json_each($1)) ORDER BY id";
        let mut paths: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        for row in query(text).bind(repos).fetch_all(&self.readers).await? {
            paths.entry(row.get(0)).or_default().push(row.get(1));
        }
        Ok(paths)
    }

    /// The ways to rows of lockfiles: for each of these (a file's row and a part) what it is reached through,
    /// the nearest first, each written `name version`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ways(&self, to: &[(i64, u32)]) -> Result<Ways, StoreError> {
        let text = "WITH RECURSIVE up (file, start, part, depth) AS (
                SELECT d.file, d.part, d.via, 1 FROM json_each($1) j
                    JOIN dependency d ON d.file = CAST(j.value ->> 0 AS BIGINT)
                        AND d.part = CAST(j.value ->> 1 AS BIGINT)
                UNION ALL
                SELECT d.file, up.start, d.via, up.depth + 1 FROM up
                    JOIN dependency d ON d.file = up.file AND d.part = up.part WHERE up.depth < 100)
            SELECT up.file, up.start, p.name || ' ' || d.version FROM up
                JOIN dependency d ON d.file = up.file AND d.part = up.part JOIN package p ON p.id = d.package
            ORDER BY up.file, up.start, up.depth";
        let mut ways = Ways::new();
        for chunk in to.chunks(CHUNK) {
            for row in query(text).bind(to_json(&chunk)).fetch_all(&self.readers).await? {
                ways.entry((row.get(0), row.get(1))).or_default().push(row.get(2));
            }
        }
        Ok(ways)
    }

    /// What repositories publish in an ecosystem, where a version is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn published(&self, ecosystem: &str) -> Result<Vec<PublishedRow>, StoreError> {
        let text = "SELECT f.package, f.version, r.forge, r.name, d.tree, f.path
            FROM dependency_file f JOIN repo r ON r.id = f.repo JOIN reading d ON d.repo = f.repo
            WHERE f.package <> '' AND f.version <> '' AND f.ecosystem = $1 ORDER BY f.id DESC";
        let rows = query(text).bind(ecosystem).fetch_all(&self.readers).await?;
        let row = |row: &Row| {
            let tree: String = row.get(4);
            let tree = tree.parse().map_err(|error| StoreError::corrupt("an object name", error))?;
            let (package, version) = (row.get(0), row.get(1));
            Ok(PublishedRow { package, version, forge: row.get(2), repo: row.get(3), tree, path: row.get(5) })
        };
        rows.iter().map(row).collect()
    }

    /// What these repositories publish, each written `package version`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn published_by(&self, repos: &[i64]) -> Result<Vec<String>, StoreError> {
        let text = "SELECT package || ' ' || version FROM dependency_file
            WHERE package <> '' AND version <> '' AND repo IN (SELECT value FROM json_each($1))";
        let rows = query(text).bind(repos).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// What repositories asked of others and was there: who asked, `package version`, and the tree of the
    /// repository that publishes it; in that order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answered(&self) -> Result<Vec<(i64, String, Oid)>, StoreError> {
        let text = "SELECT a.repo, a.package || ' ' || a.version, d.tree
            FROM asked a JOIN dependency_file f ON f.package = a.package AND f.version = a.version
            JOIN reading d ON d.repo = f.repo ORDER BY 1, 2, 3";
        let rows = query(text).fetch_all(&self.readers).await?;
        let row = |row: &Row| {
            let tree: String = row.get(2);
            let tree = tree.parse().map_err(|error| StoreError::corrupt("an object name", error))?;
            Ok((row.get(0), row.get(1), tree))
        };
        rows.iter().map(row).collect()
    }

    /// What repositories asked for and nobody had: packages with their versions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn missing(&self) -> Result<Vec<(String, String)>, StoreError> {
        let text = "SELECT DISTINCT package, version FROM asked WHERE missing = 1";
        let rows = query(text).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// The repositories that asked for one of these packages, each written `package version`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn asking(&self, published: &[String]) -> Result<Vec<i64>, StoreError> {
        let text = "SELECT DISTINCT repo FROM asked
            WHERE package || ' ' || version IN (SELECT value FROM json_each($1)) ORDER BY repo";
        let rows = query(text).bind(published).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }
}

fn used(row: &Row) -> Result<Use, StoreError> {
    let file = DependencyFile {
        path: row.get(2),
        ecosystem: row.get(3),
        is_lock: row.get(4),
        format: row.get(5),
        package: row.get(6),
        version: row.get(7),
    };
    let dependency = DependencyRow {
        file: 0,
        part: row.get(8),
        ecosystem: row.get(9),
        name: row.get(10),
        version: row.get(11),
        why: row.get(12),
        requirement: row.get(13),
        scope: row.get(14),
        direct: row.get(15),
        line: row.get(16),
        through: row.get(17),
        via: row.get(18),
        members: from_json("the manifests of a dependency", row.get(19))?,
    };
    Ok(Use { repo: row.get(0), file_id: row.get(1), file, row: dependency })
}

/// Takes out what a repository depends on.
pub(crate) async fn clear(tx: &mut Tx, repo: i64) -> Result<(), StoreError> {
    for delete in [
        "DELETE FROM dependency WHERE file IN (SELECT id FROM dependency_file WHERE repo = $1)",
        "DELETE FROM dependency_file WHERE repo = $1",
        "DELETE FROM asked WHERE repo = $1",
    ] {
        query(delete).bind(repo).execute(&mut *tx).await?;
    }
    Ok(())
}

/// Puts what a repository depends on in the place of what it was.
pub(crate) async fn save(
    tx: &mut Tx,
    repo: i64,
    Dependencies { files, rows, asked }: &Dependencies,
) -> Result<(), StoreError> {
    clear(tx, repo).await?;
    let mut ids = Vec::new();
    for file in files {
        let insert = "INSERT INTO dependency_file (repo, path, ecosystem, is_lock, format, package, version)
            VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
        let query = query(insert).bind(repo).bind(&file.path).bind(&file.ecosystem);
        let query = query.bind(file.is_lock).bind(&file.format).bind(&file.package).bind(&file.version);
        let id: i64 = query.fetch_one(&mut *tx).await?.get(0);
        ids.push(id);
    }
    for chunk in rows.chunks(CHUNK) {
        insert(tx, &ids, chunk).await?;
    }
    let insert = "INSERT INTO asked (repo, package, version, missing)
        SELECT $1, value ->> 0, value ->> 1, CAST(value ->> 2 AS BIGINT) FROM json_each($2) WHERE true
        ON CONFLICT DO NOTHING";
    let asked: Vec<_> =
        asked.iter().map(|each| (&each.package, &each.version, i64::from(each.missing))).collect();
    query(insert).bind(repo).bind(to_json(&asked)).execute(&mut *tx).await?;
    Ok(())
}

/// Rows that are written at once.
const CHUNK: usize = 1_000;

/// One statement for many rows: binding each column of each row costs more than the writing.
async fn insert(tx: &mut Tx, ids: &[i64], rows: &[DependencyRow]) -> Result<(), StoreError> {
    let as_list = |row: &DependencyRow| {
        serde_json::json!([
            ids.get(row.file as usize),
            row.part,
            row.ecosystem,
            row.name,
            row.version,
            row.why,
            row.requirement,
            row.scope,
            i64::from(row.direct),
            row.line,
            row.through,
            row.via,
            to_json(&row.members),
        ])
    };
    let all = to_json(&rows.iter().map(as_list).collect::<Vec<_>>());
    let packages = "INSERT INTO package (ecosystem, name)
        SELECT DISTINCT value ->> 2, value ->> 3 FROM json_each($1) WHERE true ON CONFLICT DO NOTHING";
    query(packages).bind(&all).execute(&mut *tx).await?;
    let insert = "INSERT INTO dependency
            (file, part, package, version, why, requirement, scope, direct, line, through, via, members)
        SELECT CAST(value ->> 0 AS BIGINT), CAST(value ->> 1 AS BIGINT), p.id, value ->> 4, value ->> 5,
            value ->> 6, value ->> 7, CAST(value ->> 8 AS BIGINT), CAST(value ->> 9 AS BIGINT), value ->> 10,
            CAST(value ->> 11 AS BIGINT), value ->> 12
        FROM json_each($1) JOIN package p ON p.ecosystem = value ->> 2 AND p.name = value ->> 3";
    query(insert).bind(&all).execute(&mut *tx).await?;
    Ok(())
}
