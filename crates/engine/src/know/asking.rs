//! Asking hosts for what Locations name, many at a time and within limits.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fleetwright_fetch::{FetchError, Fetched, Fetcher};
use fleetwright_store::FetchedRow;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::due::{Due, Room};
use super::followed::Address;
use super::pages;
use crate::error::EngineError;

/// How many addresses are asked at a time.
const WIDTH: usize = 8;

/// The most addresses that are asked for one sync.
const MAX_ADDRESSES: usize = 1_000;

/// How long all of them may take together.
const TOTAL: Duration = Duration::from_secs(120);

/// Asks within what one sync may.
pub(super) struct Asking {
    fetcher: Fetcher,
    /// How many were asked.
    count: usize,
    until: Instant,
    /// Hosts that did not answer: they are not waited for again.
    silent: Arc<Mutex<HashSet<String>>>,
}

impl Asking {
    pub(super) fn new(fetcher: Fetcher) -> Asking {
        Asking { fetcher, count: 0, until: Instant::now() + TOTAL, silent: Arc::default() }
    }

    /// The rows of addresses, as they are now.
    ///
    /// # Errors
    /// When a piece of work ends badly.
    pub(super) async fn ask(
        &mut self,
        due: Vec<Due>,
        room: &mut Room,
    ) -> Result<Vec<FetchedRow>, EngineError> {
        let places = Arc::new(Semaphore::new(WIDTH));
        let (mut running, mut rows) = (JoinSet::new(), Vec::new());
        for due in due {
            if self.count == MAX_ADDRESSES {
                let fault = format!("Locations name more than {MAX_ADDRESSES} addresses");
                rows.push(due.failed(fault, "commit the files into repositories of the fleet", false));
                continue;
            }
            self.count += 1;
            let (fetcher, silent, until) = (self.fetcher.clone(), Arc::clone(&self.silent), self.until);
            let places = Arc::clone(&places);
            running.spawn(async move {
                let _place = places.acquire_owned().await;
                let row = one(&fetcher, &due, (&silent, until)).await;
                (due, row)
            });
        }
        while let Some(ended) = running.join_next().await {
            let (due, row) =
                ended.map_err(|error| EngineError::Refused(format!("a fetch ended badly: {error}")))?;
            rows.push(room.keep(&due, row));
        }
        Ok(rows)
    }
}

async fn one(
    fetcher: &Fetcher,
    due: &Due,
    (silent, until): (&Mutex<HashSet<String>>, Instant),
) -> FetchedRow {
    let Address::Net(url) = &due.address else { return due.old.clone().unwrap_or_default() };
    let host = url.host_str().unwrap_or_default();
    let is_silent = silent.lock().is_ok_and(|hosts| hosts.contains(host));
    if is_silent || Instant::now() >= until {
        let why =
            if is_silent { "did not answer" } else { "was not asked: the time for all addresses is over" };
        return due.failed(format!("{host} {why}"), "sync again once it answers", false);
    }
    let tag = due.old.as_ref().filter(|old| old.text.is_some()).map(|old| old.tag.as_str());
    match fetcher.fetch(&pages::raw(url), tag.filter(|tag| !tag.is_empty())).await {
        Ok(Fetched::New { text, etag }) => due.taken(text, etag.unwrap_or_default()),
        // Whatever was wrong with it is over.
        Ok(Fetched::Same) => due.failed(String::new(), "", false),
        Err(error) => {
            if error.is_of_host()
                && let Ok(mut hosts) = silent.lock()
            {
                hosts.insert(host.to_owned());
            }
            due.failed(told(&error), error.remedy(), error.is_missing())
        }
    }
}

fn told(error: &FetchError) -> String {
    format!("it was not fetched: {error}")
}
