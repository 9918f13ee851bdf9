//! What is known in a drive of room for one more pull request: budgets, caps, windows.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use fleetwright_core::budget::Lane;
use fleetwright_core::calendar::Calendar;
use fleetwright_core::pace::{Caps, Counts};
use fleetwright_store::OpenCount;

/// For how long what was opened counts, in milliseconds.
pub(crate) const HOUR: i64 = 3_600_000;

/// What a shift says of its pace, ready to be asked.
#[derive(Debug)]
pub(crate) struct Pace {
    /// When it may act.
    pub(crate) calendar: Calendar,
    /// How many pull requests may stand open.
    pub(crate) caps: Caps,
    /// Which lane of a forge's budget it takes.
    pub(crate) lane: Lane,
}

/// What is known of room in this drive.
#[derive(Debug, Default)]
pub(crate) struct Room {
    known: Mutex<Known>,
    /// Held by whoever asks the budget: the others wait behind, in their order.
    pub(crate) turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    /// Until when nothing is sent to a forge, and why; milliseconds since 1970 UTC.
    closed: HashMap<String, (i64, String)>,
    /// Open pull requests, of all shifts and of this one.
    in_repo: HashMap<i64, u32>,
    of_owner: HashMap<String, u32>,
    of_shift: u32,
    pending_checks: u32,
    /// When this shift opened what it opened within the last hour, in order.
    opened: Vec<i64>,
    /// When open pull requests are looked at again; milliseconds since 1970 UTC.
    look_at: i64,
    /// How many of this shift wait to be opened.
    waiting: u32,
    /// When a forge last showed something new, or something was opened.
    news_at: i64,
}

impl Room {
    fn known(&self) -> MutexGuard<'_, Known> {
        // Numbers are never left half written.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what the database says at the beginning of a pass.
    pub(crate) fn count(&self, shift: &str, open: &[OpenCount], (pending, waiting): (u32, u32)) {
        let mut known = self.known();
        known.in_repo.clear();
        known.of_owner.clear();
        known.of_shift = 0;
        for count in open {
            *known.in_repo.entry(count.repo).or_default() += count.open;
            *known.of_owner.entry(count.owner.clone()).or_default() += count.open;
            known.of_shift += if count.shift == shift { count.open } else { 0 };
        }
        (known.pending_checks, known.waiting) = (pending, waiting);
    }

    /// How many stand open now, as one target of a repository and owner sees it.
    pub(crate) fn counts(&self, (repo, owner): (i64, &str), now: i64) -> Counts {
        let mut known = self.known();
        known.opened.retain(|at| *at > now - HOUR);
        Counts {
            in_repo: known.in_repo.get(&repo).copied().unwrap_or_default(),
            of_owner: known.of_owner.get(owner).copied().unwrap_or_default(),
            of_shift: known.of_shift,
            last_hour: u32::try_from(known.opened.len()).unwrap_or(u32::MAX),
            pending_checks: known.pending_checks,
        }
    }

    /// Counts one more; `false` takes it back.
    pub(crate) fn opened(&self, (repo, owner): (i64, &str), now: i64, is_more: bool) {
        let mut known = self.known();
        let change = |count: &mut u32| {
            *count = if is_more { count.saturating_add(1) } else { count.saturating_sub(1) };
        };
        change(known.in_repo.entry(repo).or_default());
        change(known.of_owner.entry(owner.to_owned()).or_default());
        change(&mut known.of_shift);
        // Its checks begin with it, at least one: how many is seen when it is looked at.
        change(&mut known.pending_checks);
        match is_more {
            true => {
                known.opened.push(now);
                known.news_at = now;
            }
            false => drop(known.opened.pop()),
        }
        let waiting = known.waiting;
        known.waiting = if is_more { waiting.saturating_sub(1) } else { waiting.saturating_add(1) };
    }

    /// Takes in when earlier drives opened what they opened within the last hour.
    pub(crate) fn opened_before(&self, opened: Vec<i64>) {
        self.known().opened = opened;
    }

    /// When fewer than `most` were opened within the hour before; `None` where that is so now.
    pub(crate) fn hour_opens(&self, most: u32, now: i64) -> Option<i64> {
        let known = self.known();
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let at = known.opened.iter().rev().nth(most.checked_sub(1)?)?.saturating_add(HOUR);
        (at > now).then_some(at)
    }

    /// How many of this shift stand open.
    pub(crate) fn open(&self) -> u32 {
        self.known().of_shift
    }

    /// How many of this shift wait to be opened.
    pub(crate) fn waiting(&self) -> u32 {
        self.known().waiting
    }

    /// Nothing is sent to a forge before a time.
    pub(crate) fn close(&self, forge: &str, until: i64, why: &str) {
        let mut known = self.known();
        let closed = known.closed.entry(forge.to_owned()).or_default();
        if until >= closed.0 {
            *closed = (until, why.to_owned());
        }
    }

    /// Why nothing is sent to a forge now, if so.
    pub(crate) fn closed(&self, forge: &str, now: i64) -> Option<String> {
        let known = self.known();
        known.closed.get(forge).filter(|(until, _)| *until > now).map(|(_, why)| why.clone())
    }

    /// The next time at which a forge that is closed now opens.
    pub(crate) fn opens(&self, now: i64) -> Option<i64> {
        self.known().closed.values().map(|(until, _)| *until).filter(|until| *until > now).min()
    }

    /// Notes that there is news now.
    pub(crate) fn news(&self, now: i64) {
        self.known().news_at = now;
    }

    /// When there was news last.
    pub(crate) fn news_at(&self) -> i64 {
        self.known().news_at
    }

    /// When open pull requests are looked at again.
    pub(crate) fn look_at(&self) -> i64 {
        self.known().look_at
    }

    /// Sets when open pull requests are looked at again.
    pub(crate) fn look_again_at(&self, at: i64) {
        self.known().look_at = at;
    }
}
