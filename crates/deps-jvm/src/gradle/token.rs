//! Gradle scripts, Groovy's and Kotlin's, as statements of words, strings, signs and groups in brackets.

use std::ops::Range;

/// The deepest nesting of brackets.
const MAX_DEPTH: usize = 100;
/// The most words, strings, signs and groups of one script.
const MAX_NODES: usize = 1_000_000;

/// A part of a statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// A name or a number.
    Word(String, Range<usize>),
    /// A string; its bytes are inside the quotes.
    Text(Literal),
    Sign(char),
    /// What stands in brackets of this kind; only those in `{}` hold more than one statement.
    Group(char, Vec<Statement>),
}

pub(crate) type Statement = Vec<Node>;

/// A string as it is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Literal {
    pub(crate) raw: String,
    pub(crate) span: Range<usize>,
    /// Whether `$` begins a template in it.
    pub(crate) template: bool,
}

impl Node {
    pub(crate) fn word(&self) -> Option<&str> {
        match self {
            Node::Word(word, _) => Some(word),
            _ => None,
        }
    }

    pub(crate) fn is(&self, sign: char) -> bool {
        *self == Node::Sign(sign)
    }

    pub(crate) fn group(&self, kind: char) -> Option<&[Statement]> {
        match self {
            Node::Group(open, inside) if *open == kind => Some(inside),
            _ => None,
        }
    }
}

/// Reads a script's statements.
///
/// # Errors
/// When it is nested or long beyond measure: the byte and why.
pub(crate) fn read(text: &str) -> Result<Vec<Statement>, (usize, String)> {
    let mut reader = Reader { text, at: 0, nodes: 0 };
    let mut open: Vec<(char, Vec<Statement>)> = vec![('{', vec![Vec::new()])];
    while let Some(char) = reader.peek() {
        reader.nodes += 1;
        if reader.nodes > MAX_NODES {
            return Err((reader.at, format!("it has more than {MAX_NODES} words and signs")));
        }
        match char {
            '{' | '(' | '[' => {
                if open.len() > MAX_DEPTH {
                    return Err((reader.at, format!("brackets are nested deeper than {MAX_DEPTH}")));
                }
                reader.at += 1;
                open.push((char, vec![Vec::new()]));
            }
            '}' | ')' | ']' => {
                reader.at += 1;
                if open.len() > 1
                    && let Some(closed) = open.pop()
                {
                    add(&mut open, Node::Group(closed.0, whole(closed.1)));
                }
            }
            '\n' | ';' => {
                reader.at += 1;
                reader.end_statement(&mut open, char);
            }
            _ => {
                if let Some(node) = reader.node(char) {
                    add(&mut open, node);
                }
            }
        }
    }
    while open.len() > 1 {
        if let Some(closed) = open.pop() {
            add(&mut open, Node::Group(closed.0, whole(closed.1)));
        }
    }
    Ok(open.pop().map(|(_, statements)| whole(statements)).unwrap_or_default())
}

fn whole(statements: Vec<Statement>) -> Vec<Statement> {
    statements.into_iter().filter(|statement| !statement.is_empty()).collect()
}

fn add(open: &mut [(char, Vec<Statement>)], node: Node) {
    if let Some(statement) = open.last_mut().and_then(|(_, statements)| statements.last_mut()) {
        statement.push(node);
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    nodes: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// A statement ends with its line, unless it plainly goes on.
    fn end_statement(&self, open: &mut [(char, Vec<Statement>)], end: char) {
        let Some((kind, statements)) = open.last_mut() else { return };
        if *kind != '{' {
            return;
        }
        let goes_on = |last: &Node| ['=', ',', '+', '.', ':'].iter().any(|sign| last.is(*sign));
        let unfinished = statements.last().and_then(|statement| statement.last()).is_some_and(goes_on);
        if end == '\n' && (unfinished || self.rest().trim_start().starts_with(['.', '?', '+'])) {
            return;
        }
        if statements.last().is_some_and(|statement| !statement.is_empty()) {
            statements.push(Vec::new());
        }
    }

    fn node(&mut self, char: char) -> Option<Node> {
        let rest = self.rest();
        if rest.starts_with("//") || (char == '#' && self.at == 0) {
            self.at += rest.find('\n').unwrap_or(rest.len());
            return None;
        }
        if rest.starts_with("/*") {
            self.at += rest.get(2..)?.find("*/").map_or(rest.len(), |end| end + 4);
            return None;
        }
        match char {
            '"' | '\'' => Some(self.string(char)),
            '`' => {
                let end = rest[1..].find('`').map_or(rest.len(), |end| end + 1);
                let word = rest[1..end].to_owned();
                let span = self.at + 1..self.at + end;
                self.at = (self.at + end + 1).min(self.text.len());
                Some(Node::Word(word, span))
            }
            char if char.is_alphanumeric() || char == '_' || char == '$' => {
                let end = rest.find(|char: char| !(char.is_alphanumeric() || char == '_' || char == '$'));
                let word = rest[..end.unwrap_or(rest.len())].to_owned();
                let span = self.at..self.at + word.len();
                self.at = span.end;
                Some(Node::Word(word, span))
            }
            char => {
                self.at += char.len_utf8();
                (!char.is_whitespace()).then_some(Node::Sign(char))
            }
        }
    }

    fn string(&mut self, quote: char) -> Node {
        let rest = self.rest();
        let triple: String = [quote; 3].iter().collect();
        let long = rest.starts_with(&triple);
        let close = if long { triple.as_str() } else { &rest[..1] };
        let start = close.len();
        let mut end = start;
        let mut escaped = false;
        loop {
            let tail = rest.get(end..).unwrap_or_default();
            let Some(char) = tail.chars().next() else { break };
            if !escaped && tail.starts_with(close) || !long && char == '\n' {
                break;
            }
            // `${ "…" }` may hold quotes of its own.
            if !escaped && quote == '"' && tail.starts_with("${") {
                end += tail.find(['}', '\n']).unwrap_or(1).max(1);
                continue;
            }
            escaped = char == '\\' && !escaped;
            end += char.len_utf8();
        }
        let end = end.min(rest.len());
        let raw = rest[start.min(end)..end].to_owned();
        let template = quote == '"' && raw.contains('$');
        let span = self.at + start.min(end)..self.at + end;
        self.at = (span.end + close.len()).min(self.text.len());
        Node::Text(Literal { raw, span, template })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        read(text).unwrap().iter().map(|statement| show(statement)).collect()
    }

    fn show(statement: &[Node]) -> String {
        let nodes = statement.iter().map(|node| match node {
            Node::Word(word, _) => word.clone(),
            Node::Text(text) => format!("'{}'", text.raw),
            Node::Sign(sign) => sign.to_string(),
            Node::Group(open, inside) => {
                format!("{open}{}", inside.iter().map(|one| show(one)).collect::<Vec<_>>().join("; "))
            }
        });
        nodes.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn statements_end_where_the_language_ends_them() {
        let script =
            "a 'b', // c\n  \"d${x[\"y\"]}e\"\nf {\n g('h'\n)\n .i()\n}; j = '''k\nl'''\n/* m */ `n-o`";
        assert_eq!(shown(script), ["a 'b' , 'd${x[\"y\"]}e'", "f {g ('h' . i (", "j = 'k\nl'", "n-o"]);
    }

    #[test]
    fn what_is_never_closed_ends_with_the_file() {
        for script in ["'", "\"\"\"", "\"${", "`", "/*", "a {", ")", "é'é", "\"\\"] {
            read(script).unwrap();
        }
        assert!(read(&"(".repeat(200)).unwrap_err().1.contains("deeper than 100"));
    }
}
