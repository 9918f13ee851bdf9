//! The part of YAML that yarn and pnpm write: keys, indentation, quoted texts. Nothing is expanded: anchors and
//! aliases stay the words they are. Yarn's first format, where a space stands for the colon, is read too.

use std::borrow::Cow;

/// The most levels of indentation that are followed.
pub(crate) const MAX_DEPTH: usize = 64;

/// Gives every line to `each`: the keys above it and its own last (`-` for what is in a list), its key as
/// written, and what stands behind it as written, without a comment. The number of lines that were too deep
/// comes back.
pub(crate) fn lines<'a>(text: &'a str, mut each: impl FnMut(&[Cow<'a, str>], &'a str, &'a str)) -> usize {
    let mut keys: Vec<Cow<'a, str>> = Vec::new();
    let mut indents: Vec<usize> = Vec::new();
    let mut block: Option<usize> = None;
    let mut too_deep = 0;
    for line in text.lines() {
        let content = line.trim_start_matches(' ');
        let mut indent = line.len() - content.len();
        if content.is_empty() || content.starts_with('#') || block.is_some_and(|outer| indent > outer) {
            continue;
        }
        block = None;
        let mut content = content;
        if let Some(long) = content.strip_prefix("? ") {
            (indent, content) = (indent, long.trim());
        } else if let Some(rest) =
            content.strip_prefix(':').filter(|rest| rest.is_empty() || rest.starts_with(' '))
        {
            // The value of a key that was written with `?` before it.
            indent += 2;
            content = rest.trim();
            if content.is_empty() {
                continue;
            }
        }
        let Some((key, written, value)) = key_and_value(content) else { continue };
        while indents.last().is_some_and(|last| *last >= indent) {
            indents.pop();
            keys.pop();
        }
        if indents.len() >= MAX_DEPTH {
            too_deep += 1;
            continue;
        }
        indents.push(indent);
        keys.push(key);
        if matches!(value, "|" | ">" | "|-" | ">-" | "|+" | ">+") {
            block = Some(indent);
        }
        each(&keys, written, value);
    }
    too_deep
}

fn key_and_value(content: &str) -> Option<(Cow<'_, str>, &str, &str)> {
    if let Some(value) = content.strip_prefix("- ") {
        return Some((Cow::Borrowed("-"), content.get(..1)?, plain(value)));
    }
    let end = if content.starts_with(['"', '\'']) { quoted(content)? } else { end_of_plain(content) };
    let (written, rest) = content.split_at_checked(end)?;
    if rest.starts_with(',') {
        // Yarn's first format names several keys before one colon: they are one key here, with their quotes.
        let written = content.strip_suffix(':')?;
        return Some((Cow::Borrowed(written), written, ""));
    }
    Some((unquote(written), written, plain(rest.strip_prefix(':').unwrap_or(rest))))
}

/// Where a key without quotes ends: at `: ` or at a colon at the end; in yarn's first format, which has a quoted
/// value or no colon at all, at a space.
fn end_of_plain(content: &str) -> usize {
    if let Some(keys) = content.strip_suffix(':').filter(|keys| keys.contains(", ")) {
        return keys.len();
    }
    let bytes = content.as_bytes();
    let ends = |at: usize| bytes[at] == b':' && bytes.get(at + 1).is_none_or(|next| *next == b' ');
    let space = content.find(' ');
    let value = space.filter(|at| content[*at..].starts_with(" \""));
    let end = (0..value.unwrap_or(bytes.len())).find(|at| ends(*at));
    end.or(space).unwrap_or(bytes.len())
}

/// Where a text that begins with a quote ends, behind its other quote.
fn quoted(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = *bytes.first()?;
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 2,
            b'\'' if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// A value without the comment behind it.
fn plain(value: &str) -> &str {
    let value = value.trim();
    if value.starts_with(['"', '\'']) {
        return quoted(value).and_then(|end| value.get(..end)).unwrap_or(value);
    }
    value.find(" #").map_or(value, |at| value[..at].trim_end())
}

/// A text without its quotes.
pub(crate) fn unquote(text: &str) -> Cow<'_, str> {
    if let Some(inner) = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        return if inner.contains("''") {
            Cow::Owned(inner.replace("''", "'"))
        } else {
            Cow::Borrowed(inner)
        };
    }
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(inner) if inner.contains('\\') => {
            serde_json::from_str(text).map_or(Cow::Borrowed(inner), Cow::Owned)
        }
        Some(inner) => Cow::Borrowed(inner),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_keys() {
        let text = "# c\na:\n  'b c': \"1\" # why\n  d@1(e:2): {x: 1}\n  t: >-\n    z: 1\n\"a@^1\", b@^2:\n  version \"3\"\nl:\n  - 'x/*'\n? long\n:\n  v: 2\ns p:\n  q r: 1\n  u \"x: y\"\n";
        let mut seen = Vec::new();
        lines(text, |keys, _, value| seen.push(format!("{} = {value}", keys.join("/"))));
        assert_eq!(
            seen,
            [
                "a = ",
                "a/b c = \"1\"",
                "a/d@1(e:2) = {x: 1}",
                "a/t = >-",
                "\"a@^1\", b@^2 = ",
                "\"a@^1\", b@^2/version = \"3\"",
                "l = ",
                "l/- = 'x/*'",
                "long = ",
                "long/v = 2",
                "s p = ",
                "s p/q r = 1",
                "s p/u = \"x: y\""
            ]
        );
    }
}
