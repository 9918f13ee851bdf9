//! Writing: all or nothing, many at once, and a witness on both sides of every commit.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use fleetwright_core::event::Event;
use fleetwright_core::next::Control;
use fleetwright_store::{NewTarget, Place, StoreError, Witness, Write};
use serde_json::json;

use super::{open, open_with, planned, repo};

fn event(number: usize) -> Write {
    Write::Event(Event {
        shift: "tidy".into(),
        target: None,
        actor: "ann".into(),
        what: "test".into(),
        detail: json!({ "number": number }),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_written_whole_or_not_at_all_and_a_bad_one_spoils_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    planned(&store, &["acme/a"]).await;
    // A target of a repository that is not there breaks the foreign key.
    let bad =
        Write::Targets { shift: "tidy".into(), targets: vec![NewTarget { repo: 77, dir: String::new() }] };
    let (failed, good) =
        tokio::join!(store.write(vec![event(1), bad], None), store.write(vec![event(2)], None));
    assert!(failed.is_err());
    good.unwrap();
    let events = store.events("tidy", None, 10).await.unwrap();
    let numbers: Vec<_> = events.iter().map(|logged| logged.event.detail["number"].clone()).collect();
    assert_eq!(numbers, [json!(2)]);
}

#[derive(Default)]
struct Counting {
    commits: AtomicUsize,
    words: Mutex<Vec<&'static str>>,
}

impl Witness for Counting {
    fn commit(&self, place: Place, words: &[&'static str]) -> Result<(), String> {
        if place == Place::After {
            self.commits.fetch_add(1, Ordering::SeqCst);
            self.words.lock().unwrap().extend(words);
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_that_wait_share_a_commit() {
    let folder = tempfile::tempdir().unwrap();
    let witness = Arc::new(Counting::default());
    let store = open_with(folder.path(), Arc::clone(&witness) as _).await;
    let many: Vec<_> = (0..400)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { store.write(vec![event(number)], None).await })
        })
        .collect();
    for one in many {
        one.await.unwrap().unwrap();
    }
    let commits = witness.commits.load(Ordering::SeqCst);
    assert!(commits < 200, "400 writes took {commits} commits");
    assert_eq!(store.events("tidy", None, 1_000).await.unwrap().len(), 400);
    assert!(witness.words.lock().unwrap().iter().all(|word| *word == "event"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_is_there_again() {
    let folder = tempfile::tempdir().unwrap();
    planned(&open(folder.path()).await, &["acme/a", "acme/b"]).await;
    let store = open(folder.path()).await;
    assert_eq!(store.repos().await.unwrap().len(), 2);
    assert_eq!(store.open_targets("tidy").await.unwrap(), 2);
}

struct Refusing(Place);

impl Witness for Refusing {
    fn commit(&self, place: Place, words: &[&'static str]) -> Result<(), String> {
        match place == self.0 && words.contains(&"event") {
            true => Err("said the test".to_owned()),
            false => Ok(()),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_before_the_commit_undoes_it_and_one_after_it_is_a_lost_answer() {
    for (place, kept) in [(Place::Before, 0), (Place::After, 1)] {
        let folder = tempfile::tempdir().unwrap();
        let store = open_with(folder.path(), Arc::new(Refusing(place))).await;
        let refused = store.write(vec![event(1)], None).await.unwrap_err();
        assert!(matches!(refused, StoreError::AnswerLost(_)), "{refused}");
        assert_eq!(
            open(folder.path()).await.events("tidy", None, 10).await.unwrap().len(),
            kept,
            "{place:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_keeps_its_number_and_a_control_word_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    planned(&store, &["acme/a"]).await;
    let before = store.repos().await.unwrap()[0].id;
    store.write(vec![Write::Repos(vec![repo("acme/a")])], None).await.unwrap();
    assert_eq!(store.repos().await.unwrap()[0].id, before);
    let stop = Write::Control { shift: "tidy".into(), control: Control::Stopped };
    store.write(vec![stop], None).await.unwrap();
    assert_eq!(store.control("tidy").await.unwrap(), Some(Control::Stopped));
    assert_eq!(store.control("none").await.unwrap(), None);
}
