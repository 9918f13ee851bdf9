//! Where the catalog lies in memory: read once a version, and swapped when it moved.
//!
//! Nobody waits for a new one who can have an old one: a request that sees the version moved has it read anew and
//! is answered from before. What is answered is at most as old as one reading takes, and [`REST`].

use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use fleetwright_engine::fleet::Fleet;
use fleetwright_engine::progress::Progress;
use tokio::sync::Mutex;

use crate::refusal::Refusal;
use crate::snapshot::Snapshot;

/// How long after one reading the next may begin, so that a fleet that moves all the time does not cost a core.
const REST: Duration = Duration::from_secs(1);

/// Where the catalog lies.
pub(crate) struct Shelf {
    pub(crate) fleet: Arc<Fleet>,
    pub(crate) log: Arc<dyn Progress>,
    lies: RwLock<Option<Lying>>,
    /// Held by who reads.
    reading: Mutex<()>,
}

#[derive(Clone)]
struct Lying {
    snapshot: Arc<Snapshot>,
    since: Instant,
}

impl Shelf {
    pub(crate) fn new(fleet: Arc<Fleet>, log: Arc<dyn Progress>) -> Shelf {
        Shelf { fleet, log, lies: RwLock::default(), reading: Mutex::default() }
    }

    /// The catalog as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn now(self: &Arc<Self>) -> Result<Arc<Snapshot>, Refusal> {
        let Some(lying) = self.lying() else { return self.first().await };
        let moved = match self.fleet.store.catalog_version().await {
            Ok((version, ..)) => version != lying.snapshot.version,
            // What is known is answered, also while the database is away.
            Err(_) => false,
        };
        if moved && lying.since.elapsed() >= REST {
            let shelf = Arc::clone(self);
            tokio::spawn(async move { shelf.renew().await });
        }
        Ok(lying.snapshot)
    }

    /// Reads it for the first time; whoever comes meanwhile waits for the same reading.
    async fn first(&self) -> Result<Arc<Snapshot>, Refusal> {
        let _reading = self.reading.lock().await;
        match self.lying() {
            Some(lying) => Ok(lying.snapshot),
            None => self.read().await,
        }
    }

    /// Reads it anew, if nobody does.
    async fn renew(&self) {
        let Ok(_reading) = self.reading.try_lock() else { return };
        if let Err(refusal) = self.read().await {
            self.log.note(&format!("the catalog for Backstage stays as it was: {refusal}"));
        }
    }

    async fn read(&self) -> Result<Arc<Snapshot>, Refusal> {
        let read = Snapshot::load(&self.fleet).await;
        let snapshot = Arc::new(read.map_err(|error| Refusal::Unavailable(error.to_string()))?);
        if let Ok(mut lies) = self.lies.write() {
            *lies = Some(Lying { snapshot: Arc::clone(&snapshot), since: Instant::now() });
        }
        Ok(snapshot)
    }

    fn lying(&self) -> Option<Lying> {
        self.lies.read().ok()?.clone()
    }
}
