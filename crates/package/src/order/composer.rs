//! Composer's order: `VersionParser::normalize` of composer/semver 3 and PHP's `version_compare` (php.net).
//!
//! A version has up to four numbers, or is a date, with a stability after it: `dev`, `alpha`, `beta`, `RC`,
//! nothing, `patch`. `2.1.x-dev` is above every 2.1. A branch (`dev-main`) has no order: it is equal to itself.

use std::cmp::Ordering;

use crate::order::number::Number;

/// A version, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    /// A branch without a number.
    Branch(Box<str>),
    /// Numbers and words.
    Version(Vec<Part>),
}

/// A part of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Digits.
    Number(Number),
    /// A stability.
    Word(Stability),
}

/// How finished a version is, in PHP's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stability {
    Dev,
    Alpha,
    Beta,
    Rc,
    /// A number, where the other version has a word.
    Number,
    Patch,
}

/// What stands for `x` in `2.x-dev`.
pub(crate) const ANY: u64 = 9_999_999;

impl Key {
    /// Reads a version.
    pub(crate) fn read(text: &str) -> Option<Key> {
        let text = without_flag(text.trim());
        if matches!(text, "master" | "trunk" | "default") {
            return Some(Key::Branch(text.into()));
        }
        let prefix = text.get(..4).filter(|prefix| prefix.eq_ignore_ascii_case("dev-"));
        if let Some(branch) = prefix.and_then(|_| text.get(4..)) {
            return (!branch.is_empty()).then(|| Key::Branch(branch.into()));
        }
        if text.contains(|char: char| char.is_whitespace() || char == ',') {
            return None;
        }
        let text = text.to_ascii_lowercase();
        let text = text.as_str();
        let text = text.split_once('+').map_or(text, |(before, _)| before);
        let text = text.strip_prefix('v').unwrap_or(text);
        let parts = classical(text).or_else(|| dated(text)).or_else(|| numbered_branch(text));
        parts.map(Key::Version)
    }

    /// Whether it is less stable than `stable`.
    pub(crate) fn is_prerelease(&self) -> bool {
        match self {
            Key::Branch(_) => true,
            Key::Version(parts) => {
                parts.iter().any(|part| matches!(part, Part::Word(word) if *word < Stability::Number))
            }
        }
    }
}

fn without_flag(text: &str) -> &str {
    const FLAGS: [&str; 5] = ["stable", "rc", "beta", "alpha", "dev"];
    match text.rsplit_once('@') {
        Some((before, flag)) if FLAGS.iter().any(|known| flag.eq_ignore_ascii_case(known)) => before,
        _ => text,
    }
}

/// One to four numbers, the first of at most five digits, and a stability.
fn classical(text: &str) -> Option<Vec<Part>> {
    let (first, mut rest) = digits(text).filter(|(first, _)| first.len() <= 5)?;
    let mut parts = vec![Part::Number(Number::read(first)?)];
    while let Some((next, after)) = rest.strip_prefix('.').and_then(digits).filter(|_| parts.len() < 4) {
        parts.push(Part::Number(Number::read(next)?));
        rest = after;
    }
    parts.resize(4, Part::Number(Number::ZERO));
    parts.append(&mut stability(rest)?);
    Some(parts)
}

/// A date: four digits, one to six times two more, up to twice one to three more, each perhaps after a separator.
fn dated(text: &str) -> Option<Vec<Part>> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit() && !b".:-".contains(&byte));
    let (date, _) = text.split_at_checked(end.unwrap_or(text.len()))?;
    let date = date.trim_end_matches(['.', ':', '-']);
    if !without_digits(date, 4).is_some_and(|rest| is_date(rest, 0, 0)) {
        return None;
    }
    let groups = date.split(['.', ':', '-']).map(|group| Number::read(group).map(Part::Number));
    let mut parts = groups.collect::<Option<Vec<_>>>()?;
    parts.append(&mut stability(text.get(date.len()..)?)?);
    Some(parts)
}

/// Whether a text goes on as a date does after so many pairs and tails.
fn is_date(text: &str, pairs: usize, tails: usize) -> bool {
    let after = text.strip_prefix(['.', ':', '-']).unwrap_or(text);
    let goes_on =
        |digits, pairs, tails| without_digits(after, digits).is_some_and(|rest| is_date(rest, pairs, tails));
    (text.is_empty() && pairs > 0)
        || (tails == 0 && pairs < 6 && goes_on(2, pairs + 1, 0))
        || (tails < 2 && pairs > 0 && (1..=3).any(|digits| goes_on(digits, pairs, tails + 1)))
}

/// The text after so many digits.
fn without_digits(text: &str, count: usize) -> Option<&str> {
    let (digits, rest) = text.split_at_checked(count)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(rest)
}

/// `2.1.x-dev`, `2.1-dev` with letters of `x` for numbers.
fn numbered_branch(text: &str) -> Option<Vec<Part>> {
    let branch = text.strip_suffix("dev")?;
    let branch = branch.strip_suffix(['.', '-']).unwrap_or(branch);
    let numbers = branch.split('.').enumerate().map(|(at, part)| match part {
        "x" | "*" if at > 0 => Some(Number::Small(ANY)),
        digits => Number::read(digits),
    });
    let mut parts = numbers.map(|number| number.map(Part::Number)).collect::<Option<Vec<_>>>()?;
    if parts.len() > 4 {
        return None;
    }
    parts.resize(4, Part::Number(Number::Small(ANY)));
    parts.push(Part::Word(Stability::Dev));
    Some(parts)
}

fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).filter(|(digits, _)| !digits.is_empty())
}

/// What stands after the numbers, which must be a stability and nothing else.
fn stability(text: &str) -> Option<Vec<Part>> {
    const WORDS: [(&str, Option<Stability>); 9] = [
        ("stable", None),
        ("beta", Some(Stability::Beta)),
        ("b", Some(Stability::Beta)),
        ("rc", Some(Stability::Rc)),
        ("alpha", Some(Stability::Alpha)),
        ("a", Some(Stability::Alpha)),
        ("patch", Some(Stability::Patch)),
        ("pl", Some(Stability::Patch)),
        ("p", Some(Stability::Patch)),
    ];
    let text = text.strip_prefix(['.', '_', '-']).unwrap_or(text);
    let found = WORDS.iter().find_map(|(word, stability)| Some((stability, text.strip_prefix(word)?)));
    let Some((stability, mut rest)) = found else { return development(text) };
    let mut parts = stability.iter().map(|stability| Part::Word(*stability)).collect::<Vec<_>>();
    while let Some((number, after)) = digits(rest.strip_prefix(['.', '-']).unwrap_or(rest)) {
        parts.push(Part::Number(Number::read(number)?));
        rest = after;
    }
    let mut development = development(rest)?;
    if stability.is_none() {
        return Some(Vec::new());
    }
    parts.append(&mut development);
    Some(parts)
}

fn development(text: &str) -> Option<Vec<Part>> {
    match text.strip_prefix(['.', '-']).unwrap_or(text) {
        "dev" => Some(vec![Part::Word(Stability::Dev)]),
        _ if text.is_empty() => Some(Vec::new()),
        _ => None,
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        match (self, other) {
            (Key::Version(left), Key::Version(right)) => Some(version_compare(left, right)),
            (left, right) => (left == right).then_some(Ordering::Equal),
        }
    }
}

/// PHP's `version_compare`, over parts.
fn version_compare(left: &[Part], right: &[Part]) -> Ordering {
    let pairs = left.iter().zip(right);
    let order = pairs.map(|(left, right)| compare_parts(left, right)).find(|order| order.is_ne());
    order.unwrap_or_else(|| match (left.get(right.len()), right.get(left.len())) {
        (Some(longer), _) => against_end(longer),
        (_, Some(longer)) => against_end(longer).reverse(),
        _ => Ordering::Equal,
    })
}

fn compare_parts(left: &Part, right: &Part) -> Ordering {
    match (left, right) {
        (Part::Number(left), Part::Number(right)) => left.cmp(right),
        (left, right) => word(left).cmp(&word(right)),
    }
}

fn word(part: &Part) -> Stability {
    match part {
        Part::Number(_) => Stability::Number,
        Part::Word(word) => *word,
    }
}

/// A part where the other version has ended.
fn against_end(part: &Part) -> Ordering {
    match part {
        Part::Number(_) => Ordering::Greater,
        Part::Word(word) => word.cmp(&Stability::Number),
    }
}
