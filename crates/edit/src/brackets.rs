//! Adding to and removing from comma-separated lists in brackets: JSON, and YAML in flow style.

use crate::splice::{Splice, indent_before, line_end, next_line, skip_blanks};
use crate::tree::{Entry, Node};

/// How comments are written between the entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comments {
    /// `//` and `/* */`.
    Slashes,
    /// `#` to the end of the line.
    Hash,
}

/// A collection in brackets and the text it stands in.
pub(crate) struct Brackets<'a> {
    pub(crate) text: &'a str,
    pub(crate) node: &'a Node,
    pub(crate) comments: Comments,
}

impl Brackets<'_> {
    /// The indentation of the entries, when they stand on lines of their own.
    pub(crate) fn indent(&self) -> Option<&str> {
        let first = self.node.entries().first()?;
        indent_before(self.text, first.start)
            .filter(|_| self.text[self.node.span.start..first.start].contains('\n'))
    }

    /// Adds an entry behind the last one, `newline` before it where entries have their own lines.
    pub(crate) fn push(&self, entry: &str, newline: &str) -> Vec<Splice> {
        let Some(last) = self.node.entries().last() else { return Vec::new() };
        let separator = self.indent().map_or(" ".to_owned(), |indent| format!("{newline}{indent}"));
        let end = last.value.span.end;
        let Some(comma) = self.comma_after(end) else {
            let at = if separator == " " { end } else { self.after_comments(end) };
            return vec![Splice::insert(end, ","), Splice::insert(at, separator + entry)];
        };
        let at = if separator == " " { comma + 1 } else { self.after_comments(comma + 1) };
        vec![Splice::insert(at, format!("{separator}{entry},"))]
    }

    /// Fills an empty collection; `lines` holds the indentation inside and that of the closing
    /// bracket, each with its line ending, when the entry gets a line of its own.
    pub(crate) fn fill(&self, entry: &str, lines: Option<(&str, &str)>) -> Vec<Splice> {
        let inside = self.node.span.start + 1..self.node.span.end - 1;
        let content = self.text[inside.clone()].trim_end();
        let after = inside.start + content.len();
        let Some((open, close)) = lines else {
            return vec![Splice::replace(after..inside.end, entry)];
        };
        vec![Splice::replace(after..inside.end, format!("{open}{entry}{close}"))]
    }

    /// Removes the entries at these positions (ascending).
    pub(crate) fn remove(&self, removed: &[usize]) -> Vec<Splice> {
        let entries = self.node.entries();
        let Some(last_kept) = (0..entries.len()).rev().find(|index| !removed.contains(index)) else {
            return vec![Splice::remove(self.node.span.start + 1..self.node.span.end - 1)];
        };
        let (tail, inner): (Vec<usize>, Vec<usize>) = removed.iter().partition(|index| **index > last_kept);
        let mut splices: Vec<Splice> =
            inner.iter().map(|index| self.remove_inner(&entries[*index], &entries[index + 1])).collect();
        if let Some(last) = tail.last() {
            splices.extend(self.remove_tail(last_kept, &tail, *last));
        }
        splices
    }

    fn remove_inner(&self, entry: &Entry, next: &Entry) -> Splice {
        let lines = self.own_lines(entry).filter(|lines| lines.end <= next.start);
        Splice::remove(lines.unwrap_or(entry.start..next.start))
    }

    /// The entries behind the last kept one go, and its comma unless the list ends with a comma.
    fn remove_tail(&self, kept: usize, tail: &[usize], last: usize) -> Vec<Splice> {
        let entries = self.node.entries();
        let kept_end = entries[kept].value.span.end;
        let last_end = entries[last].value.span.end;
        let comma = self.comma_after(kept_end).unwrap_or(kept_end);
        let trailing = self.comma_after(last_end);
        let lines: Option<Vec<_>> = tail.iter().map(|index| self.own_lines(&entries[*index])).collect();
        match lines {
            Some(lines) if lines.iter().all(|lines| lines.end < self.node.span.end) => {
                let comma = trailing.is_none().then(|| Splice::remove(comma..comma + 1));
                comma.into_iter().chain(lines.into_iter().map(Splice::remove)).collect()
            }
            _ if trailing.is_some() => {
                vec![Splice::remove(comma + 1..trailing.map_or(last_end, |at| at + 1))]
            }
            _ => vec![Splice::remove(kept_end..last_end)],
        }
    }

    /// The whole lines of an entry, when nothing else stands on them.
    fn own_lines(&self, entry: &Entry) -> Option<std::ops::Range<usize>> {
        let before = indent_before(self.text, entry.start)?;
        let end = entry.value.span.end;
        let after = self.after_comments(self.comma_after(end).map_or(end, |comma| comma + 1));
        (skip_blanks(self.text, after) == line_end(self.text, after))
            .then(|| entry.start - before.len()..next_line(self.text, after))
    }

    /// The comma behind an entry that ends at `at`.
    fn comma_after(&self, mut at: usize) -> Option<usize> {
        loop {
            let rest = &self.text[at..self.node.span.end];
            at += rest.len() - rest.trim_start().len();
            match self.comment_end(at) {
                Some(end) => at = end,
                None => return (self.text.as_bytes().get(at) == Some(&b',')).then_some(at),
            }
        }
    }

    /// The end of the comments that follow `at` on its line; `at` when there are none.
    fn after_comments(&self, at: usize) -> usize {
        let mut end = at;
        while let Some(comment) = self.comment_end(skip_blanks(self.text, end)) {
            if self.text[end..comment].contains('\n') {
                break;
            }
            end = comment;
        }
        end
    }

    /// The end of the comment that starts at `at`.
    fn comment_end(&self, at: usize) -> Option<usize> {
        let rest = &self.text[at..];
        match self.comments {
            Comments::Hash if rest.starts_with('#') => Some(line_end(self.text, at)),
            Comments::Slashes if rest.starts_with("//") => Some(line_end(self.text, at)),
            Comments::Slashes if rest.starts_with("/*") => rest.find("*/").map(|end| at + end + 2),
            _ => None,
        }
    }
}
