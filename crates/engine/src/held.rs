//! Holding the lease of a shift while this process works on it.

use std::sync::Arc;
use std::time::Duration;

use fleetwright_store::{Lease, Store};

use crate::error::EngineError;
use crate::fleet::Fleet;

/// How long a lease lasts without being renewed, in milliseconds.
const TTL: i64 = 30_000;

/// How often it is renewed.
const RENEW: Duration = Duration::from_secs(8);

/// A lease that renews itself until it is released.
pub(crate) struct Held {
    store: Store,
    lease: Lease,
    renewing: tokio::task::JoinHandle<()>,
}

impl Held {
    /// Takes the lease of a shift; one whose holder died is taken over at once.
    pub(crate) async fn take(fleet: &Arc<Fleet>, shift: &str) -> Result<Held, EngineError> {
        let store = fleet.store.clone();
        let lease = store.acquire(&format!("shift:{shift}"), &holder(), TTL, is_dead).await?;
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
        Ok(Held { store, lease, renewing })
    }

    pub(crate) fn lease(&self) -> &Lease {
        &self.lease
    }

    pub(crate) async fn release(self) -> Result<(), EngineError> {
        self.renewing.abort();
        Ok(self.store.release(&self.lease).await?)
    }
}

/// This process, so that it can be told from a later one of the same number.
fn holder() -> String {
    let pid = std::process::id();
    format!("process {pid} of {} ({})", host(), started(pid).unwrap_or_default())
}

/// Whether a holder is a process of this host that is no more.
fn is_dead(holder: &str) -> bool {
    let parse = || -> Option<bool> {
        let rest = holder.strip_prefix("process ")?;
        let (pid, rest) = rest.split_once(" of ")?;
        let (name, start) = rest.strip_suffix(')')?.rsplit_once(" (")?;
        if name != host() {
            return None;
        }
        let pid: u32 = pid.parse().ok()?;
        Some(started(pid).is_none_or(|now| now != start))
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
