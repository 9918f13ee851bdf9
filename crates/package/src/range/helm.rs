//! Helm's ranges: `Constraints` of Masterminds/semver 3 (github.com/Masterminds/semver, "Checking Version
//! Constraints"), which Helm uses. Pre-releases are in a clause when one of its comparisons names any.

use super::form::{Clause, Interval, Op, Pre, Test, below, version};
use super::partial::{Partial, Style};
use crate::order::Key;
use crate::order::number::Number;
use crate::order::semver::Identifier;

const STYLE: Style = Style { zeros: true, short_pre: true, greatest: u64::MAX };

/// The operators, longer ones first, and what each is.
const OPERATORS: [(&str, Kind); 12] = [
    ("!=", Kind::Compare(Op::NotEqual)),
    (">=", Kind::Compare(Op::AtLeast)),
    ("=>", Kind::Compare(Op::AtLeast)),
    ("<=", Kind::Compare(Op::AtMost)),
    ("=<", Kind::Compare(Op::AtMost)),
    ("~>", Kind::Tilde),
    ("~", Kind::Tilde),
    ("^", Kind::Caret),
    (">", Kind::Compare(Op::Greater)),
    ("<", Kind::Compare(Op::Less)),
    ("=", Kind::Compare(Op::Equal)),
    ("", Kind::Compare(Op::Equal)),
];

#[derive(Clone, Copy)]
enum Kind {
    Compare(Op),
    Tilde,
    Caret,
}

/// Reads a range.
pub(crate) fn read(text: &str) -> Option<Vec<Clause>> {
    text.split("||").map(clause).collect()
}

fn clause(text: &str) -> Option<Clause> {
    let words = text.split([' ', '\t', ',']).filter(|word| !word.is_empty()).collect::<Vec<_>>();
    let mut tests = Vec::new();
    let mut pre = false;
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let (kind, rest) = OPERATORS.iter().find_map(|(op, kind)| Some((*kind, word.strip_prefix(op)?)))?;
        let alone = rest.is_empty();
        let rest = if alone { words.get(at + 1).copied()? } else { rest };
        at += if alone { 2 } else { 1 };
        let low = partial(rest)?;
        pre |= !low.pre.is_empty();
        if words.get(at) == Some(&"-") {
            let high = partial(words.get(at + 1)?)?;
            at += 2;
            pre |= !high.pre.is_empty();
            tests.push(test(Kind::Compare(Op::AtLeast), low));
            tests.push(test(Kind::Compare(Op::AtMost), high));
        } else {
            tests.push(test(kind, low));
        }
    }
    if tests.is_empty() {
        return None;
    }
    let pre = if pre { Pre::All } else { Pre::None };
    Some(tests.into_iter().chain([Test::any(pre)]).collect())
}

fn partial(text: &str) -> Option<Partial> {
    Partial::read(text.strip_prefix('v').unwrap_or(text), &STYLE)
}

fn full(partial: &Partial) -> Key {
    version(partial.floor(), partial.pre.clone())
}

fn test(kind: Kind, partial: Partial) -> Test {
    let known = partial.known();
    let low = full(&partial);
    match kind {
        Kind::Tilde => tilde(&partial),
        Kind::Caret => caret(&partial),
        Kind::Compare(Op::Equal) if known < 3 => tilde(&partial),
        Kind::Compare(Op::NotEqual) if known == 1 || known == 2 => unequal(&partial),
        Kind::Compare(Op::Greater) if known == 1 || known == 2 => {
            Test::compare(Op::AtLeast, below(partial.after(known - 1)))
        }
        Kind::Compare(Op::AtMost) if known < 3 => {
            Test::compare(Op::Less, below(partial.after(if known == 1 { 0 } else { 1 })))
        }
        Kind::Compare(op) => Test::compare(op, low),
    }
}

/// `~1.2.3`: the same minor version; `~1`: the same major; `~*` and `~0.0.0`: any.
fn tilde(partial: &Partial) -> Test {
    let known = partial.known();
    let low = full(partial);
    let anything = known == 0 || (known == 3 && partial.floor() == [Number::ZERO; 3]);
    if anything {
        return Test::compare(Op::AtLeast, low);
    }
    Test::within(Interval::from_to(low, below(partial.after(if known == 1 { 0 } else { 1 }))))
}

/// `^1.2.3`: nothing before and including the first number that is not nought changes.
fn caret(partial: &Partial) -> Test {
    let known = partial.known();
    let nonzero = partial.floor().iter().position(|number| !number.is_zero()).unwrap_or(2);
    let place = if known == 0 { 2 } else { nonzero.min(known - 1) };
    Test::within(Interval::from_to(full(partial), below(partial.after(place))))
}

/// `!=1.2.x`: outside of 1.2; its pre-releases count as outside, unless they are the one that is named.
fn unequal(partial: &Partial) -> Test {
    let known = partial.known();
    let low =
        if known == 1 { below(partial.floor()) } else { version(partial.floor(), Vec::<Identifier>::new()) };
    Test::outside(Interval::from_to(low, below(partial.after(known - 1))))
}
