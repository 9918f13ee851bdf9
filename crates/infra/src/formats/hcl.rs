//! HCL as a tree with places: what is no literal stays the text it is written as, `${var.name}`.

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Block, Body, Structure};
use serde_json::{Number, Value};

use crate::tree::{Key, Node, Tree};

/// Finds the line and column of a byte.
pub(crate) struct Places<'t> {
    text: &'t str,
    line_starts: Vec<usize>,
}

impl<'t> Places<'t> {
    /// Places in `text`.
    pub(crate) fn of(text: &'t str) -> Places<'t> {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Places { text, line_starts }
    }

    /// 1-based line and column, in characters; 0 when the place is not known.
    fn place(&self, at: &impl Span) -> (usize, usize) {
        let Some(span) = at.span() else { return (0, 0) };
        let line = self.line_starts.partition_point(|start| *start <= span.start);
        let start = line.checked_sub(1).and_then(|line| self.line_starts.get(line)).copied().unwrap_or(0);
        let column = self.text.get(start..span.start).map_or(0, |before| before.chars().count() + 1);
        (line, column)
    }

    fn source(&self, at: &impl Span) -> &'t str {
        at.span().and_then(|span| self.text.get(span)).unwrap_or_default().trim()
    }

    /// A block's body with its attributes; blocks within it are lists, for there may be many of a name.
    pub(crate) fn block(&self, block: &Block) -> Tree {
        let (line, column) = self.place(block);
        let mut rows = self.body(&block.body);
        if !block.labels.is_empty() {
            let labels = block.labels.iter().map(|label| {
                let (line, column) = self.place(label);
                Tree { node: Node::Leaf(label.as_str().into()), line, column }
            });
            let key = Key { text: "@labels".to_owned(), line, column };
            rows.insert(0, (key, Tree { node: Node::List(labels.collect()), line, column }));
        }
        Tree { node: Node::Table(rows), line, column }
    }

    fn body(&self, body: &Body) -> Vec<(Key, Tree)> {
        let mut rows: Vec<(Key, Tree)> = Vec::new();
        for structure in body.iter() {
            match structure {
                Structure::Attribute(attribute) => {
                    let (line, column) = self.place(&attribute.key);
                    let key = Key { text: attribute.key.as_str().to_owned(), line, column };
                    rows.push((key, self.expression(&attribute.value)));
                }
                Structure::Block(block) => {
                    let (line, column) = self.place(&block.ident);
                    let name = block.ident.as_str();
                    let tree = self.block(block);
                    let same =
                        rows.iter_mut().find(|(key, _)| key.text == name).map(|(_, tree)| &mut tree.node);
                    if let Some(Node::List(list)) = same {
                        list.push(tree);
                    } else {
                        let key = Key { text: name.to_owned(), line, column };
                        rows.push((key, Tree { node: Node::List(vec![tree]), line, column }));
                    }
                }
            }
        }
        rows
    }

    fn expression(&self, expression: &Expression) -> Tree {
        let (line, column) = self.place(expression);
        let leaf = |value: Value| Node::Leaf(value);
        let node = match expression {
            Expression::Null(_) => leaf(Value::Null),
            Expression::Bool(flag) => leaf((*flag.value()).into()),
            Expression::Number(number) => leaf(self.number(number.value())),
            Expression::String(text) => leaf(text.as_str().into()),
            Expression::Array(list) => Node::List(list.iter().map(|each| self.expression(each)).collect()),
            Expression::Object(object) => {
                let rows = object.iter().map(|(key, value)| {
                    let text = match key {
                        ObjectKey::Ident(name) => name.as_str().to_owned(),
                        ObjectKey::Expression(Expression::String(text)) => text.as_str().to_owned(),
                        ObjectKey::Expression(other) => format!("${{{}}}", self.source(other)),
                    };
                    let (line, column) = self.place(key);
                    (Key { text, line, column }, self.expression(value.expr()))
                });
                Node::Table(rows.collect())
            }
            Expression::Parenthesis(inner) => return self.expression(inner.inner()),
            Expression::StringTemplate(_) => leaf(self.source(expression).trim_matches('"').into()),
            Expression::HeredocTemplate(_) => leaf(self.source(expression).into()),
            other => leaf(format!("${{{}}}", self.source(other)).into()),
        };
        Tree { node, line, column }
    }

    fn number(&self, number: &hcl_edit::Number) -> Value {
        let whole = number.as_i64().map(Value::from).or_else(|| number.as_u64().map(Value::from));
        whole.unwrap_or_else(|| number.as_f64().and_then(Number::from_f64).map_or(Value::Null, Value::Number))
    }
}
