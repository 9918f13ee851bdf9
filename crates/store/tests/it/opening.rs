//! Opening: what is refused, and with which words.

use std::sync::Arc;

use fleetwright_store::{SCHEMA_VERSION, Silent, Store, StoreError};
use sqlx::{Connection, SqliteConnection};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_acknowledged_is_synced_fully() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("fleet.db"), Arc::new(Silent)).await.unwrap();
    assert_eq!(store.settings().await.unwrap(), ("wal".to_owned(), 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_schema_is_refused_with_both_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    drop(Store::open(&path, Arc::new(Silent)).await.unwrap());
    let url = format!("sqlite:{}", path.display());
    let mut raw = SqliteConnection::connect(&url).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (999, 'later', 1, x'00', 0)";
    sqlx::query(newer).execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    let refused = Store::open(&path, Arc::new(Silent)).await.err().unwrap();
    assert!(
        matches!(refused, StoreError::NewerSchema { found: 999, known: SCHEMA_VERSION, .. }),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_database_is_refused_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    std::fs::write(&path, "this is no database, but long enough to be read as one\n".repeat(100)).unwrap();
    let refused = Store::open(&path, Arc::new(Silent)).await.err().unwrap().to_string();
    assert!(refused.contains("fleet.db") && refused.contains("try:"), "{refused}");
}
