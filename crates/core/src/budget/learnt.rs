//! What is learnt of one limit: more after clean use, half after a refusal, and a ceiling where
//! the refusal came.

use serde::{Deserialize, Serialize};

use super::caps::Rate;

/// Allowances are kept in thousandths, so that they grow by parts of one.
const ONE: u64 = 1_000;

/// An hour of clean use raises an allowance by one part in twenty.
const GROWTH: u64 = 20;

/// Below a ceiling stays one part in ten: what went through was counted by us, not by the forge.
const MARGIN: u64 = 10;

/// How long a ceiling is believed after the first refusal, in milliseconds: a day. Each further
/// refusal doubles it, to [`LONGEST`].
const BELIEVED: i64 = 24 * 3_600_000;

/// The longest time a ceiling is believed, in milliseconds: a week.
const LONGEST: i64 = 7 * BELIEVED;

/// An hour of use raises a ceiling that is no longer believed by one part in ten.
const RISE: u64 = 10;

/// No ceiling lies below this: whoever is refused earlier shares the identity with somebody, and
/// counting their creations as a limit would stop ours for good.
const LEAST: u32 = 10;

/// What is learnt of one limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Learnt {
    /// In thousandths; `None` while nothing limits.
    allowance: Option<u64>,
    /// Where it was refused.
    ceiling: Option<Ceiling>,
}

/// Where a refusal came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Ceiling {
    /// How many went through before it, in thousandths; rises slowly once it is no longer believed.
    level: u64,
    /// Until when it is believed, in milliseconds since 1970 UTC.
    until: i64,
    /// How often it was met.
    times: u32,
}

impl Learnt {
    pub(super) fn new(rate: Option<Rate>) -> Learnt {
        Learnt { allowance: rate.map(|rate| u64::from(rate.first) * ONE), ceiling: None }
    }

    /// How many are allowed; `None` while nothing limits.
    pub(super) fn allowed(&self) -> Option<u32> {
        self.allowance.map(|allowance| u32::try_from(allowance / ONE).unwrap_or(u32::MAX).max(1))
    }

    /// How many went through before the refusal that is remembered.
    pub(super) fn ceiling(&self) -> Option<u32> {
        let level = self.ceiling.as_ref()?.level;
        Some(u32::try_from(level / ONE).unwrap_or(u32::MAX))
    }

    /// Keeps what is learnt below a cap that a person may have lowered.
    pub(super) fn cap(&mut self, rate: Option<Rate>) {
        if let Some(rate) = rate {
            let most = u64::from(rate.most) * ONE;
            self.allowance = Some(self.allowance.unwrap_or(u64::from(rate.first) * ONE).min(most));
        }
    }

    /// One creation is under way, of which `hour` make an hour of full use.
    pub(super) fn clean(&mut self, rate: Option<Rate>, hour: u32, now: i64) {
        let Some(allowance) = self.allowance else { return };
        let hour = u64::from(hour.max(1));
        let most = rate.map(|rate| u64::from(rate.most) * ONE);
        if let Some(ceiling) = &mut self.ceiling
            && now >= ceiling.until
        {
            ceiling.level += (ceiling.level / (hour * RISE)).max(1);
        }
        let below = self.ceiling.as_ref().map(|ceiling| ceiling.level - ceiling.level / MARGIN);
        if let (Some(below), Some(most)) = (below, most)
            && below >= most
        {
            self.ceiling = None;
        }
        let roof = [below, most].into_iter().flatten().min().unwrap_or(u64::MAX);
        let grown = allowance + (most.unwrap_or(allowance) / (hour * GROWTH)).max(1);
        self.allowance = Some(grown.min(roof).max(allowance.min(roof)));
    }

    /// A refusal came when `went` had gone through.
    pub(super) fn refused(&mut self, went: u32, now: i64) {
        let times = self.ceiling.as_ref().map_or(0, |ceiling| ceiling.times) + 1;
        let believed = BELIEVED.saturating_mul(1 << (times - 1).min(8)).min(LONGEST);
        let level = u64::from(went.max(LEAST)) * ONE;
        self.ceiling = Some(Ceiling { level, until: now + believed, times });
        let half = self.allowance.map_or(level / 2, |allowance| allowance / 2);
        self.allowance = Some(half.min(level - level / MARGIN).max(ONE));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Option<Rate> = Some(Rate { first: 400, most: 500 });

    #[test]
    fn an_hour_of_clean_use_adds_one_twentieth_of_the_cap_up_to_the_cap() {
        let mut learnt = Learnt::new(RATE);
        let mut hour = || {
            let allowed = learnt.allowed().unwrap();
            (0..allowed).for_each(|_| learnt.clean(RATE, allowed, 0));
            learnt.allowed().unwrap()
        };
        assert_eq!([hour(), hour(), hour(), hour(), hour()], [424, 449, 474, 498, 500]);
    }

    #[test]
    fn a_refusal_halves_and_is_a_ceiling_for_a_while() {
        let mut learnt = Learnt::new(RATE);
        learnt.refused(150, 0);
        assert_eq!((learnt.allowed(), learnt.ceiling()), (Some(135), Some(150)));
        (0..100_000).for_each(|_| learnt.clean(RATE, 135, BELIEVED - 1));
        assert_eq!(learnt.allowed(), Some(135));
        (0..100_000).for_each(|_| learnt.clean(RATE, 135, BELIEVED));
        assert_eq!((learnt.allowed(), learnt.ceiling()), (Some(500), None), "a lifted limit is found again");
    }

    #[test]
    fn without_a_cap_nothing_limits_before_a_refusal() {
        let mut learnt = Learnt::new(None);
        learnt.clean(None, 1, 0);
        assert_eq!(learnt.allowed(), None);
        learnt.refused(200, 0);
        assert_eq!(learnt.allowed(), Some(100));
        learnt.cap(Some(Rate { first: 20, most: 30 }));
        assert_eq!(learnt.allowed(), Some(30));
    }
}
