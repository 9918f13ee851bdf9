//! A file that is read: its text, its lines, and what is wrong with it.

use std::ops::Range;

use fleetwright_package::path::resolve;
pub(crate) use fleetwright_package::path::{file_name, folder};
pub(crate) use fleetwright_package::text::{merge_marker, number};
use fleetwright_package::{Finding, Place};

/// The most findings one file makes; what is more would be noise.
const MAX_FINDINGS: usize = 50;
/// How far behind a version its comment may end, in bytes.
const MAX_COMMENT: usize = 1_000;
/// The longest piece of a file that a message repeats, in characters.
const MAX_SHOWN: usize = 120;

/// A file that is being read.
pub(crate) struct Source<'a> {
    pub(crate) path: &'a str,
    pub(crate) text: &'a str,
    /// Where the lines begin, in bytes.
    starts: Vec<usize>,
    pub(crate) findings: Vec<Finding>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(path: &'a str, text: &'a str) -> Source<'a> {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Source { path, text, starts: std::iter::once(0).chain(ends).collect(), findings: Vec::new() }
    }

    /// The line of a byte, from 1.
    pub(crate) fn line(&self, at: usize) -> u32 {
        number(self.starts.partition_point(|start| *start <= at))
    }

    /// The text of these bytes; empty where there are none.
    pub(crate) fn slice(&self, span: &Range<usize>) -> &'a str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    pub(crate) fn place(&self, span: Range<usize>) -> Place {
        Place { path: self.path.to_owned(), line: self.line(span.start), span }
    }

    pub(crate) fn finding(&mut self, line: u32, message: impl Into<String>, remedy: impl Into<String>) {
        if self.findings.len() < MAX_FINDINGS {
            let (path, message, remedy) = (self.path.to_owned(), message.into(), remedy.into());
            self.findings.push(Finding { path, line, message, remedy });
        }
    }

    /// The comment beside these bytes: on their line after them, or else the whole line directly above.
    pub(crate) fn comment(&self, span: &Range<usize>) -> Option<String> {
        let first = self.starts.partition_point(|start| *start <= span.start);
        let last = self.starts.partition_point(|start| *start <= span.end.max(span.start));
        let end = self.starts.get(last).map_or(self.text.len(), |next| next - 1);
        if end > span.end + MAX_COMMENT {
            return None;
        }
        let beside = hash_outside_quotes(self.text.get(span.end..end)?);
        beside.or_else(|| self.above(first)).filter(|comment| !comment.is_empty())
    }

    fn above(&self, line: usize) -> Option<String> {
        let (from, to) = (*self.starts.get(line.checked_sub(2)?)?, *self.starts.get(line.checked_sub(1)?)?);
        let above = self.text.get(from..to)?.trim();
        let comment = above.strip_prefix('#')?.trim();
        (!comment.starts_with("via ") && comment != "via").then(|| comment.to_owned())
    }
}

/// What stands after a `#` that is in no string.
fn hash_outside_quotes(line: &str) -> Option<String> {
    let mut quote = None;
    for (at, char) in line.char_indices() {
        match (quote, char) {
            (None, '#') => return Some(line.get(at + 1..)?.trim().to_owned()),
            (None, '"' | '\'') => quote = Some(char),
            (Some(open), _) if open == char => quote = None,
            _ => {}
        }
    }
    // The rest of a line may begin within a string, whose end then looks like a beginning.
    let comment = line.rsplit_once(" #").filter(|_| quote.is_some())?.1;
    (!comment.contains(['"', '\''])).then(|| comment.trim().to_owned())
}

/// A piece of a file, short enough for a message.
pub(crate) fn shown(text: &str) -> String {
    text.chars().filter(|char| !char.is_control()).take(MAX_SHOWN).collect()
}

/// A path that is written in a file of `folder`, from the repository's root; `None` when it leaves it.
pub(crate) fn inside(folder: &str, written: &str) -> Option<String> {
    let absolute = written.starts_with(['/', '\\', '~']) || written.contains(':');
    if absolute || written.contains('\0') {
        return None;
    }
    resolve(folder, written.split(['/', '\\']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_inside() {
        assert_eq!(inside("a/b", "../c.txt").as_deref(), Some("a/c.txt"));
        assert_eq!(inside("", "./c.txt").as_deref(), Some("c.txt"));
        for escape in ["../c", "../../../etc/passwd", "/etc/passwd", "C:\\x", "~/x", "https://x/y"] {
            assert_eq!(inside("", escape), None, "{escape}");
        }
    }

    #[test]
    fn a_comment_is_beside_or_above() {
        let text = "# above\na==1\nb==2 # beside\nc = \"x>=3\", \"#no\"\n# via d\ne==1\n";
        let source = Source::new("f", text);
        let at = |word: &str| {
            let start = text.find(word).unwrap();
            source.comment(&(start..start + word.len()))
        };
        assert_eq!(at("a==1").as_deref(), Some("above"));
        assert_eq!(at("b==2").as_deref(), Some("beside"));
        assert_eq!(at("\"x>=3\""), None);
        assert_eq!(at("e==1"), None);
    }
}
