//! `.fleetwright.yml` in a repository: what its owners do not want. It may only narrow.

use serde::{Deserialize, Serialize};

use crate::source::{Source, SourceError};

/// Where the file lies in a repository.
pub const PATH: &str = ".fleetwright.yml";

/// What a repository's own file says. Every key takes something away; none can give.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct OptOut {
    /// `false`: no shift at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Names of shifts, `*` allowed at the end, that are not wanted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
    /// `false`: nothing merges by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automerge: Option<bool>,
    /// At least so many approvals before anything merges by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approvals: Option<u32>,
}

impl OptOut {
    /// Reads the file's text.
    ///
    /// # Errors
    /// When it cannot be read or has a key that is not known: what an owner wanted is then not
    /// known either, and the caller takes it for a no.
    pub fn read(text: &str) -> Result<OptOut, SourceError> {
        let source = Source::parse(PATH, text)?;
        if source.value().is_null() {
            return Ok(OptOut::default());
        }
        source.decode()
    }

    /// Why a shift is not wanted here, if it is not.
    pub fn refuses(&self, shift: &str) -> Option<String> {
        if self.enabled == Some(false) {
            return Some("enabled: false".to_owned());
        }
        let matches = |name: &&String| match name.strip_suffix('*') {
            Some(start) => shift.starts_with(start),
            None => shift == name.as_str(),
        };
        self.ignore.iter().find(matches).map(|name| format!("ignore: {name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_narrows_and_what_it_does_not_know_is_an_error() {
        let read = |text: &str| OptOut::read(text).unwrap();
        assert_eq!(read("").refuses("log4j"), None);
        assert_eq!(read("enabled: false").refuses("log4j").as_deref(), Some("enabled: false"));
        let some = read("ignore: [tidy, log4j-*]\nautomerge: false\napprovals: 2\n");
        assert_eq!(some.refuses("log4j-2").as_deref(), Some("ignore: log4j-*"));
        assert_eq!((some.refuses("log5"), some.automerge, some.approvals), (None, Some(false), Some(2)));
        assert!(OptOut::read("automerge: true\nwaves: 1").is_err());
        assert!(OptOut::read("[").is_err());
    }
}
