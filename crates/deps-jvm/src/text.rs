//! Text with its place in a file, and what makes a file unreadable.

use std::ops::Range;
use std::sync::Arc;

use fleetwright_package::path::{folder, resolve};
use fleetwright_package::text::merge_marker;
pub(crate) use fleetwright_package::text::number;
use fleetwright_package::{Finding, Place};

/// The largest file that is read, in bytes (64 MiB).
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// A text, where it is written, and what stands beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) value: String,
    pub(crate) span: Range<usize>,
    pub(crate) line: u32,
    pub(crate) comment: Option<Arc<str>>,
}

impl Text {
    pub(crate) fn place(&self, path: &str) -> Place {
        Place { path: path.to_owned(), line: self.line, span: self.span.clone() }
    }
}

/// Why a file is not read at all.
pub(crate) fn unreadable(path: &str, text: &str) -> Option<Finding> {
    if text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes; at most {MAX_BYTES} are read", text.len());
        return Some(finding(path, 0, &message, "split it, or leave it out of the catalog"));
    }
    let line = merge_marker(text)?;
    Some(finding(path, line, "the file holds merge markers", "finish the merge and commit the file"))
}

pub(crate) fn finding(path: &str, line: u32, message: &str, remedy: &str) -> Finding {
    Finding { path: path.to_owned(), line, message: message.to_owned(), remedy: remedy.to_owned() }
}

/// Lines of byte positions, which are asked for in any order.
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn of(text: &str) -> Lines {
        Lines(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    /// The line of this byte, from 1.
    pub(crate) fn at(&self, byte: usize) -> u32 {
        number(self.0.partition_point(|newline| *newline < byte) + 1)
    }
}

/// The comment behind these bytes on their line, or alone on the line above; `mark` begins one.
pub(crate) fn comment(text: &str, span: &Range<usize>, mark: &str) -> Option<Arc<str>> {
    let behind = text.get(span.end..)?.lines().next()?;
    let mut marks = behind.match_indices(mark).map(|(at, _)| at);
    // `https://` is no comment.
    let beside = marks.find(|at| !behind[..*at].ends_with(':')).map(|at| &behind[at + mark.len()..]);
    let above = || {
        let (above, _) = text.get(..span.start)?.rsplit_once('\n')?;
        above.rsplit('\n').next()?.trim().strip_prefix(mark)
    };
    let words: String = beside.or_else(above)?.trim().chars().take(1000).collect();
    (!words.is_empty()).then(|| words.into())
}

/// The path that `relative` leads to from the folder of `file`; `None` where it leaves the repository.
pub(crate) fn beside(file: &str, relative: &str) -> Option<String> {
    if relative.starts_with('/') || relative.contains(':') {
        return None;
    }
    resolve(folder(file), relative.split(['/', '\\']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_repository() {
        assert_eq!(beside("a/b/pom.xml", "../pom.xml").as_deref(), Some("a/pom.xml"));
        assert_eq!(beside("pom.xml", "./x/../y").as_deref(), Some("y"));
        assert_eq!(beside("a/pom.xml", "../../pom.xml"), None);
        assert_eq!(beside("a/pom.xml", "/etc/passwd"), None);
        assert_eq!(beside("a/pom.xml", "c:\\pom.xml"), None);
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        let lines = Lines::of("a\nb\n\nc");
        assert_eq!([0, 1, 2, 4, 5].map(|byte| lines.at(byte)), [1, 1, 2, 3, 4]);
    }
}
