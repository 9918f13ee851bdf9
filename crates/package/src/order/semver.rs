//! Semantic versioning 2.0 (semver.org, clause 11) and how strictly each ecosystem that uses it reads it.

use std::cmp::Ordering;

use crate::order::number::Number;

/// A semantic version, read; what is built of (`+...`) has no part in the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// Major, minor, patch.
    pub(crate) numbers: [Number; 3],
    /// What makes it a pre-release; none for a release.
    pub(crate) pre: Vec<Identifier>,
}

/// A part of a pre-release: numbers are less than words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Identifier {
    /// Digits only.
    Number(Number),
    /// Anything else, compared by its bytes.
    Word(Box<str>),
}

/// How a version may be written.
pub(crate) struct Style {
    /// How many numbers must be there.
    least: usize,
    /// Whether a `v` may stand before it.
    v: bool,
    /// Whether a version with fewer than three numbers may be a pre-release.
    short_pre: bool,
    /// Whether numbers may begin with a nought.
    zeros: bool,
    /// The greatest number there is; `None` when there is none.
    greatest: Option<u64>,
}

/// npm's: node-semver 7's `SemVer` without `loose`; numbers up to JavaScript's greatest safe one.
pub(crate) const NPM: Style =
    Style { least: 3, v: true, short_pre: false, zeros: false, greatest: Some((1 << 53) - 1) };

/// Cargo's: the crate semver 1.
pub(crate) const CARGO: Style =
    Style { least: 3, v: false, short_pre: false, zeros: false, greatest: Some(u64::MAX) };

/// Helm's: `NewVersion` of Masterminds/semver 3.
pub(crate) const HELM: Style =
    Style { least: 1, v: true, short_pre: true, zeros: true, greatest: Some(u64::MAX) };

/// Terraform's: its registry demands semantic versions; fewer numbers and a `v` are read as
/// hashicorp/go-version does. Pre-releases are ordered as semver says, not as go-version does, which puts
/// `1.0.0-alpha.beta` below `1.0.0-alpha`.
pub(crate) const TERRAFORM: Style =
    Style { least: 1, v: true, short_pre: true, zeros: true, greatest: Some(i64::MAX as u64) };

/// Go's: golang.org/x/mod/semver, in which `v1` and `v1.2` are short forms; pseudo-versions are pre-releases and
/// `+incompatible` has no part in the order. The `v` may be missing, as it is in advisories.
pub(crate) const GO: Style = Style { least: 1, v: true, short_pre: false, zeros: false, greatest: None };

/// OSV's for ranges of type `SEMVER`: any number, and fewer than three of them, such as `0`, the beginning.
pub(crate) const OSV: Style = Style { least: 1, v: true, short_pre: true, zeros: false, greatest: None };

impl Key {
    /// Reads a version.
    pub(crate) fn read(text: &str, style: &Style) -> Option<Key> {
        let text = if style.v { text.strip_prefix('v').unwrap_or(text) } else { text };
        let (text, build) = cut(text, '+');
        let (numbers, pre) = cut(text, '-');
        if build.is_some_and(|build| !build.split('.').all(is_identifier)) {
            return None;
        }
        let (numbers, count) = read_numbers(numbers, style)?;
        let suffixed = pre.is_some() || build.is_some();
        if count < style.least || (count < 3 && suffixed && !style.short_pre) {
            return None;
        }
        let pre = pre.map_or(Some(Vec::new()), read_pre)?;
        Some(Key { numbers, pre })
    }

    /// Whether it is one before a release.
    pub(crate) fn is_prerelease(&self) -> bool {
        !self.pre.is_empty()
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Key) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| compare_pre(&self.pre, &other.pre))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A release is greater than its pre-releases.
pub(crate) fn compare_pre(left: &[Identifier], right: &[Identifier]) -> Ordering {
    left.is_empty().cmp(&right.is_empty()).then_with(|| left.cmp(right))
}

/// Reads what makes a pre-release; no number of it begins with a nought.
pub(crate) fn read_pre(text: &str) -> Option<Vec<Identifier>> {
    text.split('.').map(read_identifier).collect()
}

fn read_identifier(text: &str) -> Option<Identifier> {
    if !is_identifier(text) {
        return None;
    }
    match Number::read(text) {
        Some(_) if text.len() > 1 && text.starts_with('0') => None,
        Some(number) => Some(Identifier::Number(number)),
        None => Some(Identifier::Word(text.into())),
    }
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(head, tail)| (head, Some(tail)))
}

/// One to three numbers, noughts where there are fewer, and how many there were.
fn read_numbers(text: &str, style: &Style) -> Option<([Number; 3], usize)> {
    let mut numbers = [Number::ZERO; 3];
    let mut count = 0;
    for part in text.split('.') {
        let number = Number::read(part)?;
        let leading = part.len() > 1 && part.starts_with('0');
        let great = style.greatest.is_some_and(|greatest| number > Number::Small(greatest));
        if (leading && !style.zeros) || great {
            return None;
        }
        *numbers.get_mut(count)? = number;
        count += 1;
    }
    Some((numbers, count))
}
