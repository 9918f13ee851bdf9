//! JSON and JSON with comments and trailing commas.

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::{Map, Number, Value};

use crate::brackets::{Brackets, Comments};
use crate::error::{EditError, Position};
use crate::limits::MAX_DEPTH;
use crate::splice::{Splice, indent_before, line_start, newline};
use crate::tree::{Entry, Layout, Node, Refusal, Shape, Style, Writer};

/// Reads a document; an empty one is null.
pub(crate) fn read(text: &str) -> Result<(Node, Value), EditError> {
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed =
        parse_to_ast(text, &CollectOptions::default(), &options).map_err(|error| syntax(text, &error))?;
    match parsed.value {
        Some(value) => convert(text, value, MAX_DEPTH),
        None => Ok((leaf(text.len()..text.len(), Style::Plain), Value::Null)),
    }
}

fn syntax(text: &str, error: &jsonc_parser::errors::ParseError) -> EditError {
    if matches!(error.kind(), jsonc_parser::errors::ParseErrorKind::NestingDepthExceeded) {
        return EditError::TooDeep;
    }
    EditError::Syntax {
        format: "JSON",
        position: Position::of(text, error.range().start),
        reason: error.kind().to_string(),
    }
}

fn leaf(span: std::ops::Range<usize>, style: Style) -> Node {
    Node { span, shape: Shape::Scalar(style) }
}

fn convert(text: &str, value: ast::Value<'_>, depth: usize) -> Result<(Node, Value), EditError> {
    let depth = depth.checked_sub(1).ok_or(EditError::TooDeep)?;
    let range = value.range();
    let span = range.start..range.end;
    Ok(match value {
        ast::Value::StringLit(string) => {
            (leaf(span, Style::Double), Value::String(string.value.into_owned()))
        }
        ast::Value::NumberLit(number) => (leaf(span, Style::Plain), number_value(number.value)),
        ast::Value::BooleanLit(boolean) => (leaf(span, Style::Plain), Value::Bool(boolean.value)),
        ast::Value::NullKeyword(_) => (leaf(span, Style::Plain), Value::Null),
        ast::Value::Object(object) => {
            let mut map = Map::with_capacity(object.properties.len());
            let mut entries = Vec::with_capacity(object.properties.len());
            for property in object.properties {
                let start = property.range.start;
                let name = property.name.into_string();
                let (node, value) = convert(text, property.value, depth)?;
                if map.insert(name.clone(), value).is_some() {
                    return Err(EditError::Duplicate { key: name, position: Position::of(text, start) });
                }
                entries.push(Entry { start, name, lead: node.span.start, value: node });
            }
            (Node { span, shape: Shape::Mapping(Layout::Flow, entries) }, Value::Object(map))
        }
        ast::Value::Array(array) => {
            let mut list = Vec::with_capacity(array.elements.len());
            let mut entries = Vec::with_capacity(array.elements.len());
            for element in array.elements {
                let (node, value) = convert(text, element, depth)?;
                list.push(value);
                entries.push(Entry {
                    start: node.span.start,
                    name: String::new(),
                    lead: node.span.start,
                    value: node,
                });
            }
            (Node { span, shape: Shape::Sequence(Layout::Flow, entries) }, Value::Array(list))
        }
    })
}

/// The number; one that no machine number holds keeps its digits.
fn number_value(text: &str) -> Value {
    text.parse::<Number>()
        .map_or_else(|_| Value::Object(Map::from_iter([("number".to_owned(), text.into())])), Value::Number)
}

/// Writes changes of a JSON document.
pub(crate) struct JsonWriter<'a> {
    text: &'a str,
    newline: &'static str,
    unit: &'a str,
    pretty: bool,
}

impl<'a> JsonWriter<'a> {
    pub(crate) fn new(text: &'a str, root: &Node) -> Self {
        let first = root.entries().first();
        let own_line = first.filter(|first| text[root.span.start..first.start].contains('\n'));
        let unit =
            own_line.and_then(|first| indent_before(text, first.start)).filter(|unit| !unit.is_empty());
        let pretty = first.is_none() || own_line.is_some();
        JsonWriter { text, newline: newline(text), unit: unit.unwrap_or("  "), pretty }
    }

    fn brackets<'b>(&'b self, node: &'b Node) -> Brackets<'b> {
        Brackets { text: self.text, node, comments: Comments::Slashes }
    }

    /// The spaces and tabs that the line of `at` starts with.
    fn line_indent(&self, at: usize) -> &str {
        let line = &self.text[line_start(self.text, at)..];
        &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
    }

    /// The value as text; over several lines below `indent`, or on one line without it.
    fn render(&self, value: &Value, indent: Option<&str>) -> String {
        let (open, parts, close) = match value {
            Value::Object(map) if !map.is_empty() => {
                ('{', map.iter().map(|(key, value)| (Some(key), value)).collect(), '}')
            }
            Value::Array(list) if !list.is_empty() => {
                ('[', list.iter().map(|value| (None, value)).collect::<Vec<_>>(), ']')
            }
            _ => return value.to_string(),
        };
        let inner = indent.map(|indent| format!("{indent}{}", self.unit));
        let parts: Vec<String> = parts
            .into_iter()
            .map(|(key, value)| self.entry(key.map(String::as_str), value, inner.as_deref()))
            .collect();
        match (indent, inner) {
            (Some(indent), Some(inner)) => {
                let newline = self.newline;
                let body = parts.join(&format!(",{newline}{inner}"));
                format!("{open}{newline}{inner}{body}{newline}{indent}{close}")
            }
            _ => format!("{open}{}{close}", parts.join(", ")),
        }
    }

    fn entry(&self, key: Option<&str>, value: &Value, indent: Option<&str>) -> String {
        let value = self.render(value, indent);
        key.map_or_else(|| value.clone(), |key| format!("{}: {value}", Value::from(key)))
    }

    /// Adds an entry to a collection that may be empty.
    fn add(&self, node: &Node, key: Option<&str>, values: &[Value]) -> Vec<Splice> {
        let brackets = self.brackets(node);
        let empty = node.entries().is_empty();
        let base = self.line_indent(node.span.start);
        let inner = match brackets.indent() {
            Some(indent) => Some(indent.to_owned()),
            None => (empty && self.pretty).then(|| format!("{base}{}", self.unit)),
        };
        let separator = inner.as_ref().map_or(", ".to_owned(), |inner| format!(",{}{inner}", self.newline));
        let parts: Vec<String> =
            values.iter().map(|value| self.entry(key, value, inner.as_deref())).collect();
        let text = parts.join(&separator);
        if !empty {
            return brackets.push(&text, self.newline);
        }
        let lines =
            inner.map(|inner| (format!("{}{inner}", self.newline), format!("{}{base}", self.newline)));
        brackets.fill(&text, lines.as_ref().map(|(open, close)| (open.as_str(), close.as_str())))
    }
}

impl Writer for JsonWriter<'_> {
    fn replace(&self, entry: &Entry, parents: &[&Node], value: &Value) -> Result<Vec<Splice>, Refusal> {
        let own_line = parents.last().is_some_and(|parent| self.brackets(parent).indent().is_some());
        let flat = !entry.value.entries().is_empty() && self.brackets(&entry.value).indent().is_none();
        let indent = (own_line && !flat).then(|| self.line_indent(entry.start));
        Ok(vec![Splice::replace(entry.value.span.clone(), self.render(value, indent))])
    }

    fn insert(&self, key: &str, parents: &[&Node], value: &Value) -> Result<Vec<Splice>, Refusal> {
        Ok(parents
            .last()
            .map_or_else(Vec::new, |parent| self.add(parent, Some(key), std::slice::from_ref(value))))
    }

    fn push(&self, list: &Node, _parents: &[&Node], values: &[Value]) -> Result<Vec<Splice>, Refusal> {
        Ok(self.add(list, None, values))
    }

    fn remove(&self, positions: &[usize], parents: &[&Node]) -> Result<Vec<Splice>, Refusal> {
        Ok(parents.last().map_or_else(Vec::new, |parent| self.brackets(parent).remove(positions)))
    }

    fn start(&self, root: &Node, value: &Value) -> Result<Vec<Splice>, Refusal> {
        let value = self.render(value, Some(""));
        let missing = root.span.is_empty();
        let before =
            if missing && !self.text.is_empty() && !self.text.ends_with('\n') { self.newline } else { "" };
        let after = if missing { self.newline } else { "" };
        Ok(vec![Splice::replace(root.span.clone(), format!("{before}{value}{after}"))])
    }
}
