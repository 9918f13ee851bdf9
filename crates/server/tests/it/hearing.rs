//! What is taken, what is refused, and in which order it is looked at.

use std::time::Duration;

use fleetwright_forge::webhook::MAX_DELIVERY;
use fleetwright_store::About;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::client::Client;
use crate::{SECRET, fleet, signature, start};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(fleet(folder.path()).await, HOUR).await;
    let body = "no json, and a token: ghp_0123456789abcdef0123";
    let right = signature(SECRET, body.as_bytes());
    let wrong = signature("another", body.as_bytes());
    let cut = &right[..right.len() - 1];
    for (headers, code) in [
        // Were it read first, it would be 400.
        (vec![], 401),
        (vec![("x-signature", "")], 401),
        (vec![("x-signature", wrong.as_str())], 401),
        (vec![("x-signature", cut)], 401),
        (vec![("x-signature", right.as_str())], 400),
    ] {
        let mut client = Client::open(running.address).await;
        assert_eq!(client.post("/webhooks/local", &headers, body.as_bytes()).await, code, "{headers:?}");
    }
    let said = running.said();
    let forged = "webhook of local refused with 401: the signature is missing or wrong";
    let unread = "webhook of local refused with 400: it is signed and cannot be read";
    assert_eq!(said, [forged, forged, forged, forged, unread], "each once, and nothing of the body");
    assert!(running.fleet.store.hints(0, 10).await.unwrap().is_empty());
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_has_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(fleet(folder.path()).await, HOUR).await;
    for (method, path, code) in [
        ("GET", "/healthz", 200),
        ("GET", "/webhooks/local", 405),
        ("POST", "/webhooks/hub", 404),
        ("POST", "/webhooks/a%0Ab", 404),
        ("POST", "/", 404),
    ] {
        let mut client = Client::open(running.address).await;
        assert_eq!(client.send(method, path, &[("content-length", "2")], b"{}").await, code, "{path}");
    }
    let large = (MAX_DELIVERY + 1).to_string();
    let mut client = Client::open(running.address).await;
    assert_eq!(client.send("POST", "/webhooks/local", &[("content-length", &large)], b"").await, 413);
    // Without a length it is found out while it comes.
    let mut client = Client::open(running.address).await;
    let chunk = vec![b'x'; MAX_DELIVERY + 1];
    let mut body = format!("{:x}\r\n", chunk.len()).into_bytes();
    body.extend(&chunk);
    body.extend(b"\r\n0\r\n\r\n");
    let chunked = [("transfer-encoding", "chunked")];
    assert_eq!(client.send("POST", "/webhooks/local", &chunked, &body).await, 413);
    let said = running.said();
    assert_eq!(said.len(), 4, "{said:?}");
    assert!(said[1].starts_with("webhook of a?b refused with 404"), "{said:?}");
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_on_disk_when_it_is_answered_and_a_doubled_one_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(fleet(folder.path()).await, HOUR).await;
    for (delivery, number) in [("a", 1), ("a", 1), ("b", 2), ("a", 1)] {
        let body = format!("{{\"repo\":\"acme/app\",\"number\":{number}}}");
        assert_eq!(running.deliver(delivery, &body).await, 202);
    }
    // No shift has anything there: the hints are let go, and never kept twice.
    let kept = running.fleet.store.hints(0, 10).await.unwrap();
    assert!(kept.len() <= 2, "{kept:?}");
    for _ in 0..100 {
        if running.fleet.store.hints(0, 10).await.unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(running.fleet.store.hints(0, 10).await.unwrap().is_empty());
    // Row numbers are never used twice, so the next one tells how many there were.
    let write = fleetwright_store::Write::Hear {
        forge: "local".into(),
        delivery: None,
        hints: vec![("acme/app".into(), About::Repo)],
    };
    running.fleet.store.write(vec![write], None).await.unwrap();
    assert_eq!(running.fleet.store.hints(0, 10).await.unwrap()[0].id, 3);
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_with_a_defect_is_an_answer_and_the_server_lives() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(fleet(folder.path()).await, HOUR).await;
    assert_eq!(running.deliver("x", "panic").await, 400);
    assert_eq!(running.deliver("y", "{}").await, 202);
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_comes_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(fleet(folder.path()).await, HOUR).await;
    let mut runner = TestRunner::deterministic();
    let bodies = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200),
        "\\{\"repo\":(\"[a-z/\\\\\"]{0,9}\"|\\[|null|1e999),\"number\":(-?[0-9]{1,25}|true|\\{\\})[},]"
            .prop_map(String::into_bytes),
    ];
    let mut client = Client::open(running.address).await;
    for at in 0..400 {
        let body = bodies.new_tree(&mut runner).unwrap().current();
        let signature = signature(SECRET, &body);
        let sign = if at % 3 == 0 { "sha256=00" } else { signature.as_str() };
        let code = client.post("/webhooks/local", &[("x-signature", sign)], &body).await;
        let expected: &[u16] = if at % 3 == 0 { &[401] } else { &[202, 400] };
        assert!(expected.contains(&code), "{code} for {body:?}");
    }
    assert_eq!(client.send("GET", "/healthz", &[], b"").await, 200);
    running.end().await;
}
