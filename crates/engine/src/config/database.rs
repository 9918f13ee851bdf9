//! Where the database is.

use std::path::Path;

use fleetwright_core::source::{Source, SourceError};
use fleetwright_store::Database;

/// Reads the place of the database; a file is below the configuration's folder.
pub(super) fn read(source: &Source, folder: &Path, text: &str) -> Result<Database, SourceError> {
    let remedy = "write `sqlite:` and a file, such as `sqlite:.fleetwright/fleet.db`, or the address of a \
        PostgreSQL database, such as `postgres://fleetwright@db.example/fleetwright`, with its password under \
        `databasePassword: { env: NAME }`";
    let database = Database::read(text).and_then(|database| match database {
        Database::File(_) if !text.starts_with("sqlite:") => Err("it is no place of a database".to_owned()),
        Database::File(path) => Ok(Database::File(folder.join(path))),
        postgres => Ok(postgres),
    });
    database.map_err(|why| source.error("database", why, remedy))
}
