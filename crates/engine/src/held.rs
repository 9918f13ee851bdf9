//! Holding the lease of a shift while this process works on it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fleetwright_store::{Lease, Store};
use tokio::task::JoinHandle;

use crate::caller::Caller;
use crate::drive::{Driven, Errand, Journey, Opening, Until, drive};
use crate::error::EngineError;
use crate::fleet::Fleet;
use crate::sync::trim;

/// How long a lease lasts without being renewed, in milliseconds.
const TTL: i64 = 30_000;

/// How often it is renewed.
const RENEW: Duration = Duration::from_secs(8);

/// A lease that renews itself until it is released or dropped.
pub(crate) struct Held {
    store: Store,
    lease: Lease,
    renewing: Option<JoinHandle<()>>,
    _mine: Mine,
}

impl Held {
    /// Takes the lease of a shift; one whose holder died is taken over at once.
    pub(crate) async fn take(fleet: &Arc<Fleet>, shift: &str) -> Result<Held, EngineError> {
        let (store, mine) = (fleet.store.clone(), Mine::new());
        let lease = store.acquire(&format!("shift:{shift}"), &mine.holder(), TTL, is_dead).await?;
        let (renewed, of) = (store.clone(), lease.clone());
        let renewing = tokio::spawn(async move {
            loop {
                tokio::time::sleep(RENEW).await;
                // A lost lease is found out by the next write, which is refused.
                if renewed.renew(&of, TTL).await.is_err() {
                    return;
                }
            }
        });
        Ok(Held { store, lease, renewing: Some(renewing), _mine: mine })
    }

    pub(crate) fn lease(&self) -> &Lease {
        &self.lease
    }

    /// Drives the shift that is held; says how that ended, and when there is room again for what waits.
    pub(crate) async fn drive(
        &self,
        fleet: &Arc<Fleet>,
        shift: &str,
        (until, errand): (Until, Errand),
        caller: &Caller,
    ) -> Result<(Driven, Option<Opening>), EngineError> {
        let (lease, interrupt) = (self.lease.clone(), caller.interrupt.clone());
        let progress = Arc::clone(&caller.progress);
        let driven = drive(fleet, shift, Journey { errand, lease, until, interrupt, progress }).await?;
        trim(fleet).await?;
        Ok(driven)
    }

    pub(crate) async fn release(mut self) -> Result<(), EngineError> {
        self.renewing.take().iter().for_each(JoinHandle::abort);
        Ok(self.store.release(&self.lease).await?)
    }
}

impl Drop for Held {
    /// Whoever is cut off while holding gives the lease back, too.
    fn drop(&mut self) {
        let Some(renewing) = self.renewing.take() else { return };
        renewing.abort();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (store, lease) = (self.store.clone(), self.lease.clone());
            runtime.spawn(async move {
                // Who cannot give it back lets it run out.
                let _ = store.release(&lease).await;
            });
        }
    }
}

/// The leases of this process, by a number each: one that stays may want the same shift twice.
static HELD: Mutex<BTreeSet<u64>> = Mutex::new(BTreeSet::new());

/// The number of one of them.
struct Mine(u64);

impl Mine {
    fn new() -> Mine {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        HELD.lock().unwrap_or_else(PoisonError::into_inner).insert(number);
        Mine(number)
    }

    /// This process, so that it can be told from a later one of the same number, and which of its leases.
    fn holder(&self) -> String {
        let pid = std::process::id();
        format!("process {pid} of {} ({}.{})", host(), started(pid).unwrap_or_default(), self.0)
    }
}

impl Drop for Mine {
    fn drop(&mut self) {
        HELD.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// Whether a holder is of this host and is no more: its process, or its part in this one.
fn is_dead(holder: &str) -> bool {
    let parse = || -> Option<bool> {
        let rest = holder.strip_prefix("process ")?;
        let (pid, rest) = rest.split_once(" of ")?;
        let (name, since) = rest.strip_suffix(')')?.rsplit_once(" (")?;
        if name != host() {
            return None;
        }
        let (start, number) = since.split_once('.').unwrap_or((since, ""));
        let pid: u32 = pid.parse().ok()?;
        if started(pid).is_none_or(|now| now != start) {
            return Some(true);
        }
        let held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        Some(pid == std::process::id() && !held.contains(&number.parse().ok()?))
    };
    parse().unwrap_or(false)
}

fn host() -> String {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{} {}", name.trim(), boot.trim().split('-').next().unwrap_or_default())
}

/// When a process started, in clock ticks since boot: field 22 of `/proc/PID/stat` (proc(5)).
fn started(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    // A zombie holds nothing any more.
    let mut fields = rest.split_whitespace();
    match fields.next()? {
        "Z" | "X" => None,
        _ => fields.nth(18).map(str::to_owned),
    }
}
