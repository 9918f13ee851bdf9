//! What a rule answers.

use std::fmt;
use std::path::PathBuf;

/// One place where a rule is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The file, or the crate, and a line where one is known: `crates/a/src/b.rs:7`.
    pub place: String,
    /// What is wrong and what to do instead.
    pub what: String,
}

impl Broken {
    /// A broken rule at a place.
    pub fn new(place: impl Into<String>, what: impl Into<String>) -> Broken {
        Broken { place: place.into(), what: what.into() }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Why a rule could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum HouseError {
    /// A file or folder of the workspace could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A TOML or JSON file does not say what the rule expects there.
    #[error("cannot understand {what}: {why}")]
    Understand {
        /// The file or the command.
        what: String,
        /// What was expected.
        why: String,
    },
}
