//! From text to a document (GraphQL specification, October 2021, executable documents).

use serde_json::Value;

use super::ast::{Arguments, Directive, Document, Field, Fragment, Operation, Selection, Written};
use super::token::{Token, tokens};

/// How deep selections and values may lie in each other.
const DEEPEST: usize = 60;

/// Parses a document.
///
/// # Errors
/// What is wrong, and in which line.
pub(crate) fn parse(text: &str) -> Result<Document, String> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let mut document = Document::default();
    while parser.peek().is_some() {
        if parser.word("fragment") {
            let name = parser.name()?;
            parser.needed("on")?;
            let on = parser.name()?;
            parser.directives()?;
            document.fragments.insert(name, Fragment { on, selections: parser.selections()? });
        } else {
            document.operations.push(parser.operation()?);
        }
    }
    if document.operations.is_empty() {
        Err("A query attribute must be specified and must be a string.".to_owned())
    } else {
        Ok(document)
    }
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn line(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(1, |(_, line)| *line)
    }

    fn next(&mut self) -> Result<Token, String> {
        let token = self.peek().cloned().ok_or_else(|| "Unexpected end of document".to_owned())?;
        self.at += 1;
        Ok(token)
    }

    fn sign(&mut self, sign: char) -> bool {
        let found = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Name(name)) if name == word);
        self.at += usize::from(found);
        found
    }

    fn needed(&mut self, what: &str) -> Result<(), String> {
        let mut letters = what.chars();
        let found = match (letters.next(), letters.next()) {
            (Some(sign), None) if !sign.is_alphabetic() => self.sign(sign),
            _ => self.word(what),
        };
        if found { Ok(()) } else { Err(format!("Expected {what} in line {}", self.line())) }
    }

    fn name(&mut self) -> Result<String, String> {
        let line = self.line();
        match self.next()? {
            Token::Name(name) => Ok(name),
            other => Err(format!("Expected a name in line {line}, not {other:?}")),
        }
    }

    fn deeper<T>(&mut self, inside: impl FnOnce(&mut Parser) -> Result<T, String>) -> Result<T, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("Query is nested deeper than {DEEPEST}"));
        }
        let found = inside(self);
        self.depth -= 1;
        found
    }

    fn operation(&mut self) -> Result<Operation, String> {
        let mut operation =
            Operation { mutation: false, name: None, variables: Vec::new(), selections: Vec::new() };
        if self.peek() != Some(&Token::Sign('{')) {
            operation.mutation = self.word("mutation");
            if !operation.mutation {
                self.needed("query")?;
            }
            if let Some(Token::Name(name)) = self.peek() {
                operation.name = Some(name.clone());
                self.at += 1;
            }
            if self.sign('(') {
                while !self.sign(')') {
                    operation.variables.push(self.variable()?);
                }
            }
            self.directives()?;
        }
        operation.selections = self.selections()?;
        Ok(operation)
    }

    fn variable(&mut self) -> Result<(String, bool, Option<Written>), String> {
        self.needed("$")?;
        let name = self.name()?;
        self.needed(":")?;
        let needed = self.kind()?;
        let default = if self.sign('=') { Some(self.value()?) } else { None };
        Ok((name, needed && default.is_none(), default))
    }

    /// A type; whether it ends with `!`.
    fn kind(&mut self) -> Result<bool, String> {
        if self.sign('[') {
            self.deeper(Parser::kind)?;
            self.needed("]")?;
        } else {
            self.name()?;
        }
        Ok(self.sign('!'))
    }

    fn directives(&mut self) -> Result<Vec<Directive>, String> {
        let mut found = Vec::new();
        while self.sign('@') {
            found.push(Directive { name: self.name()?, arguments: self.arguments()? });
        }
        Ok(found)
    }

    fn arguments(&mut self) -> Result<Arguments, String> {
        let mut found = Vec::new();
        if self.sign('(') {
            while !self.sign(')') {
                let name = self.name()?;
                self.needed(":")?;
                found.push((name, self.value()?));
            }
        }
        Ok(found)
    }

    fn value(&mut self) -> Result<Written, String> {
        let line = self.line();
        Ok(match self.next()? {
            Token::Sign('$') => Written::Variable(self.name()?),
            Token::Sign('[') => self.deeper(|parser| {
                let mut list = Vec::new();
                while !parser.sign(']') {
                    list.push(parser.value()?);
                }
                Ok(Written::List(list))
            })?,
            Token::Sign('{') => self.deeper(|parser| {
                let mut fields = Vec::new();
                while !parser.sign('}') {
                    let name = parser.name()?;
                    parser.needed(":")?;
                    fields.push((name, parser.value()?));
                }
                Ok(Written::Object(fields))
            })?,
            Token::Number(value) => Written::Literal(value),
            Token::Text(text) => Written::Literal(Value::String(text)),
            Token::Name(name) => Written::Literal(match name.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                _ => Value::String(name),
            }),
            other => return Err(format!("Expected a value in line {line}, not {other:?}")),
        })
    }

    fn selections(&mut self) -> Result<Vec<Selection>, String> {
        self.needed("{")?;
        self.deeper(|parser| {
            let mut found = Vec::new();
            while !parser.sign('}') {
                found.push(parser.selection()?);
            }
            Ok(found)
        })
    }

    fn selection(&mut self) -> Result<Selection, String> {
        let line = self.line();
        if self.peek() == Some(&Token::Spread) {
            self.at += 1;
            if self.word("on") {
                let on = Some(self.name()?);
                let directives = self.directives()?;
                return Ok(Selection::Inline { on, directives, selections: self.selections()? });
            }
            if let Some(Token::Name(name)) = self.peek().cloned() {
                self.at += 1;
                return Ok(Selection::Spread { name, directives: self.directives()? });
            }
            let directives = self.directives()?;
            return Ok(Selection::Inline { on: None, directives, selections: self.selections()? });
        }
        let first = self.name()?;
        let (alias, name) = if self.sign(':') { (Some(first), self.name()?) } else { (None, first) };
        let (arguments, directives) = (self.arguments()?, self.directives()?);
        let inner = self.peek() == Some(&Token::Sign('{'));
        let selections = if inner { self.selections()? } else { Vec::new() };
        Ok(Selection::Field(Field { alias, name, arguments, directives, selections, line }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_whole() {
        let text = "query Q($a: [String!]! = [\"x\"], $b: Int) @x { r0: repository(owner: $a, n: {k: [1, E]}) \
            { ...f ... on X @include(if: $b) { y } } } # end\nfragment f on Repository { id }";
        let document = parse(text).unwrap();
        assert_eq!(document.fragments["f"].on, "Repository");
        let operation = &document.operations[0];
        assert_eq!(
            operation.variables.iter().map(|v| (v.0.as_str(), v.1)).collect::<Vec<_>>(),
            [("a", false), ("b", false)]
        );
        let Selection::Field(field) = &operation.selections[0] else { panic!("a field") };
        assert_eq!((field.key(), field.name.as_str(), field.selections.len()), ("r0", "repository", 2));
        let value = field.argument("n", &serde_json::Map::new());
        assert_eq!(value, serde_json::json!({ "k": [1, "E"] }));
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for bad in ["", "query {", "query { a(", "{ a b: }", "query { \"", "{ a } }", "fragment x on Y { z }"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse(&format!("{}{}", "{a".repeat(100), "}".repeat(100))).is_err());
    }
}
