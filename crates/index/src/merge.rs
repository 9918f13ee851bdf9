//! Merging segments: few files to ask, and room given back for what nobody holds any more.

use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use fleetwright_core::Oid;

use crate::error::Damage;
use crate::marks::Marks;
use crate::paged::Window;
use crate::postings::List;
use crate::segment::{Segment, Spot};
use crate::segment_writer::SegmentWriter;
use crate::state::State;

/// So many segments of one tier are merged.
const TIER: usize = 8;

/// The bytes of the first tier; each next one is [`TIER`] times larger.
const FIRST_TIER_BYTES: u64 = 256 << 10;

/// A segment this large (about 60,000 small files) is rewritten for room only, so that no merge is
/// endless.
const FULL_BYTES: u64 = 16 << 20;

/// Why a merge did not work.
pub(crate) enum MergeError {
    /// A segment cannot be read.
    Damage(Damage),
    /// The new one cannot be written.
    Disk(io::Error),
}

impl From<Damage> for MergeError {
    fn from(damage: Damage) -> MergeError {
        MergeError::Damage(damage)
    }
}

impl From<io::Error> for MergeError {
    fn from(error: io::Error) -> MergeError {
        MergeError::Disk(error)
    }
}

/// Which segments are merged next, to keep them few: those of the lowest tier that is full.
pub(crate) fn crowded(segments: &[Arc<Segment>]) -> Vec<usize> {
    let mut below = FIRST_TIER_BYTES;
    loop {
        let small: Vec<usize> = (0..segments.len()).filter(|at| segments[*at].bytes() < below).collect();
        if small.len() >= TIER {
            return small;
        }
        if below >= FULL_BYTES {
            return Vec::new();
        }
        below = (below * TIER as u64).min(FULL_BYTES);
    }
}

/// Which segments hold more listings that no longer count than anything else.
pub(crate) fn stale(state: &State) -> Vec<usize> {
    let wasteful = |(segment, held): (&Arc<Segment>, u64)| {
        let all: u64 = segment.listings.iter().map(|listing| listing.length as u64).sum();
        all.saturating_sub(held) * 2 > segment.bytes()
    };
    let each = state.segments.iter().zip(state.held()).enumerate();
    each.filter(|(_, one)| wasteful(*one)).map(|(at, _)| at).collect()
}

/// The blobs that some repository holds.
pub(crate) fn live(state: &State) -> Result<Marks, Damage> {
    let mut live = Marks::new();
    for (repo, _) in state.repositories() {
        state.each(repo, &mut |entry| {
            live.set(entry.number);
            std::ops::ControlFlow::Continue(())
        })?;
    }
    Ok(live)
}

/// Which segments have more than a quarter of dead blobs.
pub(crate) fn half_dead(state: &State, live: &Marks) -> Result<Vec<usize>, Damage> {
    let mut found = Vec::new();
    for (at, segment) in state.segments.iter().enumerate() {
        let rows = segment.rows()?;
        let dead = rows.iter().filter(|(_, number)| !live.has(*number)).count();
        if dead * 4 > rows.len() {
            found.push(at);
        }
    }
    Ok(found)
}

/// Writes one segment with what `group` (places in `state.segments`) holds. With `live`, blobs that
/// are not in it are left out.
pub(crate) fn merge(
    state: &State,
    group: &[usize],
    live: Option<&Marks>,
    mut out: SegmentWriter,
) -> Result<u64, MergeError> {
    write_listings(state, group, &mut out)?;
    let mut sources = Vec::new();
    for at in group {
        sources.push(Source::new(&state.segments[*at])?);
    }
    while let Some(gram) = sources.iter().filter_map(Source::gram).min() {
        let mut numbers: Vec<u32> = Vec::new();
        for source in &mut sources {
            numbers.extend(source.take(gram)?);
        }
        numbers.retain(|number| live.is_none_or(|live| live.has(*number)));
        if numbers.is_empty() {
            continue;
        }
        numbers.sort_unstable();
        let mut list = List::new();
        numbers.iter().for_each(|number| list.push(*number));
        out.list(gram, &list.finish())?;
    }
    let mut rows: Vec<(Oid, u32)> = Vec::new();
    for at in group {
        rows.extend(state.segments[*at].rows()?);
    }
    rows.retain(|(_, number)| live.is_none_or(|live| live.has(*number)));
    Ok(out.finish(rows)?)
}

/// The listings that hold; a removal only as long as there is something older elsewhere to remove.
fn write_listings(state: &State, group: &[usize], out: &mut SegmentWriter) -> Result<(), MergeError> {
    let outside = || (0..state.segments.len()).filter(|at| !group.contains(at));
    let elsewhere: LazyCell<BTreeSet<&str>, _> = LazyCell::new(|| {
        let listings = outside().flat_map(|at| &state.segments[at].listings);
        listings.map(|listing| listing.repo.as_str()).collect()
    });
    for segment in group.iter().map(|at| &state.segments[*at]) {
        for listing in segment.listings.iter().filter(|listing| state.holds(listing)) {
            if listing.tree.is_some() || elsewhere.contains(listing.repo.as_str()) {
                out.listing(listing, &segment.listing(listing)?)?;
            }
        }
    }
    Ok(())
}

/// A segment whose lists are read in order.
struct Source<'a> {
    segment: &'a Segment,
    window: Window<'a>,
    block: usize,
    spots: std::vec::IntoIter<Spot>,
}

impl<'a> Source<'a> {
    fn new(segment: &'a Segment) -> Result<Source<'a>, Damage> {
        let spots = segment.block(0)?.into_iter();
        Ok(Source { segment, window: segment.window(), block: 0, spots })
    }

    fn gram(&self) -> Option<u32> {
        self.spots.as_slice().first().map(|spot| spot.gram)
    }

    /// The numbers of the next list, if it is this trigram's.
    fn take(&mut self, gram: u32) -> Result<Vec<u32>, Damage> {
        if self.gram() != Some(gram) {
            return Ok(Vec::new());
        }
        let Some(spot) = self.spots.next() else { return Ok(Vec::new()) };
        let numbers = self.segment.decoded(self.window.read(spot.at, spot.length)?)?;
        if self.spots.as_slice().is_empty() && self.block + 1 < self.segment.blocks() {
            self.block += 1;
            self.spots = self.segment.block(self.block)?.into_iter();
        }
        Ok(numbers)
    }
}
