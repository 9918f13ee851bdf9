//! A repository is the same one by the forge's own name of it.

use fleetwright_store::{RepoRow, Store, Write};

use super::{open, planned, repo};

fn with_id(name: &str, id: &str) -> RepoRow {
    let mut row = repo(name);
    row.facts.forge_id = id.to_owned();
    row
}

async fn names(store: &Store) -> Vec<(i64, String)> {
    store.repos().await.unwrap().into_iter().map(|row| (row.id, row.name)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_with_the_same_id_is_the_same_repository() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    planned(&store, &["acme/a"]).await;
    let listed = |rows: Vec<RepoRow>| store.write(vec![Write::Repos(rows)], None);
    listed(vec![with_id("acme/a", "7")]).await.unwrap();
    listed(vec![with_id("acme/b", "7")]).await.unwrap();
    assert_eq!(names(&store).await, [(1, "acme/b".to_owned())]);
    let targets = store.targets_of_repo("tidy", 1).await.unwrap();
    assert_eq!(targets[0].name.repo, "acme/b", "its targets move on with it");
    // Another repository under its name is another one, in whatever order the two are listed.
    listed(vec![with_id("acme/b", "8"), with_id("acme/c", "7")]).await.unwrap();
    let other = names(&store).await[0].0;
    assert_ne!(other, 1);
    assert_eq!(names(&store).await, [(other, "acme/b".to_owned()), (1, "acme/c".to_owned())]);
    listed(vec![with_id("acme/d", "7"), with_id("acme/c", "8")]).await.unwrap();
    assert_eq!(names(&store).await, [(other, "acme/c".to_owned()), (1, "acme/d".to_owned())]);
    // One that is gone, and another one where it was.
    listed(vec![with_id("acme/d", "9")]).await.unwrap();
    let rows = store.repos().await.unwrap();
    let old = rows.iter().find(|row| row.id == 1).unwrap();
    assert_eq!((old.name.as_str(), old.fault.is_some()), ("acme/d (7)", true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_stays_with_its_repository() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    planned(&store, &["acme/a", "acme/b"]).await;
    let call = |to: &str| Write::Renamed { forge: "local".into(), from: "acme/a".into(), to: to.into() };
    store.write(vec![call("acme/b")], None).await.unwrap();
    assert_eq!(names(&store).await, [(1, "acme/a".to_owned()), (2, "acme/b".to_owned())]);
    store.write(vec![call("acme/z")], None).await.unwrap();
    assert_eq!(names(&store).await, [(2, "acme/b".to_owned()), (1, "acme/z".to_owned())]);
}
