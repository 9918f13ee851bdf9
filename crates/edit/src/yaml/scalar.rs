//! YAML scalars: what they mean, and how a string is quoted.

use granit_parser::Tag;
use serde_json::{Map, Number, Value};

use crate::tree::Style;

/// The value of a scalar under the YAML 1.2 core schema.
pub(super) fn resolve(text: &str, plain: bool, tag: Option<&Tag>) -> Value {
    match tag {
        Some(tag) if tag.is_yaml_core_schema() && tag.suffix() == "str" => Value::from(text),
        Some(tag) if tag.is_yaml_core_schema() => resolve_plain(text),
        // `! text` is a string by its non-specific tag.
        Some(tag) if tag.suffix().is_empty() => Value::from(text),
        Some(tag) => {
            Value::Object(Map::from_iter([(format!("{}{}", tag.handle(), tag.suffix()), text.into())]))
        }
        None if plain => resolve_plain(text),
        None => Value::from(text),
    }
}

fn resolve_plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => resolve_number(text).unwrap_or_else(|| Value::from(text)),
    }
}

fn resolve_number(text: &str) -> Option<Value> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return i64::from_str_radix(octal, 8).ok().map(Value::from);
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return i64::from_str_radix(hex, 16).ok().map(Value::from);
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let whole = text.strip_prefix('+').unwrap_or(text);
        return Some(
            whole
                .parse::<i64>()
                .map(Value::from)
                .or_else(|_| whole.parse::<u64>().map(Value::from))
                .unwrap_or_else(|_| special(text)),
        );
    }
    if matches!(digits, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(special(text));
    }
    if !digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'-' | b'+')) {
        return None;
    }
    let float: f64 = text.parse().ok()?;
    Some(Number::from_f64(float).map_or_else(|| special(text), Value::Number))
}

/// A number that JSON cannot hold keeps its text.
fn special(text: &str) -> Value {
    Value::Object(Map::from_iter([("number".to_owned(), text.into())]))
}

/// Where a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    Block,
    /// Inside brackets, where `,[]{}` end a plain scalar.
    Flow,
}

/// The string on one line: in `style` where that can hold it, plain only where no reader of
/// YAML 1.1 or 1.2 takes it for something else.
pub(super) fn quote(text: &str, style: Style, context: Context) -> String {
    let printable = text
        .chars()
        .all(|c| !c.is_control() && !matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{85}'));
    match style {
        Style::Single if printable => format!("'{}'", text.replace('\'', "''")),
        Style::Plain | Style::Block if printable && plain_is_safe(text, context) => text.to_owned(),
        _ => double_quoted(text),
    }
}

fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)))
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn plain_is_safe(text: &str, context: Context) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let indicator = matches!(
        first,
        '!' | '&' | '*' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' | '#' | ',' | '[' | ']' | '{' | '}' | '='
    );
    let after_dash = |c: char| !c.is_whitespace() && !matches!(c, ',' | '[' | ']' | '{' | '}');
    let dashed = (first == '-' && !text[1..].starts_with(after_dash)) || matches!(first, '?' | ':');
    let flow = context == Context::Flow && text.contains([',', '[', ']', '{', '}', '"', '\'']);
    let inside = text.contains(": ")
        || text.contains(" #")
        || text.ends_with(':')
        || (context == Context::Flow && text.contains(':'));
    let blank = text.starts_with(' ') || text.ends_with(' ');
    let marker = text.starts_with("---") || text.starts_with("...");
    !(indicator || dashed || flow || inside || blank || marker || looks_typed(text))
}

/// Whether a YAML 1.1 or 1.2 reader may take the text for a bool, null, number, time or merge.
fn looks_typed(text: &str) -> bool {
    const WORDS: [&str; 12] =
        ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "<<", ".nan"];
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits
            .chars()
            .all(|c| c.is_ascii_hexdigit() || matches!(c, '.' | '_' | '+' | '-' | ':' | 'x' | 'o'));
    let time = digits.starts_with(|c: char| c.is_ascii_digit())
        && text.len() >= 8
        && text.as_bytes().get(4) == Some(&b'-');
    WORDS.contains(&text.to_ascii_lowercase().as_str())
        || digits.eq_ignore_ascii_case(".inf")
        || (number && !is_version(digits))
        || time
}

/// `1.2.3` and `2.17.1-4`: two dots and no sexagesimal colon, so no number anywhere.
fn is_version(text: &str) -> bool {
    text.bytes().filter(|byte| *byte == b'.').count() >= 2 && !text.contains([':', '_'])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_scalars_of_the_core_schema() {
        let cases = [
            ("~", json!(null)),
            ("", json!(null)),
            ("True", json!(true)),
            ("12", json!(12)),
            ("-0x", json!("-0x")),
            ("0o17", json!(15)),
            ("0xff", json!(255)),
            ("1.50", json!(1.5)),
            ("1e3", json!(1000.0)),
            ("1.2.3", json!("1.2.3")),
            ("yes", json!("yes")),
            ("18446744073709551615", json!(u64::MAX)),
            (".inf", json!({"number": ".inf"})),
            ("on", json!("on")),
            ("-", json!("-")),
            (".", json!(".")),
            ("2024-01-01", json!("2024-01-01")),
        ];
        for (text, value) in cases {
            assert_eq!(resolve(text, true, None), value, "{text}");
        }
    }

    #[test]
    fn strings_are_quoted_only_when_needed() {
        let plain = [
            "a",
            "app:2",
            "a b",
            "1.2.3",
            "2.17.1",
            "v1",
            "a#b",
            "/x/y",
            "http://x/y",
            "-x",
            "é",
            "a'b",
            "a, b",
        ];
        for text in plain {
            assert_eq!(quote(text, Style::Plain, Context::Block), text);
        }
        let quoted = [
            "",
            "on",
            "Yes",
            "1",
            "1.5",
            "1e3",
            "1:30",
            "2024-01-01",
            "a: b",
            "a #b",
            "- a",
            "-",
            "*a",
            "&a",
            "@a",
            " a",
            "a:",
            "0x1f",
            "~",
            "<<",
            "=",
            ".5",
            "1_000",
            "---",
        ];
        for text in quoted {
            assert_eq!(quote(text, Style::Plain, Context::Block), format!("\"{text}\""));
        }
        assert_eq!(quote("a, b", Style::Plain, Context::Flow), "\"a, b\"");
        assert_eq!(quote("it's", Style::Single, Context::Block), "'it''s'");
        assert_eq!(quote("a\nb", Style::Single, Context::Block), "\"a\\nb\"");
        assert_eq!(quote("x", Style::Double, Context::Block), "\"x\"");
    }
}
