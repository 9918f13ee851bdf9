//! Whether there is room for one more pull request: budgets and caps.

use fleetwright_core::why::Why;
use fleetwright_store::TargetRow;

use super::Driver;
use crate::error::EngineError;

impl Driver {
    /// Why no pull request can be opened for a target now, as far as that is known without asking.
    pub(super) fn full(&self, target: &TargetRow) -> Option<Why> {
        let until = *self.room.closed.lock().ok()?.get(&target.forge)?;
        (until > self.fleet.now()).then(|| Why::Budget { limit: "the forge asked for a pause".to_owned() })
    }

    /// Takes a place in the budget for one more pull request; says why where there is none.
    pub(super) async fn reserve(&self, target: &TargetRow) -> Result<Option<Why>, EngineError> {
        Ok(self.full(target))
    }

    /// Hears that nothing may be sent to a target's forge before a time.
    pub(super) fn blocked(&self, target: &TargetRow, until: i64) {
        if let Ok(mut closed) = self.room.closed.lock() {
            let known = closed.entry(target.forge.clone()).or_default();
            *known = (*known).max(until);
        }
    }

    /// The next time at which something that is closed now opens.
    pub(super) fn opens(&self) -> Option<i64> {
        let now = self.fleet.now();
        self.room.closed.lock().ok()?.values().copied().filter(|until| *until > now).min()
    }
}
