//! Mirrors are a cache: they stay within their quota, and come back when they are missed.

use std::fs;

use fleetwright_engine::progress::Quiet;
use fleetwright_engine::sync::{sync, trim};

use crate::{apply, count, fleet};

const SPEC: &str = "  steps: [{ yaml: { files: [deploy/app.yaml], set: { spec.replicas: 41 } } }]\n  merge: { auto: true, require: { checks: none } }\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_makes_room_and_a_shift_goes_on_without_the_mirrors_it_lost() {
    let folder = tempfile::tempdir().unwrap();
    // A mirror of such a repository takes some 20 KiB: the quota holds a few of them.
    let fleet = fleet(folder.path(), 10, "cacheSize: 100KiB\n").await;
    sync(&fleet, |_| true, &Quiet).await.unwrap();
    let mirrors = folder.path().join(".fleetwright/cache/mirrors/local/bench");
    let held = || fs::read_dir(&mirrors).unwrap().count();
    assert_eq!(held(), 10);
    trim(&fleet).await.unwrap();
    assert!((1..10).contains(&held()), "{} of 10 mirrors are held", held());
    let select = "  targets: { select: 'repo.hasFile(\"deploy/*.yaml\")' }\n";
    apply(&fleet, folder.path(), "quota", &format!("{select}{SPEC}")).await;
    assert_eq!(count(&fleet, "quota", "merged").await, 10);
    assert!((1..10).contains(&held()), "{} of 10 mirrors are held", held());
}

#[tokio::test(flavor = "multi_thread")]
async fn with_every_mirror_gone_the_next_round_fetches_them_again() {
    let folder = tempfile::tempdir().unwrap();
    let fleet = fleet(folder.path(), 4, "").await;
    apply(&fleet, folder.path(), "first", SPEC).await;
    fs::remove_dir_all(folder.path().join(".fleetwright/cache")).unwrap();
    apply(&fleet, folder.path(), "second", &SPEC.replace("41", "42")).await;
    assert_eq!(count(&fleet, "second", "merged").await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_moved_is_not_fetched_again() {
    let folder = tempfile::tempdir().unwrap();
    let fleet = fleet(folder.path(), 4, "").await;
    assert_eq!(sync(&fleet, |_| true, &Quiet).await.unwrap().fetched, 4);
    assert_eq!(sync(&fleet, |_| true, &Quiet).await.unwrap().fetched, 0);
}
