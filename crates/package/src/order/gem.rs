//! RubyGems' order: `Gem::Version` of RubyGems 3 (RubyGems' guide "Patterns", "Semantic versioning", and
//! the class's own documentation). A version is numbers and words; one with a word is a pre-release, and a word
//! is less than any number. A hyphen is read as `.pre.`.

use std::cmp::Ordering;

use crate::order::number::Number;

/// A version, read: without noughts at the end of its numbers and at the end of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key(pub(crate) Vec<Segment>);

/// A part of a version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Segment {
    /// Letters, compared by their bytes.
    Word(Box<str>),
    /// Digits.
    Number(Number),
}

impl Key {
    /// Reads a version.
    pub(crate) fn read(text: &str) -> Option<Key> {
        Some(Key::of(segments(text)?))
    }

    /// The version of these segments.
    pub(crate) fn of(mut segments: Vec<Segment>) -> Key {
        let words = segments.iter().position(is_word).unwrap_or(segments.len());
        let mut pre = segments.split_off(words);
        drop_zeros(&mut segments);
        drop_zeros(&mut pre);
        segments.append(&mut pre);
        Key(segments)
    }

    /// Whether a word stands in it.
    pub(crate) fn is_prerelease(&self) -> bool {
        self.0.iter().any(is_word)
    }
}

fn is_word(segment: &Segment) -> bool {
    matches!(segment, Segment::Word(_))
}

fn is_zero(segment: &Segment) -> bool {
    matches!(segment, Segment::Number(number) if number.is_zero())
}

fn drop_zeros(segments: &mut Vec<Segment>) {
    let counted = segments.iter().rposition(|segment| !is_zero(segment)).map_or(0, |last| last + 1);
    segments.truncate(counted);
}

/// The segments as they are written.
pub(crate) fn segments(text: &str) -> Option<Vec<Segment>> {
    let text = text.trim();
    let (release, pre) = text.split_once('-').map_or((text, None), |(head, pre)| (head, Some(pre)));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let dashed = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let numbered = release.split('.').next().is_some_and(|first| Number::read(first).is_some());
    if !numbered || !release.split('.').all(plain) || !pre.is_none_or(|pre| pre.split('.').all(dashed)) {
        return None;
    }
    let mut segments = Vec::new();
    release.split('.').for_each(|part| scan(part, &mut segments));
    for part in pre.into_iter().flat_map(|pre| pre.split('-')) {
        segments.push(Segment::Word("pre".into()));
        part.split('.').for_each(|part| scan(part, &mut segments));
    }
    Some(segments)
}

/// Runs of digits and runs of letters.
fn scan(text: &str, segments: &mut Vec<Segment>) {
    for run in text.as_bytes().chunk_by(|left, right| left.is_ascii_digit() == right.is_ascii_digit()) {
        let run = String::from_utf8_lossy(run);
        let number = Number::read(&run).map(Segment::Number);
        segments.push(number.unwrap_or_else(|| Segment::Word(run.into())));
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Key) -> Ordering {
        let pairs = self.0.iter().zip(&other.0);
        let order = pairs.map(|(left, right)| left.cmp(right)).find(|order| order.is_ne());
        order.unwrap_or_else(|| {
            let both = self.0.len().min(other.0.len());
            let rest = |key: &Key| key.0.iter().skip(both).map(against_end).find(|order| order.is_ne());
            let left = rest(self).unwrap_or(Ordering::Equal);
            left.then(rest(other).unwrap_or(Ordering::Equal).reverse())
        })
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A segment where the other version has ended.
fn against_end(segment: &Segment) -> Ordering {
    match segment {
        Segment::Word(_) => Ordering::Less,
        Segment::Number(number) => number.cmp(&Number::ZERO),
    }
}
