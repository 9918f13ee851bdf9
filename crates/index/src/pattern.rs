//! The pattern of a search.

use crate::error::PatternError;

/// How the text of a pattern is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reading {
    /// The text is looked for as it is, not as a regular expression.
    pub literal: bool,
    /// Small and capital letters are the same (Unicode's simple folding).
    pub ignore_case: bool,
    /// The match begins and ends at the border of a word.
    pub word: bool,
}

/// A compiled pattern: the syntax of the `regex` crate, linear in the text.
#[derive(Debug, Clone)]
pub struct Pattern {}

impl Pattern {
    /// Compiles a pattern that is looked for line by line, as grep does: a match never crosses lines,
    /// `^` and `$` are the line's, `\r\n` ends a line as `\n` does.
    ///
    /// # Errors
    /// Bad syntax (with its place), too long, too large when compiled.
    pub fn lines(_text: &str, _reading: Reading) -> Result<Pattern, PatternError> {
        todo!("signatures first")
    }

    /// Compiles a pattern that is looked for in whole texts, as `regex::bytes::Regex::new(text)` reads
    /// it: what `repo.contains` asks. For [`may_contain`](crate::Index::may_contain).
    ///
    /// # Errors
    /// As [`lines`](Pattern::lines).
    pub fn text(_text: &str) -> Result<Pattern, PatternError> {
        todo!("signatures first")
    }
}
