//! Source text with comments and the insides of literals blanked out, so that a rule that looks
//! for a word finds code only. Every byte keeps its place, so line numbers stay true.

/// What the scanner stands in.
enum Token {
    /// A comment or a literal of so many bytes.
    Blank(usize),
    /// One byte of code.
    Code,
}

/// Blanks comments, strings and character literals. Line ends stay.
pub fn mask(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match token(&bytes[at..], out.last().copied()) {
            Token::Blank(length) => {
                let end = (at + length).min(bytes.len());
                out.extend(bytes[at..end].iter().map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }));
                at = end;
            }
            Token::Code => {
                out.push(if bytes[at].is_ascii() { bytes[at] } else { b'_' });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn token(rest: &[u8], before: Option<u8>) -> Token {
    let in_word = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match rest {
        [b'/', b'/', ..] => Token::Blank(until(rest, b"\n").unwrap_or(rest.len())),
        [b'/', b'*', ..] => Token::Blank(block_comment(rest)),
        [b'"', ..] => Token::Blank(string(rest)),
        [b'b' | b'c', b'"', ..] if !in_word => Token::Blank(1 + string(&rest[1..])),
        [b'r', b'"' | b'#', ..] if !in_word => raw(rest, 1),
        [b'b' | b'c', b'r', b'"' | b'#', ..] if !in_word => raw(rest, 2),
        [b'\'', ..] => character(rest).map_or(Token::Code, Token::Blank),
        _ => Token::Code,
    }
}

fn until(text: &[u8], end: &[u8]) -> Option<usize> {
    text.windows(end.len()).position(|window| window == end)
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn string(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// A raw string whose hashes begin at `head`; a raw identifier (`r#type`) is code.
fn raw(rest: &[u8], head: usize) -> Token {
    let hashes = rest[head..].iter().take_while(|byte| **byte == b'#').count();
    let body = head + hashes + 1;
    if rest.get(body - 1) != Some(&b'"') {
        return Token::Code;
    }
    let end: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    Token::Blank(until(&rest[body..], &end).map_or(rest.len(), |at| body + at + end.len()))
}

/// The length of a character literal; `None` for a lifetime.
fn character(rest: &[u8]) -> Option<usize> {
    if rest.get(1) == Some(&b'\\') {
        return until(&rest[3..], b"'").map(|at| at + 4);
    }
    let wide = rest[1..].iter().skip(1).take_while(|byte| **byte & 0xC0 == 0x80).count();
    (rest.get(2 + wide) == Some(&b'\'')).then_some(3 + wide)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_comments_and_literals_are_gone_and_lines_stay() {
        let text = "a // unsafe\n/* x /* y */ z */ b \"un\\\"safe\" c r#\"q\"q\"# d 'u' '\\'' 'é' e::<'f>";
        let code = mask(text);
        assert_eq!(code.split_whitespace().collect::<Vec<_>>(), ["a", "b", "c", "d", "e::<'f>"]);
        assert_eq!(code.lines().count(), 2);
        assert_eq!(code.len(), text.len());
    }

    #[test]
    fn raw_identifiers_are_code() {
        assert_eq!(
            mask("r#type b\"x\" br\"y\" bar"),
            "r#type           bar".replace("           ", &" ".repeat(12))
        );
    }
}
