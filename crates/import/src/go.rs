//! Batch specs' templates: `${{ join repository.search_result_paths " " }}`, in Go's syntax.

/// A part of a templated text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Text as it stands.
    Text(String),
    /// What stood between `${{` and `}}`, and what it means; `None` when it is no plain expression.
    Hole(String, Option<Expr>),
}

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expr {
    /// A text in quotes.
    Text(String),
    /// A whole number.
    Number(String),
    /// `true` or `false`.
    Flag(bool),
    /// A name such as `repository.name`.
    Name(String),
    /// A function and what it is given.
    Call(String, Vec<Expr>),
}

impl Expr {
    /// Whether a name that begins so is used anywhere in it.
    pub(crate) fn mentions(&self, start: &str) -> bool {
        match self {
            Expr::Name(name) => {
                name == start || name.strip_prefix(start).is_some_and(|rest| rest.starts_with('.'))
            }
            Expr::Call(_, args) => args.iter().any(|arg| arg.mentions(start)),
            _ => false,
        }
    }
}

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 32;

/// Splits a text into what stands and what is filled in.
pub(crate) fn split(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, hole, after)) = next_hole(rest) {
        let inside = hole.trim();
        let (cut_before, inside) = trimmed(inside, '-', true);
        let (cut_after, inside) = trimmed(inside, '-', false);
        let before = if cut_before { before.trim_end() } else { before };
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        parts.push(Part::Hole(format!("${{{{ {inside} }}}}"), parse(inside)));
        rest = if cut_after { after.trim_start() } else { after };
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    parts
}

/// Go's `{{- ` and ` -}}`, which take the white space beside them away.
fn trimmed(text: &str, mark: char, front: bool) -> (bool, &str) {
    let cut = if front { text.strip_prefix(mark) } else { text.strip_suffix(mark) };
    match cut.filter(|rest| if front { rest.starts_with(' ') } else { rest.ends_with(' ') }) {
        Some(rest) => (true, rest.trim()),
        None => (false, text),
    }
}

/// What stands before the first hole, in it and behind it; a `}}` in quotes does not end it.
fn next_hole(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find("${{")?;
    let inside = &text[start + 3..];
    let mut quote = None;
    let mut escaped = false;
    for (at, letter) in inside.char_indices() {
        match quote {
            Some('"') if escaped => escaped = false,
            Some('"') if letter == '\\' => escaped = true,
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if letter == '"' || letter == '`' => quote = Some(letter),
            None if inside[at..].starts_with("}}") => {
                return Some((&text[..start], &inside[..at], &inside[at + 2..]));
            }
            None => {}
        }
    }
    None
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Pipe,
    Value(Expr),
}

/// Reads one expression; `None` for what is more than that, such as a loop.
fn parse(text: &str) -> Option<Expr> {
    let tokens = tokens(text)?;
    let mut at = 0;
    let expr = pipeline(&tokens, &mut at, 0)?;
    (at == tokens.len()).then_some(expr)
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '|' => (Token::Pipe, 1),
            '"' => {
                let (value, length) = quoted(rest)?;
                (Token::Value(Expr::Text(value)), length)
            }
            '`' => {
                let inside = rest[1..].split_once('`')?.0;
                (Token::Value(Expr::Text(inside.to_owned())), inside.len() + 2)
            }
            _ => {
                let length =
                    rest.find(|c: char| c.is_whitespace() || "()|\"`".contains(c)).unwrap_or(rest.len());
                (Token::Value(word(&rest[..length])?), length)
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Some(tokens)
}

fn quoted(text: &str) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, at + 1)),
            '\\' => value.push(match letters.next()?.1 {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                other @ ('"' | '\\' | '\'' | '/') => other,
                _ => return None,
            }),
            other => value.push(other),
        }
    }
    None
}

fn word(text: &str) -> Option<Expr> {
    if text == "true" || text == "false" {
        return Some(Expr::Flag(text == "true"));
    }
    if text.chars().all(|c| c.is_ascii_digit()) {
        return Some(Expr::Number(text.to_owned()));
    }
    let name = text.trim_start_matches('.');
    let good = name.chars().all(|c| c.is_alphanumeric() || "_.-".contains(c)) && !name.is_empty();
    (good && !name.starts_with('-')).then(|| Expr::Name(name.to_owned()))
}

/// `a | f x` is `f x a`.
fn pipeline(tokens: &[Token], at: &mut usize, depth: usize) -> Option<Expr> {
    let mut expr = command(tokens, at, depth, None)?;
    while tokens.get(*at) == Some(&Token::Pipe) {
        *at += 1;
        expr = command(tokens, at, depth, Some(expr))?;
    }
    Some(expr)
}

fn command(tokens: &[Token], at: &mut usize, depth: usize, last: Option<Expr>) -> Option<Expr> {
    let mut values = Vec::new();
    let mut called = false;
    loop {
        match tokens.get(*at) {
            Some(Token::Value(value)) => {
                *at += 1;
                called |= values.is_empty() && matches!(value, Expr::Name(_));
                values.push(value.clone());
            }
            Some(Token::Open) if depth < MAX_DEPTH => {
                *at += 1;
                values.push(pipeline(tokens, at, depth + 1)?);
                *at = (tokens.get(*at) == Some(&Token::Close)).then_some(*at + 1)?;
            }
            _ => break,
        }
    }
    values.extend(last);
    let first = values.first()?.clone();
    match (first, values.len()) {
        (single, 1) => Some(single),
        (Expr::Name(function), _) if called => Some(Expr::Call(function, values.split_off(1))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Expr {
        Expr::Name(text.to_owned())
    }

    fn text(text: &str) -> Expr {
        Expr::Text(text.to_owned())
    }

    #[test]
    fn expressions_are_read_as_go_reads_them() {
        let call = |function: &str, args: Vec<Expr>| Some(Expr::Call(function.to_owned(), args));
        for (source, expected) in [
            ("repository.name", Some(name("repository.name"))),
            (
                "join previous_step.modified_files \" \"",
                call("join", vec![name("previous_step.modified_files"), text(" ")]),
            ),
            (
                "steps.path | replace \"/\" `-`",
                call("replace", vec![text("/"), text("-"), name("steps.path")]),
            ),
            (
                "join_if \"-\" \"a\" (replace steps.path \"/\" \"-\")",
                call(
                    "join_if",
                    vec![
                        text("-"),
                        text("a"),
                        Expr::Call("replace".to_owned(), vec![name("steps.path"), text("/"), text("-")]),
                    ],
                ),
            ),
            ("index outputs.list 1", call("index", vec![name("outputs.list"), Expr::Number("1".to_owned())])),
            ("(repository.name)", Some(name("repository.name"))),
            ("\"}}\"", Some(text("}}"))),
            ("", None),
            ("( a", None),
            ("a )", None),
            ("\"open", None),
            ("if eq $x 1", None),
            ("\"a\" b", None),
        ] {
            assert_eq!(parse(source), expected, "{source}");
        }
        assert_eq!(parse(&"(".repeat(100)), None);
    }

    #[test]
    fn holes_end_where_their_quotes_allow() {
        let parts = split("a ${{ print \"}}\" }} b ${{- x -}}  c ${{ open");
        assert_eq!(
            parts,
            [
                Part::Text("a ".to_owned()),
                Part::Hole(
                    "${{ print \"}}\" }}".to_owned(),
                    Some(Expr::Call("print".to_owned(), vec![text("}}")]))
                ),
                Part::Text(" b".to_owned()),
                Part::Hole("${{ x }}".to_owned(), Some(name("x"))),
                Part::Text("c ${{ open".to_owned()),
            ]
        );
    }
}
