//! Composer's constraints: `VersionParser::parseConstraints` of composer/semver 3 (getcomposer.org/doc,
//! "Versions and constraints"). Which stabilities are taken at all is said elsewhere (`minimum-stability`), so
//! here less stable versions are in a range where its ends let them in: `>=1.0` and `<1.0` meet at `1.0-dev`.

use super::form::{Clause, Interval, Op, Test};
use crate::ecosystem::Ecosystem;
use crate::order::composer::{Key as Composer, Part, Stability};
use crate::order::number::Number;
use crate::order::{Form, Key};

/// Reads a constraint.
pub(crate) fn read(text: &str) -> Option<Vec<Clause>> {
    let clauses = text.trim().split('|').filter(|clause| !clause.is_empty()).map(clause);
    clauses.collect::<Option<Vec<_>>>().filter(|clauses| !clauses.is_empty())
}

fn clause(text: &str) -> Option<Clause> {
    let words = text.split([' ', ',']).filter(|word| !word.is_empty()).collect::<Vec<_>>();
    if let [low, "-", high] = words[..] {
        return hyphen(low, high);
    }
    if words.is_empty() {
        return None;
    }
    let mut tests = Vec::new();
    let mut before = String::new();
    for word in words {
        before.push_str(word);
        if !word.bytes().all(|byte| b"<>=!~^".contains(&byte)) {
            tests.append(&mut constraint(&std::mem::take(&mut before))?);
        }
    }
    before.is_empty().then_some(tests)
}

fn constraint(text: &str) -> Option<Clause> {
    const FLAGS: [&str; 5] = ["@stable", "@RC", "@beta", "@alpha", "@dev"];
    let flag = FLAGS.iter().find(|flag| text.to_ascii_lowercase().ends_with(&flag.to_ascii_lowercase()));
    let flagged = flag.is_some_and(|flag| *flag != "@stable");
    let text = flag.and_then(|flag| text.get(..text.len() - flag.len())).unwrap_or(text);
    let text = text.split_once('#').map_or(text, |(before, _)| before);
    if text.is_empty() || matches!(text, "*" | "x" | "X") || wild(text) == Some(0) {
        return Some(Vec::new());
    }
    if let Some(text) = text.strip_prefix('~') {
        let written = written(text)?;
        return between(text, written.len().saturating_sub(2), &written);
    }
    if let Some(text) = text.strip_prefix('^') {
        let written = written(text)?;
        let nonzero = written.iter().position(|number| !number.is_zero());
        return between(text, nonzero.unwrap_or(2).min(written.len().saturating_sub(1)).min(2), &written);
    }
    if let Some(known) = wild(text) {
        let written = written(text)?;
        let low = key(written.clone(), true);
        return Some(vec![Test::within(Interval::from_to(low, after(&written, known.saturating_sub(1))))]);
    }
    comparison(text, flagged)
}

/// A comparison; ends without a stability of their own are at the first version in development.
fn comparison(text: &str, flagged: bool) -> Option<Clause> {
    let (op, text) = text.strip_prefix("<>").map_or_else(|| Op::split(text), |rest| (Op::NotEqual, rest));
    let mut key = read_key(text)?;
    let open = matches!(op, Op::Less | Op::AtLeast) || (flagged && !matches!(op, Op::Equal));
    if let Form::Composer(Composer::Version(parts)) = &mut key.0 {
        let plain = parts.iter().all(|part| matches!(part, Part::Number(_)));
        if open && plain {
            parts.push(Part::Word(Stability::Dev));
        }
    }
    Some(vec![Test::compare(op, key)])
}

/// From a version to before the one that differs at this place.
fn between(text: &str, place: usize, written: &[Number]) -> Option<Clause> {
    let low = comparison(&format!(">={text}"), false)?;
    let high = Test::compare(Op::Less, after(written, place));
    Some(low.into_iter().chain([high]).collect())
}

fn hyphen(low: &str, high: &str) -> Option<Clause> {
    let mut tests = comparison(&format!(">={low}"), false)?;
    let numbers = written(high)?;
    let plain = high.trim_start_matches(['v', 'V']).bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let test = match numbers.len() {
        1 | 2 if plain => Test::compare(Op::Less, after(&numbers, numbers.len() - 1)),
        _ => Test::compare(Op::AtMost, read_key(high)?),
    };
    tests.push(test);
    Some(tests)
}

fn read_key(text: &str) -> Option<Key> {
    Key::read(Ecosystem::Composer, text)
}

/// The numbers that are written, one to four.
fn written(text: &str) -> Option<Vec<Number>> {
    let text = text.trim_start_matches(['v', 'V']);
    let end = text.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(text.len());
    let numbers = text.get(..end)?.trim_end_matches('.').split('.');
    numbers.map(Number::read).collect::<Option<Vec<_>>>().filter(|numbers| numbers.len() <= 4)
}

/// How many numbers stand before a wildcard; `None` when there is none.
fn wild(text: &str) -> Option<usize> {
    let parts = text.trim_start_matches(['v', 'V']).split('.').collect::<Vec<_>>();
    let known = parts.iter().take_while(|part| Number::read(part).is_some()).count();
    let rest = parts.get(known..).filter(|rest| !rest.is_empty())?;
    rest.iter().all(|part| matches!(*part, "*" | "x" | "X")).then_some(known)
}

/// The first version in development after these numbers change at this place.
fn after(written: &[Number], place: usize) -> Key {
    let numbers = written.iter().take(place + 1).enumerate();
    key(numbers.map(|(at, number)| if at == place { number.next() } else { number.clone() }).collect(), true)
}

fn key(mut numbers: Vec<Number>, development: bool) -> Key {
    numbers.resize(4, Number::ZERO);
    let dev = development.then_some(Part::Word(Stability::Dev));
    Key(Form::Composer(Composer::Version(numbers.into_iter().map(Part::Number).chain(dev).collect())))
}
