//! NuGet's order: `NuGetVersion` (learn.microsoft.com, "Package versioning"): semantic versioning 2.0 with one
//! to four numbers, leading noughts allowed, and words compared without case.

use std::cmp::Ordering;

use crate::order::number::Number;

/// A version, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// Major, minor, patch, revision.
    pub(crate) numbers: [Number; 4],
    /// What makes it a pre-release; none for a release.
    pub(crate) labels: Vec<Label>,
}

/// A part of a pre-release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Label {
    /// Digits that fit 32 bits.
    Number(u32),
    /// Anything else, in upper case, as .NET compares it.
    Word(Box<str>),
}

/// The greatest number there is, .NET's `int`.
const MAX: u32 = i32::MAX as u32;

impl Key {
    /// Reads a version.
    pub(crate) fn read(text: &str) -> Option<Key> {
        let text = text.trim();
        let (text, build) = text.split_once('+').map_or((text, None), |(head, build)| (head, Some(build)));
        let (numbers, pre) = text.split_once('-').map_or((text, None), |(head, pre)| (head, Some(pre)));
        let label = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if build.is_some_and(|build| !build.split('.').all(label))
            || pre.is_some_and(|pre| !pre.split('.').all(label))
        {
            return None;
        }
        let labels = pre.into_iter().flat_map(|pre| pre.split('.')).map(read_label).collect();
        Some(Key { numbers: read_numbers(numbers)?, labels })
    }

    /// Whether it is one before a release.
    pub(crate) fn is_prerelease(&self) -> bool {
        !self.labels.is_empty()
    }
}

fn read_numbers(text: &str) -> Option<[Number; 4]> {
    let mut numbers = [Number::ZERO; 4];
    for (at, part) in text.split('.').enumerate() {
        let number = Number::read(part).filter(|number| *number <= Number::Small(MAX.into()))?;
        *numbers.get_mut(at)? = number;
    }
    Some(numbers)
}

fn read_label(text: &str) -> Label {
    let number = text.parse().ok().filter(|number| *number <= MAX && !text.starts_with(['+', '-']));
    number.map_or_else(|| Label::Word(text.to_ascii_uppercase().into()), Label::Number)
}

impl Ord for Key {
    fn cmp(&self, other: &Key) -> Ordering {
        let release = self.labels.is_empty().cmp(&other.labels.is_empty());
        self.numbers.cmp(&other.numbers).then(release).then_with(|| self.labels.cmp(&other.labels))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
