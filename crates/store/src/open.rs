//! Opening the database: settings, versions, migrations.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use fleetwright_core::secret::Keyring;
use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::error::StoreError;
use crate::handle::Store;
use crate::reader::Reader;
use crate::witness::Witness;
use crate::writer::Writer;

/// The migrations, oldest first; a landed one is never edited, a new one is added.
const MIGRATIONS: [(&str, &str); 16] = [
    ("change engine", include_str!("../migrations/0001_change_engine.sql")),
    ("pull requests", include_str!("../migrations/0002_pull_requests.sql")),
    ("budget", include_str!("../migrations/0003_budget.sql")),
    ("hints", include_str!("../migrations/0004_hints.sql")),
    ("forge ids", include_str!("../migrations/0005_forge_ids.sql")),
    ("knowing", include_str!("../migrations/0006_knowing.sql")),
    ("parts", include_str!("../migrations/0007_parts.sql")),
    ("dependencies", include_str!("../migrations/0008_dependencies.sql")),
    ("teams", include_str!("../migrations/0009_teams.sql")),
    ("fetched", include_str!("../migrations/0010_fetched.sql")),
    ("missing", include_str!("../migrations/0011_missing.sql")),
    ("no bytes", include_str!("../migrations/0012_no_bytes.sql")),
    ("boms", include_str!("../migrations/0013_boms.sql")),
    ("answered", include_str!("../migrations/0014_answered.sql")),
    ("people", include_str!("../migrations/0015_people.sql")),
    ("audit", include_str!("../migrations/0016_audit.sql")),
];

/// The newest schema this program knows: the number of its last migration.
pub const SCHEMA_VERSION: i64 = MIGRATIONS.len() as i64;

/// SQLite's first version without the WAL-reset defect (sqlite.org/wal.html, "WAL-reset bug").
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

impl Store {
    /// Opens the database file, creates it when it is missing, and brings its schema up to date.
    ///
    /// # Errors
    /// When the file cannot be opened, was written by a newer program, or SQLite is too old.
    pub async fn open(path: &Path, witness: Arc<dyn Witness>) -> Result<Store, StoreError> {
        let shown = path.display().to_string();
        let open = |why: String| StoreError::Open { path: shown.clone(), why };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| open(error.to_string()))?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(64);
        // One connection writes; SQLite has one writer anyway, and waiting in line beats retrying.
        let pool = |size| SqlitePoolOptions::new().max_connections(size).idle_timeout(None);
        let writer = pool(1).connect_with(options.clone()).await.map_err(|error| open(error.to_string()))?;
        check_version(&writer).await?;
        migrate(&writer, &shown).await?;
        let readers = pool(4).connect_with(options.read_only(true)).await?;
        let writer = Writer::start(writer, witness);
        Ok(Store { reader: Reader { readers }, writer, keyring: Keyring::default() })
    }
}

impl Store {
    /// How the database keeps its word: journal mode, and the number of its `synchronous` setting
    /// (2 is `FULL`).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settings(&self) -> Result<(String, i64), StoreError> {
        let mode = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&self.readers).await?;
        let synchronous = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&self.readers).await?;
        Ok((mode, synchronous))
    }
}

async fn check_version(pool: &SqlitePool) -> Result<(), StoreError> {
    let found: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(pool).await?;
    if is_safe(&found) { Ok(()) } else { Err(StoreError::OldSqlite { found }) }
}

/// Whether a version of SQLite keeps what it acknowledges; one that cannot be read does not.
fn is_safe(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    (part(), part(), part()) >= OLDEST_SQLITE
}

async fn migrate(pool: &SqlitePool, path: &str) -> Result<(), StoreError> {
    let migrations = MIGRATIONS.iter().zip(1..).map(|((name, text), number)| {
        Migration::new(number, (*name).into(), MigrationType::Simple, text.into_sql_str(), false)
    });
    match Migrator::with_migrations(migrations.collect()).run(pool).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(found) | MigrateError::VersionTooNew(found, _)) => {
            Err(StoreError::NewerSchema { path: path.to_owned(), found, known: SCHEMA_VERSION })
        }
        Err(error) => Err(StoreError::Open { path: path.to_owned(), why: error.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_sqlite_is_refused() {
        for (version, safe) in [
            ("3.51.3", true),
            ("3.52.0", true),
            ("4.0.0", true),
            ("3.51.2", false),
            ("3.9.9", false),
            ("", false),
        ] {
            assert_eq!(is_safe(version), safe, "{version}");
        }
    }
}
