//! The plain form of a question, the same for every ecosystem: `<2.17.1`, `>=1, <2`, `=1.2`, `!=1.3 || >5`.
//!
//! Versions are compared by the ecosystem's order and by nothing else: a pre-release counts where its order puts
//! it, since whoever asks who is below 2.17.1 means 2.17.1-rc1 as well. Where an ecosystem's versions have three
//! numbers and fewer are written, `<2.17` and `>=2.17` mean 2.17.0, and `=2.17`, `<=2.17`, `>2.17`, `!=2.17` all
//! of 2.17.

use super::form::{Clause, Interval, Op, Test, below, version};
use super::partial::{Partial, Style};
use super::pep440::with_locals;
use crate::ecosystem::Ecosystem;
use crate::order::{Form, Key};

const STYLE: Style = Style { zeros: false, short_pre: false, greatest: u64::MAX };

/// Reads a question; `None` when it has another form.
pub(crate) fn read(ecosystem: Ecosystem, text: &str) -> Option<Vec<Clause>> {
    if let Some(key) = Key::read(ecosystem, text.trim()) {
        return Some(vec![vec![compare(Op::Equal, key)]]);
    }
    text.split("||").map(|clause| tests(ecosystem, clause)).collect()
}

fn tests(ecosystem: Ecosystem, text: &str) -> Option<Clause> {
    let mut rest = text.trim();
    let mut tests = Vec::new();
    while !rest.is_empty() {
        if !rest.starts_with(['<', '>', '=', '!']) {
            return None;
        }
        let (op, after) = Op::split(rest);
        let ends = |char: char| char.is_whitespace() || ",<>=!".contains(char);
        let end = after.find(ends).unwrap_or(after.len());
        let (version, after) = after.split_at_checked(end)?;
        tests.push(test(ecosystem, op, version)?);
        let after = after.trim_start();
        rest = after.strip_prefix(',').unwrap_or(after).trim_start();
    }
    Some(tests).filter(|tests| !tests.is_empty())
}

fn test(ecosystem: Ecosystem, op: Op, text: &str) -> Option<Test> {
    let semver = matches!(ecosystem, Ecosystem::Npm | Ecosystem::Cargo);
    match Key::read_end(ecosystem, text) {
        Some(key) => Some(compare(op, key)),
        None if semver => short(op, text),
        None => None,
    }
}

/// A comparison in which Python's local versions belong to the version that they were made of.
fn compare(op: Op, key: Key) -> Test {
    let Form::Pep440(python) = &key.0 else { return Test::compare(op, key) };
    let top = Key(Form::Pep440(with_locals(python.clone())));
    match op {
        Op::Equal => Test::within(Interval::closed(key, top)),
        Op::NotEqual => Test::outside(Interval::closed(key, top)),
        Op::AtMost | Op::Greater => Test::compare(op, top),
        Op::Less | Op::AtLeast => Test::compare(op, key),
    }
}

/// A comparison with fewer than three numbers.
fn short(op: Op, text: &str) -> Option<Test> {
    let partial = Partial::read(text.trim_start_matches('v'), &STYLE)?;
    let known = partial.known();
    let written = text.split('.').count();
    if known == 0 || known != written {
        return None;
    }
    let low = version(partial.floor(), Vec::new());
    let next = below(partial.after(known - 1));
    let interval = Interval::from_to(low.clone(), next.clone());
    Some(match op {
        Op::Less | Op::AtLeast => Test::compare(op, low),
        Op::Equal => Test::within(interval),
        Op::NotEqual => Test::outside(interval),
        Op::AtMost => Test::compare(Op::Less, next),
        Op::Greater => Test::compare(Op::AtLeast, next),
    })
}
