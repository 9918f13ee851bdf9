//! When machines may act: weekly windows in IANA zones, and freezes.
//!
//! Whether a window is open is a question about the wall clock in its zone, which every instant
//! has exactly one of: so days of 23 and 25 hours, and days that are not there, need no rule of
//! their own. The zones are built into the program.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::source::nearest;

/// How far ahead an opening is looked for, in days: a year of freeze, and the week after it.
const HORIZON: i64 = 373;

/// How far it is looked first, in days: a week, and a day that was left out.
const WEEK: i64 = 9;

const DAY: i64 = 86_400_000;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the days of the week")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    fn of(day: Weekday) -> Day {
        match day {
            Weekday::Monday => Day::Mon,
            Weekday::Tuesday => Day::Tue,
            Weekday::Wednesday => Day::Wed,
            Weekday::Thursday => Day::Thu,
            Weekday::Friday => Day::Fri,
            Weekday::Saturday => Day::Sat,
            Weekday::Sunday => Day::Sun,
        }
    }
}

/// What is wrong with a window, and at which of its keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {message}\n  try: {remedy}")]
pub struct WindowError {
    /// The key: `days`, `start`, `end` or `zone`.
    pub key: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to try.
    pub remedy: String,
}

/// A stretch of the week that is open, in the wall clock of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    days: Vec<Day>,
    /// Minutes since midnight: open from the first, closed from the second.
    minutes: (u16, u16),
    zone: TimeZone,
}

/// A stretch of time in which nothing is done, whatever the windows say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Freeze {
    /// Its first moment, in RFC 3339, such as `2026-12-20T00:00:00+01:00`.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
    /// Why, for people.
    #[serde(default)]
    pub why: String,
}

impl Freeze {
    fn holds(&self, now: i64) -> bool {
        (self.from.as_millisecond()..self.until.as_millisecond()).contains(&now)
    }
}

/// When machines may act. Without windows that is always, but for freezes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    /// It is open while any of these is.
    pub windows: Vec<Window>,
    /// It is closed while any of these holds.
    pub freezes: Vec<Freeze>,
}

impl Window {
    /// A window on some days, from a start to an end such as `("09:00", "16:00")`, in a zone such
    /// as `Europe/Stockholm`.
    ///
    /// # Errors
    /// Names the key that does not fit.
    pub fn new(days: &[Day], (start, end): (&str, &str), zone: &str) -> Result<Window, WindowError> {
        let wrong =
            |key, message: String, remedy: &str| WindowError { key, message, remedy: remedy.to_owned() };
        if days.is_empty() {
            return Err(wrong(
                "days",
                "a window without days never opens".into(),
                "write `days: [mon, tue]`",
            ));
        }
        let clock = |key, text: &str, most| match minutes(text).filter(|minutes| *minutes <= most) {
            Some(minutes) => Ok(minutes),
            None => {
                let message = format!("`{text}` is not a time of day");
                Err(wrong(key, message, "write hours and minutes in quotes, such as \"09:00\""))
            }
        };
        let minutes = (clock("start", start, 1_439)?, clock("end", end, 1_440)?);
        if minutes.0 >= minutes.1 {
            let message = format!("a window from {start} to {end} never opens");
            return Err(wrong(
                "end",
                message,
                "for a night, write two windows: one to \"24:00\", one from \"00:00\"",
            ));
        }
        let zone = find_zone(zone)
            .map_err(|remedy| wrong("zone", format!("`{zone}` is not the name of a time zone"), &remedy))?;
        Ok(Window { days: days.to_vec(), minutes, zone })
    }

    fn is_open_at(&self, now: i64) -> bool {
        let Ok(now) = Timestamp::from_millisecond(now) else { return false };
        let wall = self.zone.to_datetime(now);
        let minute = u16::from(wall.hour().unsigned_abs()) * 60 + u16::from(wall.minute().unsigned_abs());
        self.days.contains(&Day::of(wall.weekday())) && (self.minutes.0..self.minutes.1).contains(&minute)
    }

    /// Every moment after `now` and before `end` at which it can open: where the wall clock shows
    /// its start, and where that clock is put forward or back.
    fn openings(&self, now: Timestamp, end: Timestamp) -> Vec<Timestamp> {
        let jumps = self.zone.following(now).map(|jump| jump.timestamp()).take_while(|at| *at < end);
        let mut found: Vec<Timestamp> = jumps.collect();
        let start = Time::midnight().checked_add(i64::from(self.minutes.0).minutes());
        let Ok(start) = start else { return found };
        // A day more on both sides: it may be another day there.
        let mut day = self.zone.to_datetime(now).date().yesterday().ok();
        let last = self.zone.to_datetime(end).date();
        while let Some(date) = day.filter(|date| *date <= last) {
            if self.days.contains(&Day::of(date.weekday())) {
                found.extend(self.moments(date, start));
            }
            day = date.tomorrow().ok();
        }
        found
    }

    /// The one or two moments at which the wall clock shows a time; one that is left out has none
    /// but the jump over it.
    fn moments(&self, date: Date, time: Time) -> impl Iterator<Item = Timestamp> + use<> {
        let at = self.zone.to_ambiguous_timestamp(date.to_datetime(time));
        [at.earlier().ok(), at.later().ok()].into_iter().flatten()
    }
}

impl Calendar {
    /// Whether machines may act now (milliseconds since 1970 UTC).
    pub fn is_open_at(&self, now: i64) -> bool {
        self.frozen(now).is_none()
            && (self.windows.is_empty() || self.windows.iter().any(|w| w.is_open_at(now)))
    }

    /// The freeze that holds now (milliseconds since 1970 UTC), if one does.
    pub fn frozen(&self, now: i64) -> Option<&Freeze> {
        self.freezes.iter().find(|freeze| freeze.holds(now))
    }

    /// The first moment from `now` on at which machines may act, both in milliseconds since 1970
    /// UTC; `None` where there is none within a year.
    pub fn next_opening(&self, now: i64) -> Option<i64> {
        if self.is_open_at(now) {
            return Some(now);
        }
        // Nearly always it is within the week; a whole year is only looked through behind a freeze.
        [WEEK, HORIZON].into_iter().find_map(|days| self.opening_within(now, days * DAY))
    }

    fn opening_within(&self, now: i64, span: i64) -> Option<i64> {
        let end = now.checked_add(span)?;
        let (from, to) = (Timestamp::from_millisecond(now).ok()?, Timestamp::from_millisecond(end).ok()?);
        let mut moments: Vec<i64> = self.freezes.iter().map(|freeze| freeze.until.as_millisecond()).collect();
        for window in &self.windows {
            moments.extend(window.openings(from, to).iter().map(|at| at.as_millisecond()));
        }
        moments.retain(|at| (now..=end).contains(at));
        moments.sort_unstable();
        moments.into_iter().find(|at| self.is_open_at(*at))
    }
}

/// The minutes since midnight of a time such as `09:00`.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| digits)
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (minutes < 60).then_some(hours * 60 + minutes)
}

fn find_zone(name: &str) -> Result<TimeZone, String> {
    let zones = TimeZoneDatabase::bundled();
    if let Ok(zone) = zones.get(name) {
        return Ok(zone);
    }
    let known: Vec<String> = zones.available().map(|name| name.to_string()).collect();
    Err(match nearest(name, &known) {
        Some(known) => format!("did you mean `{known}`?"),
        None => "write an IANA name, such as `Europe/Stockholm`".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: i64 = 60_000;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn one(days: &[Day], times: (&str, &str), zone: &str) -> Calendar {
        Calendar { windows: vec![Window::new(days, times, zone).unwrap()], freezes: Vec::new() }
    }

    const WEEK: [Day; 7] = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat, Day::Sun];
    const WORKDAYS: [Day; 5] = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri];

    #[test]
    fn a_window_is_open_by_the_wall_clock_of_its_zone() {
        let office = one(&WORKDAYS, ("09:00", "16:00"), "Europe/Stockholm");
        for (now, open) in [
            ("2026-11-25T07:59:59Z", false),
            ("2026-11-25T08:00:00Z", true),
            ("2026-11-25T14:59:59Z", true),
            ("2026-11-25T15:00:00Z", false),
            ("2026-07-01T07:00:00Z", true),
            ("2026-11-28T12:00:00Z", false),
        ] {
            assert_eq!(office.is_open_at(at(now)), open, "{now}");
        }
        assert_eq!(office.next_opening(at("2026-11-27T15:00:00Z")), Some(at("2026-11-30T08:00:00Z")));
        assert_eq!(office.next_opening(at("2026-11-25T12:00:00Z")), Some(at("2026-11-25T12:00:00Z")));
    }

    #[test]
    fn clocks_put_forward_and_back_and_days_left_out() {
        // 02:00 to 03:00 is left out on 29 March 2026 in Stockholm.
        let night = one(&[Day::Sun], ("02:30", "04:00"), "Europe/Stockholm");
        assert_eq!(night.next_opening(at("2026-03-29T00:00:00Z")), Some(at("2026-03-29T01:00:00Z")));
        let gone = one(&[Day::Sun], ("02:00", "03:00"), "Europe/Stockholm");
        assert_eq!(gone.next_opening(at("2026-03-29T00:00:00Z")), Some(at("2026-04-05T00:00:00Z")));
        // 02:30 is there twice on 25 October 2026: open until 03:00, then again from 02:00.
        let twice = one(&[Day::Sun], ("02:15", "02:45"), "Europe/Stockholm");
        assert_eq!(twice.next_opening(at("2026-10-25T00:45:00Z")), Some(at("2026-10-25T01:15:00Z")));
        // Samoa had no Friday 30 December 2011.
        let friday = one(&[Day::Fri], ("00:00", "24:00"), "Pacific/Apia");
        assert_eq!(friday.next_opening(at("2011-12-30T00:00:00Z")), Some(at("2012-01-05T10:00:00Z")));
    }

    #[test]
    fn a_freeze_closes_whatever_the_windows_say() {
        let mut office = one(&WORKDAYS, ("09:00", "16:00"), "Europe/Stockholm");
        let freeze = |from: &str, until: &str| Freeze {
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
            why: "year end".into(),
        };
        office.freezes.push(freeze("2026-12-18T00:00:00+01:00", "2027-01-04T12:00:00+01:00"));
        assert_eq!(office.frozen(at("2026-12-21T09:00:00Z")).unwrap().why, "year end");
        assert_eq!(office.next_opening(at("2026-12-18T10:00:00Z")), Some(at("2027-01-04T11:00:00Z")));
        office.freezes.push(freeze("2027-01-01T00:00:00Z", "9000-01-01T00:00:00Z"));
        assert_eq!(office.next_opening(at("2026-12-18T10:00:00Z")), None);
        let always = Calendar { windows: Vec::new(), freezes: office.freezes };
        assert!(always.is_open_at(0) && !always.is_open_at(at("2026-12-21T00:00:00Z")));
    }

    fn zones() -> Vec<String> {
        TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100_000))]

        /// The next opening is open, nothing before it is, and nothing is open in a freeze: looked
        /// at around every moment at which the zone's clock jumps, and anywhere else.
        #[test]
        fn nothing_opens_earlier_and_something_opens_then(
            zone in prop::sample::select(zones()),
            start in 0_u16..1_439,
            length in 1_u16..1_440,
            days in prop::sample::subsequence(WEEK.to_vec(), 1..7),
            (seconds, near) in (1_000_000_000_i64..2_000_000_000, any::<bool>()),
            (ahead, frozen) in (-3_000_i64..3_000, 0_i64..4_000),
        ) {
            let end = (start + length).min(1_440);
            let text = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
            let window = Window::new(&days, (&text(start), &text(end)), &zone).unwrap();
            let base = Timestamp::from_second(seconds).unwrap();
            let jump = window.zone.following(base).next().map(|jump| jump.timestamp());
            let base = if near { jump.unwrap_or(base) } else { base };
            let now = base.as_millisecond() + ahead * MINUTE;
            let time = |at: i64| Timestamp::from_millisecond(at).unwrap();
            let freeze = Freeze { from: time(now), until: time(now + frozen * MINUTE), why: String::new() };
            let calendar = Calendar { windows: vec![window], freezes: vec![freeze.clone()] };
            let opens = calendar.next_opening(now).unwrap();
            prop_assert!(calendar.is_open_at(opens));
            prop_assert!(opens >= now + frozen * MINUTE);
            // An oracle that knows nothing of zones but how they show one instant.
            let shown = |at: i64| calendar.windows[0].zone.to_datetime(time(at));
            let oracle = |at: i64| {
                let wall = shown(at);
                let minute = i64::from(wall.hour()) * 60 + i64::from(wall.minute());
                let day = WEEK[usize::try_from(wall.weekday().to_monday_zero_offset()).unwrap()];
                days.contains(&day)
                    && (i64::from(start)..i64::from(end)).contains(&minute)
                    && !(freeze.from.as_millisecond()..freeze.until.as_millisecond()).contains(&at)
            };
            prop_assert!(oracle(opens));
            if opens > now {
                prop_assert!(!oracle(opens - 1));
                // Every half hour or so of the way: a window shorter than that is caught by others.
                let mut at = now;
                while at < opens {
                    prop_assert!(!oracle(at), "open at {} already", time(at));
                    at += 31 * MINUTE;
                }
            }
        }
    }
}
