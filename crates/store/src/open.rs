//! Opening the database: settings, versions, migrations.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use fleetwright_core::secret::Keyring;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use crate::database::{Database, Server};
use crate::error::StoreError;
use crate::handle::Store;
use crate::reader::Reader;
use crate::sql::{Pool, dialect, query};
use crate::wake;
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

/// What PostgreSQL has before the first of them; landed with it.
const BEFORE: &str = include_str!("../migrations/postgres.sql");

/// The newest schema this program knows: the number of its last migration.
pub const SCHEMA_VERSION: i64 = MIGRATIONS.len() as i64;

/// SQLite's first version without the WAL-reset defect (sqlite.org/wal.html, "WAL-reset bug").
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// The oldest PostgreSQL, as it numbers itself: the oldest that still got repairs when this was written
/// (postgresql.org/support/versioning).
const OLDEST_POSTGRES: i32 = 14_00_00;

/// How many connections only read; as many questions are asked at once.
const READERS: u32 = 4;

impl Store {
    /// Opens a database, creates its file when it is missing, and brings its schema up to date.
    ///
    /// # Errors
    /// When it cannot be opened or reached, was written by a newer program, or is too old itself.
    pub async fn open(database: impl Into<Database>, witness: Arc<dyn Witness>) -> Result<Store, StoreError> {
        let database = database.into();
        let (writer, readers) = pools(&database).await?;
        let (waker, woken) = wake::start(&readers);
        let writer = Writer::start(writer, witness, waker);
        let reader = Reader { readers, database: Arc::new(database) };
        Ok(Store { reader, writer, keyring: Keyring::default(), woken })
    }
}

impl Store {
    /// How a file keeps its word: journal mode, and the number of its `synchronous` setting (2 is `FULL`); how a
    /// server does: its version, and 2 where a commit waits for the disk.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settings(&self) -> Result<(String, i64), StoreError> {
        let texts = match &self.readers {
            Pool::Sqlite(_) => ["PRAGMA journal_mode", "PRAGMA synchronous"],
            Pool::Postgres(_) => [
                "SELECT 'PostgreSQL ' || current_setting('server_version')",
                "SELECT CASE WHEN current_setting('fsync') = 'on' THEN CAST(2 AS BIGINT) ELSE 0 END",
            ],
        };
        let [mode, synchronous] = texts.map(|text| query(text).fetch_one(&self.readers));
        Ok((mode.await?.get(0), synchronous.await?.get(0)))
    }
}

/// Connects to a database: a pool for one writer, and one for readers.
pub(crate) async fn pools(database: &Database) -> Result<(Pool, Pool), StoreError> {
    match database {
        Database::File(path) => sqlite(path).await,
        Database::Postgres(server) => postgres(server, &database.to_string()).await,
    }
}

/// A new database in memory, that nothing else sees.
pub(crate) async fn memory() -> Result<Pool, StoreError> {
    let pool = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
    let pool = pool.connect_with(SqliteConnectOptions::new().in_memory(true)).await?;
    migrate(sqlite_migrations(), &pool, "memory").await?;
    Ok(Pool::Sqlite(pool))
}

/// As [`pools`].
pub(crate) async fn sqlite(path: &Path) -> Result<(Pool, Pool), StoreError> {
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
    check_sqlite(&writer).await?;
    migrate(sqlite_migrations(), &writer, &shown).await?;
    let readers = pool(READERS).connect_with(options.read_only(true)).await?;
    Ok((Pool::Sqlite(writer), Pool::Sqlite(readers)))
}

/// As [`pools`].
async fn postgres(server: &Server, shown: &str) -> Result<(Pool, Pool), StoreError> {
    let open = |error: sqlx::Error| StoreError::Open { path: shown.to_owned(), why: error.to_string() };
    let options = server.options().map_err(open)?;
    let pool = |size, wait| PgPoolOptions::new().max_connections(size).acquire_timeout(wait);
    // A writer asks again by itself when the server is gone, and answers within its own time.
    let writer = pool(1, Duration::from_secs(5)).connect_with(options.clone()).await.map_err(open)?;
    check_postgres(&writer, shown).await?;
    migrate(postgres_migrations(), &writer, shown).await?;
    // One of them listens, as long as the process runs; and a question waits its turn behind long ones.
    let readers = pool(READERS + 1, Duration::from_secs(30)).connect_with(options).await.map_err(open)?;
    Ok((Pool::Postgres(writer), Pool::Postgres(readers)))
}

async fn check_sqlite(pool: &SqlitePool) -> Result<(), StoreError> {
    let found: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(pool).await?;
    if is_safe(&found) { Ok(()) } else { Err(StoreError::OldSqlite { found }) }
}

/// Whether a version of SQLite keeps what it acknowledges; one that cannot be read does not.
fn is_safe(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    (part(), part(), part()) >= OLDEST_SQLITE
}

async fn check_postgres(pool: &PgPool, shown: &str) -> Result<(), StoreError> {
    let unfit = |why: String, remedy: &str| {
        Err(StoreError::Unfit { place: shown.to_owned(), why, remedy: remedy.to_owned() })
    };
    let text = "SELECT CAST(current_setting('server_version_num') AS INTEGER),
        current_setting('server_version'), current_setting('server_encoding')";
    let (number, version, encoding): (i32, String, String) = sqlx::query_as(text).fetch_one(pool).await?;
    if number < OLDEST_POSTGRES {
        return unfit(format!("it is PostgreSQL {version}"), "a server of PostgreSQL 14 or later");
    }
    if encoding != "UTF8" {
        return unfit(format!("its encoding is {encoding}"), "`CREATE DATABASE ... ENCODING 'UTF8'`");
    }
    Ok(())
}

fn sqlite_migrations() -> Migrator {
    migrations(|_, text| text.into_sql_str())
}

fn postgres_migrations() -> Migrator {
    migrations(|number, text| {
        let before = if number == 1 { BEFORE } else { "" };
        AssertSqlSafe(format!("{before}{}", dialect::migration(text))).into_sql_str()
    })
}

fn migrations(write: impl Fn(i64, &'static str) -> SqlStr) -> Migrator {
    let migration = |((name, text), number): (&(&'static str, &'static str), i64)| {
        Migration::new(number, (*name).into(), MigrationType::Simple, write(number, text), false)
    };
    Migrator::with_migrations(MIGRATIONS.iter().zip(1..).map(migration).collect())
}

/// Brings the schema up to date; one at a time, whoever opens the database at once.
async fn migrate<'a, C>(
    migrator: Migrator,
    pool: impl sqlx::Acquire<'a, Connection: std::ops::DerefMut<Target = C>>,
    place: &str,
) -> Result<(), StoreError>
where
    C: Migrate + Send,
{
    match migrator.run(pool).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(found) | MigrateError::VersionTooNew(found, _)) => {
            Err(StoreError::NewerSchema { path: place.to_owned(), found, known: SCHEMA_VERSION })
        }
        Err(error) => Err(StoreError::Open { path: place.to_owned(), why: error.to_string() }),
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

    /// What the translation does not know by name would fail only when a server is asked.
    #[test]
    fn nothing_of_sqlite_alone_is_left_in_the_migrations_of_postgres() {
        for (name, text) in MIGRATIONS {
            let translated = dialect::migration(text);
            let code = translated.lines().map(|line| line.split("--").next().unwrap_or_default());
            for word in code.flat_map(|line| line.split(|letter: char| !letter.is_ascii_alphanumeric())) {
                assert!(!["INTEGER", "BLOB", "ROWID", "AUTOINCREMENT"].contains(&word), "{name}: {word}");
            }
        }
    }
}
