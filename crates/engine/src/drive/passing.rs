//! Pass after pass over the targets that may still move.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use fleetwright_core::next::Control;
use fleetwright_core::stage::Stage;
use fleetwright_core::why::Why;
use fleetwright_store::{TargetFilter, TargetRow};
use tokio::task::JoinSet;

use super::advance::{Brought, Need};
use super::{Driven, Driver, Errand, Until};
use crate::error::EngineError;

/// How many targets are under way at once: enough to share commits to disk, few enough for memory.
const WIDTH: usize = 64;

/// How many targets are read at a time.
const PAGE: u32 = 256;

/// How often in one pass the forge is asked for the same targets: what was opened is looked at
/// once in the pass that opened it, what was renewed in the next.
const QUESTIONS: usize = 3;

/// How long a driver waits at most before it looks at everything again.
const SWEEP: Duration = Duration::from_secs(300);

/// The shortest wait for room, in milliseconds: what has come free by then goes out together.
const BREATH: i64 = 5_000;

/// What a pass left behind.
#[derive(Debug, Default, Clone, Copy)]
struct Left {
    /// Targets that will move further by themselves.
    moving: usize,
    /// Those of them that wait for something at a forge.
    open: u64,
}

/// A target that was moved, and what must be asked before it moves on.
type Advanced = Result<(TargetRow, Option<Need>), EngineError>;

impl Driver {
    pub(super) async fn passes(self: &Arc<Self>) -> Result<Driven, EngineError> {
        loop {
            let left = self.pass().await?;
            let control = self.control();
            if matches!(control, Control::Paused | Control::Stopped) {
                return Ok(Driven::Halted(control));
            }
            if self.until != Until::Rest || left.moving == 0 {
                return Ok(Driven::Through);
            }
            self.rest(left).await;
        }
    }

    /// Waits until something may have changed: there is room, or it is time to look again.
    async fn rest(&self, left: Left) {
        let now = self.fleet.now();
        let look = self.room.look_at().max(now);
        let until = match self.room.opens(now) {
            Some(opens) if left.open == 0 => opens,
            Some(opens) => opens.min(look),
            None => look,
        };
        let breath = if self.is_served() { BREATH } else { 0 };
        self.fleet.clock().sleep_until(until.max(now + breath)).await;
    }

    /// Whether any forge is a service, which is looked at now and then and not at every turn.
    fn is_served(&self) -> bool {
        self.fleet.forges().any(|forge| self.fleet.account(forge.name()).is_some())
    }

    /// Moves every target as far as it goes now: first those with something outside, where it is
    /// time to look at them, then those that are to go there while there is room.
    async fn pass(self: &Arc<Self>) -> Result<Left, EngineError> {
        let name = self.row.shift.metadata.name.clone();
        self.progress.pass(self.fleet.store.open_targets(&name).await?);
        self.count_room().await?;
        let mut left = Left::default();
        let is_due = self.errand != Errand::Waiting
            && (self.until != Until::Rest || self.room.look_at() <= self.fleet.now());
        if is_due {
            self.looking.store(true, Ordering::Relaxed);
            self.scan(true, &mut left).await?;
        } else {
            // They are there all the same.
            left.open = u64::from(self.room.open());
            left.moving = usize::try_from(left.open).unwrap_or(usize::MAX);
        }
        self.looking.store(!self.is_served(), Ordering::Relaxed);
        self.scan(false, &mut left).await?;
        if is_due {
            // Those that were just opened count: the next look is the first one at them.
            let pace = self.fleet.forges().map(|forge| forge.pace(left.open)).max().unwrap_or_default();
            self.room.look_again_at(self.fleet.now().saturating_add(self.pause(pace)));
        }
        Ok(left)
    }

    /// How long until the next look: as the forge wants it, and longer where nothing has been news
    /// for a while, because checks that ran for long will run a while longer.
    fn pause(&self, pace: Duration) -> i64 {
        let milliseconds = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let quiet = self.fleet.now().saturating_sub(self.room.news_at()) / 4;
        let longest = if self.is_served() { milliseconds(SWEEP) } else { 0 };
        milliseconds(pace.min(SWEEP)).max(quiet.min(longest))
    }

    /// Takes in how much room there is.
    async fn count_room(&self) -> Result<(), EngineError> {
        let store = &self.fleet.store;
        let name = &self.row.shift.metadata.name;
        let few = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let numbers = (store.pending_checks().await?, few(store.made_targets(name).await?));
        self.room.count(name, &store.open_pulls().await?, numbers);
        Ok(())
    }

    /// Moves the targets that have something outside, or those that have not.
    async fn scan(self: &Arc<Self>, outside: bool, left: &mut Left) -> Result<(), EngineError> {
        let name = self.row.shift.metadata.name.clone();
        let mut after = 0;
        loop {
            let outside = Some(outside);
            let filter =
                TargetFilter { open_only: true, outside, after, limit: PAGE, ..TargetFilter::default() };
            let page = self.fleet.store.targets(&name, filter).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.id;
            let page: Vec<_> = page.into_iter().filter(|target| self.concerns(target)).collect();
            // Ten thousand changes that wait for one budget need not be asked one by one.
            if !page.is_empty() && page.iter().all(|target| self.waits_for_room(target)) {
                left.moving += page.len();
                if self.fleet.forges().count() == 1 {
                    return Ok(());
                }
                continue;
            }
            self.page(page, left).await?;
        }
    }

    /// Whether a target has its change, knows that it waits for room, and there is still none.
    fn waits_for_room(&self, target: &TargetRow) -> bool {
        matches!(target.stage, Stage::Made { .. })
            && target.intent.is_none()
            && matches!(target.waiting, Some(Why::Budget { .. }))
            && self.control() == Control::Running
            && self.full(target).is_some()
    }

    /// Moves one page of targets; what must be asked of a forge is asked for all of them together.
    async fn page(self: &Arc<Self>, page: Vec<TargetRow>, left: &mut Left) -> Result<(), EngineError> {
        let begun = page.into_iter().map(|target| (target, Brought::default())).collect();
        let mut needy = self.advance_all(begun, left).await?;
        for _ in 0..QUESTIONS {
            self.fleet
                .forges()
                .flat_map(|forge| forge.complaints())
                .for_each(|what| self.progress.note(&what));
            if needy.is_empty() {
                return Ok(());
            }
            let ready = self.bring_all(std::mem::take(&mut needy)).await?;
            needy = self.advance_all(ready, left).await?;
        }
        // What still has a question has it again in the next pass.
        left.moving += needy.len();
        left.open += needy.len() as u64;
        Ok(())
    }

    async fn bring_all(
        &self,
        needy: Vec<(TargetRow, Need)>,
    ) -> Result<Vec<(TargetRow, Brought)>, EngineError> {
        let of = |wanted: Need| -> Vec<TargetRow> {
            needy.iter().filter(|(_, need)| *need == wanted).map(|(target, _)| target.clone()).collect()
        };
        let mut pulls = self.look(&of(Need::Look)).await?;
        let mut found = self.find(&of(Need::Find)).await;
        let ready = needy.into_iter().map(|(target, _)| {
            let (pull, found) = (pulls.remove(&target.id), found.remove(&target.id));
            (target, Brought { pull, found, ..Brought::default() })
        });
        Ok(ready.collect())
    }

    async fn advance_all(
        self: &Arc<Self>,
        targets: Vec<(TargetRow, Brought)>,
        left: &mut Left,
    ) -> Result<Vec<(TargetRow, Need)>, EngineError> {
        let mut needy = Vec::new();
        let mut running: JoinSet<Advanced> = JoinSet::new();
        for (target, brought) in targets {
            if running.len() >= WIDTH {
                needy.extend(self.rested(running.join_next().await, left)?);
            }
            let driver = Arc::clone(self);
            running.spawn(async move { driver.advance(target, brought).await });
        }
        while let Some(ended) = running.join_next().await {
            needy.extend(self.rested(Some(ended), left)?);
        }
        Ok(needy)
    }

    /// Whether this drive has anything to do with a target: a plan leaves alone what is outside.
    fn concerns(&self, target: &TargetRow) -> bool {
        let inside =
            matches!(target.stage, Stage::Queued { .. } | Stage::Made { .. }) && target.intent.is_none();
        self.errand.covers(target.id) && (self.until != Until::Made || inside)
    }

    fn rested(
        &self,
        ended: Option<Result<Advanced, tokio::task::JoinError>>,
        left: &mut Left,
    ) -> Result<Option<(TargetRow, Need)>, EngineError> {
        let (target, need) = match ended {
            Some(Ok(Ok(advanced))) => advanced,
            Some(Ok(Err(error))) => return Err(error),
            Some(Err(error)) => return Err(EngineError::Refused(format!("a target ended badly: {error}"))),
            None => return Ok(None),
        };
        if let Some(need) = need {
            return Ok(Some((target, need)));
        }
        self.progress.rested(&target.name, &target.stage, &target.reason);
        let is_new = matches!(target.stage, Stage::Open { .. }) && target.waiting.is_none();
        let moves =
            is_new || target.intent.is_some() || target.waiting.as_ref().is_some_and(Why::moves_by_itself);
        let is_full =
            matches!(target.waiting, Some(Why::Budget { .. } | Why::Cap { .. } | Why::Window { .. }));
        left.moving += usize::from(moves);
        left.open += u64::from(moves && (!is_full || matches!(target.stage, Stage::Open { .. })));
        Ok(None)
    }
}
