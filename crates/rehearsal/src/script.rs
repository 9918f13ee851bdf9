//! What machines and people do by themselves: scripts of CI and of people.

use crate::model::check::{CheckKind, Conclusion};
use crate::model::method::Method;
use crate::model::pull::ReviewState;

/// The checks of some repositories.
#[derive(Debug, Clone, PartialEq)]
pub struct CiScript {
    /// Which, by full name: `*` stands for any letters. The first script that fits counts; a
    /// repository that none fits has no checks.
    pub repos: String,
    /// Its checks.
    pub checks: Vec<CiCheck>,
}

/// One scripted check.
#[derive(Debug, Clone, PartialEq)]
pub struct CiCheck {
    /// Its name.
    pub name: String,
    /// How it reports.
    pub kind: CheckKind,
    /// How long it waits for a machine, in milliseconds.
    pub queue: i64,
    /// How long it runs at least, in milliseconds.
    pub runs: i64,
    /// By how much longer at most.
    pub jitter: i64,
    /// The share of heads it fails on, every time.
    pub fails: f64,
    /// The share of runs it fails for no reason.
    pub flakes: f64,
    /// The share of repositories whose base it fails on, and then on every head too.
    pub red_base: f64,
    /// What it says otherwise.
    pub otherwise: Conclusion,
}

impl CiCheck {
    /// One that passes after a minute.
    pub fn new(name: &str) -> CiCheck {
        CiCheck {
            name: name.to_owned(),
            kind: CheckKind::Run,
            queue: 1_000,
            runs: 60_000,
            jitter: 0,
            fails: 0.0,
            flakes: 0.0,
            red_base: 0.0,
            otherwise: Conclusion::Success,
        }
    }
}

/// What somebody does to pull requests.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonScript {
    /// Who: a person of that name is made if there is none.
    pub who: String,
    /// In which repositories, as in [`CiScript::repos`].
    pub repos: String,
    /// To which share of pull requests.
    pub share: f64,
    /// How long after one was opened, in milliseconds.
    pub after: i64,
    /// By how much later at most.
    pub jitter: i64,
    /// What.
    pub act: Act,
}

/// Something a person does to a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Gives a review.
    Review(ReviewState, String),
    /// Writes a comment.
    Comment(String),
    /// Closes it.
    Close,
    /// Adds a label.
    Label(String),
    /// Takes a label away.
    Unlabel(String),
    /// Pushes a commit to its branch that writes one file.
    Push {
        /// The file.
        path: String,
        /// What is in it.
        content: String,
    },
    /// Merges it by hand.
    Merge(Method),
    /// Marks it as not ready, or ready.
    Draft(bool),
}

/// Whether a name fits a pattern in which `*` stands for any letters.
pub fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(before) = last.replace(part) {
            let Some(at) = rest.find(before) else { return false };
            rest = &rest[at + before.len()..];
        }
    }
    last.map_or(rest.is_empty(), |end| rest.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_letters() {
        for (pattern, name) in
            [("*", "a/b"), ("a/*", "a/b"), ("a/*-x", "a/b-x"), ("*/b*d*", "a/bcde"), ("a", "a")]
        {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("a/*", "b/a"), ("a", "ab"), ("*x", "xy"), ("a*b*c", "acb")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
