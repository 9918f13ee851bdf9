//! The lines of go.mod and go.work: directives with their arguments, on one line or in brackets.

use std::ops::Range;

use fleetwright_package::Finding;

use crate::source::Source;

/// A directive with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Directive<'a> {
    pub(super) verb: &'a str,
    pub(super) words: Vec<Word<'a>>,
    /// The comment behind it, without its slashes.
    pub(super) comment: &'a str,
}

/// A word and its bytes, both without quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) span: Range<usize>,
}

/// The directives of a file; a line that cannot be one is a finding and left out.
pub(super) fn directives<'a>(source: &Source<'a>, findings: &mut Vec<Finding>) -> Vec<Directive<'a>> {
    let mut all = Vec::new();
    let mut block = None;
    let mut start = 0;
    for line in source.text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let Some((mut words, comment)) = words(line, at) else {
            let remedy = "correct the quotes; `go mod edit -fmt` checks it";
            findings.push(source.finding(source.line(at), "a text that does not end", remedy));
            continue;
        };
        match (words.first().map(|word| word.text), words.last().map(|word| word.text)) {
            (None, _) => {}
            (Some(")"), _) if block.is_some() => block = None,
            (Some(verb), Some("(")) if block.is_none() && words.len() == 2 => block = Some(verb),
            (Some(first), _) => {
                let verb = block.unwrap_or(first);
                if block.is_none() {
                    words.remove(0);
                }
                all.push(Directive { verb, words, comment });
            }
        }
    }
    all
}

/// The words of a line that begins at byte `base`, and its comment; `None` when a quote stays open.
fn words(line: &str, base: usize) -> Option<(Vec<Word<'_>>, &str)> {
    let mut words = Vec::new();
    let mut at = 0;
    loop {
        let rest = line.get(at..)?;
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        let Some(first) = trimmed.chars().next() else { return Some((words, "")) };
        if let Some(comment) = trimmed.strip_prefix("//") {
            return Some((words, comment.trim()));
        }
        let (from, length, next) = match first {
            '"' | '`' => {
                let length = trimmed[1..].find(first)?;
                (1, length, length + 2)
            }
            '(' | ')' | '[' | ']' | ',' => (0, 1, 1),
            _ => {
                let ends = |char: char| char.is_whitespace() || matches!(char, '(' | ')' | '[' | ']' | ',');
                let length = trimmed.find(ends).unwrap_or(trimmed.len());
                let length = trimmed[..length].find("//").unwrap_or(length);
                (0, length, length)
            }
        };
        let span = base + at + from..base + at + from + length;
        words.push(Word { text: &trimmed[from..from + length], span });
        at += next;
    }
}
