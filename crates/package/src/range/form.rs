//! What every range comes down to: alternatives, each of them tests that a version must all pass.

use std::cmp::Ordering;

use crate::order::number::Number;
use crate::order::semver::Identifier;
use crate::order::{Form, Key, semver};

/// Tests that must all be passed.
pub(crate) type Clause = Vec<Test>;

/// What a version is tested for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Test {
    /// Where it must lie.
    pub(crate) place: Place,
    /// Which pre-releases pass.
    pub(crate) pre: Pre,
}

/// Where a version must lie.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Place {
    /// Within.
    Within(Interval),
    /// Outside.
    Outside(Interval),
    /// Nowhere else than at this text, without regard to case.
    Text(Box<str>),
}

/// Which pre-releases pass a test.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Pre {
    /// All.
    All,
    /// None.
    None,
    /// Those of these releases.
    Of(Vec<[Number; 3]>),
}

/// An interval; an end that is missing is open to all.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Interval {
    /// Where it begins.
    pub(crate) low: Option<Bound>,
    /// Where it ends.
    pub(crate) high: Option<Bound>,
}

/// An end of an interval.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bound {
    /// The version.
    pub(crate) key: Key,
    /// Whether it belongs to the interval.
    pub(crate) closed: bool,
}

/// How a version is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Less,
    AtMost,
    Equal,
    AtLeast,
    Greater,
    NotEqual,
}

/// The comparisons as they are written, those of two characters first.
const WRITTEN: [(&str, Op); 8] = [
    ("<=", Op::AtMost),
    (">=", Op::AtLeast),
    ("!=", Op::NotEqual),
    ("==", Op::Equal),
    ("<", Op::Less),
    (">", Op::Greater),
    ("=", Op::Equal),
    ("", Op::Equal),
];

impl Op {
    /// The comparison before a version, and the version; `Equal` where none is written.
    pub(crate) fn split(text: &str) -> (Op, &str) {
        let found = WRITTEN.iter().find_map(|(written, op)| Some((*op, text.strip_prefix(written)?)));
        let (op, rest) = found.unwrap_or((Op::Equal, text));
        (op, rest.trim_start())
    }
}

impl Interval {
    /// From the first version to just below the second.
    pub(crate) fn from_to(low: Key, high: Key) -> Interval {
        let bound = |key, closed| Some(Bound { key, closed });
        Interval { low: bound(low, true), high: bound(high, false) }
    }

    /// From the first version to the second, both included.
    pub(crate) fn closed(low: Key, high: Key) -> Interval {
        let bound = |key| Some(Bound { key, closed: true });
        Interval { low: bound(low), high: bound(high) }
    }

    fn contains(&self, key: &Key) -> Option<bool> {
        let beyond = |bound: &Option<Bound>, outer: Ordering| match bound {
            None => Some(true),
            Some(bound) => match key.partial_cmp(&bound.key)? {
                Ordering::Equal => Some(bound.closed),
                order => Some(order != outer),
            },
        };
        all([beyond(&self.low, Ordering::Less), beyond(&self.high, Ordering::Greater)].into_iter())
    }
}

impl Test {
    /// A comparison with a version, which lets all pre-releases in.
    pub(crate) fn compare(op: Op, key: Key) -> Test {
        let bound = |key, closed| Some(Bound { key, closed });
        let place = match op {
            Op::Less => Place::Within(Interval { low: None, high: bound(key, false) }),
            Op::AtMost => Place::Within(Interval { low: None, high: bound(key, true) }),
            Op::AtLeast => Place::Within(Interval { low: bound(key, true), high: None }),
            Op::Greater => Place::Within(Interval { low: bound(key, false), high: None }),
            Op::Equal => Place::Within(Interval::closed(key.clone(), key)),
            Op::NotEqual => Place::Outside(Interval::closed(key.clone(), key)),
        };
        Test { place, pre: Pre::All }
    }

    /// Within an interval, pre-releases as well.
    pub(crate) fn within(interval: Interval) -> Test {
        Test { place: Place::Within(interval), pre: Pre::All }
    }

    /// Outside an interval.
    pub(crate) fn outside(interval: Interval) -> Test {
        Test { place: Place::Outside(interval), pre: Pre::All }
    }

    /// Any version, but of pre-releases only these.
    pub(crate) fn any(pre: Pre) -> Test {
        Test { place: Place::Within(Interval::default()), pre }
    }

    /// The same test with other pre-releases.
    pub(crate) fn with(self, pre: Pre) -> Test {
        Test { pre, ..self }
    }

    fn passes(&self, key: &Key, text: &str) -> Option<bool> {
        if key.is_prerelease() && !self.pre.admits(key) {
            return Some(false);
        }
        match &self.place {
            Place::Within(interval) => interval.contains(key),
            Place::Outside(interval) => interval.contains(key).map(|within| !within),
            Place::Text(wanted) => Some(wanted.eq_ignore_ascii_case(text.trim())),
        }
    }
}

impl Pre {
    fn admits(&self, key: &Key) -> bool {
        match (self, &key.0) {
            (Pre::All, _) => true,
            (Pre::Of(releases), Form::Semver(key)) => releases.contains(&key.numbers),
            _ => false,
        }
    }
}

/// Whether a version passes all tests of one of the clauses; `None` when that cannot be told.
pub(crate) fn holds(clauses: &[Clause], key: &Key, text: &str) -> Option<bool> {
    let not = |answer: Option<bool>| answer.map(|yes| !yes);
    let clause = |clause: &Clause| all(clause.iter().map(|test| test.passes(key, text)));
    not(all(clauses.iter().map(|tests| not(clause(tests)))))
}

/// No when one is no; unknown when none is and one is unknown.
fn all(mut answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    match answers.find(|answer| {
        known &= answer.is_some();
        *answer == Some(false)
    }) {
        Some(_) => Some(false),
        None => known.then_some(true),
    }
}

/// A semantic version as a key.
pub(crate) fn version(numbers: [Number; 3], pre: Vec<Identifier>) -> Key {
    Key(Form::Semver(semver::Key { numbers, pre }))
}

/// The first pre-release there can be of a version, so that what lies below it is below all of them.
pub(crate) fn below(numbers: [Number; 3]) -> Key {
    version(numbers, vec![Identifier::Number(Number::ZERO)])
}
