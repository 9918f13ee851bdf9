//! One file with its lines: places, comments and findings in it.

use std::ops::Range;

use fleetwright_package::{Finding, Place};

use crate::limits::{MAX_COMMENT, MAX_LINE};

/// How a format begins and ends a comment; the end is empty where the line ends it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marks(pub(crate) &'static str, pub(crate) &'static str);

/// Comments of TOML and Ruby.
pub(crate) const HASH: Marks = Marks("#", "");
/// Comments of go.mod.
pub(crate) const SLASHES: Marks = Marks("//", "");
/// Comments of XML.
pub(crate) const XML: Marks = Marks("<!--", "-->");

/// A file's text.
#[derive(Debug, Clone)]
pub(crate) struct Source<'a> {
    pub(crate) path: &'a str,
    pub(crate) text: &'a str,
    /// Where each line but the first begins.
    starts: Vec<usize>,
}

impl<'a> Source<'a> {
    /// The file, unless it is larger than `most` bytes or holds merge markers: then a finding says so.
    pub(crate) fn open(
        path: &'a str,
        text: &'a str,
        most: usize,
        findings: &mut Vec<Finding>,
    ) -> Option<Source<'a>> {
        if text.len() > most {
            findings.push(Finding {
                path: path.to_owned(),
                line: 0,
                message: format!("it has {} bytes; at most {most} are read", text.len()),
                remedy: "look whether it is the right file; split it if it is".to_owned(),
            });
            return None;
        }
        let starts = text.match_indices('\n').map(|(at, _)| at + 1).collect();
        let source = Source { path, text, starts };
        if let Some(at) = merge_marker(text) {
            findings.push(source.finding(
                source.line(at),
                "the file holds merge markers",
                "resolve the conflict, or make the file anew with its tool",
            ));
            return None;
        }
        Some(source)
    }

    /// The line of a byte, from 1.
    pub(crate) fn line(&self, at: usize) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= at) + 1).unwrap_or(u32::MAX)
    }

    /// The line of a piece of the text; 0 for what is no piece of it.
    pub(crate) fn line_of(&self, piece: &str) -> u32 {
        self.span_of(piece).map_or(0, |span| self.line(span.start))
    }

    /// Where a piece of the text is; `None` for what was made anew, such as a text with escapes.
    pub(crate) fn span_of(&self, piece: &str) -> Option<Range<usize>> {
        let at = (piece.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        let span = at..at.checked_add(piece.len())?;
        (self.text.get(span.clone()) == Some(piece)).then_some(span)
    }

    pub(crate) fn place(&self, span: Range<usize>) -> Place {
        Place { path: self.path.to_owned(), line: self.line(span.start), span }
    }

    pub(crate) fn finding(
        &self,
        line: u32,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Finding {
        Finding { path: self.path.to_owned(), line, message: message.into(), remedy: remedy.into() }
    }

    /// The comment behind `span` on its line, or else directly above it.
    pub(crate) fn comment(&self, span: &Range<usize>, marks: Marks) -> Option<String> {
        let rest = cut(self.text.get(span.end..)?, MAX_LINE).split('\n').next()?;
        let first = usize::try_from(self.line(span.start)).ok()?;
        let kept = behind(rest, marks).or_else(|| self.above(first, marks))?;
        Some(cut(&kept, MAX_COMMENT).to_owned()).filter(|comment| !comment.is_empty())
    }

    /// The comment on the lines directly above `line`, at most five of them.
    fn above(&self, line: usize, marks: Marks) -> Option<String> {
        let mut lines = Vec::new();
        for above in (1..line).rev().take(5) {
            let text = self.line_text(above).trim();
            let Some(comment) = text.strip_prefix(marks.0) else { break };
            let Some(comment) = comment.strip_suffix(marks.1) else { break };
            lines.push(comment.trim_start_matches(marks.0).trim());
        }
        lines.reverse();
        (!lines.is_empty()).then(|| lines.join(" "))
    }

    fn line_text(&self, line: usize) -> &'a str {
        let start = line.checked_sub(2).and_then(|before| self.starts.get(before)).copied().unwrap_or(0);
        self.text.get(start..).and_then(|rest| cut(rest, MAX_LINE).split('\n').next()).unwrap_or("")
    }
}

/// The comment in what follows a version on its line; a mark inside quotes begins none.
fn behind(rest: &str, marks: Marks) -> Option<String> {
    let mut quote = None;
    for (at, char) in rest.char_indices() {
        match quote {
            Some(open) if char == open => quote = None,
            None if rest[at..].starts_with(marks.0) => {
                let comment = &rest[at + marks.0.len()..];
                let end = if marks.1.is_empty() { comment.len() } else { comment.find(marks.1)? };
                return Some(comment[..end].trim().to_owned());
            }
            // The first quote closes the version's own; what is quoted later opens before it closes.
            None if at > 0 && matches!(char, '"' | '\'') => quote = Some(char),
            _ => {}
        }
    }
    None
}

/// The beginning of a text, of at most so many bytes.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn merge_marker(text: &str) -> Option<usize> {
    let mark = "<<<<<<< ";
    if text.starts_with(mark) {
        return Some(0);
    }
    text.find("\n<<<<<<< ").map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open<'a>(text: &'a str, findings: &mut Vec<Finding>) -> Option<Source<'a>> {
        Source::open("a", text, 1000, findings)
    }

    #[test]
    fn lines_and_places_are_told_of_bytes() {
        let mut findings = Vec::new();
        let source = open("ab\ncd\n", &mut findings).unwrap();
        assert_eq!([0, 2, 3, 5, 6].map(|at| source.line(at)), [1, 1, 2, 2, 3]);
        assert_eq!(source.span_of(&source.text[3..5]), Some(3..5));
        assert_eq!(source.span_of("cd"), None, "made elsewhere");
    }

    #[test]
    fn a_comment_stands_behind_or_above() {
        let text = "# kept: #12\n# see there\na = \"1\"\nb = { v = \"2\", u = \"x#y\" } # why\nc = \"3\"\n";
        let mut findings = Vec::new();
        let source = open(text, &mut findings).unwrap();
        let of = |word: &str| {
            let at = text.find(word).unwrap();
            source.comment(&(at..at + 1), HASH)
        };
        assert_eq!(of("1\"").as_deref(), Some("kept: #12 see there"));
        assert_eq!(of("2\"").as_deref(), Some("why"));
        assert_eq!(of("3\""), None);
    }

    #[test]
    fn merge_markers_and_size_are_findings() {
        let mut findings = Vec::new();
        assert!(open("a\n<<<<<<< HEAD\n", &mut findings).is_none());
        assert_eq!((findings[0].line, findings[0].message.as_str()), (2, "the file holds merge markers"));
        assert!(open(&"x".repeat(1001), &mut findings).is_none());
        assert_eq!(findings[1].message, "it has 1001 bytes; at most 1000 are read");
    }
}
