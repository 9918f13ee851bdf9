//! Leases: one worker at a time, and a late one is refused.

use fleetwright_core::next::Control;
use fleetwright_store::{StoreError, Write};

use super::{open, planned};

fn pause() -> Write {
    Write::Control { shift: "tidy".into(), control: Control::Paused }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_worker_waits_and_a_dead_one_is_replaced_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let first = store.acquire("shift:tidy", "one", 60_000, |_| false).await.unwrap();
    let refused = store.acquire("shift:tidy", "two", 60_000, |_| false).await.unwrap_err();
    assert!(matches!(refused, StoreError::Leased { holder, .. } if holder == "one"));
    let second = store.acquire("shift:tidy", "two", 60_000, |holder| holder == "one").await.unwrap();
    assert_eq!(second.epoch, first.epoch + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_writer_is_refused_by_its_epoch_and_costs_nobody_else_anything() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    planned(&store, &["acme/a"]).await;
    let late = store.acquire("shift:tidy", "one", 0, |_| false).await.unwrap();
    let now = store.acquire("shift:tidy", "two", 60_000, |_| false).await.unwrap();
    // Both at once, so that they share a transaction.
    let (refused, written) =
        tokio::join!(store.write(vec![pause()], Some(&late)), store.write(vec![pause()], Some(&now)));
    assert!(matches!(refused, Err(StoreError::LeaseLost { .. })));
    written.unwrap();
    assert!(matches!(store.renew(&late, 60_000).await, Err(StoreError::LeaseLost { .. })));
    assert_eq!(store.control("tidy").await.unwrap(), Some(Control::Paused));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_released_lease_is_free_and_an_expired_one_too() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let lease = store.acquire("a", "one", 60_000, |_| false).await.unwrap();
    assert_eq!(store.holder("a").await.unwrap().as_deref(), Some("one"));
    store.release(&lease).await.unwrap();
    assert_eq!(store.holder("a").await.unwrap(), None);
    store.acquire("a", "two", 60_000, |_| false).await.unwrap();
}
