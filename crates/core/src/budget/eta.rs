//! When the last of what waits will be created: the decision itself, played forward.

use super::lane::Lane;
use super::{Admission, Budget};

/// The most steps that are played; beyond, nobody plans by the minute.
const STEPS: u64 = 5_000_000;

impl Budget {
    /// When the last creation of a lane will be sent, in milliseconds since 1970 UTC, if `waiting`
    /// creations wait in each lane and the forge refuses none. `None` where that is too far off to
    /// tell, or nothing waits in the lane.
    pub fn eta(&self, waiting: [u32; 3], lane: Lane, now: i64) -> Option<i64> {
        let (mut budget, mut left, mut now) = (self.clone(), waiting, now);
        let mut last = None;
        for _ in 0..STEPS {
            if left[lane.index()] == 0 {
                return last;
            }
            let mut next = i64::MAX;
            for other in Lane::ALL {
                budget.wish(other, left[other.index()], now);
            }
            for other in Lane::ALL.into_iter().filter(|other| left[other.index()] > 0) {
                match budget.admit(other, now) {
                    Admission::Admit => {
                        left[other.index()] -= 1;
                        next = now;
                        last = if other == lane { Some(now) } else { last };
                        break;
                    }
                    Admission::Wait { until, .. } => next = next.min(until.max(now + 1)),
                }
            }
            now = next;
        }
        None
    }
}
