//! The state of a pull request in short, so that one that did not change costs no request of its own.
//!
//! A list of pull requests shows pushes, comments, labels and reviews, not checks, and often not conflicts
//! with a base that moved. So a mark holds what a list shows, a digest of the checks, and when everything
//! was read. While it is *settled* (nothing is pending or red, mergeability is known), what a list shows is
//! enough for `BELIEVED`; else the checks are looked at each time.

use fleetwright_core::pull::{Check, PullSeen, PullState, Verdict};

/// How long a settled pull request is believed, in milliseconds: somebody may start a check again, which
/// no list shows.
const BELIEVED: i64 = 30 * 60_000;

/// How long after its last change a pull request without any check is looked at closely, in milliseconds: one
/// may begin late. After that it most likely has none.
const YOUNG: i64 = 10 * 60_000;

/// A mark, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What a list shows of the pull request, in short.
    pub line: String,
    /// What the checks said and whether it merges, as [`digest`] has it.
    pub checks: String,
    /// Whether nothing is under way.
    pub settled: bool,
    /// When everything was read, in milliseconds since 1970 UTC.
    pub at: i64,
}

impl Mark {
    /// The mark of what was read at `now`, of a pull request that changed last at `changed` (both in
    /// milliseconds since 1970 UTC).
    pub fn new(line: &str, seen: &PullSeen, changed: i64, now: i64) -> Mark {
        let proves = |check: &Check| !matches!(check.verdict, Verdict::Pending | Verdict::Red);
        let young = seen.checks.is_empty() && now - changed < YOUNG;
        let rests = !young && seen.mergeable.is_some() && seen.checks.iter().all(proves);
        let settled = seen.state != PullState::Open || rests;
        Mark { line: line.replace('|', "/"), checks: digest(&seen.checks, seen.mergeable), settled, at: now }
    }

    /// Reads a mark; `None` where it is none, or one of another version.
    pub fn parse(text: &str) -> Option<Mark> {
        let mut parts = text.split('|');
        let ("m1", Some(line), Some(checks), Some(settled), Some(at), None) =
            (parts.next()?, parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        let (settled, at) = (settled == "settled", at.parse().ok()?);
        Some(Mark { line: line.to_owned(), checks: checks.to_owned(), settled, at })
    }

    /// Whether a list shows the pull request as it was.
    pub fn is_line(&self, line: &str) -> bool {
        self.line == line.replace('|', "/")
    }

    /// Whether a list alone may tell at `now` that nothing changed.
    pub fn is_believed(&self, number: u64, now: i64) -> bool {
        self.settled && !self.is_stale(number, now)
    }

    /// Whether everything is to be read again at `now`, whatever a list says. Spread by number, so that
    /// those read in one minute are not all read again in one.
    pub fn is_stale(&self, number: u64, now: i64) -> bool {
        let spread = i64::try_from(number % 10).unwrap_or(0) * 60_000;
        now - self.at >= BELIEVED + spread
    }

    /// The mark's text.
    pub fn text(&self) -> String {
        let settled = if self.settled { "settled" } else { "moving" };
        format!("m1|{}|{}|{settled}|{}", self.line, self.checks, self.at)
    }
}

/// Checks and mergeability in short: 64 bits by FNV-1a, which only has to differ by chance.
pub fn digest(checks: &[Check], mergeable: Option<bool>) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut eat = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    eat(&[mergeable.map_or(2, u8::from)]);
    for check in checks {
        eat(check.name.as_bytes());
        eat(&[0, check.verdict as u8, u8::from(check.required == Some(true))]);
        eat(check.run.as_deref().unwrap_or_default().as_bytes());
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use fleetwright_core::Oid;
    use fleetwright_core::pull::PullRef;

    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let pull = PullRef { number: 7, url: String::new() };
        let mut seen = PullSeen { mergeable: Some(true), ..PullSeen::bare(pull, PullState::Open, Oid::ZERO) };
        let mark = Mark::new("opened a|b", &seen, 5, 10);
        assert_eq!(Mark::parse(&mark.text()), Some(mark.clone()));
        assert!(mark.is_line("opened a|b") && !mark.is_line("opened a"));
        assert!(!mark.settled, "without checks it is watched for a while");
        assert!(Mark::new("", &seen, 5, 5 + YOUNG).settled);
        let check =
            |verdict| Check { name: "build".into(), verdict, red_on_base: None, required: None, run: None };
        for (verdict, settled) in [(Verdict::Green, true), (Verdict::Red, false), (Verdict::Pending, false)] {
            seen.checks = vec![check(verdict)];
            assert_eq!(Mark::new("", &seen, 5, 10).settled, settled, "{verdict:?}");
        }
        assert_eq!(
            (Mark::parse(""), Mark::parse("m1|a|b"), Mark::parse("m2|a|b|settled|1")),
            (None, None, None)
        );
    }
}
