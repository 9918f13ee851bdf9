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
        known.then(|| Key { numbers, suffix: suffix.into(), pre: Vec::new() })
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
        Some(Key { numbers, suffix: "".into(), pre: pre.map_or(Some(Vec::new()), read_pre)? })
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
        self.suffix
            .starts_with('#')
            .cmp(&other.suffix.starts_with('#'))
            .then(order)
            .then_with(|| self.suffix.cmp(&other.suffix))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        if self.suffix != other.suffix {
            return None;
        }
        let pairs = self.numbers.iter().zip(&other.numbers);
        let order = pairs.map(|(left, right)| left.cmp(right)).find(|order| order.is_ne());
        match order {
            Some(order) => Some(order),
            None if self.numbers.len() == other.numbers.len() => Some(compare_pre(&self.pre, &other.pre)),
            None => None,
        }
    }
}

fn read_numbers(text: &str) -> Option<Vec<Number>> {
    let numbers = text.split('.').map(Number::read).collect::<Option<Vec<_>>>()?;
    (numbers.len() <= MOST_NUMBERS).then_some(numbers)
}
