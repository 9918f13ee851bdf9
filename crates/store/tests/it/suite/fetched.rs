//! What was fetched by address, and when that is another catalog.

use fleetwright_store::{FetchedRow, Write};

use super::open;

fn row(address: &str, text: &str, tag: &str) -> FetchedRow {
    let text = Some(text.to_owned());
    FetchedRow { address: address.into(), tag: tag.into(), text, ..FetchedRow::default() }
}

#[tokio::test]
async fn the_catalog_moves_with_what_is_told_and_not_with_a_tag() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let version = async || store.catalog_version().await.unwrap().0;
    let put = async |put: Vec<FetchedRow>, gone: &[&str]| {
        let gone = gone.iter().map(|address| (*address).to_owned()).collect();
        store.write(vec![Write::Fetched { put, gone }], None).await.unwrap();
    };
    let (a, b) = (row("https://a.example/a", "a", "1"), row("https://a.example/b", "b", ""));
    put(vec![b.clone(), a.clone()], &[]).await;
    assert_eq!(store.fetched().await.unwrap(), [a.clone(), b.clone()]);
    let before = version().await;
    put(vec![FetchedRow { tag: "2".into(), ..a.clone() }], &[]).await;
    assert_eq!((version().await, store.fetched().await.unwrap()[0].tag.as_str()), (before, "2"));
    let stale = FetchedRow { fault: "gone".into(), remedy: "look".into(), missing: true, ..a.clone() };
    put(vec![stale.clone()], &[]).await;
    assert_eq!(version().await, before + 1);
    put(vec![], &["https://a.example/b"]).await;
    assert_eq!(version().await, before + 2);
    assert_eq!(store.fetched().await.unwrap(), [stale]);
}
