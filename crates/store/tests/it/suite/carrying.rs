//! Everything is carried over between databases of either kind, and a check finds what is wrong.

use std::sync::Arc;

use fleetwright_store::{Database, Held, Silent, Store, StoreError, Write};

use super::knowing::filled;
use super::{database, planned, repo};

fn of<'a>(held: &'a [Held], table: &str) -> &'a Held {
    held.iter().find(|held| held.table == table).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_carried_over_and_back_and_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    planned(&store, &["acme/c\0d", "acme/é"]).await;
    store.acquire("shift:tidy", "one", 60_000, |_| false).await.unwrap();
    let targets = store.open_targets("tidy").await.unwrap();
    let (here, file) = (database(folder.path()), folder.path().join("backup.db"));
    let held = here.back_up(&file).await.unwrap();
    assert_eq!((of(&held, "repo").rows, of(&held, "lease").rows, of(&held, "bom").rows), (4, 1, 0));
    let refused = here.back_up(&file).await.unwrap_err().to_string();
    assert!(refused.contains("it is there already"), "{refused}");

    let backup = Database::File(file);
    let checked = backup.check().await.unwrap();
    assert_eq!((checked.tables, checked.faults), (held.clone(), Vec::new()));
    let elsewhere = folder.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let restored = database(&elsewhere);
    assert_eq!(backup.carry_to(&restored).await.unwrap(), held);
    assert_eq!(restored.check().await.unwrap().tables, held);

    // It goes on where the other one stopped: the next number is free, and the lease is held.
    let store = Store::open(&restored, Arc::new(Silent)).await.unwrap();
    store.write(vec![Write::Repos(vec![repo("acme/next")])], None).await.unwrap();
    assert_eq!(store.repos().await.unwrap().len(), 5);
    assert_eq!(store.open_targets("tidy").await.unwrap(), targets);
    let held = store.acquire("shift:tidy", "two", 60_000, |_| false).await.unwrap_err();
    assert!(matches!(held, StoreError::Leased { .. }), "{held}");
    let refused = backup.carry_to(&restored).await.unwrap_err().to_string();
    assert!(refused.contains("not empty"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_changed_has_another_digest() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    let here = database(folder.path());
    let before = here.check().await.unwrap();
    let mut other = repo("acme/a");
    other.fault = Some("gone".into());
    store.write(vec![Write::Repos(vec![other])], None).await.unwrap();
    let after = here.check().await.unwrap();
    assert_ne!(of(&before.tables, "repo").digest, of(&after.tables, "repo").digest);
    assert_eq!(of(&before.tables, "entity"), of(&after.tables, "entity"));
}
