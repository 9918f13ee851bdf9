//! The order of versions, as each ecosystem has it.
//!
//! What is no version of its ecosystem, and two versions between which the ecosystem has no order, compare as
//! `None`: unknown, which is never yes.

pub(crate) mod composer;
pub(crate) mod gem;
mod maven;
pub(crate) mod nuget;
pub(crate) mod number;
pub(crate) mod pep440;
pub(crate) mod semver;
mod tag;

use std::cmp::Ordering;

use crate::ecosystem::Ecosystem;

/// The longest version that is read, in bytes: npm's and Helm's own limit.
const MAX_VERSION: usize = 256;

/// A version, read once so as to be compared often.
#[derive(Debug, Clone)]
pub struct Key(pub(crate) Form);

/// What the ecosystems make of a version.
#[derive(Debug, Clone)]
pub(crate) enum Form {
    Maven(maven::Key),
    Semver(semver::Key),
    Pep440(pep440::Key),
    Gem(gem::Key),
    Composer(composer::Key),
    NuGet(nuget::Key),
    Tag(tag::Key),
}

impl Key {
    /// Reads a version; `None` when it is none of this ecosystem, or has over 256 bytes.
    pub fn read(ecosystem: Ecosystem, text: &str) -> Option<Key> {
        if text.len() > MAX_VERSION {
            return None;
        }
        let semver = |style| semver::Key::read(text, style).map(Form::Semver);
        let form = match ecosystem {
            Ecosystem::Maven => maven::Key::read(text).map(Form::Maven),
            Ecosystem::Npm => semver::Key::read(text.trim(), &semver::NPM).map(Form::Semver),
            Ecosystem::Cargo => semver(&semver::CARGO),
            Ecosystem::PyPi => pep440::Key::read(text).map(Form::Pep440),
            Ecosystem::Go => semver(&semver::GO),
            Ecosystem::RubyGems => gem::Key::read(text).map(Form::Gem),
            Ecosystem::Composer => composer::Key::read(text).map(Form::Composer),
            Ecosystem::NuGet => nuget::Key::read(text).map(Form::NuGet),
            Ecosystem::Image => tag::Key::read_image(text).map(Form::Tag),
            Ecosystem::Actions | Ecosystem::GitLab => tag::Key::read_release(text).map(Form::Tag),
            Ecosystem::Helm => semver(&semver::HELM),
            Ecosystem::Terraform => semver(&semver::TERRAFORM),
        };
        form.map(Key)
    }

    /// Reads the end of a question, which for tags is not the same as a tag.
    pub(crate) fn read_end(ecosystem: Ecosystem, text: &str) -> Option<Key> {
        Key::read(ecosystem, text).map(|key| match key.0 {
            Form::Tag(tag) => Key(Form::Tag(tag.asked())),
            other => Key(other),
        })
    }

    /// Reads a version by semantic versioning 2.0 alone, as OSV's ranges of type `SEMVER` demand; a `v` may
    /// stand before it.
    pub fn semver(text: &str) -> Option<Key> {
        let short = text.len() <= MAX_VERSION;
        let key = short.then(|| semver::Key::read(text, &semver::OSV)).flatten();
        key.map(|key| Key(Form::Semver(key)))
    }

    /// Whether it comes before a release: an alpha, a snapshot, a development version.
    pub fn is_prerelease(&self) -> bool {
        match &self.0 {
            Form::Maven(key) => key.is_prerelease(),
            Form::Semver(key) => key.is_prerelease(),
            Form::Pep440(key) => key.is_prerelease(),
            Form::Gem(key) => key.is_prerelease(),
            Form::Composer(key) => key.is_prerelease(),
            Form::NuGet(key) => key.is_prerelease(),
            Form::Tag(key) => key.is_prerelease(),
        }
    }

    /// Its place in a list: by version, and where versions have no order, in one that is stable.
    fn in_list(&self, other: &Key) -> Ordering {
        match (&self.0, &other.0) {
            (Form::Tag(left), Form::Tag(right)) => left.in_list(right),
            _ => self.partial_cmp(other).unwrap_or(Ordering::Equal),
        }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for Key {
    /// `None` where there is no order: between ecosystems, and between some tags of images.
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        match (&self.0, &other.0) {
            (Form::Maven(left), Form::Maven(right)) => Some(left.cmp(right)),
            (Form::Semver(left), Form::Semver(right)) => Some(left.cmp(right)),
            (Form::Pep440(left), Form::Pep440(right)) => Some(left.cmp(right)),
            (Form::Gem(left), Form::Gem(right)) => Some(left.cmp(right)),
            (Form::Composer(left), Form::Composer(right)) => left.partial_cmp(right),
            (Form::NuGet(left), Form::NuGet(right)) => Some(left.cmp(right)),
            (Form::Tag(left), Form::Tag(right)) => left.partial_cmp(right),
            _ => None,
        }
    }
}

/// Whether a text is a version of the ecosystem, so that it has a place in its order.
pub fn is_version(ecosystem: Ecosystem, text: &str) -> bool {
    Key::read(ecosystem, text).is_some()
}

/// Compares two versions; `None` when either is no version, or the ecosystem has no order between them.
pub fn compare(ecosystem: Ecosystem, left: &str, right: &str) -> Option<Ordering> {
    Key::read(ecosystem, left)?.partial_cmp(&Key::read(ecosystem, right)?)
}

/// Whether a version comes before a release; `None` when it is no version.
pub fn is_prerelease(ecosystem: Ecosystem, text: &str) -> Option<bool> {
    Key::read(ecosystem, text).map(|key| key.is_prerelease())
}

/// Sorts for reading, the least first: what is no version comes before all versions, in the order of its bytes;
/// equal versions stand in the order of their bytes, and tags of images that have no order between them by number
/// and suffix. The outcome does not depend on the order before.
pub fn sort<T>(ecosystem: Ecosystem, rows: &mut Vec<T>, version: impl Fn(&T) -> &str) {
    rows.sort_by(|left, right| version(left).cmp(version(right)));
    let keyed = rows.drain(..).map(|row| (Key::read(ecosystem, version(&row)), row)).collect();
    let sorted = merge_sorted(keyed, &|left: &(Option<Key>, T), right| in_list(&left.0, &right.0));
    rows.extend(sorted.into_iter().map(|(_, row)| row));
}

/// Sorts by merging; equal rows keep their places. The standard library's sort may panic over an order that
/// contradicts itself, as Maven's does: there `1` < `1-x` < `1-0-rc` < `1`.
pub(crate) fn merge_sorted<T>(mut left: Vec<T>, compare: &impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    if left.len() < 2 {
        return left;
    }
    let right = merge_sorted(left.split_off(left.len() / 2), compare);
    let mut both = Vec::with_capacity(left.len() + right.len());
    let mut right = right.into_iter().peekable();
    for row in merge_sorted(left, compare) {
        while let Some(earlier) = right.next_if(|other| compare(other, &row).is_lt()) {
            both.push(earlier);
        }
        both.push(row);
    }
    both.extend(right);
    both
}

/// What is no version comes first.
fn in_list(left: &Option<Key>, right: &Option<Key>) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => left.in_list(right),
        (left, right) => left.is_some().cmp(&right.is_some()),
    }
}
