//! A server, names that lead to it, and a fetcher.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use fleetwright_catalog::UrlPolicy;
use fleetwright_fetch::{FetchError, Fetched, Fetcher, Names, Settings};
use fleetwright_testkit::secure::{CERTIFICATE, SecureServer};
use url::Url;

/// Names of a book, which remembers what was looked up. A name may stand for other addresses the next time.
#[derive(Default)]
pub(crate) struct Book {
    pub(crate) pages: Mutex<HashMap<String, Vec<Vec<SocketAddr>>>>,
    pub(crate) asked: Mutex<Vec<String>>,
}

impl Book {
    pub(crate) fn write(&self, name: &str, turns: &[&[SocketAddr]]) {
        let turns = turns.iter().map(|turn| turn.to_vec()).collect();
        self.pages.lock().unwrap().insert(name.to_owned(), turns);
    }

    /// The names that were looked up.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Names for Book {
    async fn addresses(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        self.asked.lock().unwrap().push(host.to_owned());
        let mut pages = self.pages.lock().unwrap();
        let turns = pages.get_mut(host).ok_or_else(|| io::Error::other("no such name"))?;
        if turns.len() > 1 {
            return Ok(turns.remove(0));
        }
        Ok(turns[0].clone())
    }
}

pub(crate) struct World {
    pub(crate) server: SecureServer,
    pub(crate) book: Arc<Book>,
    pub(crate) fetcher: Fetcher,
}

/// The hosts that may be fetched from.
const HOSTS: [&str; 3] = ["a.fetch.example", "b.fetch.example", "inner.fetch.example"];

impl World {
    pub(crate) async fn new() -> World {
        World::within(Duration::from_secs(20)).await
    }

    pub(crate) async fn within(time: Duration) -> World {
        let server = SecureServer::start().await.unwrap();
        let book = Arc::new(Book::default());
        for name in ["a.fetch.example", "b.fetch.example", "other.fetch.example"] {
            book.write(name, &[&[server.address()]]);
        }
        let policy = UrlPolicy::of(HOSTS).with_addresses([server.address().ip()]);
        let names = Arc::clone(&book) as Arc<dyn Names>;
        let authority = Some(CERTIFICATE.to_vec());
        let fetcher = Fetcher::new(Settings { policy, names, authority, time }).unwrap();
        World { server, book, fetcher }
    }

    pub(crate) async fn fetch(&self, address: &str) -> Result<Fetched, FetchError> {
        self.fetcher.fetch(&Url::parse(address).unwrap(), None).await
    }

    /// The text of an address that has one.
    pub(crate) async fn text(&self, address: &str) -> String {
        match self.fetch(address).await {
            Ok(Fetched::New { text, .. }) => text,
            other => panic!("{address}: {other:?}"),
        }
    }
}
