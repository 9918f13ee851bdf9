//! Asking hosts for what Locations name, many at a time and within limits.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fleetwright_catalog::Finding;
use fleetwright_fetch::{FetchError, Fetched, Fetcher};
use fleetwright_store::FetchedRow;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::followed::{Address, Use};
use super::pages;
use crate::error::EngineError;

/// How many addresses are asked at a time.
const WIDTH: usize = 8;

/// The most addresses that are asked for one sync.
const MAX_ADDRESSES: usize = 1_000;

/// The most bytes of all their texts.
const MAX_BYTES: usize = 64 << 20;

/// How long all of them may take together.
const TOTAL: Duration = Duration::from_secs(120);

/// An address to be brought up to date.
pub(super) struct Due {
    /// Its name.
    pub(super) key: String,
    /// Where it is.
    pub(super) address: Address,
    /// What it is for.
    pub(super) purpose: Use,
    /// What is known of it.
    pub(super) old: Option<FetchedRow>,
}

impl Due {
    /// The row when the newest version cannot be had: the last good one stays.
    pub(super) fn failed(&self, fault: String, remedy: &str, missing: bool) -> FetchedRow {
        let old = self.old.clone().unwrap_or_default();
        FetchedRow { address: self.key.clone(), fault, remedy: remedy.to_owned(), missing, ..old }
    }

    /// The row of a text: itself, unless it is a bad catalog file and the one before was good.
    pub(super) fn taken(&self, text: String, tag: String) -> FetchedRow {
        let new = FetchedRow { address: self.key.clone(), tag, text: Some(text), ..FetchedRow::default() };
        let before = self.old.as_ref().and_then(|old| old.text.as_deref());
        match (self.wrong(new.text.as_deref()), before) {
            (Some(wrong), Some(before)) if self.wrong(Some(before)).is_none() => {
                // With its old tag it is read again until it is mended.
                let place = if wrong.key.is_empty() { String::new() } else { format!("{}: ", wrong.key) };
                let fault = format!("line {}: {place}{}", wrong.line, wrong.message);
                self.failed(fault, &wrong.remedy, false)
            }
            _ => new,
        }
    }

    /// The first thing that is wrong with a catalog file.
    fn wrong(&self, text: Option<&str>) -> Option<Finding> {
        let text = text.filter(|_| self.purpose == Use::Catalog)?;
        fleetwright_catalog::read(&self.key, text).into_iter().find_map(Result::err)
    }
}

/// Asks within what one sync may.
pub(super) struct Asking {
    fetcher: Fetcher,
    /// How many were asked.
    count: usize,
    /// The bytes of what was kept.
    bytes: usize,
    until: Instant,
    /// Hosts that did not answer: they are not waited for again.
    silent: Arc<Mutex<HashSet<String>>>,
}

impl Asking {
    pub(super) fn new(fetcher: Fetcher) -> Asking {
        Asking { fetcher, count: 0, bytes: 0, until: Instant::now() + TOTAL, silent: Arc::default() }
    }

    /// The rows of addresses, as they are now.
    ///
    /// # Errors
    /// When a piece of work ends badly.
    pub(super) async fn ask(&mut self, due: Vec<Due>) -> Result<Vec<FetchedRow>, EngineError> {
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
            let row = match self.bytes + row.text.as_ref().map_or(0, String::len) {
                sum if sum > MAX_BYTES => {
                    let fault = format!("all texts of addresses have more than {MAX_BYTES} bytes");
                    FetchedRow {
                        tag: String::new(),
                        text: None,
                        ..due.failed(fault, "name fewer files", false)
                    }
                }
                sum => {
                    self.bytes = sum;
                    row
                }
            };
            rows.push(row);
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
