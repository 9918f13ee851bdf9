//! What the engine tells while it works. Work and display never meet.

use fleetwright_core::event::TargetName;
use fleetwright_core::stage::Stage;

/// Hears what happens, as it happens.
pub trait Progress: Send + Sync {
    /// So many repositories of those that moved have been fetched.
    fn fetched(&self, done: usize, total: usize) {
        let _ = (done, total);
    }

    /// So many repositories of those that moved have been read for catalog and search.
    fn read(&self, done: usize, total: usize) {
        let _ = (done, total);
    }

    /// A pass over so many targets begins.
    fn pass(&self, targets: u64) {
        let _ = targets;
    }

    /// A target came to rest for this pass.
    fn rested(&self, target: &TargetName, stage: &Stage, reason: &str) {
        let _ = (target, stage, reason);
    }

    /// Something a person should know now, such as a base that moved.
    fn note(&self, text: &str) {
        let _ = text;
    }
}

/// Hears and says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Progress for Quiet {}
