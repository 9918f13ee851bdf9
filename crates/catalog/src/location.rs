//! `Location`: what it asks to be read, as requests the caller answers, and how far that may go.

use std::collections::HashSet;

use serde_json::Value;

use crate::address::{Base, Target, resolve};
use crate::entity::{Entity, Finding};

/// How many Locations may follow one another from the first file.
pub const MAX_LOCATION_DEPTH: usize = 10;

/// How many targets may be read for one first file.
pub const MAX_LOCATION_TARGETS: usize = 10_000;

/// Something a Location asks to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The file, files or address.
    pub target: Target,
    /// `presence: optional`: what is not there is no finding.
    pub optional: bool,
    /// The key of `spec`: `target` or `targets`.
    pub key: &'static str,
    /// The row of `targets`.
    pub row: Option<usize>,
}

/// What a Location asks for and what it may not ask for. An entity of another kind asks nothing.
pub fn requests(entity: &Entity, base: &Base) -> (Vec<Request>, Vec<Finding>) {
    let (mut found, mut findings) = (Vec::new(), Vec::new());
    if entity.kind() != "Location" {
        return (found, findings);
    }
    let kind = entity.spec_text("type");
    if let Some(kind) = kind.filter(|kind| !["file", "url"].contains(kind)) {
        let message = format!("nothing reads locations of type `{kind}`");
        findings.push(entity.finding("type", None, message, "write file or url, or remove the key"));
        return (found, findings);
    }
    let optional = entity.spec_text("presence") == Some("optional");
    let one = entity.spec_text("target").filter(|text| !text.is_empty()).map(|text| ("target", None, text));
    let many = entity.spec().get("targets").and_then(Value::as_array).into_iter().flatten().enumerate();
    let many = many.filter_map(|(row, value)| Some(("targets", Some(row), value.as_str()?)));
    for (key, row, text) in one.into_iter().chain(many) {
        match resolve(base, text) {
            Ok(target) => found.push(Request { target, optional, key, row }),
            Err(error) => findings.push(entity.finding(key, row, error.to_string(), error.remedy())),
        }
    }
    (found, findings)
}

/// Where a walk along Locations is: how deep, and what was read.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    seen: HashSet<String>,
}

/// What to do with a target of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Read it.
    Read,
    /// It was read on this walk: a circle, or named twice. Nothing is lost by leaving it out.
    Seen,
}

/// Why a walk goes no further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WalkError {
    /// Too many Locations one after the other.
    #[error("Locations follow one another more than {MAX_LOCATION_DEPTH} deep")]
    Deep,
    /// Too many targets.
    #[error("Locations name more than {MAX_LOCATION_TARGETS} files")]
    Many,
}

impl Walk {
    /// Enters a target, named uniquely over all repositories (such as `repo:path`), at a depth: 0 for
    /// the first file.
    ///
    /// # Errors
    /// When the walk is too deep or has read too much.
    pub fn enter(&mut self, target: &str, depth: usize) -> Result<Step, WalkError> {
        if self.seen.contains(target) {
            return Ok(Step::Seen);
        }
        if depth > MAX_LOCATION_DEPTH {
            return Err(WalkError::Deep);
        }
        if self.seen.len() >= MAX_LOCATION_TARGETS {
            return Err(WalkError::Many);
        }
        self.seen.insert(target.to_owned());
        Ok(Step::Read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_ends() {
        let mut walk = Walk::default();
        assert_eq!(walk.enter("a", 0), Ok(Step::Read));
        assert_eq!(walk.enter("b", 1), Ok(Step::Read));
        assert_eq!(walk.enter("a", 2), Ok(Step::Seen));
        assert_eq!(walk.enter("c", MAX_LOCATION_DEPTH + 1), Err(WalkError::Deep));
        let many = (0..2 * MAX_LOCATION_TARGETS).map(|at| walk.enter(&at.to_string(), 1));
        assert_eq!(many.filter(Result::is_err).count(), MAX_LOCATION_TARGETS + 2);
    }
}
