//! When a shift begins anew by itself.

use cronexpr::{Crontab, FallbackTimezoneOption, ParseOptions, parse_crontab_with};
use serde::{Deserialize, Serialize};

/// When a shift begins a new round by itself: its targets are selected anew, and those whose inputs moved are made
/// anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Schedule {
    /// Five fields, as cron has them (POSIX `crontab`, with names, steps, `L` and `#`): `0 6 * * 1-5`.
    pub cron: String,
    /// The IANA zone whose wall clock is meant; UTC when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// What becomes of open pull requests whose target is selected no longer.
    #[serde(default)]
    pub unselected: Unselected,
}

/// What becomes of open pull requests whose target is selected no longer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Unselected {
    /// They stay, and are looked after until they end.
    #[default]
    Keep,
    /// They are closed.
    Close,
}

impl Schedule {
    /// The first time after another that a round begins, both in milliseconds since 1970 UTC. A time that the wall
    /// clock skips is skipped; one that comes twice is meant the first time.
    ///
    /// # Errors
    /// When the expression or the zone is none, or no such time comes within four years.
    pub fn next(&self, after: i64) -> Result<i64, String> {
        let next =
            self.crontab()?.find_next(cronexpr::MakeTimestamp::from_millisecond(after).map_err(words)?);
        Ok(next.map_err(words)?.timestamp().as_millisecond())
    }

    fn crontab(&self) -> Result<Crontab, String> {
        let zone = self.zone.as_deref().unwrap_or("UTC");
        if zone.split_whitespace().count() != 1 || self.cron.split_whitespace().count() != 5 {
            return Err("cron has five fields, and a zone is one word".to_owned());
        }
        let mut options = ParseOptions::default();
        options.fallback_timezone_option = FallbackTimezoneOption::None;
        parse_crontab_with(&format!("{} {zone}", self.cron), options).map_err(words)
    }
}

/// The first line of what is wrong: the others draw the place of a text that the person did not write so.
fn words(error: impl std::fmt::Display) -> String {
    let text = error.to_string();
    text.lines().next_back().unwrap_or_default().trim_start_matches(['^', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn schedule(cron: &str, zone: &str) -> Schedule {
        let zone = Some(zone.to_owned()).filter(|zone| !zone.is_empty());
        Schedule { cron: cron.to_owned(), zone, unselected: Unselected::Keep }
    }

    fn next(cron: &str, zone: &str, after: &str) -> String {
        let after: Timestamp = after.parse().unwrap_or_default();
        let next = schedule(cron, zone).next(after.as_millisecond());
        let next = next.and_then(|at| Timestamp::from_millisecond(at).map_err(|error| error.to_string()));
        next.map_or_else(|why| why, |at| at.to_string())
    }

    #[test]
    fn the_wall_clock_of_the_zone_counts() {
        let weekdays = "0 6 * * 1-5";
        assert_eq!(next(weekdays, "", "2026-11-27T07:00:00Z"), "2026-11-30T06:00:00Z", "after the weekend");
        assert_eq!(next(weekdays, "Europe/Stockholm", "2026-11-27T07:00:00Z"), "2026-11-30T05:00:00Z");
        assert_eq!(
            next(weekdays, "Europe/Stockholm", "2026-07-01T00:00:00Z"),
            "2026-07-01T04:00:00Z",
            "in summer"
        );
        assert_eq!(next("0 6 L * *", "", "2026-02-01T00:00:00Z"), "2026-02-28T06:00:00Z");
    }

    #[test]
    fn clocks_that_are_set_forward_and_back() {
        // 02:30 is not there on 2026-03-29 in Stockholm, and twice on 2026-10-25.
        let night = "30 2 * * *";
        assert_eq!(next(night, "Europe/Stockholm", "2026-03-28T02:00:00Z"), "2026-03-30T00:30:00Z");
        let first = next(night, "Europe/Stockholm", "2026-10-24T12:00:00Z");
        assert_eq!(first, "2026-10-25T00:30:00Z");
    }

    #[test]
    fn what_is_no_schedule_is_told() {
        for (cron, zone) in [
            ("0 6 * *", ""),
            ("0 6 * * 1-5 Europe/Stockholm", ""),
            ("61 6 * * *", ""),
            ("0 6 30 2 *", ""),
            ("0 6 * * *", "Nowhere/Atlantis"),
            ("0 6 * * *", "UTC UTC"),
            ("", ""),
        ] {
            assert!(schedule(cron, zone).next(0).is_err(), "{cron} {zone}");
        }
    }
}
