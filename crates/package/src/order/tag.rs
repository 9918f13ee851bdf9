//! The order of tags, of which only some are versions: container images, GitHub's actions, GitLab's includes.
//!
//! There is no published rule; this is ours. A tag is numbers with dots between them, and a suffix.
//!
//! - A tag with fewer numbers moves: `1.25` is whatever is newest of `1.25.x`, `v4` of `v4.x.y`. So `v4` is less
//!   than `v5.1.0`, but between `v4` and `v4.1.0` nothing can be said.
//! - An image's suffix (`-alpine`, `-jdk-slim`) says what else is in it: only tags with the same suffix are
//!   compared. An action's or include's suffix is a pre-release of semver, and only three numbers have one.
//! - One number of five digits or more (`20230801`, `12345`) is a date or a count; it is only compared with its
//!   kind.
//! - The end of a question is no tag but a number: `<1.25` asks which tags are below all of 1.25, with any suffix.
//!   `1.24-alpine` is, `1.25.3-alpine` is not, and of `1` and `1.25.0-rc1` nothing can be said.
//! - Everything else (`latest`, `bookworm`, `main`, a commit, a digest) has no order.

use std::cmp::Ordering;

use crate::order::number::Number;
use crate::order::semver::{Identifier, compare_pre, read_pre};

/// A tag with an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    numbers: Vec<Number>,
    /// What must be equal.
    suffix: Box<str>,
    pre: Vec<Identifier>,
    /// Whether it is the end of a question.
    asked: bool,
}

/// The first number that is no version's.
const COUNT: u64 = 10_000;

/// The most numbers there are in a version.
const MOST_NUMBERS: usize = 6;

impl Key {
    /// Reads the tag of an image.
    pub(crate) fn read_image(text: &str) -> Option<Key> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let end = text.bytes().position(|byte| !byte.is_ascii_digit() && byte != b'.').unwrap_or(text.len());
        let (numbers, suffix) = text.split_at_checked(end)?;
        let (numbers, suffix) = match numbers.strip_suffix('.') {
            Some(_) => return None,
            None => (read_numbers(numbers)?, suffix),
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let counts = numbers.first() >= Some(&Number::Small(COUNT));
        let fits = suffix.is_empty() || (suffix.starts_with('-') && suffix.bytes().all(plain));
        let (counted, known) = (counts && numbers.len() == 1, fits && (!counts || numbers.len() == 1));
        let suffix = if counted { format!("#{suffix}") } else { suffix.to_owned() };
        known.then(|| Key { numbers, suffix: suffix.into(), pre: Vec::new(), asked: false })
    }

    /// Reads the tag of an action or include.
    pub(crate) fn read_release(text: &str) -> Option<Key> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let text = text.split_once('+').map_or(text, |(before, _)| before);
        let (numbers, pre) = text.split_once('-').map_or((text, None), |(head, pre)| (head, Some(pre)));
        let numbers = read_numbers(numbers)?;
        let counts = numbers.first() >= Some(&Number::Small(COUNT));
        if numbers.len() > 3 || counts || (pre.is_some() && numbers.len() < 3) {
            return None;
        }
        Some(Key { numbers, suffix: "".into(), pre: pre.map_or(Some(Vec::new()), read_pre)?, asked: false })
    }

    /// The same as the end of a question.
    pub(crate) fn asked(self) -> Key {
        Key { asked: true, ..self }
    }

    /// Whether it is a date or a count.
    fn is_count(&self) -> bool {
        self.suffix.starts_with('#')
    }

    /// Two empty suffixes are not compared byte by byte: `memcmp` reads at their dangling pointers under a mask,
    /// which costs a hundred nanoseconds.
    fn has_suffix_of(&self, other: &Key) -> bool {
        (self.suffix.is_empty() && other.suffix.is_empty()) || self.suffix == other.suffix
    }

    /// Whether tags of the two can be compared at all.
    fn is_alike(&self, other: &Key) -> bool {
        let any = (self.asked && self.suffix.is_empty()) || (other.asked && other.suffix.is_empty());
        self.has_suffix_of(other) || (any && !self.is_count() && !other.is_count())
    }

    /// The order of two whose numbers do not differ as far as both go, this one a tag and that one the end of a
    /// question: the tag is all of it, unless it moves or comes before a release.
    fn against_end(&self, end: &Key) -> Option<Ordering> {
        let (whole, plain) = (self.numbers.len() == end.numbers.len(), self.has_suffix_of(end));
        if whole && plain {
            return Some(compare_pre(&self.pre, &end.pre));
        }
        let within = self.numbers.len() >= end.numbers.len() && !self.is_prerelease() && end.pre.is_empty();
        within.then_some(Ordering::Equal)
    }

    /// Whether it is one before a release, as far as can be told.
    pub(crate) fn is_prerelease(&self) -> bool {
        const EARLY: [&str; 6] = ["alpha", "beta", "rc", "snapshot", "dev", "pre"];
        let suffix = self.suffix.trim_start_matches(['-', '#']).to_ascii_lowercase();
        !self.pre.is_empty() || EARLY.iter().any(|word| suffix.starts_with(word))
    }

    /// A place in a list: by numbers, then by how many there are, then by suffix.
    pub(crate) fn in_list(&self, other: &Key) -> Ordering {
        let order = self.numbers.cmp(&other.numbers).then_with(|| compare_pre(&self.pre, &other.pre));
        self.is_count().cmp(&other.is_count()).then(order).then_with(|| self.suffix.cmp(&other.suffix))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        if !self.is_alike(other) {
            return None;
        }
        let both = self.numbers.len().min(other.numbers.len());
        let order = self.numbers.get(..both).cmp(&other.numbers.get(..both));
        match (Some(order).filter(|order| order.is_ne()), self.asked, other.asked) {
            (Some(order), ..) => Some(order),
            (None, false, true) => self.against_end(other),
            (None, true, false) => other.against_end(self).map(Ordering::reverse),
            _ => (self.numbers.len() == other.numbers.len()).then(|| compare_pre(&self.pre, &other.pre)),
        }
    }
}

fn read_numbers(text: &str) -> Option<Vec<Number>> {
    let numbers = text.split('.').map(Number::read).collect::<Option<Vec<_>>>()?;
    (numbers.len() <= MOST_NUMBERS).then_some(numbers)
}
