//! Texts of files: lines, paths and findings.

use std::ops::Range;

pub(crate) use fleetwright_package::path::folder;
use fleetwright_package::path::resolve;
use fleetwright_package::{Ecosystem, Finding, Package, Place};

/// The most bytes of a manifest: 4 MiB.
pub(crate) const MAX_MANIFEST: usize = 4 << 20;
/// The most bytes of a lockfile: 64 MiB.
pub(crate) const MAX_LOCK: usize = 64 << 20;

/// A file, and where its lines begin.
pub(crate) struct Source<'a> {
    /// Its path from the repository's root.
    pub(crate) path: &'a str,
    /// What is in it.
    pub(crate) text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Source<'a> {
    /// The file, unless it is over `most` bytes or holds merge markers.
    pub(crate) fn new(path: &'a str, text: &'a str, most: usize) -> Result<Source<'a>, Finding> {
        if text.len() > most {
            let message = format!("the file has {} bytes; at most {most} are read", text.len());
            return Err(finding(path, 0, message, "split the workspace, or do not commit this file"));
        }
        let starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1));
        let source = Source { path, text, starts: starts.collect() };
        let marker = |at: &&usize| text.get(**at..).is_some_and(|rest| rest.starts_with("<<<<<<< "));
        match source.starts.iter().find(marker) {
            Some(at) => {
                let line = source.line(*at);
                Err(finding(
                    path,
                    line,
                    "the file holds merge markers",
                    "settle the merge and commit the file again",
                ))
            }
            None => Ok(source),
        }
    }

    /// The line, from 1, of a byte.
    pub(crate) fn line(&self, at: usize) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= at)).unwrap_or(u32::MAX)
    }

    /// The line of a part that was borrowed from the text; 0 when it was not.
    pub(crate) fn line_of(&self, part: &str) -> u32 {
        self.offset(part).map_or(0, |at| self.line(at))
    }

    /// Where a part that was borrowed from the text begins.
    pub(crate) fn offset(&self, part: &str) -> Option<usize> {
        let at = (part.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        (at + part.len() <= self.text.len()).then_some(at)
    }

    /// These bytes as a place.
    pub(crate) fn place(&self, span: Range<usize>) -> Place {
        Place { path: self.path.to_owned(), line: self.line(span.start), span }
    }
}

/// A finding.
pub(crate) fn finding(
    path: &str,
    line: u32,
    message: impl Into<String>,
    remedy: impl Into<String>,
) -> Finding {
    Finding { path: path.to_owned(), line, message: message.into(), remedy: remedy.into() }
}

/// The npm package of this name, if it can be one.
pub(crate) fn package(name: &str) -> Option<Package> {
    Package::new(Ecosystem::Npm, name).ok()
}

/// The path `relative` as seen from `base`, without `.` and `..`; `None` when it leaves the repository.
pub(crate) fn join(base: &str, relative: &str) -> Option<String> {
    if relative.starts_with('/') || relative.contains('\\') {
        return None;
    }
    resolve(base, relative.split('/'))
}

/// `name@rest` in its two parts; the name may begin with a scope.
pub(crate) fn name_and_rest(text: &str) -> Option<(&str, &str)> {
    let at = text.get(1..)?.find('@')? + 1;
    Some((&text[..at], &text[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_do_not_leave_the_repository() {
        assert_eq!(join("a/b", "../c").as_deref(), Some("a/c"));
        assert_eq!(join("a", "./").as_deref(), Some("a"));
        assert_eq!(join("a", "../../x"), None);
        assert_eq!(join("", "/etc"), None);
    }

    #[test]
    fn a_scope_belongs_to_the_name() {
        assert_eq!(name_and_rest("@a/b@npm:1"), Some(("@a/b", "npm:1")));
        assert_eq!(name_and_rest("@a"), None);
    }
}
