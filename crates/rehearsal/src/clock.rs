//! What time it is: the machine's, or one that moves only when it is told to.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Where a virtual clock starts unless told otherwise: 2026-01-05 09:00 UTC, a Monday.
pub const VIRTUAL_START: i64 = 1_767_603_600_000;

/// A clock, in milliseconds since 1970 UTC.
#[derive(Debug)]
pub enum Clock {
    /// The machine's own.
    Real,
    /// One that stands still until it is moved; nothing ever sleeps on it.
    Virtual(AtomicI64),
}

impl Clock {
    /// A virtual clock at a time.
    pub fn at(start: i64) -> Clock {
        Clock::Virtual(AtomicI64::new(start))
    }

    /// The time now, in milliseconds since 1970 UTC.
    pub fn now(&self) -> i64 {
        match self {
            Clock::Real => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            }
            Clock::Virtual(at) => at.load(Ordering::SeqCst),
        }
    }

    /// Whether it is a virtual one.
    pub fn is_virtual(&self) -> bool {
        matches!(self, Clock::Virtual(_))
    }

    /// Moves a virtual clock forward; never back, and a real one not at all.
    pub(crate) fn move_to(&self, time: i64) {
        if let Clock::Virtual(at) = self {
            at.fetch_max(time, Ordering::SeqCst);
        }
    }
}
