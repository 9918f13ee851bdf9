//! Hints are kept once per delivery, in order, until they were looked after.

use fleetwright_core::Oid;
use fleetwright_core::pull::PullRef;
use fleetwright_core::stage::Stage;
use fleetwright_store::{About, HintRow, Intent, TargetFilter, TargetState, Write};

use super::{open, planned};

fn hear(delivery: Option<&str>, repo: &str, pull: u64) -> Write {
    let delivery = delivery.map(str::to_owned);
    Write::Hear { forge: "hub".into(), delivery, hints: vec![(repo.to_owned(), About::Pull(pull))] }
}

#[tokio::test]
async fn a_doubled_delivery_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    for write in [hear(Some("d1"), "a/a", 1), hear(Some("d1"), "a/a", 1), hear(Some("d2"), "a/b", 2)] {
        store.write(vec![write], None).await.unwrap();
    }
    // What has no name of its own cannot be known again.
    store.write(vec![hear(None, "a/c", 3), hear(None, "a/c", 3)], None).await.unwrap();
    let told = |rows: Vec<HintRow>| -> Vec<(String, About)> {
        rows.into_iter().map(|row| (row.repo, row.about)).collect()
    };
    let all = store.hints(0, 100).await.unwrap();
    let pull = |repo: &str, number| (repo.to_owned(), About::Pull(number));
    assert_eq!(told(all.clone()), [pull("a/a", 1), pull("a/b", 2), pull("a/c", 3), pull("a/c", 3)]);
    store.write(vec![Write::Looked(vec![all[0].id, all[3].id])], None).await.unwrap();
    drop(store);
    let store = open(folder.path()).await;
    assert_eq!(told(store.hints(0, 100).await.unwrap()), [pull("a/b", 2), pull("a/c", 3)]);
    assert_eq!(told(store.hints(all[1].id, 1).await.unwrap()), [pull("a/c", 3)]);
    // Once forgotten, the same name is new again; a row's number never is.
    store.write(vec![Write::ForgetDeliveries(i64::MAX), hear(Some("d1"), "a/a", 1)], None).await.unwrap();
    assert!(store.hints(all[3].id, 1).await.unwrap()[0].id > all[3].id);
}

#[tokio::test]
async fn a_hint_leads_to_the_targets_it_is_about() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    planned(&store, &["a/a", "a/b"]).await;
    let targets = store.targets("tidy", TargetFilter { limit: 2, ..TargetFilter::default() }).await.unwrap();
    let head = Oid::from_bytes([7; 20]);
    let pull = PullRef { number: 12, url: "x".into() };
    let put = |stage, intent| {
        let state = TargetState { id: targets[0].id, stage, key: None, waiting: None, intent, pushed: None };
        store.write(vec![Write::Target(Box::new(state))], None)
    };
    let due = async |forge: &str, repo: &str, about| {
        let hint = HintRow { id: 1, forge: forge.into(), repo: repo.into(), about };
        store.due(&hint).await.unwrap()
    };
    let ours = || vec![("tidy".to_owned(), targets[0].id)];
    assert_eq!(due("local", "a/a", About::Repo).await, ours());
    assert_eq!(due("local", "a/a", About::Pull(12)).await, []);
    put(Stage::Adopted { pull: pull.clone(), head, told: Box::default() }, None).await.unwrap();
    assert_eq!(due("local", "a/a", About::Pull(12)).await, ours());
    assert_eq!(due("local", "a/a", About::Head(head)).await, ours());
    for (forge, repo, about) in [
        ("local", "a/a", About::Pull(13)),
        ("local", "a/a", About::Head(Oid::from_bytes([8; 20]))),
        ("local", "a/b", About::Pull(12)),
        ("other", "a/a", About::Pull(12)),
        ("local", "a/c", About::Repo),
    ] {
        assert_eq!(due(forge, repo, about).await, [], "{repo} {about:?}");
    }
    let doubt = Intent::Propose { branch: "b".into(), time: 0 };
    put(Stage::NEW, Some(doubt)).await.unwrap();
    assert_eq!(due("local", "a/a", About::Pull(13)).await, ours(), "it may be the one in doubt");
    put(Stage::Unchanged, None).await.unwrap();
    assert_eq!(due("local", "a/a", About::Repo).await, [], "nothing happens there any more");
}
