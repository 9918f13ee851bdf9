//! Patterns of paths. Matching takes time in the product of their lengths at worst, and no stack.

use regex::{Regex, RegexBuilder};

/// The most memory a compiled regular expression may take, in bytes.
const MAX_REGEX: usize = 256 * 1024;

/// A pattern.
#[derive(Debug, Clone)]
pub(crate) enum Pattern {
    Glob(Vec<Segment>),
    Regex(Regex),
    /// Matches nothing, as GitHub's `/` does.
    Never,
}

/// One name of a path, or any number of them.
#[derive(Debug, Clone)]
pub(crate) enum Segment {
    /// `**`: any number of folders, none too.
    Folders,
    /// The end: this and all that is below, at least one name where `deep`.
    Below {
        /// Whether something must be below.
        deep: bool,
    },
    /// One name.
    Name(Vec<Sign>),
}

/// A part of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sign {
    /// `*`
    Many,
    /// `?`
    One,
    /// This letter.
    Letter(char),
    /// `[a-z]`, or `[^a-z]`.
    Set {
        /// Whether the letter must not be among them.
        not: bool,
        /// First and last letters.
        ranges: Vec<(char, char)>,
    },
}

impl Pattern {
    /// GitHub's: as in `.gitignore`, but without `!`, `[...]` and `\#`; `/*` at the end is one level.
    pub(crate) fn github(text: &str) -> Pattern {
        if text == "/" {
            return Pattern::Never;
        }
        let anchored = text.trim_end_matches('/').contains('/');
        let mut names: Vec<&str> = text.split('/').collect();
        let mut segments = Vec::new();
        if !anchored {
            segments.push(Segment::Folders);
        }
        names.retain({
            let last = names.len() - 1;
            let mut at = 0;
            move |name| {
                at += 1;
                !name.is_empty() || at - 1 == last
            }
        });
        let last = names.len().saturating_sub(1);
        for (at, name) in names.into_iter().enumerate() {
            match name {
                "" => segments.push(Segment::Below { deep: true }),
                "**" if at == last => segments.push(Segment::Below { deep: true }),
                "**" => segments.push(Segment::Folders),
                name => segments.push(Segment::Name(signs(name, false))),
            }
            if at == last && !["", "*", "**"].contains(&name) {
                segments.push(Segment::Below { deep: false });
            }
        }
        Pattern::Glob(segments)
    }

    /// GitLab's, as Ruby's `fnmatch` of whole paths sees it: `**/` is any folders, `[...]` a set.
    pub(crate) fn gitlab(text: &str) -> Pattern {
        let text = match text {
            "*" => "/**/*".to_owned(),
            text if text.starts_with('/') => text.to_owned(),
            text => format!("/**/{text}"),
        };
        let text = if text.ends_with('/') { format!("{text}**/*") } else { text };
        let names: Vec<&str> = text.split('/').skip(1).collect();
        let last = names.len().saturating_sub(1);
        let segment = |(at, name): (usize, &&str)| match *name {
            "**" if at < last => Segment::Folders,
            name => Segment::Name(signs(name, true)),
        };
        Pattern::Glob(names.iter().enumerate().map(segment).collect())
    }

    /// Gitea's: a regular expression of the whole path.
    pub(crate) fn gitea(text: &str) -> Result<Pattern, String> {
        let built = RegexBuilder::new(&format!("^(?:{text})$")).size_limit(MAX_REGEX).build();
        built.map(Pattern::Regex).map_err(|error| {
            let text = error.to_string();
            text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it is too large").trim().to_owned()
        })
    }

    pub(crate) fn is_match(&self, path: &str) -> bool {
        match self {
            Pattern::Never => false,
            Pattern::Regex(regex) => regex.is_match(path),
            Pattern::Glob(segments) => {
                let names: Vec<&str> = path.split('/').collect();
                reaches(segments, &names)
            }
        }
    }
}

/// Goes through names and segments; on a mismatch, the last `**` takes one name more.
fn reaches(segments: &[Segment], names: &[&str]) -> bool {
    let (mut at, mut name) = (0, 0);
    let mut again: Option<(usize, usize)> = None;
    loop {
        let fits = match segments.get(at) {
            None if name == names.len() => return true,
            None => false,
            Some(Segment::Below { deep }) if !deep || name < names.len() => return true,
            Some(Segment::Below { .. }) => false,
            Some(Segment::Folders) => {
                again = Some((at + 1, name));
                at += 1;
                continue;
            }
            Some(Segment::Name(signs)) => names.get(name).is_some_and(|name| spells(signs, name)),
        };
        if fits {
            (at, name) = (at + 1, name + 1);
            continue;
        }
        match again {
            Some((segment, from)) if from < names.len() => {
                again = Some((segment, from + 1));
                (at, name) = (segment, from + 1);
            }
            _ => return false,
        }
    }
}

/// As [`reaches`], for the letters of one name.
fn spells(signs: &[Sign], name: &str) -> bool {
    let letters: Vec<char> = name.chars().collect();
    let (mut at, mut letter) = (0, 0);
    let mut again: Option<(usize, usize)> = None;
    loop {
        let fits = match (signs.get(at), letters.get(letter)) {
            (None, None) => return true,
            (Some(Sign::Many), _) => {
                again = Some((at + 1, letter));
                at += 1;
                continue;
            }
            (Some(Sign::One), Some(_)) => true,
            (Some(Sign::Letter(wanted)), Some(found)) => wanted == found,
            (Some(Sign::Set { not, ranges }), Some(found)) => {
                ranges.iter().any(|(first, last)| (first..=last).contains(&found)) != *not
            }
            _ => false,
        };
        if fits {
            (at, letter) = (at + 1, letter + 1);
            continue;
        }
        match again {
            Some((sign, from)) if from < letters.len() => {
                again = Some((sign, from + 1));
                (at, letter) = (sign, from + 1);
            }
            _ => return false,
        }
    }
}

/// A name's parts; `\` takes the next letter as it is.
fn signs(name: &str, sets: bool) -> Vec<Sign> {
    let letters: Vec<char> = name.chars().collect();
    let mut signs: Vec<Sign> = Vec::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        at += 1;
        match letter {
            '*' if signs.last() == Some(&Sign::Many) => {}
            '*' => signs.push(Sign::Many),
            '?' => signs.push(Sign::One),
            '\\' => {
                signs.push(Sign::Letter(letters.get(at).copied().unwrap_or('\\')));
                at += 1;
            }
            '[' if sets => match set(letters.get(at..).unwrap_or_default()) {
                Some((sign, length)) => {
                    signs.push(sign);
                    at += length;
                }
                None => signs.push(Sign::Letter('[')),
            },
            letter => signs.push(Sign::Letter(*letter)),
        }
    }
    signs
}

/// A set behind its `[`, and how many letters it takes with its `]`.
fn set(letters: &[char]) -> Option<(Sign, usize)> {
    let not = matches!(letters.first(), Some('!' | '^'));
    let begin = usize::from(not);
    let end = begin + letters.get(begin..)?.iter().position(|letter| *letter == ']')?;
    let mut ranges = Vec::new();
    let mut inside = letters.get(begin..end)?;
    while let [first, rest @ ..] = inside {
        match rest {
            ['-', last, rest @ ..] => {
                ranges.push((*first, *last));
                inside = rest;
            }
            rest => {
                ranges.push((*first, *first));
                inside = rest;
            }
        }
    }
    Some((Sign::Set { not, ranges }, end + 1))
}
