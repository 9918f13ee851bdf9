//! All tests on a PostgreSQL server.

use std::path::Path;

use fleetwright_store::Database;

/// The database that belongs to a folder, whichever process asks.
pub(crate) fn database(folder: &Path) -> Database {
    let note = folder.join("database.url");
    let url = std::fs::read_to_string(&note).unwrap_or_else(|_| {
        let url = fleetwright_postgres_for_tests::shared().unwrap().database().unwrap();
        std::fs::write(&note, &url).unwrap();
        url
    });
    Database::read(&url).unwrap()
}

#[path = "suite/mod.rs"]
mod suite;
