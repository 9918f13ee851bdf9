//! What is wrong in a file, where, and what to do.

use std::fmt;

use fleetwright_core::source::SourceError;
use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing fails over it.
    Note,
    /// Not known to be right: something could not be found out, or is unwise.
    Warning,
    /// It is wrong.
    Error,
}

/// What is wrong in a file, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The file's path in its repository.
    pub file: String,
    /// 1-based line, 0 when it is about the whole file.
    pub line: usize,
    /// 1-based column, 0 when it is not known.
    pub column: usize,
    /// The place in the document as a JSON pointer (RFC 6901), such as `/spec/replicas`; empty for
    /// the whole document.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to try.
    pub remedy: String,
    /// How bad it is.
    pub severity: Severity,
}

impl Finding {
    /// A finding about a whole file.
    pub(crate) fn of_file(
        file: &str,
        severity: Severity,
        message: impl Into<String>,
        remedy: &str,
    ) -> Finding {
        Finding {
            file: file.to_owned(),
            line: 0,
            column: 0,
            key: String::new(),
            message: message.into(),
            remedy: remedy.to_owned(),
            severity,
        }
    }

    /// The same finding at a line and column.
    pub(crate) fn at(self, (line, column): (usize, usize)) -> Finding {
        Finding { line, column, ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As every other thing that is wrong in a file is written.
        let Finding { file, line, column, key, message, remedy, .. } = self.clone();
        SourceError { file, line, column, key, message, remedy }.fmt(f)
    }
}
