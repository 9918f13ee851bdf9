//! Changes as byte splices, and the lines they stand on.

use std::ops::Range;

/// Replaces the bytes of `range` by `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Splice {
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
}

impl Splice {
    pub(crate) fn replace(range: Range<usize>, text: impl Into<String>) -> Self {
        Splice { range, text: text.into() }
    }

    pub(crate) fn insert(at: usize, text: impl Into<String>) -> Self {
        Splice::replace(at..at, text)
    }

    pub(crate) fn remove(range: Range<usize>) -> Self {
        Splice::replace(range, "")
    }
}

/// The text with every splice made; `None` when two of them overlap or one is out of bounds.
pub(crate) fn apply(text: &str, mut splices: Vec<Splice>) -> Option<String> {
    splices.sort_by_key(|splice| (splice.range.start, splice.range.end));
    let grown: usize = splices.iter().map(|splice| splice.text.len()).sum();
    let mut out = String::with_capacity(text.len() + grown);
    let mut from = 0;
    for splice in &splices {
        out.push_str(text.get(from..splice.range.start)?);
        out.push_str(&splice.text);
        from = splice.range.end;
    }
    out.push_str(text.get(from..)?);
    Some(out)
}

/// Line and column of a byte, both from 1; the column counts characters.
pub(crate) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before[line_start(before, before.len())..].chars().count() + 1;
    (line, column)
}

/// The first byte of the line that holds `at`.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1)
}

/// The end of the line that holds `at`, before its line ending.
pub(crate) fn line_end(text: &str, at: usize) -> usize {
    let end = next_line(text, at);
    end - text[at..end].len() + text[at..end].trim_end_matches(['\r', '\n']).len()
}

/// The first byte after the line that holds `at`.
pub(crate) fn next_line(text: &str, at: usize) -> usize {
    text.as_bytes()[at..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(text.len(), |newline| at + newline + 1)
}

/// What stands before `at` on its line, when that is only spaces and tabs.
pub(crate) fn indent_before(text: &str, at: usize) -> Option<&str> {
    let before = &text[line_start(text, at)..at];
    before.bytes().all(|byte| matches!(byte, b' ' | b'\t')).then_some(before)
}

/// The line ending of the file: that of its first line, `\n` when there is none.
pub(crate) fn newline(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// The first byte at or after `at` that is neither space nor tab.
pub(crate) fn skip_blanks(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    at + rest.len() - rest.trim_start_matches([' ', '\t']).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splices_are_made_from_the_original_text() {
        let splices = vec![Splice::insert(3, "!"), Splice::replace(0..1, "X"), Splice::remove(1..2)];
        assert_eq!(apply("abc", splices).as_deref(), Some("Xc!"));
        assert_eq!(apply("abc", vec![Splice::remove(0..2), Splice::remove(1..3)]), None);
    }

    #[test]
    fn lines_know_their_ends() {
        let text = "a\r\nbé\n";
        assert_eq!((line_start(text, 4), line_end(text, 3), next_line(text, 3)), (3, 6, 7));
        assert_eq!((line_end(text, 0), line_end(text, 7), newline(text)), (1, 7, "\r\n"));
        assert_eq!(line_and_column(text, 6), (2, 3));
    }
}
