//! Servers, names and addresses that mean harm.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fleetwright_catalog::{UrlPolicy, UrlRefusal};
use fleetwright_fetch::{FetchError, Fetched, Fetcher, MAX_REDIRECTS, MAX_TEXT, Settings, SystemNames};
use fleetwright_testkit::secure::Page;
use proptest::prelude::*;
use tokio::net::TcpListener;
use url::Url;

use crate::world::World;

/// An address of this machine that no policy allows, and who listens there.
async fn private() -> (SocketAddr, TcpListener) {
    let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 2), 0)).await.unwrap();
    (listener.local_addr().unwrap(), listener)
}

async fn is_untouched(listener: &TcpListener) -> bool {
    tokio::time::timeout(Duration::from_millis(100), listener.accept()).await.is_err()
}

#[tokio::test]
async fn a_host_that_is_not_allowed_is_neither_looked_up_nor_contacted() {
    let world = World::new().await;
    let refused = world.fetch("https://other.fetch.example/x.yaml").await.unwrap_err();
    assert!(matches!(refused, FetchError::Refused(UrlRefusal::Host(_))), "{refused:?}");
    assert!(refused.remedy().contains("catalog.hosts"));
    for address in [
        "http://a.fetch.example/x",
        "https://127.0.0.1/x",
        "https://me:pw@a.fetch.example/x",
        "https://a.fetch.example:8443/x",
        "file:///etc/passwd",
    ] {
        assert!(matches!(world.fetch(address).await, Err(FetchError::Refused(_))), "{address}");
    }
    assert!(world.book.asked().is_empty());
    assert_eq!(world.server.connected(), 0);
}

#[tokio::test]
async fn a_name_with_a_private_address_is_not_connected_to() {
    let world = World::new().await;
    let (address, listener) = private().await;
    let refusal = Err(FetchError::Refused(UrlRefusal::Private(address.ip())));
    world.book.write("inner.fetch.example", &[&[address]]);
    assert_eq!(world.fetch("https://inner.fetch.example/x").await, refusal);
    // One good address beside it does not help.
    world.book.write("inner.fetch.example", &[&[world.server.address(), address]]);
    assert_eq!(world.fetch("https://inner.fetch.example/x").await, refusal);
    world.book.write("inner.fetch.example", &[&[]]);
    let nowhere = world.fetch("https://inner.fetch.example/x").await;
    assert_eq!(nowhere, Err(FetchError::Refused(UrlRefusal::Nowhere)));
    assert!(is_untouched(&listener).await);
    assert_eq!(world.server.connected(), 0);
}

#[tokio::test]
async fn a_redirect_to_a_private_address_or_another_host_is_refused() {
    let world = World::new().await;
    let (address, listener) = private().await;
    world.book.write("inner.fetch.example", &[&[address]]);
    world.server.put("a.fetch.example/1", Page::to("https://inner.fetch.example/x"));
    let refused = world.fetch("https://a.fetch.example/1").await;
    assert_eq!(refused, Err(FetchError::Redirected(UrlRefusal::Private(address.ip()))));
    for to in [
        "https://127.0.0.2/x".to_owned(),
        format!("https://{address}/x"),
        "http://a.fetch.example/x".to_owned(),
        "https://other.fetch.example/x".to_owned(),
        "https://user:canary@a.fetch.example/x".to_owned(),
        "file:///etc/passwd".to_owned(),
        "//169.254.169.254/latest/meta-data".to_owned(),
    ] {
        world.server.put("a.fetch.example/2", Page::to(&to));
        let refused = world.fetch("https://a.fetch.example/2").await.unwrap_err();
        assert!(matches!(refused, FetchError::Redirected(_)), "{to}: {refused:?}");
        assert!(!refused.to_string().contains("canary"));
    }
    assert!(is_untouched(&listener).await);
}

/// A name that is public while it is looked at and private when it is connected to.
#[tokio::test]
async fn a_name_is_looked_up_once_for_a_connection() {
    let world = World::new().await;
    let (address, listener) = private().await;
    world.book.write("inner.fetch.example", &[&[world.server.address()], &[address]]);
    world.server.put("inner.fetch.example/x", Page::text("good", ""));
    assert_eq!(world.text("https://inner.fetch.example/x").await, "good");
    assert_eq!(world.book.asked(), ["inner.fetch.example"]);
    assert!(is_untouched(&listener).await);
}

#[tokio::test]
async fn redirects_end() {
    let world = World::new().await;
    world.server.put("a.fetch.example/x", Page::to("/x"));
    assert_eq!(world.fetch("https://a.fetch.example/x").await, Err(FetchError::Circling));
    assert_eq!(world.server.asked().len(), MAX_REDIRECTS + 1);
    world.server.put("a.fetch.example/y", Page { status: 302, ..Page::default() });
    assert_eq!(world.fetch("https://a.fetch.example/y").await, Err(FetchError::Astray));
    world.server.put("a.fetch.example/z", Page::to("https://"));
    assert_eq!(world.fetch("https://a.fetch.example/z").await, Err(FetchError::Astray));
}

#[tokio::test]
async fn what_is_too_large_is_not_read_to_its_end() {
    let world = World::new().await;
    let body = vec![b'x'; MAX_TEXT + 1];
    world.server.put("a.fetch.example/told", Page { body: body.clone(), ..Page::default() });
    assert_eq!(world.fetch("https://a.fetch.example/told").await, Err(FetchError::Large));
    world.server.put("a.fetch.example/endless", Page { body, endless: true, ..Page::default() });
    assert_eq!(world.fetch("https://a.fetch.example/endless").await, Err(FetchError::Large));
    world.server.put("a.fetch.example/just", Page { body: vec![b'x'; MAX_TEXT], ..Page::default() });
    assert_eq!(world.text("https://a.fetch.example/just").await.len(), MAX_TEXT);
}

#[tokio::test]
async fn what_drips_is_given_up() {
    let time = Duration::from_millis(400);
    let world = World::within(time).await;
    let page = Page { body: vec![b'x'; 1024], pause: Duration::from_millis(50), ..Page::default() };
    world.server.put("a.fetch.example/x", Page { endless: true, ..page });
    let begin = Instant::now();
    assert_eq!(world.fetch("https://a.fetch.example/x").await, Err(FetchError::Slow(time)));
    assert!(begin.elapsed() >= time, "it dripped until then");
}

#[tokio::test]
async fn what_is_no_text_is_not_taken() {
    let world = World::new().await;
    let html = vec![("content-type", "text/HTML; charset=utf-8".to_owned())];
    world.server.put("a.fetch.example/1", Page { headers: html, ..Page::text("kind: x", "") });
    assert_eq!(world.fetch("https://a.fetch.example/1").await, Err(FetchError::Page));
    world.server.put("a.fetch.example/2", Page::text("\n<!DOCTYPE html><p>Sign in", ""));
    assert_eq!(world.fetch("https://a.fetch.example/2").await, Err(FetchError::Page));
    world.server.put("a.fetch.example/3", Page { body: vec![0xff, 0xfe, 0], ..Page::default() });
    assert_eq!(world.fetch("https://a.fetch.example/3").await, Err(FetchError::NoText));
    let cut = Page { body: vec![b'x'; 4096], cut: true, ..Page::default() };
    world.server.put("a.fetch.example/4", cut);
    assert!(matches!(world.fetch("https://a.fetch.example/4").await, Err(FetchError::Broken(_))));
    // A tag that would not fit into a request is not kept.
    let mut page = Page::text("x", "");
    page.headers.push(("etag", format!("\"{}\"", "e".repeat(5000))));
    world.server.put("a.fetch.example/5", page);
    let fetched = world.fetch("https://a.fetch.example/5").await.unwrap();
    assert_eq!(fetched, Fetched::New { text: "x".to_owned(), etag: None });
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_ends_it() {
    let world = World::new().await;
    world.server.put("a.fetch.example/x", Page::text("x", ""));
    let policy = UrlPolicy::of(["a.fetch.example"]).with_addresses([world.server.address().ip()]);
    let names = Arc::clone(&world.book) as _;
    let settings = Settings { policy, names, authority: None, time: Duration::from_secs(20) };
    let fetcher = Fetcher::new(settings).unwrap();
    let url = Url::parse("https://a.fetch.example/x").unwrap();
    let failed = fetcher.fetch(&url, None).await.unwrap_err();
    assert!(
        matches!(&failed, FetchError::Unreachable { why, .. } if why.contains("certificate")),
        "{failed:?}"
    );
    assert!(world.server.asked().is_empty());
}

#[tokio::test]
async fn the_machines_own_names_are_looked_at_too() {
    let settings = Settings {
        policy: UrlPolicy::of(["localhost"]),
        names: Arc::new(SystemNames),
        authority: None,
        time: Duration::from_secs(20),
    };
    let url = Url::parse("https://localhost/x").unwrap();
    let refused = Fetcher::new(settings).unwrap().fetch(&url, None).await;
    assert!(matches!(refused, Err(FetchError::Refused(UrlRefusal::Private(_)))), "{refused:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a redirect says: it ends in a refusal or at an allowed host, and nobody else is looked up.
    #[test]
    fn a_redirect_leads_nowhere_else(to in "(https?:)?(//)?[a-z@:\\[\\]./?#%0-9-]{0,24}") {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new().await;
            world.server.put("a.fetch.example/x", Page::to(&to));
            let _ = world.fetch("https://a.fetch.example/x").await;
            assert!(world.book.asked().iter().all(|name| name == "a.fetch.example"), "{to}");
            assert!(world.server.asked().iter().all(|asked| asked.what.starts_with("a.fetch.example/")), "{to}");
        });
    }
}
