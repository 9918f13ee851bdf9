//! What was created when, as counts a minute: sixty numbers instead of ten thousand times.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::lane::Lane;

const MINUTE: i64 = 60_000;

/// An hour, in milliseconds, and what an answer may be late: what we send within an hour must not
/// reach the forge within less.
const HOUR: i64 = 60 * MINUTE + 5_000;

/// Counts a minute and lane, the oldest first. A minute counts as a whole until all of it is an
/// hour ago, so that no sliding hour of the forge sees more than was allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Minutes(VecDeque<(i64, [u32; 3])>);

/// The first minute that still counts at `now`.
fn first(now: i64) -> i64 {
    (now - HOUR).div_euclid(MINUTE)
}

impl Minutes {
    /// One more in a lane.
    pub(super) fn add(&mut self, lane: Lane, now: i64) {
        let oldest = first(now);
        while self.0.front().is_some_and(|(minute, _)| *minute < oldest) {
            self.0.pop_front();
        }
        let minute = now.div_euclid(MINUTE);
        match self.0.back_mut() {
            // A clock that went back counts into the newest minute: that is later, never earlier.
            Some((last, counts)) if *last >= minute => counts[lane.index()] += 1,
            _ => {
                let mut counts = [0; 3];
                counts[lane.index()] = 1;
                self.0.push_back((minute, counts));
            }
        }
    }

    /// The newest one of a lane created nothing after all.
    pub(super) fn take_back(&mut self, lane: Lane) {
        let newest = self.0.iter_mut().rev().find(|(_, counts)| counts[lane.index()] > 0);
        if let Some((_, counts)) = newest {
            counts[lane.index()] -= 1;
        }
    }

    /// How many of each lane count within the hour before `now`.
    pub(super) fn lanes(&self, now: i64) -> [u32; 3] {
        let oldest = first(now);
        let mut sum = [0; 3];
        for (_, counts) in self.0.iter().filter(|(minute, _)| *minute >= oldest) {
            for (sum, count) in sum.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        sum
    }

    /// How many count within the hour before `now`.
    pub(super) fn hour(&self, now: i64) -> u32 {
        self.lanes(now).iter().sum()
    }

    /// How many count within the last one or two minutes.
    pub(super) fn lately(&self, now: i64) -> u32 {
        let oldest = now.div_euclid(MINUTE) - 1;
        self.0.iter().rev().take_while(|(minute, _)| *minute >= oldest).flat_map(|(_, counts)| counts).sum()
    }

    /// When fewer than `most` will count, if nothing is added.
    pub(super) fn below(&self, most: u32, now: i64) -> i64 {
        let mut left = self.hour(now);
        let oldest = first(now);
        let mut at = now;
        for (minute, counts) in self.0.iter().filter(|(minute, _)| *minute >= oldest) {
            if left < most {
                break;
            }
            left -= counts.iter().sum::<u32>();
            at = (minute + 1) * MINUTE + HOUR;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_counts_until_all_of_it_is_an_hour_ago() {
        let mut minutes = Minutes::default();
        minutes.add(Lane::Normal, 10 * MINUTE + 59_999);
        minutes.add(Lane::Security, 11 * MINUTE);
        assert_eq!(minutes.lanes(11 * MINUTE), [1, 1, 0]);
        let free = minutes.below(2, 12 * MINUTE);
        assert_eq!(free, 11 * MINUTE + HOUR);
        assert_eq!((minutes.hour(free - 1), minutes.hour(free)), (2, 1));
        assert_eq!(minutes.below(3, 12 * MINUTE), 12 * MINUTE, "there is room now");
        minutes.take_back(Lane::Security);
        assert_eq!(minutes.hour(12 * MINUTE), 1);
    }

    #[test]
    fn a_clock_that_goes_back_loses_no_count() {
        let mut minutes = Minutes::default();
        minutes.add(Lane::Normal, 90 * MINUTE);
        minutes.add(Lane::Normal, 30 * MINUTE);
        assert_eq!(minutes.hour(30 * MINUTE), 2);
        assert_eq!(minutes.hour(100 * MINUTE), 2);
    }
}
