//! Lanes: whose turn it is when several kinds of work share one budget.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How urgent work is. The order is that of the variants, the most urgent first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// A hole is being closed.
    Security,
    /// The usual.
    #[default]
    Normal,
    /// Tidying up.
    Hygiene,
}

impl Lane {
    /// Every lane, the most urgent first.
    pub const ALL: [Lane; 3] = [Lane::Security, Lane::Normal, Lane::Hygiene];

    /// The lane's word, as files and the database spell it.
    pub fn word(self) -> &'static str {
        match self {
            Lane::Security => "security",
            Lane::Normal => "normal",
            Lane::Hygiene => "hygiene",
        }
    }

    /// The lane of a word.
    pub fn of(word: &str) -> Option<Lane> {
        Lane::ALL.into_iter().find(|lane| lane.word() == word)
    }

    pub(super) fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Of ten turns, how many the most urgent lane that wants takes before one goes further down.
const TURNS: u32 = 9;

/// A lane that wants and got nothing for so long is next, in milliseconds: half an hour.
const PATIENCE: i64 = 30 * 60_000;

/// Who had how many turns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Turns {
    /// Per lane: turns in a row since a less urgent lane had one.
    row: [u32; 3],
    /// Per lane: since when it wants without getting, in milliseconds since 1970 UTC.
    since: [Option<i64>; 3],
}

impl Turns {
    /// Whose turn it is; `None` when no lane wants.
    pub(super) fn next(&mut self, wants: [bool; 3], now: i64) -> Option<Lane> {
        for lane in Lane::ALL {
            let since = &mut self.since[lane.index()];
            *since = wants[lane.index()].then(|| since.unwrap_or(now).min(now));
        }
        let waited = |lane: &Lane| self.since[lane.index()].is_some_and(|since| now - since > PATIENCE);
        if let Some(starved) = Lane::ALL.iter().find(|lane| waited(lane)) {
            return Some(*starved);
        }
        let wanting = Lane::ALL.into_iter().filter(|lane| wants[lane.index()]);
        let mut last = None;
        for lane in wanting {
            last = Some(lane);
            if self.row[lane.index()] < TURNS {
                return last;
            }
        }
        // Only the least urgent that wants can have had all its turns in a row.
        last
    }

    /// A lane had its turn.
    pub(super) fn took(&mut self, lane: Lane, now: i64) {
        let at = lane.index();
        self.row[at] = (self.row[at] + 1).min(TURNS);
        self.row[..at].fill(0);
        self.since[at] = Some(now);
    }

    /// Nobody gets anything before `until`, which starves no lane in favour of another.
    pub(super) fn all_wait(&mut self, until: i64) {
        for since in self.since.iter_mut().flatten() {
            *since = until.max(*since);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(wants: [bool; 3], turns: u32) -> [u32; 3] {
        let mut state = Turns::default();
        let mut had = [0; 3];
        for at in 0..turns {
            let lane = state.next(wants, i64::from(at)).unwrap();
            state.took(lane, i64::from(at));
            had[lane.index()] += 1;
        }
        had
    }

    #[test]
    fn the_most_urgent_gets_nine_of_ten_and_an_idle_share_goes_to_the_others() {
        assert_eq!(shares([true, true, false], 1_000), [900, 100, 0]);
        assert_eq!(shares([true, true, true], 1_000), [900, 90, 10]);
        assert_eq!(shares([false, true, true], 1_000), [0, 900, 100]);
        assert_eq!(shares([false, false, true], 1_000), [0, 0, 1_000]);
        assert_eq!(Turns::default().next([false; 3], 0), None);
    }

    #[test]
    fn a_lane_that_waited_half_an_hour_is_next() {
        let mut state = Turns::default();
        assert_eq!(state.next([true; 3], 0), Some(Lane::Security));
        state.took(Lane::Security, PATIENCE + 1);
        assert_eq!(state.next([true; 3], PATIENCE + 1), Some(Lane::Normal));
        state.took(Lane::Normal, PATIENCE + 1);
        assert_eq!(state.next([true; 3], PATIENCE + 1), Some(Lane::Hygiene));
        state.took(Lane::Hygiene, PATIENCE + 1);
        assert_eq!(state.next([true; 3], PATIENCE + 1), Some(Lane::Security));
    }
}
