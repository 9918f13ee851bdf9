//! Replacing text by pattern.

use regex::{NoExpand, Regex, RegexBuilder};
use regex_syntax::ParserBuilder;

use crate::error::{Caret, PatternError};
use crate::limits::MAX_PATTERN_BYTES;

/// A pattern and what replaces each of its matches.
///
/// The pattern sees the whole text. `^` and `$` match at lines, `.` stops before `\r\n` as before
/// `\n`, so replaced lines keep their endings; `(?s)` lets `.` cross lines, `(?-m)` makes `^` and
/// `$` those of the text. Matching takes time linear in the text (the `regex` crate).
#[derive(Debug, Clone)]
pub struct Replace {
    regex: Regex,
    /// The same, for files that are no text.
    in_bytes: regex::bytes::Regex,
    with: String,
    literal: bool,
}

impl Replace {
    /// Compiles a replacement. `literal`: `pattern` is plain text, and `with` is taken as it is;
    /// else `with` may name groups as `$1`, `$name` or `${name}`, and `$$` is a dollar sign.
    ///
    /// # Errors
    /// A pattern that does not follow the syntax or is too large when compiled, an empty one, or
    /// a group in `with` that the pattern does not have.
    pub fn compile(pattern: &str, with: &str, literal: bool) -> Result<Replace, PatternError> {
        let caret = |text: &str, offset| Caret { text: text.to_owned(), offset };
        if pattern.is_empty() {
            return Err(PatternError::Syntax {
                caret: caret(pattern, 0),
                reason: "the pattern is empty".to_owned(),
            });
        }
        let source = if literal { regex::escape(pattern) } else { pattern.to_owned() };
        let built =
            RegexBuilder::new(&source).multi_line(true).crlf(true).size_limit(MAX_PATTERN_BYTES).build();
        let regex = built.map_err(|error| match error {
            regex::Error::CompiledTooBig(limit) => {
                PatternError::TooLarge { pattern: pattern.to_owned(), limit }
            }
            error => syntax(pattern, &error),
        })?;
        if !literal && let Some((group, offset)) = unknown_group(&regex, with) {
            return Err(PatternError::Group { group, caret: caret(with, offset) });
        }
        let in_bytes = regex::bytes::RegexBuilder::new(&source)
            .multi_line(true)
            .crlf(true)
            .size_limit(MAX_PATTERN_BYTES)
            .build()
            .map_err(|_| PatternError::TooLarge { pattern: pattern.to_owned(), limit: MAX_PATTERN_BYTES })?;
        Ok(Replace { regex, in_bytes, with: with.to_owned(), literal })
    }

    /// Whether the pattern matches in a file, be it UTF-8 or not.
    pub fn matches(&self, bytes: &[u8]) -> bool {
        self.in_bytes.is_match(bytes)
    }

    /// Replaces all matches. `None` when that changes nothing.
    pub fn apply(&self, text: &str) -> Option<String> {
        let replaced = match self.literal {
            true => self.regex.replace_all(text, NoExpand(&self.with)),
            false => self.regex.replace_all(text, self.with.as_str()),
        };
        match replaced {
            std::borrow::Cow::Owned(new) if new != text => Some(new),
            _ => None,
        }
    }
}

/// The error with its place, which only the parser beneath `regex` tells.
fn syntax(pattern: &str, error: &regex::Error) -> PatternError {
    let parsed = ParserBuilder::new().multi_line(true).crlf(true).build().parse(pattern);
    let (offset, reason) = match parsed {
        Err(regex_syntax::Error::Parse(error)) => (error.span().start.offset, error.kind().to_string()),
        Err(regex_syntax::Error::Translate(error)) => (error.span().start.offset, error.kind().to_string()),
        _ => (0, error.to_string()),
    };
    PatternError::Syntax { caret: Caret { text: pattern.to_owned(), offset }, reason }
}

/// The first group that `with` names and the pattern does not have, and where it is named.
/// The rules are those of [`regex::Captures::expand`].
fn unknown_group(regex: &Regex, with: &str) -> Option<(String, usize)> {
    let mut at = 0;
    while let Some(dollar) = with[at..].find('$').map(|dollar| at + dollar) {
        let rest = &with[dollar + 1..];
        at = dollar + 1;
        if rest.starts_with('$') {
            at += 1;
            continue;
        }
        let name = match rest.strip_prefix('{') {
            Some(braced) => &braced[..braced.find('}').unwrap_or(0)],
            None => {
                &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())]
            }
        };
        if !name.is_empty() && !has_group(regex, name) {
            return Some((name.to_owned(), dollar));
        }
    }
    None
}

fn has_group(regex: &Regex, name: &str) -> bool {
    match name.parse::<usize>() {
        Ok(number) => number < regex.captures_len(),
        Err(_) => regex.capture_names().flatten().any(|known| known == name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(pattern: &str, with: &str, text: &str) -> Option<String> {
        Replace::compile(pattern, with, false).unwrap().apply(text)
    }

    #[test]
    fn groups_and_lines() {
        assert_eq!(replaced(r"a(\d+)", "b$1", "a1 a22 c").as_deref(), Some("b1 b22 c"));
        assert_eq!(replaced(r"(?<n>\w)=", "${n}x$$", "k=").as_deref(), Some("kx$"));
        assert_eq!(replaced(r"^v=.*$", "v=2", "v=1\r\nw\r\nv=3").as_deref(), Some("v=2\r\nw\r\nv=2"));
        assert_eq!(replaced("x", "y", "abc"), None);
        assert_eq!(replaced("a", "a", "abc"), None);
    }

    #[test]
    fn literal_text_has_no_groups() {
        let replace = Replace::compile("a.(b)$1", "$1\\n${x", true).unwrap();
        assert_eq!(replace.apply("a.(b)$1 axb").as_deref(), Some("$1\\n${x axb"));
    }

    #[test]
    fn what_is_no_text_is_looked_through_all_the_same() {
        let matches =
            |pattern: &str, bytes: &[u8]| Replace::compile(pattern, "", false).unwrap().matches(bytes);
        assert!(matches("v1$", b"caf\xe9\r\nv1\r\n"));
        assert!(!matches("v2", b"caf\xe9 v1"));
        assert!(!matches("caf.", b"caf\xe9"));
    }

    #[test]
    fn errors_carry_a_caret() {
        let message =
            |pattern: &str, with: &str| Replace::compile(pattern, with, false).unwrap_err().to_string();
        assert!(message("ab(c", "").ends_with("  ab(c\n    ^"), "{}", message("ab(c", ""));
        assert!(message(r"a\p{Nope}", "").contains("column 2"), "{}", message(r"a\p{Nope}", ""));
        assert!(message("(a)", "x$1y").ends_with("  x$1y\n   ^"), "{}", message("(a)", "x$1y"));
        assert!(message("a", "$2").contains("the group '2'"));
        assert!(message(r"(?:\w{100}){100}", "").contains("compiles to more than"));
        assert!(message("", "").contains("empty"));
    }
}
