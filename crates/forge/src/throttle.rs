//! The limits on requests of one identity, shared by everything that sends in this process.
//!
//! Points a minute, requests an hour, a hundred at once, and silence while the forge asked for it.
//! How fast content may be created is decided elsewhere, by a budget that all processes share
//! ([`fleetwright_core::budget`]): here it is only held back while nothing may be sent.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use fleetwright_core::budget::Requests;
use serde::{Deserialize, Serialize};

use crate::meter::{Answer, Cost, Meter};

/// A minute of points, in seconds, and what requests may differ in being late.
const MINUTE: i64 = 62;

const HOUR: i64 = 3_600_000;

/// How far apart two answers may put the end of one window, in milliseconds: it is computed with their
/// `date`, which has whole seconds, and answers take their way. The shortest window is a minute.
const SAME: i64 = 15_000;

/// When to ask again after too many at once, in milliseconds.
const AGAIN: i64 = 250;

/// The first wait when refusals come in a row, in milliseconds; it doubles, to an hour.
const WAIT: i64 = 60_000;

/// Of an hour's requests, one part in so many is kept for what changes something: reading must not
/// keep a merge waiting.
const KEPT: u64 = 50;

/// What a restart must not forget.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// Nothing is sent before this time, in milliseconds since 1970 UTC.
    pub blocked_until: i64,
    /// The forge's windows, by what it calls the resource.
    pub windows: BTreeMap<String, Window>,
}

/// What is left of a forge's window of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// Requests left.
    pub left: u64,
    /// Requests in a whole window.
    pub limit: u64,
    /// When it begins anew, in milliseconds since 1970 UTC.
    pub reset: i64,
    /// Whether the forge told, or it is only assumed.
    pub told: bool,
}

/// Holds the limits on requests of one identity at one forge. Share one by `Arc`.
#[derive(Debug)]
pub struct SharedMeter {
    limits: Requests,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    state: State,
    /// Refusals without an answer in between that was none.
    in_row: u32,
    at_once: u32,
    rest: Points,
    graphql: Points,
}

/// Points by the second, the oldest first.
#[derive(Debug, Default)]
struct Points(VecDeque<(i64, u32)>);

impl Points {
    /// When so many more fit below `most`; `None` when they do now.
    fn full(&mut self, more: u32, most: u32, now: i64) -> Option<i64> {
        let second = now.div_euclid(1_000);
        while self.0.front().is_some_and(|(at, _)| *at <= second - MINUTE) {
            self.0.pop_front();
        }
        let mut sum = self.0.iter().map(|(_, points)| points).sum::<u32>();
        let mut until = None;
        for (at, points) in &self.0 {
            if sum + more <= most {
                break;
            }
            sum -= points;
            until = Some((at + MINUTE) * 1_000);
        }
        until
    }

    fn add(&mut self, points: u32, now: i64) {
        let second = now.div_euclid(1_000);
        match self.0.back_mut() {
            Some((at, sum)) if *at >= second => *sum += points,
            _ => self.0.push_back((second, points)),
        }
    }
}

/// What GitHub calls the resource that a request draws from, unless its answer says otherwise.
fn resource(cost: Cost) -> &'static str {
    match cost {
        Cost::Read | Cost::Write | Cost::Content => "core",
        Cost::Query | Cost::Mutation => "graphql",
    }
}

fn is_reading(cost: Cost) -> bool {
    matches!(cost, Cost::Read | Cost::Query)
}

impl SharedMeter {
    /// A meter that has seen nothing yet.
    pub fn new(limits: Requests) -> SharedMeter {
        SharedMeter { limits, held: Mutex::default() }
    }

    /// What a restart must not forget, to be kept by whoever can.
    pub fn state(&self) -> State {
        self.held().state.clone()
    }

    /// Goes on where [`SharedMeter::state`] was taken.
    pub fn restore(&self, state: State) {
        self.held().state = state;
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // Numbers are never left half written.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn points(&self, cost: Cost) -> u32 {
        if is_reading(cost) { 1 } else { self.limits.change }
    }
}

impl Held {
    fn window(&mut self, cost: Cost, limits: &Requests, now: i64) -> Option<&mut Window> {
        let windows = &mut self.state.windows;
        let name = resource(cost);
        if windows.get(name).is_some_and(|window| window.reset <= now) {
            windows.remove(name);
        }
        if let (false, Some(hour)) = (windows.contains_key(name), limits.hour) {
            let limit = u64::from(hour);
            windows.insert(name.to_owned(), Window { left: limit, limit, reset: now + HOUR, told: false });
        }
        windows.get_mut(name)
    }

    fn points(&mut self, cost: Cost) -> &mut Points {
        if resource(cost) == "graphql" { &mut self.graphql } else { &mut self.rest }
    }

    fn hear(&mut self, cost: Cost, answer: &Answer) {
        let name = answer.resource.as_deref().unwrap_or(resource(cost));
        if let (Some(left), Some(reset)) = (answer.remaining, answer.reset) {
            let known = self.state.windows.get(name).filter(|known| known.told && known.reset + SAME > reset);
            let (left, reset) = match known {
                // An answer to an earlier request says nothing new.
                Some(known) if known.reset >= reset + SAME => return,
                Some(known) => (known.left.min(left), known.reset.min(reset)),
                None => (left, reset),
            };
            let limit = answer.limit.unwrap_or(left).max(left);
            self.state.windows.insert(name.to_owned(), Window { left, limit, reset, told: true });
        }
    }

    fn refused(&mut self, answer: &Answer, until: i64) {
        if answer.at < self.state.blocked_until {
            // It was under way when another was refused: one event, told twice.
            self.state.blocked_until = self.state.blocked_until.max(until);
            return;
        }
        self.in_row = self.in_row.saturating_add(1);
        let doubled = match self.in_row {
            1 => 0,
            more => (WAIT << (more - 1).min(6)).min(HOUR),
        };
        self.state.blocked_until = until.max(answer.at + doubled);
    }
}

impl Meter for SharedMeter {
    fn ask(&self, cost: Cost, now: i64) -> Result<(), i64> {
        let mut held = self.held();
        if now < held.state.blocked_until {
            return Err(held.state.blocked_until);
        }
        let points = self.points(cost);
        let most = if resource(cost) == "graphql" { self.limits.graphql } else { self.limits.rest };
        if cost != Cost::Content {
            if held.at_once >= self.limits.at_once {
                return Err(now + AGAIN);
            }
            if let Some(until) = most.and_then(|most| held.points(cost).full(points, most, now)) {
                return Err(until);
            }
        }
        if let Some(window) = held.window(cost, &self.limits, now) {
            let kept = if is_reading(cost) { window.limit / KEPT } else { 0 };
            if window.left <= kept {
                return Err(window.reset);
            }
            window.left -= 1;
        }
        held.points(cost).add(points, now);
        held.at_once += 1;
        Ok(())
    }

    fn told(&self, cost: Cost, answer: &Answer) {
        let mut held = self.held();
        held.hear(cost, answer);
        match answer.blocked_until {
            // The window's own end: other resources have windows of their own.
            Some(_) if answer.remaining == Some(0) && answer.reset.is_some_and(|at| at > answer.at) => {}
            Some(until) => held.refused(answer, until),
            None => held.in_row = 0,
        }
    }

    fn ended(&self, _: Cost) {
        let mut held = self.held();
        held.at_once = held.at_once.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(meter: &SharedMeter, cost: Cost, answer: Answer) {
        meter.told(cost, &answer);
        meter.ended(cost);
    }

    fn fine(at: i64) -> Answer {
        Answer { status: 200, at, ..Answer::default() }
    }

    #[test]
    fn no_minute_has_more_points_than_published() {
        let meter = SharedMeter::new(Requests { hour: None, ..Requests::GITHUB });
        let (mut now, mut sent) = (0, Vec::new());
        while sent.len() < 2_000 {
            let cost = if sent.len() % 3 == 0 { Cost::Write } else { Cost::Read };
            match meter.ask(cost, now) {
                Ok(()) => {
                    sent.push((now, if cost == Cost::Write { 5_u32 } else { 1 }));
                    done(&meter, cost, fine(now));
                    now += 7;
                }
                Err(until) => {
                    assert!(until > now);
                    now = until;
                }
            }
        }
        for (at, _) in &sent {
            let within = sent.iter().filter(|(other, _)| (at - 59_999..=*at).contains(other));
            assert!(within.map(|(_, points)| points).sum::<u32>() <= 900);
        }
        assert!(now < 6 * 62_000, "4,668 points take six minutes, not {now} ms");
        assert_eq!(meter.ask(Cost::Query, now), Ok(()), "GraphQL has points of its own");
    }

    #[test]
    fn nothing_is_sent_while_blocked_not_even_after_a_restart() {
        let meter = SharedMeter::new(Requests::GITHUB);
        meter.ask(Cost::Read, 0).unwrap();
        done(
            &meter,
            Cost::Read,
            Answer { status: 429, at: 5, blocked_until: Some(60_005), ..Answer::default() },
        );
        let again = SharedMeter::new(Requests::GITHUB);
        let text = serde_json::to_string(&meter.state()).unwrap();
        again.restore(serde_json::from_str(&text).unwrap());
        for meter in [&meter, &again] {
            for cost in [Cost::Read, Cost::Write, Cost::Content, Cost::Query, Cost::Mutation] {
                assert_eq!(meter.ask(cost, 60_004), Err(60_005));
            }
            assert_eq!(meter.ask(Cost::Content, 60_005), Ok(()));
        }
    }

    #[test]
    fn refusals_in_a_row_double_and_many_of_one_event_do_not() {
        let meter = SharedMeter::new(Requests::GITHUB);
        let refuse = |at: i64| {
            meter.told(
                Cost::Write,
                &Answer { status: 403, at, blocked_until: Some(at + 60_000), ..Answer::default() },
            );
            meter.state().blocked_until - at
        };
        assert_eq!([refuse(0), refuse(10), refuse(20)], [60_000, 60_000, 60_000]);
        assert_eq!(refuse(100_000), 120_000);
        assert_eq!(refuse(300_000), 240_000);
        meter.told(Cost::Read, &fine(600_000));
        assert_eq!(refuse(600_001), 60_000);
    }

    #[test]
    fn a_window_that_is_used_up_stops_its_resource_only() {
        let meter = SharedMeter::new(Requests::GITHUB);
        let left = |left, at| Answer {
            remaining: Some(left),
            limit: Some(5_000),
            reset: Some(1_000_000),
            resource: Some("core".into()),
            ..fine(at)
        };
        meter.ask(Cost::Read, 0).unwrap();
        done(&meter, Cost::Read, left(102, 1));
        meter.ask(Cost::Read, 2).unwrap();
        meter.ask(Cost::Read, 2).unwrap();
        // Late answers do not give back what is used.
        done(&meter, Cost::Read, left(101, 3));
        assert_eq!(meter.ask(Cost::Read, 4), Err(1_000_000), "the last hundred are for changes");
        assert_eq!(meter.ask(Cost::Write, 4), Ok(()));
        let refused = Answer { status: 403, blocked_until: Some(1_000_000), ..left(0, 5) };
        done(&meter, Cost::Write, refused);
        assert_eq!(meter.ask(Cost::Content, 6), Err(1_000_000));
        assert_eq!(meter.ask(Cost::Query, 6), Ok(()));
        assert_eq!(meter.ask(Cost::Read, 1_000_000), Ok(()));
    }

    #[test]
    fn answers_that_put_the_end_of_a_window_seconds_apart_tell_of_one_window() {
        let meter = SharedMeter::new(Requests::GITHUB);
        let told = |left, reset| {
            let answer = Answer { remaining: Some(left), limit: Some(5_000), reset: Some(reset), ..fine(1) };
            meter.told(Cost::Read, &answer);
            let window = meter.state().windows["core"];
            (window.left, window.reset)
        };
        assert_eq!(told(200, 1_000_400), (200, 1_000_400));
        assert_eq!(told(205, 1_000_900), (200, 1_000_400), "a late answer gives nothing back");
        assert_eq!(told(190, 1_000_100), (190, 1_000_100));
        assert_eq!(told(10, 900_000), (190, 1_000_100), "one of the window before");
        assert_eq!(told(4_999, 4_600_000), (4_999, 4_600_000), "the next window");
    }

    #[test]
    fn a_hundred_at_once_and_none_forgotten() {
        let meter = SharedMeter::new(Requests::GITHUB);
        for _ in 0..100 {
            meter.ask(Cost::Read, 0).unwrap();
        }
        assert_eq!(meter.ask(Cost::Read, 0), Err(AGAIN));
        meter.ended(Cost::Read);
        assert_eq!(meter.ask(Cost::Read, 0), Ok(()));
    }

    #[tokio::test]
    async fn a_request_that_fails_is_over_too() {
        use std::sync::Arc;

        use crate::http::{Ask, Http, Need, Permission, Plain, Secret, Settings};

        let meter = Arc::new(SharedMeter::new(Requests::GITHUB));
        // Nobody listens on a port that was just given back.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = reqwest::Url::parse(&format!("http://127.0.0.1:{port}")).unwrap();
        let settings = Settings { url, authority: None, timeout: std::time::Duration::from_secs(5) };
        let tokens = Arc::new(Plain(Secret::new("a")));
        let http = Http::new(&settings, tokens, meter.clone(), Arc::new(crate::SystemClock)).unwrap();
        let need = Need { repo: None, permission: Permission::Read };
        let (method, cost) = (reqwest::Method::POST, Cost::Content);
        let ask = Ask { method, path: "/a", body: None, headers: Vec::new(), cost, need };
        let failed = http.send(&ask).await.unwrap_err();
        assert!(!failed.is_refusal(), "{failed}");
        assert_eq!(meter.held().at_once, 0);
        meter.restore(State { blocked_until: i64::MAX, ..State::default() });
        let blocked = http.send(&ask).await.unwrap_err();
        assert!(matches!(blocked, crate::ForgeError::Blocked { until: i64::MAX, .. }), "{blocked}");
        assert!(!blocked.is_refusal(), "the forge never heard of it");
        assert_eq!(meter.held().at_once, 0);
    }
}
