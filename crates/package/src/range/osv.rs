//! The ranges of advisories: OSV's events (ossf.github.io/osv-schema, "Evaluation"), for ranges of type `SEMVER` and
//! `ECOSYSTEM`, which differ in nothing here: an ecosystem with semantic versions has their order either way.

use std::cmp::Ordering;

use super::form::{Bound, Clause, Interval, Op, Test};
use crate::ecosystem::Ecosystem;
use crate::order::{Form, Key, merge_sorted};

/// An event of a range of an advisory, with the version where it takes place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// From here on versions are affected; `0` is before all versions.
    Introduced(String),
    /// From here on they are not.
    Fixed(String),
    /// After this one they are not.
    LastAffected(String),
    /// Nothing is said of this version and those after it, unless another limit is higher; `*` is no limit.
    Limit(String),
}

/// The most events of one range; those of real advisories stay far below.
const MAX_EVENTS: usize = 1000;

/// The most limits among them.
const MAX_LIMITS: usize = 10;

/// Reads events, in any order.
pub(crate) fn read(ecosystem: Ecosystem, events: &[Event]) -> Result<Vec<Clause>, &'static str> {
    let limits = events.iter().filter(|event| matches!(event, Event::Limit(_))).count();
    if events.len() > MAX_EVENTS || limits > MAX_LIMITS {
        return Err("it has over 1000 events or over 10 limits");
    }
    if !events.iter().any(|event| matches!(event, Event::Introduced(_))) {
        return Err("no event says where it was introduced");
    }
    let mut turns = Vec::new();
    let mut limits = Some(Vec::new());
    for event in events {
        match event {
            Event::Introduced(at) if at == "0" => turns.push(Turn { at: None, kind: Kind::Introduced }),
            Event::Introduced(at) => turns.push(Turn::new(ecosystem, at, Kind::Introduced)?),
            Event::Fixed(at) => turns.push(Turn::new(ecosystem, at, Kind::Fixed)?),
            Event::LastAffected(at) => turns.push(Turn::new(ecosystem, at, Kind::Last)?),
            Event::Limit(at) if at == "*" => limits = None,
            Event::Limit(at) => {
                let key = read_key(ecosystem, at)?;
                limits.iter_mut().for_each(|limits| limits.push(key.clone()));
            }
        }
    }
    let limits = limits.unwrap_or_default();
    let intervals = intervals(merge_sorted(turns, &|left, right| left.compare(right)));
    let limited = |interval: Interval| match limits.is_empty() {
        true => vec![vec![Test::within(interval)]],
        false => {
            let clause =
                |limit: &Key| vec![Test::within(interval.clone()), Test::compare(Op::Less, limit.clone())];
            limits.iter().map(clause).collect()
        }
    };
    Ok(intervals.into_iter().flat_map(limited).collect())
}

/// An event in its place; without a version it is before all.
struct Turn {
    at: Option<Key>,
    kind: Kind,
}

/// What happens, in the order in which it happens at one version.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Fixed,
    Introduced,
    Last,
}

impl Turn {
    fn new(ecosystem: Ecosystem, at: &str, kind: Kind) -> Result<Turn, &'static str> {
        Ok(Turn { at: Some(read_key(ecosystem, at)?), kind })
    }

    fn compare(&self, other: &Turn) -> Ordering {
        let order = match (&self.at, &other.at) {
            (Some(left), Some(right)) => left.partial_cmp(right).unwrap_or(Ordering::Equal),
            (left, right) => left.is_some().cmp(&right.is_some()),
        };
        order.then(self.kind.cmp(&other.kind))
    }
}

/// A version as advisories write it: where the ecosystem's are semantic, with fewer numbers and without `v` too.
fn read_key(ecosystem: Ecosystem, text: &str) -> Result<Key, &'static str> {
    let key = Key::read_end(ecosystem, text).or_else(|| {
        let semantic = matches!(Key::read(ecosystem, "1.0.0"), Some(Key(Form::Semver(_))));
        semantic.then(|| Key::semver(text)).flatten()
    });
    key.ok_or("an event's version is no version of the ecosystem")
}

fn intervals(turns: Vec<Turn>) -> Vec<Interval> {
    let mut all = Vec::new();
    // Where the interval that is open begins.
    let mut open: Option<Option<Bound>> = None;
    for turn in turns {
        let bound = |closed| turn.at.clone().map(|key| Bound { key, closed });
        match turn.kind {
            Kind::Introduced => open = open.or_else(|| Some(bound(true))),
            Kind::Fixed | Kind::Last => {
                let high = bound(turn.kind == Kind::Last);
                all.extend(open.take().map(|low| Interval { low, high }));
            }
        }
    }
    all.extend(open.map(|low| Interval { low, high: None }));
    all
}
