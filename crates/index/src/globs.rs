//! Which paths are meant.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::error::PatternError;
use crate::limits::MAX_GLOBS;

/// A set of globs over paths, with the rules of shifts: `*` stays within a folder, `**` does not.
#[derive(Debug, Clone, Default)]
pub struct Globs {
    set: Option<GlobSet>,
    under: Vec<u8>,
}

impl Globs {
    /// Every path.
    pub fn all() -> Globs {
        Globs::default()
    }

    /// The paths that match one of `globs`; every path if there are none.
    ///
    /// # Errors
    /// A glob that does not follow the syntax, or too many.
    pub fn compile<T: AsRef<str>>(globs: &[T]) -> Result<Globs, PatternError> {
        if globs.len() > MAX_GLOBS {
            return Err(PatternError::TooManyGlobs { count: globs.len() });
        }
        let mut set = GlobSetBuilder::new();
        for glob in globs.iter().map(AsRef::as_ref) {
            let bad = |error: globset::Error| PatternError::Glob {
                glob: glob.to_owned(),
                reason: error.kind().to_string(),
            };
            set.add(GlobBuilder::new(glob).literal_separator(true).build().map_err(bad)?);
        }
        let bad = |error: globset::Error| PatternError::Glob {
            glob: String::new(),
            reason: error.kind().to_string(),
        };
        let set = if globs.is_empty() { None } else { Some(set.build().map_err(bad)?) };
        Ok(Globs { set, under: Vec::new() })
    }

    /// Only paths in this folder, and the globs are relative to it. An empty one is the root.
    pub fn under(mut self, folder: &str) -> Globs {
        self.under = folder.trim_matches('/').as_bytes().to_vec();
        if !self.under.is_empty() {
            self.under.push(b'/');
        }
        self
    }

    /// Whether a path is meant.
    pub fn is_match(&self, path: &[u8]) -> bool {
        let Some(inner) = path.strip_prefix(self.under.as_slice()) else { return false };
        self.set.as_ref().is_none_or(|set| set.is_match(Path::new(OsStr::from_bytes(inner))))
    }

    /// Whether a glob was given: else every path (of the folder) is meant.
    pub fn is_named(&self) -> bool {
        self.set.is_some()
    }
}
