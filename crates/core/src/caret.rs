//! A text of a user with the wrong place shown.

use std::fmt;

/// Text of a user with a caret under the place that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caret {
    /// The text as the user wrote it.
    pub text: String,
    /// The wrong place, in bytes from the start of `text`.
    pub offset: usize,
}

impl fmt::Display for Caret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.text.get(..self.offset).unwrap_or(&self.text);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = self.text[start..].lines().next().unwrap_or_default();
        let column = before[start..].chars().count();
        write!(f, "  {line}\n  {:column$}^", "")
    }
}
