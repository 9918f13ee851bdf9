//! How a pull request becomes part of the base.

/// How a pull request becomes part of the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// A commit with two parents.
    Merge,
    /// One commit.
    Squash,
    /// The branch's commits, anew on the base.
    Rebase,
}

impl Method {
    /// GitHub's word in REST.
    pub fn word(self) -> &'static str {
        match self {
            Method::Merge => "merge",
            Method::Squash => "squash",
            Method::Rebase => "rebase",
        }
    }

    /// The method of a word, in either case.
    pub fn from_word(word: &str) -> Option<Method> {
        [Method::Merge, Method::Squash, Method::Rebase]
            .into_iter()
            .find(|method| method.word().eq_ignore_ascii_case(word))
    }
}
