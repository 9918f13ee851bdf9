//! What is fetched, and what is asked for it.

use fleetwright_fetch::{FetchError, Fetched};
use fleetwright_testkit::secure::Page;
use url::Url;

use crate::world::World;

#[tokio::test]
async fn a_text_comes_with_its_tag_and_costs_one_request_when_it_is_the_same() {
    let world = World::new().await;
    world.server.put("a.fetch.example/x.yaml", Page::text("kind: Component\n", "one"));
    let url = Url::parse("https://a.fetch.example/x.yaml").unwrap();
    let first = world.fetcher.fetch(&url, None).await.unwrap();
    let text = "kind: Component\n".to_owned();
    assert_eq!(first, Fetched::New { text: text.clone(), etag: Some("\"one\"".to_owned()) });
    assert_eq!(world.fetcher.fetch(&url, Some("\"one\"")).await.unwrap(), Fetched::Same);
    assert_eq!(world.server.asked().iter().map(|asked| asked.status).collect::<Vec<_>>(), [200, 304]);
    world.server.put("a.fetch.example/x.yaml", Page::text("kind: API\n", "two"));
    assert!(matches!(world.fetcher.fetch(&url, Some("\"one\"")).await.unwrap(), Fetched::New { .. }));
}

#[tokio::test]
async fn no_credentials_and_no_cookies_are_sent() {
    let world = World::new().await;
    let mut page = Page::to("https://b.fetch.example/y.yaml");
    page.headers.push(("set-cookie", "session=canary".to_owned()));
    world.server.put("a.fetch.example/x.yaml", page);
    world.server.put("b.fetch.example/y.yaml", Page::text("b", ""));
    assert_eq!(world.text("https://a.fetch.example/x.yaml").await, "b");
    for asked in world.server.asked() {
        for word in ["authorization", "cookie", "referer", "canary"] {
            assert!(!asked.head.contains(word), "{}", asked.head);
        }
    }
}

#[tokio::test]
async fn redirects_are_followed_to_allowed_hosts_and_relative_ones_too() {
    let world = World::new().await;
    world.server.put("a.fetch.example/x.yaml", Page::to("/folder/y.yaml"));
    world.server.put("a.fetch.example/folder/y.yaml", Page::to("https://b.fetch.example/z.yaml"));
    world.server.put("b.fetch.example/z.yaml", Page::text("here", ""));
    assert_eq!(world.text("https://a.fetch.example/x.yaml").await, "here");
}

#[tokio::test]
async fn what_the_server_says_no_to_is_told_with_what_to_try() {
    let world = World::new().await;
    let missing = world.fetch("https://a.fetch.example/none.yaml").await.unwrap_err();
    assert_eq!(missing, FetchError::Status(404));
    assert!(missing.is_missing() && !missing.is_of_host());
    assert!(missing.remedy().contains("correct the address"));
    world.server.put("a.fetch.example/down", Page { status: 503, ..Page::default() });
    let down = world.fetch("https://a.fetch.example/down").await.unwrap_err();
    assert!(!down.is_missing());
    // Not asked for a tag, this is no answer.
    world.server.put("a.fetch.example/odd", Page { status: 304, ..Page::default() });
    assert_eq!(world.fetch("https://a.fetch.example/odd").await, Err(FetchError::Status(304)));
    let unknown = world.fetch("https://inner.fetch.example/x").await.unwrap_err();
    assert!(
        matches!(&unknown, FetchError::Unreachable { host, why } if host == "inner.fetch.example"
        && why == "no such name"),
        "{unknown:?}"
    );
    assert!(unknown.is_of_host());
}
