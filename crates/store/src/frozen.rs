//! Frozen answers: a copy of what is known, in a file of its own that is never written again.
//!
//! The same question to the same snapshot gives the same answer, and SQL that people write can
//! reach nothing else: the file holds the documented tables (`snapshot/views.sql`) only.

use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqlSafeStr};

use crate::copy;
use crate::database::Database;
use crate::error::StoreError;
use crate::reader::Reader;

/// How many snapshots are kept; the oldest go first.
const KEPT: usize = 16;

/// How many of them are kept with their dependencies, which are large.
const KEPT_WITH_DEPENDENCIES: usize = 4;

/// A version of `snapshot/*.sql`: what an older program froze is frozen anew.
pub(crate) const FORM: u32 = 1;

/// The number of what is known now.
pub(crate) const VERSION: &str = "SELECT version FROM fleet.catalog WHERE one = 1";

/// One snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// Its number: how often the catalog had changed.
    pub id: i64,
    pub(crate) file: PathBuf,
}

impl Frozen {
    /// The snapshot of what is known now: the one that is there, or a new one.
    ///
    /// # Errors
    /// When the database cannot be read or the folder not be written.
    pub async fn newest(reader: &Reader, folder: &Path) -> Result<Frozen, StoreError> {
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
        let (now, ..) = reader.catalog_version().await?;
        let there = Frozen { id: now, file: path(folder, now) };
        if there.file.exists() {
            return Ok(there);
        }
        let building = folder.join(format!("building-{}", std::process::id()));
        let mut new = begin(&building, reader, &KNOWN).await?;
        // One transaction reads one state of the database, whatever is written meanwhile.
        let mut copy = new.begin().await?;
        let id: i64 = sqlx::query_scalar(VERSION).fetch_one(&mut *copy).await?;
        sqlx::raw_sql(AssertSqlSafe(include_str!("../snapshot/views.sql")).into_sql_str())
            .execute(&mut *copy)
            .await?;
        copy.commit().await?;
        end(new, &building).await?;
        let frozen = Frozen { id, file: path(folder, id) };
        put(&building, Some(&frozen.file))?;
        trim(folder, id)?;
        Ok(frozen)
    }

    /// A snapshot that is kept, by its number.
    ///
    /// # Errors
    /// When it is not kept any more; the error names those that are.
    pub fn kept(folder: &Path, id: i64) -> Result<Frozen, StoreError> {
        let file = path(folder, id);
        if file.exists() {
            return Ok(Frozen { id, file });
        }
        let ids: Vec<String> = all(folder)?.iter().map(i64::to_string).collect();
        let kept =
            if ids.is_empty() { "none is kept".to_owned() } else { format!("kept are {}", ids.join(", ")) };
        Err(StoreError::NoSnapshot { id, kept })
    }

    /// Where its dependencies are, once they were asked for.
    pub(crate) fn dependencies(&self) -> PathBuf {
        self.folder().join(format!("{}{}", self.id, dependencies_ending()))
    }

    pub(crate) fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }
}

fn path(folder: &Path, id: i64) -> PathBuf {
    folder.join(format!("{id}.v{FORM}.db"))
}

fn dependencies_ending() -> String {
    format!(".dependencies.v{FORM}.db")
}

/// The numbers of the snapshots in a folder, the oldest first.
fn all(folder: &Path) -> Result<Vec<i64>, StoreError> {
    numbers(folder, &format!(".v{FORM}.db"))
}

/// The numbers of the files in a folder that end so, the least first.
pub(crate) fn numbers(folder: &Path, ending: &str) -> Result<Vec<i64>, StoreError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(folder, error)),
    };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut ids: Vec<i64> = names.filter_map(|name| name.strip_suffix(ending)?.parse().ok()).collect();
    ids.sort_unstable();
    Ok(ids)
}

/// Removes the oldest beyond [`KEPT`], those of other forms, and what other processes left unfinished.
fn trim(folder: &Path, newest: i64) -> Result<(), StoreError> {
    let mut kept = all(folder)?;
    kept.drain(..kept.len().saturating_sub(KEPT));
    kept.push(newest);
    let mut with = numbers(folder, &dependencies_ending())?;
    with.drain(..with.len().saturating_sub(KEPT_WITH_DEPENDENCIES));
    for entry in std::fs::read_dir(folder).map_err(|error| failed(folder, error))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_snapshot = kept.iter().any(|id| name == format!("{id}.v{FORM}.db"));
        let is_dependencies = with.iter().any(|id| name == format!("{id}{}", dependencies_ending()));
        if !is_snapshot && !is_dependencies && !is_being_built(&name) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Whether a process that still lives writes a file of this name.
fn is_being_built(name: &str) -> bool {
    let process = name.strip_prefix("building-").and_then(|rest| rest.split('-').next());
    process.is_some_and(|id| Path::new("/proc").join(id).exists())
}

/// The tables that `snapshot/views.sql` reads.
const KNOWN: [&str; 8] = ["repo", "reading", "mark", "declared", "finding", "entity", "relation", "catalog"];

/// A new file beside which the database is to be read, as `fleet`: the database itself where it is a file, or
/// a copy of some tables of its server.
pub(crate) async fn begin(
    building: &Path,
    reader: &Reader,
    tables: &[&str],
) -> Result<SqliteConnection, StoreError> {
    remove(building)?;
    let mut new = connect(building).await?;
    let beside = beside(building);
    let fleet = match reader.database() {
        Database::File(path) => path,
        Database::Postgres(_) => {
            forget(&beside)?;
            copy::some(reader, &beside, tables).await?;
            &beside
        }
    };
    let uri = format!("file:{}?mode=ro", escaped(fleet));
    sqlx::query("ATTACH DATABASE $1 AS fleet").bind(uri).execute(&mut new).await?;
    Ok(new)
}

/// Closes what was built, and removes what was read for it.
pub(crate) async fn end(new: SqliteConnection, building: &Path) -> Result<(), StoreError> {
    new.close().await?;
    forget(&beside(building))
}

/// Removes a file of SQLite with what SQLite keeps beside it.
fn forget(file: &Path) -> Result<(), StoreError> {
    remove(file)?;
    for ending in ["-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        remove(Path::new(&name))?;
    }
    Ok(())
}

/// Where a copy of a server's tables is meanwhile.
fn beside(building: &Path) -> PathBuf {
    building.with_added_extension("fleet")
}

/// Puts what was built in its place, or away.
pub(crate) fn put(building: &Path, place: Option<&Path>) -> Result<(), StoreError> {
    match place {
        Some(place) => std::fs::rename(building, place).map_err(|error| failed(place, error)),
        None => remove(building),
    }
}

async fn connect(file: &Path) -> Result<SqliteConnection, StoreError> {
    // What is not finished is thrown away, so nothing of it needs to survive a crash.
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let options = options.journal_mode(SqliteJournalMode::Off).pragma("synchronous", "OFF");
    let opened = options.connect().await;
    opened.map_err(|error| StoreError::Open { path: file.display().to_string(), why: error.to_string() })
}

/// A path as part of a `file:` address.
pub(crate) fn escaped(path: &Path) -> String {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    whole.display().to_string().replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}

fn remove(file: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(file, error)),
        _ => Ok(()),
    }
}

fn failed(path: &Path, error: std::io::Error) -> StoreError {
    StoreError::Open { path: path.display().to_string(), why: error.to_string() }
}
