//! A JSON document that is written part by part: that of a fleet has hundreds of megabytes.

use std::io::{self, Write};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::serial::urn;

/// Where a document goes.
pub struct Sink<'a> {
    /// What takes its bytes.
    pub out: &'a mut dyn Write,
    /// What every part of it goes through before, such as one that takes secrets out.
    pub clean: &'a dyn Fn(&mut Value),
}

/// A document that is being written, an object.
pub(crate) struct Document<'a> {
    sink: Sink<'a>,
    /// Of all that was written.
    digest: Sha256,
    begun: bool,
}

impl<'a> Document<'a> {
    pub(crate) fn new(sink: Sink<'a>) -> Document<'a> {
        Document { sink, digest: Sha256::new(), begun: false }
    }

    /// A field with its value.
    pub(crate) fn field(&mut self, key: &str, value: Value) -> io::Result<()> {
        self.key(key)?;
        self.value(value)
    }

    /// A field with a list, each of its values on a line.
    pub(crate) fn list(&mut self, key: &str, values: impl Iterator<Item = Value>) -> io::Result<()> {
        self.key(key)?;
        self.text("[")?;
        for (at, value) in values.enumerate() {
            self.text(if at == 0 { "\n    " } else { ",\n    " })?;
            self.value(value)?;
        }
        self.text("\n  ]")
    }

    /// A field with a name that follows from all that was written before it, and the end.
    pub(crate) fn end(mut self, key: &str) -> io::Result<()> {
        let name = urn(&self.digest.clone().finalize());
        self.field(key, Value::String(name))?;
        self.text("\n}\n")
    }

    fn key(&mut self, key: &str) -> io::Result<()> {
        let before = if self.begun { ",\n  " } else { "{\n  " };
        self.begun = true;
        self.text(&format!("{before}\"{key}\": "))
    }

    fn value(&mut self, mut value: Value) -> io::Result<()> {
        (self.sink.clean)(&mut value);
        self.text(&value.to_string())
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.digest.update(text);
        self.sink.out.write_all(text.as_bytes())
    }
}
