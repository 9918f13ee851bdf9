//! `POST /refresh`: an entity's repository is looked at again, soon.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use fleetwright_engine::know::know;
use fleetwright_engine::progress::Quiet;
use fleetwright_engine::{EngineError, sync};

use crate::shelf::Shelf;

/// What is to be looked at again.
#[derive(Default)]
pub(crate) struct Refresher {
    asked: Mutex<Asked>,
}

#[derive(Default)]
struct Asked {
    /// Rows of repositories.
    repos: HashSet<i64>,
    /// Whether something is to be done that is of no repository: the folder, an address.
    other: bool,
    /// Whether somebody is at it.
    busy: bool,
}

impl Refresher {
    /// Has a repository looked at again, or what is of none. Whatever is asked for while one look goes on is one
    /// look after it, however often.
    pub(crate) fn ask(self: &Arc<Self>, shelf: &Arc<Shelf>, repo: Option<i64>) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        match repo {
            Some(repo) => drop(asked.repos.insert(repo)),
            None => asked.other = true,
        }
        if std::mem::replace(&mut asked.busy, true) {
            return;
        }
        drop(asked);
        let (refresher, shelf) = (Arc::clone(self), Arc::clone(shelf));
        tokio::spawn(async move { refresher.work(&shelf).await });
    }

    async fn work(&self, shelf: &Shelf) {
        while let Some(repos) = self.next() {
            if let Err(error) = look(shelf, &repos).await {
                shelf.log.note(&format!("a refresh that Backstage asked for: {error}"));
            }
        }
    }

    fn next(&self) -> Option<HashSet<i64>> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.repos.is_empty() && !asked.other {
            asked.busy = false;
            return None;
        }
        asked.other = false;
        Some(std::mem::take(&mut asked.repos))
    }
}

async fn look(shelf: &Shelf, repos: &HashSet<i64>) -> Result<(), EngineError> {
    if !repos.is_empty() {
        let rows = shelf.fleet.store.repos().await?;
        let names: HashSet<String> =
            rows.into_iter().filter(|row| repos.contains(&row.id)).map(|row| row.name).collect();
        sync::sync(&shelf.fleet, |name| names.contains(name), &Quiet).await?;
    }
    know(&shelf.fleet, &Quiet).await.map(drop)
}
