//! npm's ranges: node-semver 7 (github.com/npm/node-semver, "Ranges"), without `loose` and without
//! `includePrerelease`. A pre-release is only in a range when a comparator of the same clause names a
//! pre-release of the same three numbers. As node-semver does, `>=0.0.0` is dropped, and a clause that holds
//! everything replaces all others, so `* || 1.0.0-rc.1` holds no pre-release.

use super::form::{Clause, Op, Pre, Test, version};
use super::partial::{Partial, Style};
use crate::order::number::Number;
use crate::order::semver::Identifier;

const STYLE: Style = Style { zeros: false, short_pre: false, greatest: (1 << 53) - 1 };

/// A comparator without wildcards.
struct Comparator {
    op: Op,
    numbers: [Number; 3],
    pre: Vec<Identifier>,
}

impl Comparator {
    fn is_everything(&self) -> bool {
        self.op == Op::AtLeast && self.pre.is_empty() && self.numbers.iter().all(Number::is_zero)
    }
}

/// Reads a range.
pub(crate) fn read(text: &str) -> Option<Vec<Clause>> {
    let clauses = text.split("||").map(clause).collect::<Option<Vec<_>>>()?;
    let all = clauses.iter().find(|clause| clause.len() == 1).cloned();
    Some(all.map_or(clauses, |all| vec![all]))
}

fn clause(text: &str) -> Option<Clause> {
    let words = text.split_whitespace().map(without_build).collect::<Vec<_>>();
    let mut comparators = Vec::new();
    match words[..] {
        [low, "-", high] => hyphen(low, high, &mut comparators)?,
        _ => {
            for word in joined(&words) {
                comparator(&word, &mut comparators)?;
            }
        }
    }
    comparators.retain(|comparator| !comparator.is_everything());
    let pre = comparators.iter().filter(|comparator| !comparator.pre.is_empty());
    let pre = Pre::Of(pre.map(|comparator| comparator.numbers.clone()).collect());
    let tests = comparators
        .into_iter()
        .map(|Comparator { op, numbers, pre }| Test::compare(op, version(numbers, pre)));
    Some(tests.chain([Test::any(pre)]).collect())
}

fn without_build(word: &str) -> &str {
    word.split_once('+').map_or(word, |(before, _)| before)
}

/// Puts an operator that stands alone before the word that follows it.
fn joined(words: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    let mut before = String::new();
    for word in words {
        before.push_str(word);
        if !word.bytes().all(|byte| b"<>=~^v".contains(&byte)) {
            all.push(std::mem::take(&mut before));
        }
    }
    all.extend(Some(before).filter(|rest| !rest.is_empty()));
    all
}

fn partial(text: &str) -> Option<Partial> {
    Partial::read(text.trim_start_matches(['v', '=']), &STYLE)
}

fn hyphen(low: &str, high: &str, into: &mut Vec<Comparator>) -> Option<()> {
    let (low, high) = (partial(low)?, partial(high)?);
    if low.known() == 3 {
        into.push(Comparator { op: Op::AtLeast, numbers: low.floor(), pre: low.pre });
    } else if low.known() > 0 {
        into.push(Comparator { op: Op::AtLeast, numbers: low.floor(), pre: Vec::new() });
    }
    match high.known() {
        0 => {}
        3 => into.push(Comparator { op: Op::AtMost, numbers: high.floor(), pre: high.pre }),
        known => into.push(just_below(high.after(known - 1))),
    }
    Some(())
}

/// Below a version and all its pre-releases.
fn just_below(numbers: [Number; 3]) -> Comparator {
    Comparator { op: Op::Less, numbers, pre: vec![Identifier::Number(Number::ZERO)] }
}

fn comparator(text: &str, into: &mut Vec<Comparator>) -> Option<()> {
    if let Some(rest) = text.strip_prefix('^') {
        let partial = partial(rest)?;
        let known = partial.known();
        let nonzero = partial.floor().iter().position(|number| !number.is_zero()).unwrap_or(2);
        between(&partial, nonzero.min(known.saturating_sub(1)), into);
        return Some(());
    }
    if let Some(rest) = text.strip_prefix('~') {
        let partial = partial(rest.strip_prefix('>').unwrap_or(rest))?;
        between(&partial, partial.known().saturating_sub(1).min(1), into);
        return Some(());
    }
    plain(text, into)
}

/// From a version to below the one that differs at this place.
fn between(partial: &Partial, place: usize, into: &mut Vec<Comparator>) {
    let known = partial.known();
    if known > 0 {
        let pre = if known == 3 { partial.pre.clone() } else { Vec::new() };
        into.push(Comparator { op: Op::AtLeast, numbers: partial.floor(), pre });
        into.push(just_below(partial.after(place)));
    }
}

/// A comparison, or none, with a version that may have wildcards.
fn plain(text: &str, into: &mut Vec<Comparator>) -> Option<()> {
    let written = text.find(|char| !"<>=".contains(char)).unwrap_or(text.len());
    let (op, rest) = text.split_at_checked(written)?;
    let exact = |op: &str| match op {
        "" | "=" => Some(Op::Equal),
        "<" => Some(Op::Less),
        ">" => Some(Op::Greater),
        "<=" => Some(Op::AtMost),
        ">=" => Some(Op::AtLeast),
        _ => None,
    };
    let partial = partial(rest)?;
    if partial.is_torn() {
        return None;
    }
    let known = partial.known();
    if known == 3 {
        let op = exact(op)?;
        into.push(Comparator { op, numbers: partial.floor(), pre: partial.pre });
        return Some(());
    }
    match exact(op.trim_end_matches('=')).filter(|_| op.len() < 4)? {
        Op::Less | Op::Greater if known == 0 && !op.ends_with('=') => {
            into.push(just_below([Number::ZERO; 3]))
        }
        _ if known == 0 => {}
        Op::Less if op.ends_with('=') => into.push(just_below(partial.after(known - 1))),
        Op::Less => into.push(just_below(partial.floor())),
        Op::Greater => {
            let numbers = if op.ends_with('=') { partial.floor() } else { partial.after(known - 1) };
            into.push(Comparator { op: Op::AtLeast, numbers, pre: Vec::new() });
        }
        _ => between(&partial, known - 1, into),
    }
    Some(())
}
