//! Python's specifiers: PEP 440 (packaging.python.org, "Version specifiers"), as the `packaging` library 26
//! reads them. Pre-releases belong to a specifier like any other version, except where PEP 440 says so by
//! operator: `<1.0` holds no `1.0rc1`, and `>1.0` no `1.0.post1`.

use super::form::{Bound, Clause, Interval, Place, Pre, Test};
use crate::order::number::Number;
use crate::order::pep440::{Dev, Key as Python, Local, Post, Pre as Before, read_release};
use crate::order::{Form, Key};

/// The operators, longer ones first.
const OPERATORS: [&str; 8] = ["===", "~=", "==", "!=", "<=", ">=", "<", ">"];

/// Reads specifiers with commas between them.
pub(crate) fn read(text: &str) -> Option<Vec<Clause>> {
    let specifiers = text.split(',').map(str::trim).filter(|specifier| !specifier.is_empty());
    Some(vec![specifiers.map(specifier).collect::<Option<_>>()?])
}

fn specifier(text: &str) -> Option<Test> {
    let (operator, version) = OPERATORS.iter().find_map(|op| Some((*op, text.strip_prefix(op)?.trim())))?;
    if operator == "===" {
        let plain = !version.is_empty()
            && !version.contains(|char: char| char.is_whitespace() || ";)".contains(char));
        return plain.then(|| Test { place: Place::Text(version.into()), pre: Pre::All });
    }
    if let Some(prefix) = version.strip_suffix(".*") {
        let interval = prefixed(prefix)?;
        return match operator {
            "==" => Some(Test::within(interval)),
            "!=" => Some(Test::outside(interval)),
            _ => None,
        };
    }
    let key = Python::read(version)?;
    if key.local != Local::None && !matches!(operator, "==" | "!=") {
        return None;
    }
    let test = match operator {
        "==" => Test::within(equal(key)),
        "!=" => Test::outside(equal(key)),
        "~=" => compatible(version, key)?,
        "<=" => up_to(with_locals(key), true),
        ">=" => from(key, true),
        "<" => up_to(before_prereleases(key), false),
        _ => from(after_posts(key), false),
    };
    Some(test)
}

fn key(python: Python) -> Key {
    Key(Form::Pep440(python))
}

/// A version with all local versions that were made of it, unless it is one itself.
fn equal(python: Python) -> Interval {
    Interval::closed(key(python.clone()), key(with_locals(python)))
}

/// The place above all local versions of a version.
pub(crate) fn with_locals(python: Python) -> Python {
    let local = if python.local == Local::None { Local::Above } else { python.local };
    Python { local, ..python }
}

fn up_to(python: Python, closed: bool) -> Test {
    Test::within(Interval { low: None, high: Some(Bound { key: key(python), closed }) })
}

fn from(python: Python, closed: bool) -> Test {
    Test::within(Interval { low: Some(Bound { key: key(python), closed }), high: None })
}

/// `<1.0` ends before `1.0.dev0`, `<1.0rc1` at `1.0rc1`.
fn before_prereleases(python: Python) -> Python {
    if python.is_prerelease() {
        return python;
    }
    let pre = if python.post == Post::None { Before::Dev } else { python.pre };
    Python { pre, dev: Dev::Some(Number::ZERO), ..python }
}

/// `>1.0` begins after all `1.0.post`, `>1.0.post1` and `>1.0.dev1` after their local versions.
fn after_posts(python: Python) -> Python {
    let own = python.post != Post::None || python.dev != Dev::None;
    let post = if own { python.post } else { Post::Above };
    Python { post, local: Local::Above, ..python }
}

/// The epoch, the numbers of the release as they are written, and what follows them.
pub(crate) fn release(text: &str) -> Option<(Number, Vec<Number>, &str)> {
    let text = text.trim().trim_start_matches(['v', 'V']);
    let (epoch, text) = match text.split_once('!') {
        Some((epoch, text)) => (Number::read(epoch)?, text),
        None => (Number::ZERO, text),
    };
    let (release, rest) = read_release(text)?;
    Some((epoch, release, rest))
}

/// `1.2.*`: from `1.2.dev0` to before `1.3.dev0`.
fn prefixed(text: &str) -> Option<Interval> {
    let (epoch, numbers, rest) = release(text)?;
    if !rest.is_empty() {
        return None;
    }
    let next = next_prefix(numbers.clone())?;
    Some(Interval::from_to(key(Python::least(epoch.clone(), numbers)), key(Python::least(epoch, next))))
}

fn next_prefix(mut numbers: Vec<Number>) -> Option<Vec<Number>> {
    let last = numbers.last_mut()?;
    *last = last.next();
    Some(numbers)
}

/// `~=1.4.2`: from `1.4.2`, in `1.4.*`.
fn compatible(text: &str, low: Python) -> Option<Test> {
    let (epoch, mut numbers, _) = release(text)?;
    numbers.pop().filter(|_| !numbers.is_empty())?;
    let high = Python::least(epoch, next_prefix(numbers)?);
    Some(Test::within(Interval::from_to(key(low), key(high))))
}
