//! Budgets: shared by processes, kept over a restart.

use fleetwright_core::budget::{Admission, Caps, Held, Lane};
use fleetwright_store::{Account, Ask, Setback, Store};

use super::open;

const MINUTE: i64 = 60_000;

fn account() -> Account {
    Account { forge: "github".into(), identity: "fleet-bot".into() }
}

fn ask(lane: Lane, asker: &str, waiting: u32) -> Ask {
    Ask { account: account(), caps: Caps::GITHUB.lowered(Some(50), None), lane, asker: asker.into(), waiting }
}

/// Creates as fast as admitted until `end`, and tells when each was.
async fn create(store: Store, asker: &'static str, (mut now, end): (i64, i64)) -> Vec<i64> {
    let mut sent = Vec::new();
    while now < end {
        match store.admit(ask(Lane::Normal, asker, 1_000), now).await.unwrap() {
            Admission::Admit => sent.push(now),
            Admission::Wait { until, .. } => now = until,
        }
    }
    sent
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_never_exceed_the_allowance_together() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (open(folder.path()).await, open(folder.path()).await);
    let span = (0, 180 * MINUTE);
    let (mut sent, more) =
        tokio::join!(tokio::spawn(create(one, "a", span)), tokio::spawn(create(other, "b", span)),);
    let sent = sent.as_mut().unwrap();
    sent.extend(more.unwrap());
    sent.sort_unstable();
    assert!(sent.len() >= 140, "{} within three hours", sent.len());
    for at in sent.iter() {
        let within = sent.iter().filter(|other| (at - 60 * MINUTE + 1..=*at).contains(other)).count();
        assert!(within <= 50, "{within} within the hour before {at}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_used_and_learnt_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    assert_eq!(store.admit(ask(Lane::Normal, "a", 7), 0).await.unwrap(), Admission::Admit);
    assert_eq!(store.admit(ask(Lane::Normal, "b", 5), 2_000).await.unwrap(), Admission::Admit);
    let refused = Setback::Refused { lane: Lane::Normal, told: Some(10 * MINUTE) };
    store.setback(account(), refused, 3_000).await.unwrap();
    drop(store);
    let store = open(folder.path()).await;
    let budgets = store.budgets().await.unwrap();
    assert_eq!(budgets[0].0, account());
    let standing = budgets[0].1.standing(4_000);
    assert_eq!((standing.used, standing.waiting), ([0, 1, 0], [0, 10, 0]));
    assert_eq!(standing.blocked_until, Some(10 * MINUTE));
    let held = store.admit(ask(Lane::Security, "c", 1), 4_000).await.unwrap();
    assert_eq!(held, Admission::Wait { until: 10 * MINUTE, why: Held::Blocked });
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_gone_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    assert_eq!(store.admit(ask(Lane::Security, "a", 100), 0).await.unwrap(), Admission::Admit);
    let held = store.admit(ask(Lane::Normal, "b", 1), 2_000).await.unwrap();
    assert!(matches!(held, Admission::Wait { why: Held::Turn { lane: Lane::Security }, .. }), "{held:?}");
    assert_eq!(store.admit(ask(Lane::Normal, "b", 1), 2 * MINUTE).await.unwrap(), Admission::Admit);
    // Or it says so itself.
    assert_eq!(store.admit(ask(Lane::Security, "a", 100), 3 * MINUTE).await.unwrap(), Admission::Admit);
    store.withdraw(ask(Lane::Security, "a", 0), 3 * MINUTE).await.unwrap();
    assert_eq!(store.admit(ask(Lane::Normal, "b", 1), 4 * MINUTE).await.unwrap(), Admission::Admit);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_sent_does_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    store.setback(account(), Setback::Blocked { until: 5 }, 0).await.unwrap();
    assert!(store.budgets().await.unwrap().is_empty(), "nothing was admitted yet");
    store.admit(ask(Lane::Hygiene, "a", 1), 0).await.unwrap();
    store.setback(account(), Setback::Unsent { lane: Lane::Hygiene }, 1).await.unwrap();
    assert_eq!(store.budgets().await.unwrap()[0].1.standing(2).used, [0, 0, 0]);
}
