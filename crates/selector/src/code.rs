//! Looking at CEL text without parsing it: brackets, and the operands of `&&` and `||`.

/// Bytes of `text` that are code, with their offsets: no strings, no comments.
fn code(text: &str) -> impl Iterator<Item = (usize, u8)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            match *bytes.get(at)? {
                b'"' | b'\'' => at = end_of_string(bytes, at),
                b'/' if bytes.get(at + 1) == Some(&b'/') => {
                    at += bytes[at..].iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len() - at);
                }
                byte => {
                    at += 1;
                    return Some((at - 1, byte));
                }
            }
        }
    })
}

/// Where the string ends that starts at `start`: after its closing quotes, or at the end.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let raw = start > 0 && matches!(bytes[start - 1], b'r' | b'R');
    let wide = bytes[start..].starts_with(&[quote; 3]);
    let quotes = if wide { 3 } else { 1 };
    let mut at = start + quotes;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if !raw => at += 2,
            byte if byte == quote && (!wide || bytes[at..].starts_with(&[quote; 3])) => return at + quotes,
            // An open string ends with its line; the parser complains about it.
            b'\n' if !wide => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The offset of the first bracket that is nested more than `limit` deep.
pub(crate) fn too_deep(text: &str, limit: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in code(text) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limit {
            return Some(at);
        }
    }
    None
}

/// The operands of `operator` (`&&` or `||`) at the top of `text`, from left to right and
/// through brackets; the whole text when something else is at the top.
pub(crate) fn operands<'t>(text: &'t str, operator: &str) -> Vec<&'t str> {
    let inside = without_brackets(text.trim());
    match split(inside, operator) {
        Some(parts) => parts.into_iter().flat_map(|part| operands(part, operator)).collect(),
        None => vec![inside],
    }
}

fn split<'t>(text: &'t str, operator: &str) -> Option<Vec<&'t str>> {
    let mut depth = 0_i32;
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, byte) in code(text) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            // A conditional, or the weaker `||` beside `&&`, is what is really at the top.
            b'?' if depth == 0 => return None,
            b'|' if depth == 0 && operator == "&&" => return None,
            _ if depth == 0 && at >= start && text.as_bytes()[at..].starts_with(operator.as_bytes()) => {
                parts.push(&text[start..at]);
                start = at + operator.len();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    (parts.len() > 1).then_some(parts)
}

/// `(a)` as `a`, and `(a) && (b)` as it is.
fn without_brackets(text: &str) -> &str {
    let Some(inside) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) else {
        return text;
    };
    let mut depth = 0_i32;
    for (_, byte) in code(inside) {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return text;
        }
    }
    if depth == 0 { without_brackets(inside.trim()) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_are_found_outside_of_strings_and_brackets() {
        assert_eq!(operands("a && 'x && y' == b && f(c && d)", "&&"), ["a", "'x && y' == b", "f(c && d)"]);
        assert_eq!(operands("((a && b) && (c || d))", "&&"), ["a", "b", "c || d"]);
        assert_eq!(operands("a && b || c", "&&"), ["a && b || c"]);
        assert_eq!(operands("a && b || c", "||"), ["a && b", "c"]);
        assert_eq!(operands("a ? b : c && d", "&&"), ["a ? b : c && d"]);
        assert_eq!(operands("a // && b\n && c", "&&"), ["a // && b", "c"]);
        assert_eq!(
            operands(r#"r'\' && 'a\'&&' && """&&""" && é"#, "&&"),
            [r"r'\'", r"'a\'&&'", r#""""&&""""#, "é"]
        );
    }

    #[test]
    fn only_code_counts_as_depth() {
        assert_eq!(too_deep("[[['(((']]]", 3), None);
        assert_eq!(too_deep("[[[[", 3), Some(3));
    }
}
