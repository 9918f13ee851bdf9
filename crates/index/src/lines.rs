//! The lines of one file that match, with their context.

use std::collections::VecDeque;

use crate::limits::MAX_LINE_BYTES;
use crate::pattern::Pattern;
use crate::query::Line;

/// What is wanted of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) before: usize,
    pub(crate) after: usize,
    /// Lines are told, not only counted.
    pub(crate) lines: bool,
    /// The most matching lines.
    pub(crate) most: u64,
}

/// The lines of a file that match.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Matching {
    pub(crate) count: u64,
    pub(crate) lines: Vec<Line>,
    /// Whether there were more than the most.
    pub(crate) cut: bool,
}

impl Matching {
    /// Keeps the first matching lines, and what is told up to the last of them.
    pub(crate) fn keep(&mut self, most: u64) {
        self.count = self.count.min(most);
        let hits = self.lines.iter().enumerate().filter(|(_, line)| !line.is_context);
        let end = hits.take(usize::try_from(most).unwrap_or(usize::MAX)).last().map_or(0, |(at, _)| at + 1);
        self.lines.truncate(end);
    }
}

/// Finds the matching lines of a text. Linear in the text: a pattern that could match across lines is
/// asked line by line, any other is looked for in the whole text, from match to match.
pub(crate) fn matching(pattern: &Pattern, text: &[u8], wanted: Wanted) -> Matching {
    let mut found = Matching::default();
    let mut lines = Lines { text, at: 0, number: 0 };
    let mut before: VecDeque<(u64, &[u8])> = VecDeque::new();
    let mut after = 0;
    while lines.at < text.len() {
        // Without context to tell, the lines before the next match need not be cut apart.
        if !pattern.crosses_lines && after == 0 {
            match pattern.regex.find_at(text, lines.at) {
                Some(hit) => lines.skip_to(hit.start(), wanted, &mut before),
                None => break,
            }
        }
        let Some((number, line)) = lines.next() else { break };
        if pattern.regex.is_match(line) {
            if found.count == wanted.most {
                found.cut = true;
                break;
            }
            found.count += 1;
            if wanted.lines {
                found.lines.extend(before.drain(..).map(|(number, line)| shown(number, line, None)));
                found.lines.push(shown(number, line, Some(spans(pattern, line))));
            }
            after = wanted.after;
        } else if after > 0 {
            after -= 1;
            found.lines.push(shown(number, line, None));
        } else {
            remember(&mut before, wanted, (number, line));
        }
    }
    found
}

fn remember<'a>(before: &mut VecDeque<(u64, &'a [u8])>, wanted: Wanted, line: (u64, &'a [u8])) {
    if wanted.before > 0 {
        while before.len() >= wanted.before {
            before.pop_front();
        }
        before.push_back(line);
    }
}

/// A line as it is told; one without matches is context.
fn shown(number: u64, line: &[u8], matches: Option<Vec<(usize, usize)>>) -> Line {
    let is_context = matches.is_none();
    let mut matches = matches.unwrap_or_default();
    let bytes = line[..line.len().min(MAX_LINE_BYTES)].to_vec();
    matches.retain(|(_, end)| *end <= bytes.len());
    Line { number, is_context, cut: bytes.len() < line.len(), bytes, matches }
}

fn spans(pattern: &Pattern, line: &[u8]) -> Vec<(usize, usize)> {
    // A line of a megabyte may match a million times; what is beyond the shown part is not needed.
    let spans = pattern.regex.find_iter(line).map(|hit| (hit.start(), hit.end()));
    spans.take_while(|(start, _)| *start <= MAX_LINE_BYTES).collect()
}

/// The lines of a text, without their ends.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    number: u64,
}

impl<'a> Lines<'a> {
    /// Goes on to the line that holds `place`, remembering the lines right before it.
    fn skip_to(&mut self, place: usize, wanted: Wanted, before: &mut VecDeque<(u64, &'a [u8])>) {
        let mut start = self.start_of(place);
        for _ in 0..wanted.before {
            if start > self.at {
                start = self.start_of(start - 1);
            }
        }
        self.number += self.text[self.at..start].iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = start;
        while self.end() < place {
            match self.next() {
                Some(line) => remember(before, wanted, line),
                None => break,
            }
        }
    }

    /// Where the line that holds `place` begins, not before where we are.
    fn start_of(&self, place: usize) -> usize {
        let between = &self.text[self.at..place];
        between.iter().rposition(|byte| *byte == b'\n').map_or(self.at, |end| self.at + end + 1)
    }

    /// Where the current line's end is, or the text's.
    fn end(&self) -> usize {
        let rest = self.text.get(self.at..).unwrap_or_default();
        rest.iter().position(|byte| *byte == b'\n').map_or(self.text.len(), |end| self.at + end)
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (u64, &'a [u8]);

    fn next(&mut self) -> Option<(u64, &'a [u8])> {
        if self.at >= self.text.len() {
            return None;
        }
        let end = self.end();
        let line = &self.text[self.at..end];
        self.at = end + 1;
        self.number += 1;
        Some((self.number, line.strip_suffix(b"\r").unwrap_or(line)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::Reading;
    use proptest::prelude::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::lines(text, Reading::default()).unwrap()
    }

    fn wanted(before: usize, after: usize) -> Wanted {
        Wanted { before, after, lines: true, most: u64::MAX }
    }

    fn numbers(text: &str, pattern_text: &str, before: usize, after: usize) -> Vec<u64> {
        let found = matching(&pattern(pattern_text), text.as_bytes(), wanted(before, after));
        found.lines.iter().map(|line| line.number).collect()
    }

    #[test]
    fn lines_and_context() {
        let text = "a\nb\nc\nd\ne\nf\ng";
        assert_eq!(numbers(text, "d", 0, 0), [4]);
        assert_eq!(numbers(text, "d", 2, 1), [2, 3, 4, 5]);
        assert_eq!(numbers(text, "b|g", 2, 2), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(numbers(text, "a|c", 1, 0), [1, 2, 3]);
        assert_eq!(numbers("x\r\ny\r\n", "^x$", 0, 0), [1]);
        assert_eq!(numbers("x\n\ny\n", "^$", 0, 0), [2]);
        let hit = &matching(&pattern("o"), b"foo", wanted(0, 0)).lines[0];
        assert_eq!(
            (hit.bytes.as_slice(), hit.matches.as_slice()),
            (b"foo".as_slice(), [(1, 2), (2, 3)].as_slice())
        );
    }

    #[test]
    fn a_long_line_is_cut_and_the_most_is_held() {
        let long = "x".repeat(MAX_LINE_BYTES + 5);
        let found = matching(&pattern("x+"), long.as_bytes(), wanted(0, 0));
        assert!(found.lines[0].cut && found.lines[0].bytes.len() == MAX_LINE_BYTES);
        let found = matching(&pattern("x"), b"x\nx\nx\n", Wanted { most: 2, ..wanted(0, 0) });
        assert!(found.cut && found.count == 2 && found.lines.len() == 2);
    }

    proptest! {
        /// The plain way: cut the text into lines, ask each.
        #[test]
        fn as_if_asked_line_by_line(
            text in "[ab \\r\n]{0,60}",
            pattern_text in prop::sample::select(vec!["a", "^b", "a$", "a b", "\\\\s", "[^a]", "a*", "(?s)a.b", "\\\\Aa", "\\\\bab\\\\b", "^$"]),
            before in 0..3_usize,
            after in 0..3_usize,
        ) {
            let own = pattern(&pattern_text.replace("\\\\", "\\"));
            let lines: Vec<&[u8]> = Lines { text: text.as_bytes(), at: 0, number: 0 }.map(|(_, line)| line).collect();
            let hits: Vec<usize> = (0..lines.len()).filter(|at| own.regex.is_match(lines[*at])).collect();
            let near = |at: &usize| hits.iter().any(|hit| at + before >= *hit && *at <= hit + after);
            let expected: Vec<u64> = (0..lines.len()).filter(near).map(|at| at as u64 + 1).collect();
            let found = matching(&own, text.as_bytes(), wanted(before, after));
            prop_assert_eq!(found.count, hits.len() as u64);
            prop_assert_eq!(found.lines.iter().map(|line| line.number).collect::<Vec<_>>(), expected);
        }
    }
}
