//! The terminal: results to stdout, everything else to stderr, secrets to neither.

use std::cell::Cell;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use fleetwright_core::secret::{Keyring, Redactor};
use serde::ser::{Serialize, SerializeMap, Serializer as _};
use serde_json::ser::{PrettyFormatter, Serializer};
use serde_json::{Map, Value};

use crate::args::Global;
use crate::failure::Failure;

/// Rows of a list, made one by one.
pub(crate) type Rows<'a> = Box<dyn Iterator<Item = Value> + 'a>;

/// Rows of what is known already.
pub(crate) fn rows<T: Serialize>(all: &[T]) -> Rows<'_> {
    Box::new(all.iter().map(|one| serde_json::to_value(one).unwrap_or_default()))
}

/// A list that is written as its rows are made, once.
struct Lazy<'a>(Cell<Option<Rows<'a>>>);

impl<'a> Lazy<'a> {
    /// These rows, without secrets.
    fn of(rows: Rows<'a>, redactor: &'a Redactor) -> Lazy<'a> {
        let clean = |mut row: Value| {
            redactor.value(&mut row);
            row
        };
        Lazy(Cell::new(Some(Box::new(rows.map(clean)))))
    }
}

impl Serialize for Lazy<'_> {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(self.0.take().into_iter().flatten())
    }
}

/// Where a command prints.
pub(crate) struct Ui {
    json: bool,
    quiet: bool,
    keyring: Keyring,
}

impl Ui {
    /// `keyring` is told of every secret that is in use: none of them is printed.
    pub(crate) fn new(global: &Global, keyring: &Keyring) -> Ui {
        Ui { json: global.json, quiet: global.quiet, keyring: keyring.clone() }
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
        let _ = writeln!(anstream::stdout(), "{}", self.keyring.text(&text.to_string()));
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
            let _ = writeln!(anstream::stderr(), "{}", self.keyring.text(&text.to_string()));
        }
    }

    /// The result as one JSON document.
    pub(crate) fn document(&self, value: &Value) {
        let mut value = value.clone();
        // Text by text: a document masked as a whole might be none any more.
        self.keyring.redactor().value(&mut value);
        self.told(self.pretty(|out| value.serialize(out)));
    }

    /// As [`Ui::document`], an object of lists, whose rows are made when they are written: all of them at once
    /// would be many times their text. What is beside the lists comes after them.
    pub(crate) fn lists(&self, lists: Vec<(&str, Rows<'_>)>, mut beside: Map<String, Value>) {
        let redactor = self.keyring.redactor();
        for value in beside.values_mut() {
            redactor.value(value);
        }
        self.told(self.pretty(|out| {
            let mut object = out.serialize_map(None)?;
            for (name, rows) in lists {
                object.serialize_entry(name, &Lazy::of(rows, &redactor))?;
            }
            beside.iter().try_for_each(|(name, value)| object.serialize_entry(name, value))?;
            object.end()
        }));
    }

    /// As [`Ui::document`], a list whose rows are made when they are written.
    pub(crate) fn list(&self, rows: Rows<'_>) {
        let redactor = self.keyring.redactor();
        self.told(self.pretty(|out| Lazy::of(rows, &redactor).serialize(out)));
    }

    /// Writes JSON as people read it, and a line's end.
    fn pretty(
        &self,
        write: impl FnOnce(&mut Serializer<&mut dyn Write, PrettyFormatter<'_>>) -> serde_json::Result<()>,
    ) -> std::io::Result<()> {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        let into: &mut dyn Write = &mut out;
        write(&mut Serializer::pretty(into))?;
        writeln!(out)?;
        out.flush()
    }

    /// A reader that went away is no fault of ours: there is nobody left to tell.
    fn told(&self, written: std::io::Result<()>) {
        if let Err(error) = written.or_else(|error| match error.kind() {
            std::io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(error),
        }) {
            self.note(error);
        }
    }

    /// A result that is written part by part, each of which is to be cleaned of secrets by what is handed in.
    pub(crate) fn stream(
        &self,
        write: impl FnOnce(&mut dyn Write, &dyn Fn(&mut Value)) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        let redactor = self.keyring.redactor();
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        write(&mut out, &|value| {
            redactor.value(value);
        })?;
        out.flush()
    }

    /// A text without its secrets: for those who colour parts of it.
    pub(crate) fn masked(&self, text: &str) -> String {
        self.keyring.text(text).into_owned()
    }

    /// A secret of our own that somebody asked for: the one thing that is not masked.
    pub(crate) fn secret(&self, secret: &str, document: &Value) {
        let text = if self.json { document.to_string() } else { secret.to_owned() };
        let _ = writeln!(anstream::stdout(), "{text}");
    }

    /// A line beside the result that ends in a secret of our own.
    pub(crate) fn secret_note(&self, text: &str, secret: &str) {
        let _ = writeln!(anstream::stderr(), "{text}{secret}");
    }

    /// One of many results, as a line of JSON.
    pub(crate) fn record(&self, mut value: Value) {
        self.keyring.redactor().value(&mut value);
        let _ = writeln!(anstream::stdout(), "{value}");
    }

    /// Prints why a command failed, and gives its exit code.
    pub(crate) fn failure(&self, failure: &Failure) -> ExitCode {
        let _ = writeln!(anstream::stderr(), "error: {}", self.keyring.text(&failure.to_string()));
        ExitCode::from(failure.code())
    }
}
