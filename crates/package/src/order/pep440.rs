//! Python's order: PEP 440 (packaging.python.org, "Version specifiers"), compared with the `packaging` library.
//! Every way of writing that it normalises is read: `1.0-alpha.1` is `1.0a1`, `v1.0` is `1.0`, `1.0-1` is
//! `1.0.post1`.

use crate::order::number::Number;

/// A version, read; the order of the fields is the order of versions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    /// The epoch.
    pub(crate) epoch: Number,
    /// The release without the noughts at its end.
    pub(crate) release: Vec<Number>,
    /// Before the release.
    pub(crate) pre: Pre,
    /// After the release.
    pub(crate) post: Post,
    /// Before either.
    pub(crate) dev: Dev,
    /// What somebody made of it.
    pub(crate) local: Local,
}

/// What comes before the release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pre {
    /// A development release of the release itself.
    Dev,
    /// An alpha, beta or release candidate: `a`, `b`, `c`, and its number.
    Phase(char, Number),
    /// Nothing: the release, or what comes after it.
    None,
}

/// What comes after the release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Post {
    /// Nothing.
    None,
    /// A post-release.
    Some(Number),
    /// No version: above all post-releases.
    Above,
}

/// A development release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Dev {
    /// Its number.
    Some(Number),
    /// None.
    None,
}

/// A local version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Local {
    /// None.
    None,
    /// Its parts.
    Some(Vec<Part>),
    /// No version: above all local versions.
    Above,
}

/// A part of a local version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Letters and digits, in lower case.
    Word(Box<str>),
    /// Digits only.
    Number(Number),
}

impl Key {
    /// Reads a version.
    pub(crate) fn read(text: &str) -> Option<Key> {
        let text = text.trim().to_ascii_lowercase();
        let rest = text.strip_prefix('v').unwrap_or(&text);
        let (epoch, rest) = match rest.split_once('!') {
            Some((epoch, rest)) => (Number::read(epoch)?, rest),
            None => (Number::ZERO, rest),
        };
        let (release, rest) = read_release(rest)?;
        let (pre, rest) = read_pre(rest);
        let (post, rest) = read_post(rest);
        let (dev, rest) = read_dev(rest);
        let local = read_local(rest)?;
        let pre = match (pre, &post, &dev) {
            (Some(pre), ..) => pre,
            (None, Post::None, Dev::Some(_)) => Pre::Dev,
            _ => Pre::None,
        };
        Some(Key { epoch, release: trimmed(release), pre, post, dev, local })
    }

    /// Whether it is an alpha, beta, release candidate or development release.
    pub(crate) fn is_prerelease(&self) -> bool {
        self.pre != Pre::None || self.dev != Dev::None
    }

    /// The least version of a release: `1.2.dev0`.
    pub(crate) fn least(epoch: Number, release: Vec<Number>) -> Key {
        let dev = Dev::Some(Number::ZERO);
        Key { epoch, release: trimmed(release), pre: Pre::Dev, post: Post::None, dev, local: Local::None }
    }
}

fn trimmed(mut release: Vec<Number>) -> Vec<Number> {
    let counted = release.iter().rposition(|number| !number.is_zero()).map_or(0, |last| last + 1);
    release.truncate(counted);
    release
}

/// The numbers of the release as they are written, and the text after them.
pub(crate) fn read_release(text: &str) -> Option<(Vec<Number>, &str)> {
    let (first, mut rest) = read_number(text)?;
    let mut release = vec![first];
    while let Some((number, after)) = rest.strip_prefix('.').and_then(read_number) {
        release.push(number);
        rest = after;
    }
    Some((release, rest))
}

fn read_number(text: &str) -> Option<(Number, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((Number::read(digits)?, rest))
}

fn without_separator(text: &str) -> &str {
    text.strip_prefix(['-', '_', '.']).unwrap_or(text)
}

/// One of the words, with separators around it, and its number, which is nought where none is written.
fn read_word<'a>(text: &'a str, words: &[&str]) -> Option<(usize, Number, &'a str)> {
    let text = without_separator(text);
    let (place, rest) =
        words.iter().enumerate().find_map(|(place, word)| Some((place, text.strip_prefix(word)?)))?;
    let rest = without_separator(rest);
    let (number, rest) = read_number(rest).unwrap_or((Number::ZERO, rest));
    Some((place, number, rest))
}

fn read_pre(text: &str) -> (Option<Pre>, &str) {
    const WORDS: [&str; 8] = ["alpha", "a", "beta", "b", "preview", "pre", "c", "rc"];
    match read_word(text, &WORDS) {
        Some((place, number, rest)) => {
            let phase = if place < 2 {
                'a'
            } else if place < 4 {
                'b'
            } else {
                'c'
            };
            (Some(Pre::Phase(phase, number)), rest)
        }
        None => (None, text),
    }
}

fn read_post(text: &str) -> (Post, &str) {
    let implied = text.strip_prefix('-').and_then(read_number);
    if let Some((number, rest)) = implied {
        return (Post::Some(number), rest);
    }
    match read_word(text, &["post", "rev", "r"]) {
        Some((_, number, rest)) => (Post::Some(number), rest),
        None => (Post::None, text),
    }
}

fn read_dev(text: &str) -> (Dev, &str) {
    match read_word(text, &["dev"]) {
        Some((_, number, rest)) => (Dev::Some(number), rest),
        None => (Dev::None, text),
    }
}

fn read_local(text: &str) -> Option<Local> {
    if text.is_empty() {
        return Some(Local::None);
    }
    let parts = text.strip_prefix('+')?.split(['-', '_', '.']).map(|part| {
        let word = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let number = Number::read(part).map(Part::Number);
        number.or_else(|| word.then(|| Part::Word(part.into())))
    });
    Some(Local::Some(parts.collect::<Option<_>>()?))
}
