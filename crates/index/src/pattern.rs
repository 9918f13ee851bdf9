//! The pattern of a search.

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

use crate::error::{Caret, PatternError};
use crate::limits::{MAX_COMPILED_BYTES, MAX_PATTERN_BYTES, MAX_PATTERN_DEPTH};
use crate::need::Need;

/// How the text of a pattern is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reading {
    /// The text is looked for as it is, not as a regular expression.
    pub literal: bool,
    /// Small and capital letters are the same (Unicode's simple folding).
    pub ignore_case: bool,
    /// The match begins and ends at the border of a word.
    pub word: bool,
}

/// A compiled pattern: the syntax of the `regex` crate, linear in the text.
#[derive(Debug, Clone)]
pub struct Pattern {
    pub(crate) need: Need,
    pub(crate) regex: Regex,
    /// Whether a match in a whole text could be none in a line of it.
    pub(crate) crosses_lines: bool,
}

/// What differs between a pattern for lines and one for whole texts.
#[derive(Clone, Copy)]
struct Flags {
    lines: bool,
    ignore_case: bool,
}

impl Pattern {
    /// Compiles a pattern that is looked for line by line, as grep does: a match never crosses lines,
    /// `^` and `$` are the line's, `\r\n` ends a line as `\n` does.
    ///
    /// # Errors
    /// Bad syntax (with its place), too long, too large when compiled.
    pub fn lines(text: &str, reading: Reading) -> Result<Pattern, PatternError> {
        let flags = Flags { lines: true, ignore_case: reading.ignore_case };
        checked_length(text)?;
        if reading.literal {
            let plain = regex_syntax::escape(text);
            return compile(&worded(plain, reading.word), flags);
        }
        let plain = compile(text, flags)?;
        if reading.word { compile(&worded(text.to_owned(), true), flags) } else { Ok(plain) }
    }

    /// Compiles a pattern that is looked for in whole texts, as `regex::bytes::Regex::new(text)` reads
    /// it: what `repo.contains` asks. For [`may_contain`](crate::Index::may_contain).
    ///
    /// # Errors
    /// As [`lines`](Pattern::lines).
    pub fn text(text: &str) -> Result<Pattern, PatternError> {
        checked_length(text)?;
        compile(text, Flags { lines: false, ignore_case: false })
    }

    /// What texts that have all of these strings have in common: for callers who verify themselves,
    /// with [`candidates`](crate::Index::candidates). As a pattern of lines it finds the first one.
    ///
    /// # Errors
    /// No string, or together longer than a pattern may be.
    pub fn all_of(strings: &[&str]) -> Result<Pattern, PatternError> {
        let Some(first) = strings.first() else { return Err(PatternError::Empty) };
        checked_length(&strings.concat())?;
        let mut pattern = Pattern::lines(first, Reading { literal: true, ..Reading::default() })?;
        pattern.need = Need::all(strings.iter().map(|text| Need::string(text.as_bytes())).collect());
        Ok(pattern)
    }

    /// Whether the index can say nothing about it, so that every file is read.
    pub fn scans_everything(&self) -> bool {
        self.need == Need::Anything
    }
}

fn worded(pattern: String, word: bool) -> String {
    if word { format!(r"\b{{start-half}}(?:{pattern})\b{{end-half}}") } else { pattern }
}

fn checked_length(text: &str) -> Result<(), PatternError> {
    match text.len() {
        0 => Err(PatternError::Empty),
        bytes if bytes > MAX_PATTERN_BYTES => Err(PatternError::TooLong { bytes }),
        _ => Ok(()),
    }
}

fn compile(text: &str, flags: Flags) -> Result<Pattern, PatternError> {
    let hir = parse(text, flags)?;
    let regex = RegexBuilder::new(text)
        .multi_line(flags.lines)
        .crlf(flags.lines)
        .case_insensitive(flags.ignore_case)
        .nest_limit(MAX_PATTERN_DEPTH)
        .size_limit(MAX_COMPILED_BYTES)
        .build();
    let regex = regex.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => PatternError::TooLarge,
        error => syntax(text, 0, error.to_string()),
    })?;
    Ok(Pattern { need: Need::of(&hir), regex, crosses_lines: crosses_lines(&hir) })
}

fn parse(text: &str, flags: Flags) -> Result<Hir, PatternError> {
    let parsed = ParserBuilder::new()
        .utf8(false)
        .multi_line(flags.lines)
        .crlf(flags.lines)
        .case_insensitive(flags.ignore_case)
        .nest_limit(MAX_PATTERN_DEPTH)
        .build()
        .parse(text);
    parsed.map_err(|error| match error {
        regex_syntax::Error::Parse(error) => {
            syntax(text, error.span().start.offset, error.kind().to_string())
        }
        regex_syntax::Error::Translate(error) => {
            syntax(text, error.span().start.offset, error.kind().to_string())
        }
        error => syntax(text, 0, error.to_string()),
    })
}

fn syntax(text: &str, offset: usize, reason: String) -> PatternError {
    PatternError::Syntax { caret: Caret { text: text.to_owned(), offset }, reason }
}

/// Whether a match can hold the end of a line, or asks for the ends of the whole text.
fn crosses_lines(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty => false,
        HirKind::Look(look) => matches!(look, Look::Start | Look::End),
        HirKind::Literal(literal) => literal.0.contains(&b'\n'),
        HirKind::Class(Class::Unicode(class)) => {
            class.iter().any(|range| range.start() <= '\n' && '\n' <= range.end())
        }
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().any(|range| range.start() <= b'\n' && b'\n' <= range.end())
        }
        HirKind::Repetition(repetition) => crosses_lines(&repetition.sub),
        HirKind::Capture(capture) => crosses_lines(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(crosses_lines),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_a_place_and_a_way_out() {
        let bad = Pattern::lines("foo(bar", Reading::default()).unwrap_err().to_string();
        assert_eq!(bad, "bad pattern, column 4: unclosed group\n  foo(bar\n     ^");
        let word = Reading { word: true, ..Reading::default() };
        assert!(Pattern::lines("a)(b", word).unwrap_err().to_string().contains("column 2"));
        assert_eq!(Pattern::lines("", Reading::default()).unwrap_err(), PatternError::Empty);
        let long = "a".repeat(MAX_PATTERN_BYTES + 1);
        let literal = Reading { literal: true, ..Reading::default() };
        for reading in [literal, Reading::default()] {
            assert!(matches!(Pattern::lines(&long, reading), Err(PatternError::TooLong { .. })));
        }
        assert!(matches!(Pattern::text(&long), Err(PatternError::TooLong { .. })));
        for explodes in [r"(\w{500}){500}", "((a{99}){99}){99}"] {
            let error = Pattern::lines(explodes, Reading::default()).unwrap_err();
            assert_eq!(error, PatternError::TooLarge, "{explodes}");
        }
        let deep = format!("{}a{}", "(".repeat(4000), ")".repeat(4000));
        assert!(Pattern::lines(&deep, Reading::default()).is_err());
    }

    #[test]
    fn lines_are_crossed_by_some() {
        let crosses = |text| Pattern::lines(text, Reading::default()).unwrap().crosses_lines;
        assert!(crosses(r"a\s+b") && crosses("[^a]") && crosses(r"\Aa") && crosses("(?s)a.b"));
        assert!(!crosses("^a.*b$") && !crosses(r"\bfoo\S+"));
    }
}
