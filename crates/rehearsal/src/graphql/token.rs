//! Words and signs of a document.

use serde_json::Value;

/// A word or sign.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// A name.
    Name(String),
    /// A number.
    Number(Value),
    /// A text.
    Text(String),
    /// One of `{ } ( ) [ ] : = ! $ @ | &`.
    Sign(char),
    /// `...`.
    Spread,
}

/// Cuts a document into tokens, each with its line.
///
/// # Errors
/// What cannot be read, and where.
pub(crate) fn tokens(text: &str) -> Result<Vec<(Token, usize)>, String> {
    let mut found = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\n' => {
                line += 1;
                (None, 1)
            }
            ' ' | '\t' | '\r' | ',' | '\u{feff}' => (None, first.len_utf8()),
            '#' => (None, rest.find('\n').unwrap_or(rest.len())),
            '{' | '}' | '(' | ')' | '[' | ']' | ':' | '=' | '!' | '$' | '@' | '|' | '&' => {
                (Some(Token::Sign(first)), 1)
            }
            '.' if rest.starts_with("...") => (Some(Token::Spread), 3),
            '"' => string(rest).ok_or_else(|| format!("a text in line {line} does not end"))?,
            '-' | '0'..='9' => number(rest).ok_or_else(|| format!("a number in line {line} is none"))?,
            'a'..='z' | 'A'..='Z' | '_' => {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                (Some(Token::Name(rest[..end].to_owned())), end)
            }
            other => return Err(format!("{other:?} in line {line} was not expected")),
        };
        if let Some(token) = token {
            line += usize::from(matches!(token, Token::Text(_))) * rest[..length].matches('\n').count();
            found.push((token, line));
        }
        rest = &rest[length..];
    }
    Ok(found)
}

fn number(rest: &str) -> Option<(Option<Token>, usize)> {
    let end = rest.find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c)).unwrap_or(rest.len());
    let value: Value = serde_json::from_str(&rest[..end]).ok()?;
    Some((Some(Token::Number(value)), end))
}

/// `"..."` with JSON's escapes, or `"""..."""` as it stands.
fn string(rest: &str) -> Option<(Option<Token>, usize)> {
    if let Some(inside) = rest.strip_prefix("\"\"\"") {
        let end = inside.find("\"\"\"")?;
        return Some((Some(Token::Text(inside[..end].trim().to_owned())), end + 6));
    }
    let mut escaped = false;
    let end = rest.char_indices().skip(1).find(|(_, letter)| {
        let ends = *letter == '"' && !escaped;
        escaped = *letter == '\\' && !escaped;
        ends
    });
    let length = end?.0 + 1;
    let text: String = serde_json::from_str(&rest[..length]).ok()?;
    Some((Some(Token::Text(text)), length))
}
