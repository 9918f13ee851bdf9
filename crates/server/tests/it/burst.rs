//! Many deliveries at once.

use std::time::{Duration, Instant};

use crate::client::Client;
use crate::{SECRET, fleet, signature, start};

const DELIVERIES: usize = 1_000;
const CONNECTIONS: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_at_once_are_each_answered_within_a_second_and_none_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let fleet = fleet(folder.path()).await;
    // Nobody looks after them, so that they can be counted.
    let running = start(fleet, Duration::from_secs(3600)).await;
    let begun = Instant::now();
    let mut sending = tokio::task::JoinSet::new();
    for connection in 0..CONNECTIONS {
        let address = running.address;
        sending.spawn(async move {
            let mut client = Client::open(address).await;
            let mut slowest = Duration::ZERO;
            for at in 0..DELIVERIES / CONNECTIONS {
                let body = format!("{{\"repo\":\"acme/r{connection}\",\"number\":{at}}}");
                let (sign, id) = (signature(SECRET, body.as_bytes()), format!("{connection}-{at}"));
                let headers = [("x-signature", sign.as_str()), ("x-delivery", id.as_str())];
                let sent = Instant::now();
                assert_eq!(client.post("/webhooks/local", &headers, body.as_bytes()).await, 202);
                slowest = slowest.max(sent.elapsed());
            }
            slowest
        });
    }
    let slowest = sending.join_all().await.into_iter().max().unwrap();
    let all = begun.elapsed();
    eprintln!("{DELIVERIES} deliveries in {all:?}, the slowest answer after {slowest:?}");
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
    // One more row: its number says how many there were, whether they were looked after or not.
    assert_eq!(running.deliver("last", "{\"repo\":\"acme/last\",\"number\":1}").await, 202);
    let newest = async || running.fleet.store.hints(0, 2_000).await.unwrap().last().map(|hint| hint.id);
    let id = newest().await;
    assert!(id.is_none_or(|id| id == DELIVERIES as i64 + 1), "{id:?}");
    let write = fleetwright_store::Write::Hear {
        forge: "local".into(),
        delivery: None,
        hints: vec![("acme/app".into(), fleetwright_store::About::Repo)],
    };
    running.fleet.store.write(vec![write], None).await.unwrap();
    assert_eq!(newest().await, Some(DELIVERIES as i64 + 2));
    running.end().await;
}
