//! Driving every running shift: a loop per shift, woken by hints, with a sweep as the safety net.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use fleetwright_access::Doorkeeper;
use fleetwright_core::next::Control;
use fleetwright_engine::EngineError;
use fleetwright_engine::command::{Caller, Continue, Fill, Look};
use fleetwright_engine::drive::{Driven as HowDriven, Opening};
use fleetwright_engine::fleet::Fleet;
use fleetwright_engine::recur::next_round;
use fleetwright_store::{StoreError, Write};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::batch::{Batch, Looked, Slot};

/// How often is looked for shifts that began or were resumed elsewhere.
const WATCH: Duration = Duration::from_secs(5);

/// The shortest time from one look to the next: what comes meanwhile is looked at together.
const GAP: Duration = Duration::from_millis(500);

/// How long until a drive is tried again that failed, or that somebody else was at.
const AGAIN: Duration = Duration::from_secs(5);

/// The shortest wait for room, in milliseconds.
const BREATH: i64 = 5_000;

/// How many hints are read at a time.
const PAGE: u32 = 1_000;

/// How long a delivery is known: GitHub offers to deliver again for 3 days (docs.github.com,
/// "Redelivering webhooks"), and a week is more than that.
const REMEMBERED: Duration = Duration::from_secs(7 * 24 * 3600);

/// What a drive came to.
type Driven = (HowDriven, Option<Opening>);

/// What drives the shifts.
#[derive(Clone)]
pub(crate) struct Driving {
    pub(crate) fleet: Arc<Fleet>,
    pub(crate) caller: Caller,
    pub(crate) sweep: Duration,
    /// Rung when hints are on disk.
    pub(crate) bell: Arc<Notify>,
    /// True once the server is to end.
    pub(crate) stop: watch::Receiver<bool>,
}

/// The loops that run.
struct Loops {
    driving: Driving,
    running: HashMap<String, (Arc<Slot>, JoinHandle<()>)>,
    /// The last hint that was given to its shifts.
    after: i64,
    looked: Looked,
}

/// Returns once the server is to end.
pub(crate) async fn stopped(mut stop: watch::Receiver<bool>) {
    // Whoever could say stop is gone: so is the reason to go on.
    let _ = stop.wait_for(|stop| *stop).await;
}

impl Driving {
    /// Drives until the server is to end, then until every drive has ended.
    pub(crate) async fn run(self) {
        let (looked, mut done) = mpsc::unbounded_channel();
        let (bell, stop, sweep) = (Arc::clone(&self.bell), self.stop.clone(), self.sweep);
        let mut loops = Loops { driving: self, running: HashMap::new(), after: 0, looked };
        let mut pruned: Option<Instant> = None;
        loop {
            if let Err(error) = loops.turn().await {
                loops.driving.caller.progress.note(&format!("the database does not answer: {error}"));
            }
            if pruned.is_none_or(|at| at.elapsed() >= sweep) {
                pruned = Some(Instant::now());
                loops.prune().await;
            }
            tokio::select! {
                () = bell.notified() => {}
                Some(ids) = done.recv() => loops.forget(ids).await,
                () = tokio::time::sleep(WATCH.min(sweep)) => {}
                () = stopped(stop.clone()) => break,
            }
        }
        for (_, (_, handle)) in loops.running.drain() {
            let _ = handle.await;
        }
        while let Ok(ids) = done.try_recv() {
            loops.forget(ids).await;
        }
    }

    /// One shift, until it does not run any more or the server ends.
    async fn tend(self, shift: String, slot: Arc<Slot>) {
        // The first drive looks at everything: nobody knows what happened before.
        let mut next_sweep = Instant::now();
        let mut said = String::new();
        // When there is room again for what waits for it, by the fleet's clock.
        let mut opens: Option<Opening> = None;
        loop {
            if !matches!(self.fleet.store.control(&shift).await, Ok(Some(Control::Running))) {
                return;
            }
            let due = slot.take();
            let opened = opens.filter(|opening| opening.at <= self.fleet.now());
            let whole = next_sweep <= Instant::now() || opened.is_some_and(|opening| opening.whole);
            let driven = self.drive(&shift, (whole, opened.is_some()), &due.targets).await;
            if *self.stop.borrow() {
                due.batches.iter().for_each(|batch| batch.keep());
                return;
            }
            match driven {
                Ok(next) => {
                    said.clear();
                    opens = next.map_or(opens, |next| next.1);
                    if whole {
                        next_sweep = Instant::now() + self.until_round(&shift).await.min(self.sweep);
                    }
                    drop(due);
                    tokio::time::sleep(GAP).await;
                }
                Err(error) => {
                    let text = error.to_string();
                    if said != text {
                        self.caller.progress.note(&format!("{shift}: {text}"));
                        said = text;
                    }
                    slot.add(due.targets, due.batches);
                    tokio::select! {
                        () = tokio::time::sleep(AGAIN) => {}
                        () = stopped(self.stop.clone()) => {}
                    }
                }
            }
            tokio::select! {
                () = slot.rung() => {}
                () = tokio::time::sleep_until(next_sweep) => {}
                () = self.until(opens) => {}
                () = stopped(self.stop.clone()) => {
                    slot.take().batches.iter().for_each(|batch| batch.keep());
                    return;
                }
            }
        }
    }
}

impl Driving {
    /// Looks whole, opens what waits for room, or looks at what something was told of; what came of
    /// it, if anything was to be done.
    async fn drive(
        &self,
        shift: &str,
        (whole, opened): (bool, bool),
        due: &BTreeSet<i64>,
    ) -> Result<Option<Driven>, EngineError> {
        let (fleet, caller) = (&self.fleet, &self.caller);
        let shift = || shift.to_owned();
        if whole {
            return Continue { shift: shift() }.apply(fleet, caller).await.map(Some);
        }
        if !due.is_empty() {
            Look { shift: shift(), targets: due.clone() }.apply(fleet, caller).await?;
        }
        match opened {
            true => Fill { shift: shift() }.apply(fleet, caller).await.map(Some),
            false => Ok(None),
        }
    }

    /// How long until a shift begins anew by itself; a look at the whole of it does that.
    async fn until_round(&self, shift: &str) -> Duration {
        let next = async {
            let row = self.fleet.store.shift(shift).await.ok()??;
            next_round(&self.fleet, &row).await.ok()?
        };
        let left = next.await.map(|at| at - self.fleet.now());
        left.map_or(Duration::MAX, |left| Duration::from_millis(left.try_into().unwrap_or(0)))
    }

    /// Waits until there is room again, and a little more: what has come free by then goes out together.
    async fn until(&self, opens: Option<Opening>) {
        match opens {
            Some(opening) => {
                let now = self.fleet.now();
                self.fleet.clock().sleep_until(opening.at.max(now + BREATH)).await;
            }
            None => std::future::pending().await,
        }
    }
}

impl Loops {
    /// Begins loops for shifts that run, and gives new hints to them.
    async fn turn(&mut self) -> Result<(), StoreError> {
        self.running.retain(|_, (_, handle)| !handle.is_finished());
        for row in self.driving.fleet.store.shifts().await? {
            let name = &row.shift.metadata.name;
            if row.control == Control::Running && !self.running.contains_key(name) {
                let slot = Arc::new(Slot::default());
                let handle = tokio::spawn(self.driving.clone().tend(name.clone(), Arc::clone(&slot)));
                self.running.insert(name.clone(), (slot, handle));
            }
        }
        loop {
            let hints = self.driving.fleet.store.hints(self.after, PAGE).await?;
            let Some(last) = hints.last() else { return Ok(()) };
            let last = last.id;
            let batch = Arc::new(Batch::new(hints.iter().map(|hint| hint.id).collect(), self.looked.clone()));
            let mut due: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
            let mut seen = BTreeSet::new();
            for hint in &hints {
                let about = format!("{:?}", (&hint.forge, &hint.repo, hint.about));
                if !seen.insert(about) {
                    continue;
                }
                match self.driving.fleet.store.due(hint).await {
                    Ok(found) => found.into_iter().for_each(|(shift, target)| {
                        due.entry(shift).or_default().insert(target);
                    }),
                    Err(error) => {
                        batch.keep();
                        return Err(error);
                    }
                }
            }
            for (shift, targets) in due {
                // A shift that does not run is looked at whole when it runs again.
                if let Some((slot, _)) = self.running.get(&shift) {
                    slot.add(targets, [Arc::clone(&batch)]);
                }
            }
            self.after = last;
        }
    }

    async fn forget(&self, ids: Vec<i64>) {
        // A hint that stays is looked after once more at the next start: no harm is done.
        if let Err(error) = self.driving.fleet.store.write(vec![Write::Looked(ids)], None).await {
            self.driving.caller.progress.note(&format!("hints stay: {error}"));
        }
    }

    async fn prune(&self) {
        let keeper = Doorkeeper::new(self.driving.fleet.store.clone());
        if let Err(error) = keeper.tidy(self.driving.fleet.now()).await {
            self.driving.caller.progress.note(&format!("old sessions stay: {error}"));
        }
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let before = i64::try_from(now.saturating_sub(REMEMBERED).as_millis()).unwrap_or(0);
        if let Err(error) = self.driving.fleet.store.write(vec![Write::ForgetDeliveries(before)], None).await
        {
            self.driving.caller.progress.note(&format!("old deliveries stay: {error}"));
        }
    }
}
