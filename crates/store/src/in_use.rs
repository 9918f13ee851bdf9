//! Packages, and which versions of them are in use.

use std::collections::{BTreeMap, HashMap};

use futures_util::StreamExt;
use futures_util::future::try_join_all;

use crate::error::StoreError;
use crate::reader::Reader;
use crate::sql::{Row, query};

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

/// A package with its versions in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageInUse {
    /// The ecosystem's word.
    pub ecosystem: String,
    /// The package's name.
    pub name: String,
    /// Each version, empty where it cannot be told, and how many repositories have it.
    pub versions: Vec<(String, i64)>,
}

impl Reader {
    /// Every package that anything ever named: its ecosystem's word and its name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn packages(&self) -> Result<Vec<(String, String)>, StoreError> {
        let rows = query("SELECT ecosystem, name FROM package").fetch_all(&self.readers).await?;
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
        let rows = query(text).bind(ecosystem).bind(name).fetch_all(&self.readers).await?;
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
        let count: i64 = query(text).bind(package).fetch_one(&self.readers).await?.get(0);
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// The versions of one package that are in use.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn versions_of(&self, ecosystem: &str, name: &str) -> Result<Vec<InUse>, StoreError> {
        let text = "SELECT p.id, p.ecosystem, p.name, d.version, count(DISTINCT f.repo)
            FROM package p JOIN dependency d ON d.package = p.id JOIN dependency_file f ON f.id = d.file
            WHERE p.ecosystem = $1 AND p.name = $2 AND d.scope NOT IN ('managed', 'own')
            GROUP BY p.id, d.version ORDER BY d.version";
        let rows = query(text).bind(ecosystem).bind(name).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(in_use).collect())
    }

    /// Every version of every package that is in use, with the number of repositories that have it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn in_use(&self) -> Result<Vec<PackageInUse>, StoreError> {
        let text = "SELECT id, repo FROM dependency_file";
        let files = query(text).fetch_all(&self.readers).await?;
        let repos: HashMap<i64, i64> = files.iter().map(|row| (row.get(0), row.get(1))).collect();
        let text = "SELECT coalesce(max(id), 0) FROM package";
        let last: i64 = query(text).fetch_one(&self.readers).await?.get(0);
        // Several at a time, each on a connection and a core of its own.
        let cores = std::thread::available_parallelism().map_or(2, usize::from).min(4);
        let share = last / i64::try_from(cores).unwrap_or(1) + 1;
        let parts =
            (0..=last / share).map(|part| self.in_use_among((part * share, (part + 1) * share), &repos));
        let mut packages = try_join_all(parts).await?.concat();
        packages.sort_by(|one, other| (&one.ecosystem, &one.name).cmp(&(&other.ecosystem, &other.name)));
        Ok(packages)
    }

    /// As [`Reader::in_use`], of the packages from the first row on to before the second.
    async fn in_use_among(
        &self,
        (first, end): (i64, i64),
        repos: &HashMap<i64, i64>,
    ) -> Result<Vec<PackageInUse>, StoreError> {
        // All uses of a package are one text: a row for each would take ten times as long to hand over. What a
        // version looks like is up to whoever wrote it, so its length is told before it.
        let text = "SELECT p.ecosystem, p.name,
                string_agg(d.file || ' ' || octet_length(d.version) || ' ' || d.version, '')
            FROM package p CROSS JOIN dependency d
            WHERE d.package = p.id AND p.id >= $1 AND p.id < $2 AND d.scope NOT IN ('managed', 'own')
            GROUP BY p.id";
        let mut rows = query(text).bind(first).bind(end).fetch(&self.readers);
        let mut packages = Vec::new();
        while let Some(row) = rows.next().await {
            let row = row?;
            let uses: &str = row.get(2);
            let versions = versions(uses, repos).ok_or_else(|| StoreError::corrupt("a use", uses))?;
            packages.push(PackageInUse { ecosystem: row.get(0), name: row.get(1), versions });
        }
        Ok(packages)
    }

    /// Packages whose name is this one, or ends in it after `:` or `/`: by ecosystem and name, at most 100.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn packages_called(&self, name: &str) -> Result<Vec<(String, String)>, StoreError> {
        let text = "SELECT ecosystem, name FROM package WHERE lower(name) = lower($1)
            OR substr(lower(name), length(name) - length($1)) IN (':' || lower($1), '/' || lower($1))
            ORDER BY ecosystem, name LIMIT 100";
        let rows = query(text).bind(name).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }
}

/// The versions in `7 5 1.0.0` and so on: the file's row, the bytes of the version, and the version.
fn versions(mut uses: &str, repos: &HashMap<i64, i64>) -> Option<Vec<(String, i64)>> {
    let mut having: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    while !uses.is_empty() {
        let (file, rest) = uses.split_once(' ')?;
        let (length, rest) = rest.split_once(' ')?;
        let (version, rest) = rest.split_at_checked(length.parse().ok()?)?;
        having.entry(version).or_default().push(*repos.get(&file.parse().ok()?)?);
        uses = rest;
    }
    let count = |(version, mut repos): (&str, Vec<i64>)| {
        repos.sort_unstable();
        repos.dedup();
        Some((version.to_owned(), i64::try_from(repos.len()).ok()?))
    };
    having.into_iter().map(count).collect()
}

fn in_use(row: &Row) -> InUse {
    InUse {
        package: row.get(0),
        ecosystem: row.get(1),
        name: row.get(2),
        version: row.get(3),
        repos: row.get(4),
    }
}
