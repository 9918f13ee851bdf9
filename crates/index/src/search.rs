//! The search: candidates from the index, verified on the blobs, in parallel and in order.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::evaluate;
use crate::limits::MAX_CONTEXT;
use crate::lines::{self, Matching, Wanted};
use crate::places::Places;
use crate::query::{Blobs, Candidate, Cut, Hit, Query, Summary};
use crate::state::State;

/// How many blobs are verified before hits are handed over.
const ROUND: usize = 512;

/// The bytes of lines that one round may hold; it ends early then.
const ROUND_BYTES: usize = 64 << 20;

/// How many unread blobs are named.
const NAMED_UNREAD: usize = 100;

/// What was found of one blob.
type Verdict = Result<Matching, String>;

/// One search under way.
struct Search<'a> {
    query: &'a Query<'a>,
    blobs: &'a dyn Blobs,
    places: Places,
    end: Instant,
    threads: usize,
}

/// Searches one state.
pub(crate) fn search(
    state: &State,
    query: &Query<'_>,
    blobs: &dyn Blobs,
    each: &mut dyn FnMut(Hit) -> ControlFlow<()>,
) -> Summary {
    let start = Instant::now();
    let (places, mut summary) = look_up(state, query);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if query.threads == 0 { cores } else { query.threads };
    // A time beyond what the clock can tell is none.
    let end = start.checked_add(query.max_time).unwrap_or(start + std::time::Duration::from_secs(1 << 30));
    let search = Search { query, blobs, places, end, threads };
    let mut next = 0;
    while next < search.places.blobs() {
        let verdicts = search.round(next, query.max_lines.saturating_sub(summary.lines));
        if verdicts.is_empty() {
            summary.cut = Some(Cut::Time);
            break;
        }
        for verdict in verdicts {
            if search.hand_over(next, verdict, &mut summary, each).is_break() {
                return summary;
            }
            next += 1;
        }
    }
    summary
}

/// Tells the blobs that can match one by one.
pub(crate) fn candidates(
    state: &State,
    query: &Query<'_>,
    each: &mut dyn FnMut(Candidate) -> ControlFlow<()>,
) -> Summary {
    let (places, mut summary) = look_up(state, query);
    for blob in 0..places.blobs() {
        let Some(oid) = places.oid(blob) else {
            summary.unread_count += 1;
            continue;
        };
        let own = places.places(blob);
        summary.blobs += 1;
        summary.places += own.len() as u64;
        if each(Candidate { oid, places: own }).is_break() {
            summary.cut = Some(Cut::Receiver);
            break;
        }
    }
    summary
}

/// Asks the index, and says in a summary what it left out.
fn look_up(state: &State, query: &Query<'_>) -> (Places, Summary) {
    let mut candidates = evaluate::evaluate(state, &query.pattern.need);
    let mut damage = std::mem::take(&mut candidates.damage);
    let mut places = Places::find(state, &candidates, (query.repos, query.paths), query.large);
    damage.append(&mut places.damage);
    damage.dedup();
    let summary = Summary {
        scanned_everything: query.pattern.scans_everything(),
        too_large: places.too_large,
        binary: places.binary,
        cut: places.full.then_some(Cut::Places),
        damage,
        ..Summary::default()
    };
    (places, summary)
}

impl Search<'_> {
    /// Verifies blobs from `first` on: as many as a round takes, in order; none if time is over.
    fn round(&self, first: usize, most: u64) -> Vec<Verdict> {
        let end = self.places.blobs().min(first + ROUND);
        let (next, held) = (AtomicUsize::new(first), AtomicUsize::new(0));
        let done: Mutex<Vec<(usize, Verdict)>> = Mutex::new(Vec::new());
        let work = || {
            while Instant::now() < self.end && held.load(Ordering::Relaxed) < ROUND_BYTES {
                let blob = next.fetch_add(1, Ordering::Relaxed);
                if blob >= end {
                    break;
                }
                let verdict = self.verify(blob, most);
                let bytes = verdict.iter().flat_map(|found| &found.lines).map(|line| line.bytes.len() + 64);
                held.fetch_add(bytes.sum(), Ordering::Relaxed);
                done.lock().unwrap_or_else(PoisonError::into_inner).push((blob, verdict));
            }
        };
        let threads = self.threads.min(end - first);
        std::thread::scope(|scope| {
            (1..threads).for_each(|_| drop(scope.spawn(work)));
            work();
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_unstable_by_key(|(blob, _)| *blob);
        done.into_iter().map(|(_, verdict)| verdict).collect()
    }

    fn verify(&self, blob: usize, most: u64) -> Verdict {
        let oid = self.places.oid(blob).ok_or("the index no longer knows its name: it is damaged")?;
        let mut why = String::new();
        for repo in self.places.repos_of(blob) {
            match self.blobs.blob(repo, oid) {
                Ok(bytes) => {
                    let context = if self.query.count_only { 0 } else { MAX_CONTEXT };
                    let wanted = Wanted {
                        before: self.query.before.min(context) as usize,
                        after: self.query.after.min(context) as usize,
                        lines: !self.query.count_only,
                        most,
                    };
                    return Ok(lines::matching(self.query.pattern, &bytes, wanted));
                }
                Err(error) => why = error,
            }
        }
        Err(why)
    }

    fn hand_over(
        &self,
        blob: usize,
        verdict: Verdict,
        summary: &mut Summary,
        each: &mut dyn FnMut(Hit) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut found = match verdict {
            Ok(found) => found,
            Err(why) => {
                summary.unread_count += 1;
                if summary.unread.len() < NAMED_UNREAD {
                    summary
                        .unread
                        .extend(self.places.places(blob).into_iter().next().map(|place| (place, why)));
                }
                return ControlFlow::Continue(());
            }
        };
        summary.read += 1;
        let left = self.query.max_lines.saturating_sub(summary.lines);
        if found.count > left {
            found.cut = true;
            found.keep(left);
        }
        let cut = found.cut;
        if found.count > 0 {
            let places = self.places.places(blob);
            summary.lines += found.count;
            summary.blobs += 1;
            summary.places += places.len() as u64;
            let oid = self.places.oid(blob).unwrap_or(fleetwright_core::Oid::ZERO);
            if each(Hit { oid, places, count: found.count, lines: found.lines }).is_break() {
                summary.cut = Some(Cut::Receiver);
                return ControlFlow::Break(());
            }
        }
        if cut {
            summary.cut = Some(Cut::Lines);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}
