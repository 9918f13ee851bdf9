//! What can go wrong with an edit, and what to do about it.

use std::fmt;

pub use fleetwright_core::caret::Caret;

use crate::limits::{MAX_ALIAS_VALUES, MAX_BYTES, MAX_DEPTH};
use crate::splice::line_and_column;

/// A place in a document: line and column, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

impl Position {
    pub(crate) fn of(text: &str, at: usize) -> Self {
        let (line, column) = line_and_column(text, at);
        Position { line, column }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

fn at(position: Option<Position>) -> String {
    position.map_or_else(String::new, |position| format!(", {position}"))
}

/// Why a document was not edited. Nothing was changed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// A path does not follow the path syntax.
    #[error("bad path, column {}: {reason}\n{caret}", caret.offset + 1)]
    Path {
        /// The path and the wrong place in it.
        caret: Caret,
        /// What was expected.
        reason: String,
    },
    /// A value of the edit cannot be written in this format.
    #[error("cannot write the value for '{path}': {reason}")]
    Value {
        /// The path of the edit.
        path: String,
        /// What is wrong, and what to use instead.
        reason: String,
    },
    /// The document is larger than [`MAX_BYTES`].
    #[error(
        "the document has {bytes} bytes, the limit is {MAX_BYTES}: leave it out of `files`, or use a `run` step"
    )]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The document is nested deeper than [`MAX_DEPTH`].
    #[error(
        "the document is nested deeper than {MAX_DEPTH} levels: leave it out of `files`, or use a `run` step"
    )]
    TooDeep,
    /// The aliases of a YAML document stand for more than [`MAX_ALIAS_VALUES`] values.
    #[error(
        "the aliases stand for more than {MAX_ALIAS_VALUES} values: this looks like an alias bomb, leave the file out of `files`"
    )]
    TooManyAliases,
    /// The document does not parse.
    #[error("not valid {format}, {position}: {reason}: repair the file first")]
    Syntax {
        /// The format that was expected.
        format: &'static str,
        /// Where the parser stopped.
        position: Position,
        /// The parser's word.
        reason: String,
    },
    /// A key stands twice in one mapping, so a path to it would be ambiguous.
    #[error(
        "the key '{key}' stands twice in one mapping, the second time at {position}: remove one of them first"
    )]
    Duplicate {
        /// The key.
        key: String,
        /// Its second place.
        position: Position,
    },
    /// The path does not fit the document, or matches more than
    /// [`MAX_MATCHES`](crate::limits::MAX_MATCHES) places of it.
    #[error("'{path}' does not fit the document{}: {reason}", at(*position))]
    Mismatch {
        /// The path of the edit.
        path: String,
        /// The last place that the path leads to; not known in TOML.
        position: Option<Position>,
        /// What was found where, and what to do.
        reason: String,
    },
    /// The place was found but is written in a way that cannot be edited without a risk.
    #[error("'{path}' cannot be edited safely at {position}: {reason}")]
    Unsupported {
        /// The path of the edit.
        path: String,
        /// The place in the document.
        position: Position,
        /// Why, and what to do.
        reason: String,
    },
    /// The edit guard: the result would differ from the intended value.
    #[error("refused by the edit guard: '{path}' would not be the only change: {reason}")]
    Guard {
        /// The path of the edit.
        path: String,
        /// What else would change, or why the result would not parse.
        reason: String,
    },
}

/// A regular expression that cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// The pattern does not follow the syntax of the `regex` crate.
    #[error("bad pattern, column {}: {reason}\n{caret}", caret.offset + 1)]
    Syntax {
        /// The pattern and the wrong place in it.
        caret: Caret,
        /// What is wrong.
        reason: String,
    },
    /// The compiled pattern is larger than [`MAX_PATTERN_BYTES`](crate::limits::MAX_PATTERN_BYTES).
    #[error("the pattern '{pattern}' compiles to more than {limit} bytes: use smaller repetitions")]
    TooLarge {
        /// The pattern.
        pattern: String,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The replacement refers to a group that the pattern does not have.
    #[error(
        "the replacement refers to the group '{group}', which the pattern does not have: write `$$` for a dollar sign, `${{1}}x` where a letter follows a number\n{caret}"
    )]
    Group {
        /// The name or number that was meant.
        group: String,
        /// The replacement and the place of the reference.
        caret: Caret,
    },
}
