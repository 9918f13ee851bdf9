//! Whether there is room for one more pull request: windows, caps, and the budget of its forge.

use fleetwright_core::budget::Admission;
use fleetwright_core::next::Control;
use fleetwright_core::pace::{Caps, may_open};
use fleetwright_core::why::Why;
use fleetwright_forge::ForgeError;
use fleetwright_store::{Ask, Setback, TargetRow};

use super::{Driver, Opening};
use crate::error::EngineError;

/// How long a target waits for its turn at once, in milliseconds; beyond, it is asked again later.
const AT_ONCE: i64 = 2_500;

impl Driver {
    /// Why no pull request can be opened for a target now, as far as that is known without asking.
    pub(super) fn full(&self, target: &TargetRow) -> Option<Why> {
        let now = self.fleet.now();
        if let Some(what) = self.shut() {
            return Some(Why::Window { what });
        }
        if let Some(limit) = self.room.closed(&target.forge, now) {
            return Some(Why::Budget { limit });
        }
        // Whoever looks after a forge of his own on his own machine starves nobody.
        let local = Caps { in_repo: None, ..self.pace.caps };
        let caps = if self.fleet.account(&target.forge).is_some() { &self.pace.caps } else { &local };
        let counts = self.room.counts((target.repo_id, owner(target)), now);
        may_open(&counts, caps).err().map(|why| Why::Cap { cap: why.to_string() })
    }

    /// Which window or freeze is shut now, if any.
    pub(super) fn shut(&self) -> Option<String> {
        let (calendar, now) = (&self.pace.calendar, self.fleet.now());
        if calendar.is_open_at(now) {
            return None;
        }
        let until = calendar.next_opening(now).and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
        let until = until.map_or("no day within a year".to_owned(), |at| at.to_string());
        Some(match calendar.frozen(now) {
            Some(freeze) if !freeze.why.is_empty() => format!("frozen until {until}: {}", freeze.why),
            Some(_) => format!("frozen until {until}"),
            None => format!("outside the shift's windows until {until}"),
        })
    }

    /// When there is room again for what waits for it; `None` where nothing does, or nobody knows.
    pub(super) fn opens(&self) -> Option<Opening> {
        let now = self.fleet.now();
        let waits = self.room.waiting() > 0;
        if self.control() != Control::Running || !(waits || self.room.open() > 0) {
            return None;
        }
        if !self.pace.calendar.is_open_at(now) {
            return self.pace.calendar.next_opening(now).map(|at| Opening { at, whole: true });
        }
        let hour = self.pace.caps.per_hour.and_then(|most| self.room.hour_opens(most, now));
        let at = self.room.opens(now).max(hour).filter(|_| waits)?;
        Some(Opening { at, whole: false })
    }

    /// Takes a place in the budget for one more pull request; says why where there is none.
    pub(super) async fn reserve(&self, target: &TargetRow) -> Result<Option<Why>, EngineError> {
        let _turn = self.room.turn.lock().await;
        loop {
            if let Some(why) = self.full(target) {
                return Ok(Some(why));
            }
            let now = self.fleet.now();
            let Some((account, caps)) = self.fleet.account(&target.forge) else { break };
            let ask = Ask {
                account: account.clone(),
                caps: *caps,
                lane: self.pace.lane,
                asker: self.row.shift.metadata.name.clone(),
                waiting: self.room.waiting(),
            };
            match self.fleet.store.admit(ask, now).await? {
                Admission::Admit => break,
                Admission::Wait { until, .. } if until - now <= AT_ONCE => {
                    self.fleet.clock().sleep_until(until).await;
                }
                // In words that stay the same from hour to hour.
                Admission::Wait { until, .. } => {
                    self.room.close(&target.forge, until, &format!("creations at {}", target.forge));
                }
            }
        }
        self.room.opened((target.repo_id, owner(target)), self.fleet.now(), true);
        Ok(None)
    }

    /// Gives a place back that was not used.
    pub(super) async fn unreserve(&self, target: &TargetRow) -> Result<(), EngineError> {
        self.room.opened((target.repo_id, owner(target)), self.fleet.now(), false);
        self.setback(target, Setback::Unsent { lane: self.pace.lane }).await
    }

    /// Hears of a limit that a forge or our own meter named: what was refused creating content is
    /// learnt from.
    pub(super) async fn hear_limit(
        &self,
        target: &TargetRow,
        error: &ForgeError,
        is_creation: bool,
    ) -> Result<(), EngineError> {
        let ForgeError::Blocked { until, why } = error else { return Ok(()) };
        self.room.close(&target.forge, *until, &format!("{} asked for a pause", target.forge));
        self.progress.note(&format!("{}: {why}", target.name));
        let lane = self.pace.lane;
        let setback = match (error.is_refusal(), is_creation) {
            (true, true) => Setback::Refused { lane, told: Some(*until) },
            (true, false) => Setback::Blocked { until: *until },
            (false, true) => Setback::Unsent { lane },
            (false, false) => return Ok(()),
        };
        self.setback(target, setback).await
    }

    async fn setback(&self, target: &TargetRow, setback: Setback) -> Result<(), EngineError> {
        let Some((account, _)) = self.fleet.account(&target.forge) else { return Ok(()) };
        Ok(self.fleet.store.setback(account.clone(), setback, self.fleet.now()).await?)
    }
}

/// The owner of a target's repository: what stands before the last `/` of its name.
pub(super) fn owner(target: &TargetRow) -> &str {
    owner_of(&target.name.repo)
}

/// The owner in a repository's name.
pub(super) fn owner_of(repo: &str) -> &str {
    repo.rsplit_once('/').map_or("", |(owner, _)| owner)
}
