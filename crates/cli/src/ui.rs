//! The terminal: results to stdout, everything else to stderr.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use serde_json::Value;

use crate::args::Global;
use crate::failure::Failure;

/// Where a command prints.
pub(crate) struct Ui {
    json: bool,
    quiet: bool,
}

impl Ui {
    pub(crate) fn new(global: &Global) -> Ui {
        Ui { json: global.json, quiet: global.quiet }
    }

    /// Whether the result is JSON: then stdout carries nothing else.
    pub(crate) fn json(&self) -> bool {
        self.json
    }

    /// Whether a progress bar may be drawn.
    pub(crate) fn draws(&self) -> bool {
        !self.quiet && std::io::stderr().is_terminal()
    }

    /// A line of the result.
    pub(crate) fn line(&self, text: impl std::fmt::Display) {
        // A reader that went away is no fault of ours: there is nobody left to tell.
        let _ = writeln!(anstream::stdout(), "{text}");
    }

    /// A line for people only: nothing where the result is JSON or nobody wants to hear.
    pub(crate) fn say(&self, text: impl std::fmt::Display) {
        if !self.json && !self.quiet {
            self.line(text);
        }
    }

    /// A line beside the result.
    pub(crate) fn note(&self, text: impl std::fmt::Display) {
        if !self.quiet {
            let _ = writeln!(anstream::stderr(), "{text}");
        }
    }

    /// The result as one JSON document.
    pub(crate) fn document(&self, value: &Value) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.line(text),
            Err(error) => self.note(error),
        }
    }

    /// Prints why a command failed, and gives its exit code.
    pub(crate) fn failure(&self, failure: &Failure) -> ExitCode {
        let _ = writeln!(anstream::stderr(), "error: {failure}");
        ExitCode::from(failure.code())
    }
}
