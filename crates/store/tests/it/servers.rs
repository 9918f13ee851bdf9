//! What only a server can do: be of a newer program, go away in the middle, and serve several processes at once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fleetwright_core::event::Event;
use fleetwright_core::next::Control;
use fleetwright_postgres_for_tests::{Server, shared};
use fleetwright_store::{Database, SCHEMA_VERSION, Silent, Store, StoreError, Write};
use sqlx::{Connection, PgConnection};

fn event(number: usize) -> Write {
    Write::Event(Event {
        shift: "tidy".into(),
        target: None,
        actor: "ann".into(),
        what: "test".into(),
        detail: number.into(),
    })
}

async fn open(url: &str) -> Store {
    Store::open(Database::read(url).unwrap(), Arc::new(Silent)).await.unwrap()
}

async fn numbers(store: &Store) -> Vec<usize> {
    let events = store.events("tidy", None, 1_000_000).await.unwrap();
    events.iter().map(|logged| logged.event.detail.as_u64().unwrap() as usize).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_schema_is_refused_with_both_numbers() {
    let url = shared().unwrap().database().unwrap();
    drop(open(&url).await);
    let mut raw = PgConnection::connect(&url).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (999, 'later', true, 'x', 0)";
    sqlx::query(newer).execute(&mut raw).await.unwrap();
    let refused = Store::open(Database::read(&url).unwrap(), Arc::new(Silent)).await.err().unwrap();
    assert!(
        matches!(refused, StoreError::NewerSchema { found: 999, known: SCHEMA_VERSION, .. }),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there_is_named_and_a_password_is_not() {
    let url = shared().unwrap().database().unwrap().replace("/test_", "/none_");
    let database = Database::read(&url).unwrap().with_password("geheim".into());
    let refused = Store::open(database, Arc::new(Silent)).await.err().unwrap();
    let said = format!("{refused} {refused:?}");
    assert!(said.contains("does not exist") && !said.contains("geheim"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_that_open_a_new_database_at_once_make_it_once() {
    let url = shared().unwrap().database().unwrap();
    let opening: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { open(&url).await })
        })
        .collect();
    for one in opening {
        one.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_one_has_the_lease_and_a_late_one_is_refused() {
    let url = shared().unwrap().database().unwrap();
    let (one, other) = (open(&url).await, open(&url).await);
    let both = tokio::join!(
        one.acquire("shift:tidy", "one", 60_000, |_| false),
        other.acquire("shift:tidy", "other", 60_000, |_| false)
    );
    let (held, refused) = match both {
        (Ok(held), Err(refused)) | (Err(refused), Ok(held)) => (held, refused),
        both => panic!("{both:?}"),
    };
    assert!(matches!(refused, StoreError::Leased { .. }), "{refused}");
    assert_eq!(held.epoch, 1);

    let late = one.acquire("a", "one", 0, |_| false).await.unwrap();
    let now = other.acquire("a", "other", 60_000, |_| false).await.unwrap();
    assert!(matches!(one.write(vec![event(1)], Some(&late)).await, Err(StoreError::LeaseLost { .. })));
    other.write(vec![event(2)], Some(&now)).await.unwrap();
    assert_eq!(numbers(&one).await, [2]);
    // By the server's clock, whatever those of the processes say.
    assert_eq!(one.holder("a").await.unwrap().as_deref(), Some("other"));
    other.release(&now).await.unwrap();
    assert_eq!(one.holder("a").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn shifts_that_are_due_are_split_among_processes() {
    let url = shared().unwrap().database().unwrap();
    let stores = [open(&url).await, open(&url).await, open(&url).await];
    let taken: Vec<_> = stores
        .iter()
        .enumerate()
        .map(|(number, store)| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                for shift in 0..30 {
                    let name = format!("shift:{shift}");
                    match store.acquire(&name, &format!("process {number}"), 60_000, |_| false).await {
                        Ok(_) => mine.push(shift),
                        Err(StoreError::Leased { .. }) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
                mine
            })
        })
        .collect();
    let mut all = Vec::new();
    for one in taken {
        all.extend(one.await.unwrap());
    }
    assert_eq!(all.len(), 30, "each once");
    assert_eq!(all.into_iter().collect::<BTreeSet<usize>>().len(), 30, "and all of them");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_wakes_the_other_process() {
    let url = shared().unwrap().database().unwrap();
    let (one, other) = (open(&url).await, open(&url).await);
    let mut woken = other.woken();
    // The listener may still be on its way; a write that nobody can wait for wakes nobody.
    tokio::time::sleep(Duration::from_millis(500)).await;
    one.write(vec![event(1)], None).await.unwrap();
    woken.mark_unchanged();
    let silent = tokio::time::timeout(Duration::from_millis(300), woken.changed()).await;
    assert!(silent.is_err(), "an event wakes nobody");
    one.write(vec![Write::Control { shift: "tidy".into(), control: Control::Paused }], None).await.unwrap();
    tokio::time::timeout(Duration::from_secs(20), woken.changed()).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_back_is_written_to_again_and_has_all_that_was_acknowledged() {
    let server = Server::start().unwrap();
    let url = server.database().unwrap();
    let (store, other) = (open(&url).await, open(&url).await);
    let mut woken = other.woken();
    let (next, acknowledged) = (Arc::new(AtomicUsize::new(0)), Arc::new(std::sync::Mutex::new(Vec::new())));
    let writing: Vec<_> = [&store, &other]
        .into_iter()
        .cycle()
        .take(8)
        .map(|store| {
            let (store, next, acknowledged) = (store.clone(), next.clone(), acknowledged.clone());
            tokio::spawn(async move {
                for _ in 0..100 {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    match store.write(vec![event(number)], None).await {
                        Ok(()) => acknowledged.lock().unwrap().push(number),
                        // It may be there or not.
                        Err(StoreError::AnswerLost(_)) => {}
                        Err(error) => panic!("{error}"),
                    }
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            })
        })
        .collect();
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        server.stop().unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        server.resume().unwrap();
    }
    for one in writing {
        one.await.unwrap();
    }
    let kept = numbers(&store).await;
    let once: BTreeSet<usize> = kept.iter().copied().collect();
    assert_eq!(once.len(), kept.len(), "nothing is there twice");
    let acknowledged = acknowledged.lock().unwrap().clone();
    assert!(acknowledged.len() > 700, "{} of 800 were acknowledged", acknowledged.len());
    assert!(acknowledged.iter().all(|number| once.contains(number)), "nothing acknowledged is lost");
    // And wakes arrive again.
    woken.mark_unchanged();
    for _ in 0..20 {
        store.write(vec![Write::Control { shift: "tidy".into(), control: Control::Paused }], None).await.unwrap();
        if tokio::time::timeout(Duration::from_secs(1), woken.changed()).await.is_ok() {
            return;
        }
    }
    panic!("nobody was woken");
}
