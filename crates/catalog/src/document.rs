//! YAML documents with the place of every key: a file cut at its document marks, each part read by
//! itself so that a bad one hides no other.

use crate::yaml::{self, Node, Place, Unreadable};

/// The largest document that is read, in bytes (`limits-and-trust` §3.2: entity cap of 1 MB).
pub const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;

/// One document's text and the line of the file it begins at, from 1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) line: u32,
    pub(crate) text: &'a str,
}

/// Cuts a file at its document marks. A line that begins with `---` or `...` ends a document even
/// within a text block (YAML 1.2.2, c-forbidden), so no parser is needed to find them.
pub(crate) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    let (mut begin, mut begin_line) = (0, 1);
    let (mut at, mut line) = (0, 1);
    for row in text.split_inclusive('\n') {
        let next = at + row.len();
        let cut = match mark(row) {
            // The mark belongs to the document it opens: content may follow on its line.
            Some("---") => Some((at, at, line)),
            Some(_) => Some((at, next, line + 1)),
            None => None,
        };
        if let Some((end, from, from_line)) = cut {
            found.push(Part { line: begin_line, text: &text[begin..end] });
            (begin, begin_line) = (from, from_line);
        }
        (at, line) = (next, line + 1);
    }
    found.push(Part { line: begin_line, text: &text[begin..] });
    found.retain(|part| !part.text.lines().all(is_blank));
    found
}

/// The document mark a row begins with.
fn mark(row: &str) -> Option<&str> {
    let (head, rest) = row.split_at_checked(3)?;
    let ends = rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']);
    (ends && (head == "---" || head == "...")).then_some(head)
}

/// A row without content: nothing, a comment, a directive, or the mark alone.
fn is_blank(row: &str) -> bool {
    let row = match row.strip_prefix('\u{feff}').unwrap_or(row) {
        row if row.starts_with('%') => return true,
        row => row.strip_prefix("---").filter(|rest| rest.trim().is_empty()).unwrap_or(row).trim(),
    };
    row.is_empty() || row.starts_with('#')
}

/// Reads one document; places count from the file's first line.
///
/// # Errors
/// When it is too large, too deep, expands to too much, has a key twice, or is no YAML.
pub(crate) fn parse(part: Part<'_>) -> Result<Node, Unreadable> {
    let refuse = |message: String, remedy| {
        Err(Unreadable { place: Place { line: part.line, column: 1 }, message, remedy })
    };
    if part.text.len() > MAX_DOCUMENT_BYTES {
        let message = format!("the entity has {} bytes, more than {MAX_DOCUMENT_BYTES}", part.text.len());
        return refuse(message, "move its large text into a file and name that with `$text`");
    }
    if let Some(line) = part.text.lines().position(is_conflict) {
        let place = Place { line: part.line.saturating_add(small(line)), column: 1 };
        let message = "a mark of an unfinished merge stands here".to_owned();
        return Err(Unreadable {
            place,
            message,
            remedy: "finish the merge: keep one side, remove the marks",
        });
    }
    yaml::compose(part.text, part.line.saturating_sub(1))
}

/// A line that git leaves where two sides did not join.
fn is_conflict(row: &str) -> bool {
    let mark = |sign: &str| {
        let rest = row.strip_prefix(sign);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r']))
    };
    mark("<<<<<<<") || mark("=======") || mark(">>>>>>>")
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
