//! Limits on requests, as the forges publish them, and who has used how much.
//!
//! Sources: docs.github.com "Rate limits for the REST API", "Rate limits and query limits for the
//! GraphQL API"; docs.gitlab.com "GitLab.com settings, rate limits".

use std::collections::{HashMap, VecDeque};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// REST requests, GitHub's primary limit.
    Rest,
    /// GraphQL points, GitHub's primary limit.
    Graphql,
    /// REST points, of the secondary limit: 1 to read, 5 to write.
    RestPoints,
    /// GraphQL points, of the secondary limit: 1 to ask, 5 to change.
    GraphqlPoints,
    /// Requests that create content.
    Content,
    /// Requests of any kind, as GitLab counts.
    Call,
    /// Comments, as GitLab counts.
    Note,
    /// Questions for one project, as GitLab counts.
    Project,
}

/// What a request takes.
pub type Price = Vec<(Unit, u64)>;

/// So many of something in so long a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// What is counted.
    pub unit: Unit,
    /// How many.
    pub most: u64,
    /// In how many milliseconds.
    pub window: i64,
    /// Whether the window begins with its first request and is told in headers; otherwise it
    /// slides, and nothing tells how full it is.
    pub told: bool,
}

/// What a refusal says of when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// When there is room again, a minute at least.
    WhenFree,
    /// In a minute, whatever the truth.
    Minute,
    /// Nothing.
    Untold,
}

/// Every limit of a forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Counted over time.
    pub rules: Vec<Rule>,
    /// How many requests of one identity may be under way at once.
    pub concurrent: Option<u64>,
    /// What refusals say.
    pub retry_after: RetryAfter,
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

impl Limits {
    /// None at all, as GitHub Enterprise Server and Gitea are installed.
    pub fn off() -> Limits {
        Limits { rules: Vec::new(), concurrent: None, retry_after: RetryAfter::WhenFree }
    }

    /// GitHub.com for one user or installation.
    pub fn github() -> Limits {
        let rule = |unit, most, window, told| Rule { unit, most, window, told };
        Limits {
            rules: vec![
                rule(Unit::Rest, 5_000, HOUR, true),
                rule(Unit::Graphql, 5_000, HOUR, true),
                rule(Unit::RestPoints, 900, MINUTE, false),
                rule(Unit::GraphqlPoints, 2_000, MINUTE, false),
                rule(Unit::Content, 80, MINUTE, false),
                rule(Unit::Content, 500, HOUR, false),
            ],
            concurrent: Some(100),
            retry_after: RetryAfter::WhenFree,
        }
    }

    /// GitLab.com for one user.
    pub fn gitlab() -> Limits {
        let rule = |unit, most, told| Rule { unit, most, window: MINUTE, told };
        Limits {
            rules: vec![
                rule(Unit::Call, 2_000, true),
                rule(Unit::Note, 60, false),
                rule(Unit::Project, 400, false),
            ],
            concurrent: None,
            retry_after: RetryAfter::WhenFree,
        }
    }

    /// The same with a lower limit on content than is published: so many an hour.
    #[must_use]
    pub fn with_hidden_content(mut self, per_hour: u64) -> Limits {
        self.rules.push(Rule { unit: Unit::Content, most: per_hour, window: HOUR, told: false });
        self
    }
}

/// How a told limit stands, for headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What is counted.
    pub unit: Unit,
    /// How many there are in a window.
    pub limit: u64,
    /// How many were taken.
    pub used: u64,
    /// When the window ends, in milliseconds since 1970 UTC.
    pub reset: i64,
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The limit, in words.
    pub limit: String,
    /// Whether it is one that headers tell of.
    pub told: bool,
    /// Whether its sender had been told to wait.
    pub while_blocked: bool,
    /// In how many seconds to come back, where that is said.
    pub retry_after: Option<i64>,
}

/// What one identity has used.
#[derive(Debug, Default)]
struct Used {
    /// One window per rule.
    windows: Vec<Window>,
    under_way: u64,
    blocked_until: i64,
    offences: u64,
}

#[derive(Debug, Default)]
struct Window {
    /// When a told window began.
    start: i64,
    /// What was taken when.
    taken: VecDeque<(i64, u64)>,
    sum: u64,
}

impl Window {
    /// Forgets what lies before the window.
    fn roll(&mut self, rule: &Rule, now: i64) {
        if rule.told {
            if now >= self.start + rule.window {
                *self = Window { start: now, ..Window::default() };
            }
            return;
        }
        while let Some((at, many)) = self.taken.front().copied().filter(|(at, _)| at + rule.window <= now) {
            debug_assert!(at <= now);
            self.sum -= many;
            self.taken.pop_front();
        }
    }

    fn take(&mut self, rule: &Rule, now: i64, many: u64) {
        self.sum += many;
        if !rule.told {
            self.taken.push_back((now, many));
        }
    }

    /// When there is room for one more.
    fn free_at(&self, rule: &Rule, now: i64) -> i64 {
        if rule.told {
            return self.start + rule.window;
        }
        self.taken.front().map_or(now, |(at, _)| at + rule.window)
    }
}

/// Who has used how much.
#[derive(Debug)]
pub struct Ledger {
    limits: Limits,
    used: HashMap<String, Used>,
}

impl Ledger {
    /// An empty one.
    pub fn new(limits: Limits) -> Ledger {
        Ledger { limits, used: HashMap::new() }
    }

    /// Changes the limits; what was used is forgotten.
    pub fn set(&mut self, limits: Limits) {
        *self = Ledger::new(limits);
    }

    /// Asks for one request, and takes its price if it may be made; [`Ledger::end`] follows then.
    ///
    /// # Errors
    /// The limit that is reached.
    pub fn begin(&mut self, who: &str, price: &Price, now: i64) -> Result<(), Refused> {
        let Ledger { limits, used } = self;
        let used = used.entry(who.to_owned()).or_default();
        used.windows.resize_with(limits.rules.len(), Window::default);
        for (window, rule) in used.windows.iter_mut().zip(&limits.rules) {
            window.roll(rule, now);
        }
        if now < used.blocked_until {
            // GitHub: "continuing to make requests while rate limited may result in the banning of
            // your integration". Here each one makes the wait a minute longer.
            used.offences += 1;
            used.blocked_until += MINUTE;
            let wait = (used.blocked_until - now).div_euclid(1_000) + 1;
            let limit = "told to wait".to_owned();
            return Err(Refused { limit, told: false, while_blocked: true, retry_after: Some(wait) });
        }
        if limits.concurrent.is_some_and(|most| used.under_way >= most) {
            return Err(used.refuse(limits, "requests under way at once", now + MINUTE, now));
        }
        let full = price.iter().find_map(|(unit, many)| {
            let at = limits.rules.iter().zip(&used.windows).position(|(rule, window)| {
                rule.unit == *unit && *many > 0 && window.sum + many > rule.most
            })?;
            Some((limits.rules[at], used.windows[at].free_at(&limits.rules[at], now)))
        });
        if let Some((rule, free)) = full {
            let words = format!("{:?}: {} in {} s", rule.unit, rule.most, rule.window / 1_000);
            if rule.told {
                used.blocked_until = free;
                return Err(Refused { limit: words, told: true, while_blocked: false, retry_after: None });
            }
            return Err(used.refuse(limits, &words, free, now));
        }
        for (unit, many) in price {
            for (window, rule) in used.windows.iter_mut().zip(&limits.rules) {
                if rule.unit == *unit {
                    window.take(rule, now, *many);
                }
            }
        }
        used.under_way += 1;
        Ok(())
    }

    /// Ends a request; takes what only became known meanwhile (more), or gives back (a 304).
    pub fn end(&mut self, who: &str, more: &[(Unit, i64)], now: i64) {
        let Ledger { limits, used } = self;
        let Some(used) = used.get_mut(who) else { return };
        used.under_way = used.under_way.saturating_sub(1);
        for (unit, many) in more {
            for (window, rule) in used.windows.iter_mut().zip(&limits.rules) {
                if rule.unit == *unit && rule.told {
                    window.roll(rule, now);
                    window.sum = window.sum.saturating_add_signed(*many);
                }
            }
        }
    }

    /// How the told limits stand for an identity.
    pub fn standing(&mut self, who: &str, now: i64) -> Vec<Standing> {
        let Ledger { limits, used } = self;
        let used = used.entry(who.to_owned()).or_default();
        used.windows.resize_with(limits.rules.len(), Window::default);
        let mut found = Vec::new();
        for (window, rule) in used.windows.iter_mut().zip(&limits.rules).filter(|(_, rule)| rule.told) {
            window.roll(rule, now);
            found.push(Standing {
                unit: rule.unit,
                limit: rule.most,
                used: window.sum.min(rule.most),
                reset: window.start + rule.window,
            });
        }
        found
    }

    /// How often an identity sent something while it was told to wait.
    pub fn offences(&self, who: &str) -> u64 {
        self.used.get(who).map_or(0, |used| used.offences)
    }
}

impl Used {
    fn refuse(&mut self, limits: &Limits, limit: &str, free: i64, now: i64) -> Refused {
        let wait = match limits.retry_after {
            RetryAfter::WhenFree => (free - now).max(MINUTE),
            RetryAfter::Minute | RetryAfter::Untold => MINUTE,
        };
        self.blocked_until = now + wait;
        let retry_after =
            (limits.retry_after != RetryAfter::Untold).then_some((wait + 999).div_euclid(1_000));
        Refused { limit: limit.to_owned(), told: false, while_blocked: false, retry_after }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_limited_by_the_minute_and_the_hour() {
        let mut ledger = Ledger::new(Limits::github());
        let price = vec![(Unit::Rest, 1), (Unit::RestPoints, 5), (Unit::Content, 1)];
        for n in 0..80 {
            assert_eq!(ledger.begin("a", &price, n), Ok(()));
            ledger.end("a", &[], n);
        }
        let refused = ledger.begin("a", &price, 100).unwrap_err();
        assert_eq!((refused.retry_after, refused.while_blocked), (Some(60), false));
        assert!(ledger.begin("a", &price, 59_999).unwrap_err().while_blocked, "it was told to wait");
        assert_eq!(ledger.begin("b", &price, 100), Ok(()), "another identity has a budget of its own");
    }

    #[test]
    fn a_told_window_ends_as_a_whole() {
        let mut ledger = Ledger::new(Limits::github());
        let price = vec![(Unit::Rest, 1)];
        for _ in 0..5_000 {
            ledger.begin("a", &price, 7_000_000).unwrap();
            ledger.end("a", &[], 7_000_000);
        }
        let refused = ledger.begin("a", &price, 7_000_001).unwrap_err();
        assert!(refused.told && refused.retry_after.is_none());
        assert_eq!(ledger.standing("a", 7_000_001)[0].reset, 7_000_000 + HOUR);
        assert_eq!(ledger.begin("a", &price, 7_000_000 + HOUR), Ok(()));
    }
}
