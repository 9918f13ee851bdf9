//! How fast an identity may create content at a forge: learnt, shared by lanes, below every cap.
//!
//! Forges publish what they allow and refuse earlier. So a budget starts below the published cap,
//! grows while nothing is refused, halves at a refusal and remembers where that came. It has no
//! clock: times are milliseconds since 1970 UTC and come in as values. [`Budget::admit`] decides,
//! and [`Budget::eta`] plays the same decision forward.

mod caps;
mod eta;
mod lane;
mod learnt;
mod window;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use caps::{Caps, Rate, Requests};
pub use lane::Lane;

use lane::Turns;
use learnt::Learnt;
use window::Minutes;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// A minute's allowance is spread over so many milliseconds: a minute, and what answers may differ
/// in being late.
const SPREAD: i64 = MINUTE + 5_000;

/// How far ahead of an even pace a burst may run, in milliseconds' worth of the hour's allowance:
/// a small shift goes out at once, a large one leaves room for the next.
const AHEAD: i64 = 6 * MINUTE;

/// The same while security work waits and no refusal is remembered.
const AHEAD_SECURITY: i64 = 30 * MINUTE;

/// How long a wish is believed after the time at which it could have been fulfilled, in
/// milliseconds: whoever does not come back by then has gone.
const FRESH: i64 = 30_000;

/// The longest time nothing is sent because of refusals in a row that name no time.
const LONGEST_BLOCK: i64 = HOUR;

/// Whether one creation may be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "admission", rename_all = "camelCase")]
pub enum Admission {
    /// It may, and counts as sent.
    Admit,
    /// Not yet.
    Wait {
        /// When to ask again, in milliseconds since 1970 UTC; it may come to another answer then.
        until: i64,
        /// What stands in the way.
        why: Held,
    },
}

/// What stands in the way of a creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "held", rename_all = "camelCase")]
pub enum Held {
    /// The forge refused, and nothing is sent before it said so.
    Blocked,
    /// The hour's allowance is used up.
    Hour {
        /// The allowance.
        allowed: u32,
    },
    /// Creations are spread over the minute.
    Minute {
        /// The allowance.
        allowed: u32,
    },
    /// Creations are spread over the hour.
    Pace {
        /// The hour's allowance.
        allowed: u32,
    },
    /// Another lane goes first.
    Turn {
        /// That lane.
        lane: Lane,
    },
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Held::Blocked => write!(f, "the forge asked us to wait"),
            Held::Hour { allowed } => write!(f, "this hour's {allowed} creations are used up"),
            Held::Minute { allowed } => write!(f, "at most {allowed} creations a minute"),
            Held::Pace { allowed } => write!(f, "{allowed} creations an hour, evenly spread"),
            Held::Turn { lane } => write!(f, "{lane} work goes first"),
        }
    }
}

/// How many creations wait in a lane, and until when that is believed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Wish {
    count: u32,
    until: i64,
}

/// What one identity at one forge may create, and what it created within the last hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Budget {
    caps: Caps,
    hour: Learnt,
    minute: Learnt,
    minutes: Minutes,
    turns: Turns,
    wishes: [Wish; 3],
    /// Until when nothing is sent.
    blocked_until: i64,
    /// Refusals without a creation in between that went through.
    in_row: u32,
    /// Creations admitted since the last refusal.
    since: u32,
    /// Where an even pace over the hour would be now: ahead of the clock after a burst.
    pace: i64,
    /// When the minute's spreading allows the next.
    next: i64,
}

/// A budget as people are told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Creations within the last hour, by lane.
    pub used: [u32; 3],
    /// Creations that wait, by lane.
    pub waiting: [u32; 3],
    /// Creations allowed within an hour; `None` while nothing limits.
    pub per_hour: Option<u32>,
    /// Creations allowed within a minute; `None` while nothing limits.
    pub per_minute: Option<u32>,
    /// Where an hour's refusal came, if one is remembered.
    pub refused_at: Option<u32>,
    /// Until when nothing is sent, if so, in milliseconds since 1970 UTC.
    pub blocked_until: Option<i64>,
}

impl Budget {
    /// A budget of which nothing is learnt yet.
    pub fn new(caps: Caps) -> Budget {
        Budget {
            caps,
            hour: Learnt::new(caps.hour),
            minute: Learnt::new(caps.minute),
            minutes: Minutes::default(),
            turns: Turns::default(),
            wishes: [Wish::default(); 3],
            blocked_until: 0,
            in_row: 0,
            since: 0,
            pace: 0,
            next: 0,
        }
    }

    /// The caps in force now: what was learnt stays, below them.
    pub fn cap(&mut self, caps: Caps) {
        self.caps = caps;
        self.hour.cap(caps.hour);
        self.minute.cap(caps.minute);
    }

    /// Says how many creations wait in a lane, whoever they belong to; believed until half a
    /// minute after `until`, or after `now`.
    pub fn wish(&mut self, lane: Lane, count: u32, until: i64) {
        self.wishes[lane.index()] = Wish { count, until: until.saturating_add(FRESH) };
    }

    /// How long a wish is believed that is told now and answered with `admission`.
    pub fn believed(admission: &Admission, now: i64) -> i64 {
        let until = match admission {
            Admission::Admit => now,
            Admission::Wait { until, .. } => *until,
        };
        until.max(now).saturating_add(FRESH)
    }

    /// Whether one creation of a lane may be sent now. It counts as sent if so.
    pub fn admit(&mut self, lane: Lane, now: i64) -> Admission {
        let wish = &mut self.wishes[lane.index()];
        let count = if wish.until >= now { wish.count.max(1) } else { 1 };
        *wish = Wish { count, until: now.saturating_add(FRESH) };
        let admission = self.decide(lane, now);
        let wish = &mut self.wishes[lane.index()];
        wish.until = Budget::believed(&admission, now);
        if admission == Admission::Admit {
            wish.count -= 1;
            self.take(lane, now);
        }
        admission
    }

    fn decide(&mut self, lane: Lane, now: i64) -> Admission {
        let wants = self.wishes.map(|wish| wish.count > 0 && wish.until >= now);
        let turn = self.turns.next(wants, now).unwrap_or(lane);
        if let Some((until, why)) = self.held(wants, now) {
            return Admission::Wait { until, why };
        }
        if turn != lane {
            let until = now + self.spacing().max(1_000);
            return Admission::Wait { until, why: Held::Turn { lane: turn } };
        }
        Admission::Admit
    }

    /// What holds every lane, and until when.
    fn held(&self, wants: [bool; 3], now: i64) -> Option<(i64, Held)> {
        if now < self.blocked_until {
            return Some((self.blocked_until, Held::Blocked));
        }
        if let Some(allowed) = self.hour.allowed() {
            if self.minutes.hour(now) >= allowed {
                return Some((self.minutes.below(allowed, now), Held::Hour { allowed }));
            }
            // A forge that refused is not tried with bursts again.
            let calm = self.hour.ceiling().is_none() && self.minute.ceiling().is_none();
            let ahead = if wants[Lane::Security.index()] && calm { AHEAD_SECURITY } else { AHEAD };
            // More than that ahead is a clock that went back.
            let pace = self.pace.min(now + AHEAD_SECURITY + self.spacing());
            if pace - now > ahead {
                return Some((pace - ahead, Held::Pace { allowed }));
            }
        }
        let next = self.next.min(now + SPREAD);
        let allowed = self.minute.allowed()?;
        (now < next).then_some((next, Held::Minute { allowed }))
    }

    /// What lies between two creations at an even pace over the hour, in milliseconds.
    fn spacing(&self) -> i64 {
        self.hour.allowed().map_or(0, |allowed| HOUR / i64::from(allowed))
    }

    fn take(&mut self, lane: Lane, now: i64) {
        self.minutes.add(lane, now);
        self.turns.took(lane, now);
        self.pace = self.pace.clamp(now, now + AHEAD_SECURITY) + self.spacing();
        self.next = now + self.minute.allowed().map_or(0, |allowed| SPREAD / i64::from(allowed));
        self.since = self.since.saturating_add(1);
        let full = self.hour.allowed().or(self.minute.allowed().map(|minute| minute.saturating_mul(60)));
        let full = full.unwrap_or(u32::MAX);
        self.hour.clean(self.caps.hour, full, now);
        self.minute.clean(self.caps.minute, full, now);
    }

    /// The forge refused a creation of a lane because of a limit: it created nothing, and nothing
    /// is sent before `told` (milliseconds since 1970 UTC) or, where it told nothing, for a minute;
    /// refusals in a row double that, up to an hour.
    pub fn refused(&mut self, lane: Lane, told: Option<i64>, now: i64) {
        self.minutes.take_back(lane);
        if now < self.blocked_until {
            // It was under way when another one was refused: one event, told twice.
            self.block(told.unwrap_or(now));
            return;
        }
        self.in_row = if self.since > 1 { 1 } else { self.in_row.saturating_add(1) };
        self.since = 0;
        let doubled = (MINUTE << (self.in_row - 1).min(6)).min(LONGEST_BLOCK);
        let until = match (told, self.in_row) {
            (Some(told), 1) => told,
            (told, _) => told.unwrap_or(now).max(now + doubled),
        };
        let (lately, hour) = (self.minutes.lately(now), self.minutes.hour(now));
        if self.is_burst(lately, hour) {
            self.minute.refused(lately, now);
        } else {
            self.hour.refused(hour, now);
        }
        self.block(until.max(now + 1));
        // No burst right after a block.
        self.pace = self.pace.max(self.blocked_until + AHEAD);
    }

    /// Whether a refusal is a minute's rather than an hour's: what went lately was no even pace, and
    /// more of the minute's allowance was used up than of the hour's.
    fn is_burst(&self, lately: u32, hour: u32) -> bool {
        let (lately, hour) = (u64::from(lately), u64::from(hour));
        let most = lately >= 2 && lately * 2 > hour;
        let (Some(minute), Some(full)) = (self.minute.allowed(), self.hour.allowed()) else { return most };
        let (minute, full) = (u64::from(minute), u64::from(full));
        // An even pace sends a thirtieth of the hour's allowance within two minutes.
        let uneven = lately > full / 20 + 2;
        (most || uneven) && lately * full > hour * minute
    }

    /// A creation that was admitted was never sent: it did not count after all.
    pub fn unsent(&mut self, lane: Lane) {
        self.minutes.take_back(lane);
        self.since = self.since.saturating_sub(1);
    }

    /// Nothing may be sent before `until`, without any creation having been refused.
    pub fn block(&mut self, until: i64) {
        self.blocked_until = self.blocked_until.max(until);
        self.turns.all_wait(self.blocked_until);
    }

    /// How the budget stands, for people.
    pub fn standing(&self, now: i64) -> Standing {
        Standing {
            used: self.minutes.lanes(now),
            waiting: self.wishes.map(|wish| if wish.until >= now { wish.count } else { 0 }),
            per_hour: self.hour.allowed(),
            per_minute: self.minute.allowed(),
            refused_at: self.hour.ceiling(),
            blocked_until: (self.blocked_until > now).then_some(self.blocked_until),
        }
    }
}

#[cfg(test)]
mod tests;
