//! All tests on a file of SQLite.

use std::path::Path;

use fleetwright_store::Database;

fn database(folder: &Path) -> Database {
    Database::File(folder.join("fleet.db"))
}

#[path = "suite/mod.rs"]
mod suite;
