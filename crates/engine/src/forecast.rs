//! When the last pull request of a shift will be open: the budget's own decision, played forward.

use fleetwright_core::budget::{Budget, Lane, Standing};
use serde::Serialize;

use crate::error::EngineError;
use crate::fleet::Fleet;

/// How a forge's budget stands for a shift.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Forecast {
    /// The forge.
    pub forge: String,
    /// The lane the shift takes.
    pub lane: Lane,
    /// How many pull requests of the shift are still to be opened there.
    pub waiting: u32,
    /// When the last of them will be, in milliseconds since 1970 UTC, if the forge refuses none.
    pub last_at: Option<i64>,
    /// How the budget stands.
    pub budget: Standing,
}

impl Fleet {
    /// How the budgets of a shift's forges stand, as far as it still has pull requests to open there.
    ///
    /// # Errors
    /// When there is no such shift or the database fails.
    pub async fn forecast(&self, shift: &str) -> Result<Vec<Forecast>, EngineError> {
        let row = crate::command::known(self, shift).await?;
        let lane = row.shift.spec.rollout.priority;
        let known = self.store.budgets().await?;
        let now = self.now();
        let mut told = Vec::new();
        for (forge, waiting) in self.store.made_by_forge(shift).await? {
            let Some((account, caps)) = self.account(&forge) else { continue };
            let stored = known.iter().find(|(other, _)| other == account).map(|(_, budget)| budget.clone());
            let budget = stored.unwrap_or_else(|| Budget::new(*caps));
            let standing = budget.standing(now);
            let mut all = standing.waiting;
            all[lane as usize] = all[lane as usize].max(waiting);
            let last_at = budget.eta(all, lane, now);
            told.push(Forecast { forge, lane, waiting, last_at, budget: standing });
        }
        Ok(told)
    }
}
