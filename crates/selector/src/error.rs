//! What is wrong with a selector, and where.

use std::fmt;

/// Why a selector was refused, or gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SelectorFault {
    /// It is longer or deeper than the limits.
    Limit,
    /// It is not CEL.
    Syntax,
    /// It names a variable, field or function that does not exist, or not yet.
    Name,
    /// A glob or regular expression in it is not one.
    Pattern,
    /// It gives something else than true or false.
    Type,
    /// It compiled, but gave an error for this repository.
    Evaluation,
    /// A file of the repository could not be read: neither true nor false is known.
    CouldNotFindOut,
}

/// A selector that was refused when compiled, or that gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectorError {
    /// What kind of thing went wrong.
    pub fault: SelectorFault,
    /// What went wrong and what to try, without the place.
    pub message: String,
    /// Line in the selector, counted from 1.
    pub line: usize,
    /// Column in that line, counted from 1 in characters.
    pub column: usize,
    /// The text of that line.
    pub code: String,
}

impl SelectorError {
    /// An error at byte `at` of `text`.
    pub(crate) fn new(fault: SelectorFault, message: impl Into<String>, text: &str, at: usize) -> Self {
        let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let before = &text[..at];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        SelectorError {
            fault,
            message: message.into(),
            line: before.matches('\n').count() + 1,
            column: text[start..at].chars().count() + 1,
            code: text[start..].lines().next().unwrap_or_default().to_owned(),
        }
    }

    /// Two lines for a terminal: the line of the selector, and `^` under the place.
    /// A long line is cut around the place.
    pub fn caret(&self) -> String {
        const BEFORE: usize = 60;
        const WIDTH: usize = 100;
        let skipped = self.column.saturating_sub(BEFORE + 1);
        // A tab under a tab keeps the caret in its place whatever the terminal's tab width.
        let shown: String = self.code.chars().skip(skipped).take(WIDTH).collect();
        let blank = |c: char| if c == '\t' { '\t' } else { ' ' };
        let indent: String = shown.chars().take(self.column - 1 - skipped).map(blank).collect();
        format!("{shown}\n{indent}^")
    }
}

impl fmt::Display for SelectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "selector, line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for SelectorError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_is_under_the_place() {
        let text = "repo.archived\n && é.x";
        let error = SelectorError::new(SelectorFault::Name, "m", text, text.find('x').unwrap());
        assert_eq!((error.line, error.column), (2, 7));
        assert_eq!(error.caret(), " && é.x\n      ^");
        let long = "a".repeat(3_000);
        let error = SelectorError::new(SelectorFault::Name, "m", &long, 2_000);
        assert_eq!(error.caret().lines().nth(1).unwrap().len(), 61);
        // A place in the middle of a character, or past the end, is no reason to panic.
        for at in [0, 1, 15, 19, 20, 99] {
            SelectorError::new(SelectorFault::Name, "m", text, at).caret();
        }
    }
}
