//! Hints under way: they are forgotten when every shift that they concern has looked.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::{Notify, mpsc};

/// Row numbers of hints that nobody needs any more.
pub(crate) type Looked = mpsc::UnboundedSender<Vec<i64>>;

/// Hints that were read together. The last one who holds them sends them to be forgotten.
pub(crate) struct Batch {
    ids: Vec<i64>,
    looked: Looked,
    kept: AtomicBool,
}

impl Batch {
    pub(crate) fn new(ids: Vec<i64>, looked: Looked) -> Batch {
        Batch { ids, looked, kept: AtomicBool::new(false) }
    }

    /// Nobody has looked: they stay for the next start.
    pub(crate) fn keep(&self) {
        self.kept.store(true, Ordering::Release);
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        if !self.kept.load(Ordering::Acquire) {
            // When nobody listens any more the process ends, and the rows stay: they are looked after again.
            let _ = self.looked.send(std::mem::take(&mut self.ids));
        }
    }
}

/// What one shift is told while it is driven.
#[derive(Default)]
pub(crate) struct Slot {
    due: Mutex<Due>,
    bell: Notify,
}

/// Targets that are due, and the hints that said so.
#[derive(Default)]
pub(crate) struct Due {
    /// Row numbers of the targets.
    pub(crate) targets: BTreeSet<i64>,
    /// Held until they were looked at.
    pub(crate) batches: Vec<Arc<Batch>>,
}

impl Slot {
    /// Marks targets due.
    pub(crate) fn add(
        &self,
        targets: impl IntoIterator<Item = i64>,
        batches: impl IntoIterator<Item = Arc<Batch>>,
    ) {
        if let Ok(mut due) = self.due.lock() {
            due.targets.extend(targets);
            due.batches.extend(batches);
        }
        self.bell.notify_one();
    }

    /// Takes what is due now.
    pub(crate) fn take(&self) -> Due {
        self.due.lock().map(|mut due| std::mem::take(&mut *due)).unwrap_or_default()
    }

    /// Returns once something is due.
    pub(crate) async fn rung(&self) {
        self.bell.notified().await;
    }
}
