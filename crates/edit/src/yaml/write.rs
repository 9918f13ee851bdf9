//! Changes of YAML text: only the bytes of the change.

use serde_json::Value;

use super::scalar::{Context, quote};
use crate::brackets::{Brackets, Comments};
use crate::splice::{Splice, indent_before, line_end, line_start, newline, next_line};
use crate::tree::{Entry, Layout, Node, Refusal, Shape, Style, Writer};

/// Writes changes of one document of a YAML file.
pub(crate) struct YamlWriter<'a> {
    text: &'a str,
    newline: &'static str,
    /// Columns that a mapping is indented below its key.
    unit: usize,
    /// Columns that a list is indented below its key; often 0.
    dash: usize,
}

impl<'a> YamlWriter<'a> {
    pub(crate) fn new(text: &'a str, root: &Node) -> Self {
        let unit = first_indent(text, root, false).filter(|unit| *unit > 0).unwrap_or(2);
        let dash = first_indent(text, root, true).unwrap_or(unit);
        YamlWriter { text, newline: newline(text), unit, dash }
    }

    fn brackets<'b>(&'b self, node: &'b Node) -> Brackets<'b> {
        Brackets { text: self.text, node, comments: Comments::Hash }
    }

    fn line_break(&self, column: usize) -> String {
        format!("{}{}", self.newline, " ".repeat(column))
    }

    /// A value that starts on the line of its key, whose colon is at the end of the text so far;
    /// the key stands at `column`.
    fn after_colon(&self, value: &Value, column: usize, style: Style) -> String {
        match value {
            Value::Object(map) if !map.is_empty() => {
                self.line_break(column + self.unit) + &self.block(value, column + self.unit)
            }
            Value::Array(list) if !list.is_empty() => {
                self.line_break(column + self.dash) + &self.block(value, column + self.dash)
            }
            _ => format!(" {}", self.single(value, column + self.unit, style)),
        }
    }

    fn after_dash(&self, value: &Value, column: usize, style: Style) -> String {
        if is_block_value(value) {
            return format!(" {}", self.block(value, column + 2));
        }
        format!(" {}", self.single(value, column + 2, style))
    }

    /// A collection over several lines, all but the first indented by `column`.
    fn block(&self, value: &Value, column: usize) -> String {
        let lines: Vec<String> = match value {
            Value::Object(map) if !map.is_empty() => map
                .iter()
                .map(|(key, value)| {
                    format!(
                        "{}:{}",
                        key_text(key, Context::Block),
                        self.after_colon(value, column, Style::Plain)
                    )
                })
                .collect(),
            Value::Array(list) if !list.is_empty() => list
                .iter()
                .map(|value| format!("-{}", self.after_dash(value, column, Style::Plain)))
                .collect(),
            _ => vec![self.single(value, column + self.unit, Style::Plain)],
        };
        lines.join(&self.line_break(column))
    }

    /// A scalar or an empty collection; a text of several lines becomes a `|` block at `column`.
    fn single(&self, value: &Value, column: usize, style: Style) -> String {
        match value {
            Value::String(text) if matches!(style, Style::Plain | Style::Block) => {
                self.literal(text, column).unwrap_or_else(|| quote(text, style, Context::Block))
            }
            Value::String(text) => quote(text, style, Context::Block),
            _ => value.to_string(),
        }
    }

    fn literal(&self, text: &str, column: usize) -> Option<String> {
        let body = text.strip_suffix('\n');
        let chomp = if body.is_some() { "|" } else { "|-" };
        let body = body.unwrap_or(text);
        let odd_line =
            |line: &str| line.ends_with([' ', '\t']) || line.chars().any(|c| c.is_control() && c != '\t');
        let odd = body.is_empty()
            || body.ends_with('\n')
            || body.starts_with([' ', '\t', '\n'])
            || body.split('\n').any(odd_line);
        if odd || !text.contains('\n') {
            return None;
        }
        let lines = body.split('\n').map(|line| {
            if line.is_empty() { self.newline.to_owned() } else { self.line_break(column) + line }
        });
        Some(format!("{chomp}{}", lines.collect::<String>()))
    }

    fn flow(&self, value: &Value, style: Style) -> String {
        match value {
            Value::String(text) => quote(text, style, Context::Flow),
            Value::Array(list) => format!(
                "[{}]",
                list.iter().map(|value| self.flow(value, Style::Plain)).collect::<Vec<_>>().join(", ")
            ),
            Value::Object(map) => {
                let entries = map.iter().map(|(key, value)| self.flow_entry(key, value));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
            _ => value.to_string(),
        }
    }

    fn flow_entry(&self, key: &str, value: &Value) -> String {
        format!("{}: {}", key_text(key, Context::Flow), self.flow(value, Style::Plain))
    }

    fn column(&self, at: usize) -> usize {
        self.text[line_start(self.text, at)..at].chars().count()
    }

    /// Adds entries below the last one of a block collection; each gets the column to be at.
    fn add_lines(&self, node: &Node, render: impl Fn(usize) -> String) -> Result<Vec<Splice>, Refusal> {
        let Some(first) = node.entries().first() else {
            return Err(Refusal::new(node.span.start, "it is empty"));
        };
        let before = &self.text[line_start(self.text, first.start)..first.start];
        if !before.chars().all(|c| matches!(c, ' ' | '-' | '?')) {
            return Err(Refusal::new(
                first.start,
                "its first entry does not start a line: put it on a line of its own",
            ));
        }
        let column = before.len();
        Ok(vec![Splice::insert(
            line_end(self.text, node.span.end),
            self.line_break(column) + &render(column),
        )])
    }

    fn replace_flow(&self, entry: &Entry, value: &Value) -> Vec<Splice> {
        let old = &entry.value;
        let new = self.flow(value, style_of(old));
        let before = match (old.span.is_empty(), self.text[..entry.lead].ends_with(':')) {
            (true, true) => " ",
            (true, false) => ": ",
            _ => "",
        };
        vec![Splice::replace(old.span.clone(), format!("{before}{new}"))]
    }

    fn replace_block(&self, entry: &Entry, parent: &Node, value: &Value) -> Result<Vec<Splice>, Refusal> {
        let old = &entry.value;
        let lead = entry.lead;
        let column = self.column(entry.start);
        if same_block_kind(old, value) {
            return Ok(vec![Splice::replace(
                old.span.clone(),
                self.block(value, self.column(old.span.start)),
            )]);
        }
        if old.is_flow() && !old.entries().is_empty() && is_block_value(value) {
            return Ok(vec![Splice::replace(old.span.clone(), self.flow(value, Style::Plain))]);
        }
        let style = style_of(old);
        let new = match parent.shape {
            Shape::Sequence(..) => self.after_dash(value, column, style),
            _ => self.after_colon(value, column, style),
        };
        let block_scalar = style == Style::Block;
        let (head, tail) = match new.find(self.newline) {
            Some(at) if !block_scalar => new.split_at(at),
            _ => (new.as_str(), ""),
        };
        if tail.is_empty() && !block_scalar && old.entries().is_empty() && !old.span.is_empty() {
            return Ok(vec![Splice::replace(old.span.clone(), head.trim_start())]);
        }
        if block_scalar && !is_block_value(value) {
            return Ok(vec![Splice::replace(old.span.clone(), new.trim_start())]);
        }
        let mut splices = vec![Splice::replace(lead.min(old.span.start)..old.span.end, head)];
        if !tail.is_empty() {
            splices.push(Splice::insert(line_end(self.text, old.span.end), tail));
        }
        Ok(splices)
    }

    /// A collection loses its last entry: `{}` or `[]` stays.
    fn empty_block(&self, node: &Node, entry: Option<&Entry>) -> Vec<Splice> {
        let empty = if matches!(node.shape, Shape::Mapping(..)) { "{}" } else { "[]" };
        match entry {
            Some(entry) if self.text[entry.lead..node.span.start].trim().is_empty() => {
                vec![Splice::replace(entry.lead..node.span.end, format!(" {empty}"))]
            }
            // Below a comment, brackets must stand deeper than the key.
            Some(entry) if self.column(node.span.start) <= self.column(entry.start) => {
                vec![Splice::replace(node.span.clone(), " ".repeat(self.unit) + empty)]
            }
            _ => vec![Splice::replace(node.span.clone(), empty)],
        }
    }

    fn remove_block(&self, positions: &[usize], node: &Node) -> Vec<Splice> {
        let entries = node.entries();
        let mut splices = Vec::new();
        let mut inline_until = 0;
        for &position in positions {
            let entry = &entries[position];
            if let Some(before) = indent_before(self.text, entry.start) {
                if position >= inline_until {
                    splices.push(Splice::remove(self.lines_of(entry.start - before.len(), entry)));
                }
                continue;
            }
            // It follows a dash on its line: the next kept entry takes its place.
            if position < inline_until {
                continue;
            }
            inline_until =
                (position..entries.len()).find(|next| !positions.contains(next)).unwrap_or(entries.len());
            let until = entries.get(inline_until).map_or(node.span.end, |next| next.start);
            splices.push(Splice::remove(entry.start..until));
        }
        splices
    }

    /// The lines from `start` to the end of the entry. In a file that ends without a line
    /// ending, the one before the entry goes with its last lines.
    fn lines_of(&self, start: usize, entry: &Entry) -> std::ops::Range<usize> {
        let end = next_line(self.text, entry.value.span.end.max(entry.lead));
        if end < self.text.len() || self.text.ends_with('\n') {
            return start..end;
        }
        start - self.newline_before(start)..end
    }

    fn newline_before(&self, at: usize) -> usize {
        let before = &self.text[..at];
        before.len()
            - before.strip_suffix('\n').map_or(before, |rest| rest.strip_suffix('\r').unwrap_or(rest)).len()
    }
}

impl Writer for YamlWriter<'_> {
    fn replace(&self, entry: &Entry, parents: &[&Node], value: &Value) -> Result<Vec<Splice>, Refusal> {
        match parents.last() {
            Some(parent) if !parents.iter().any(|node| node.is_flow()) => {
                self.replace_block(entry, parent, value)
            }
            _ => Ok(self.replace_flow(entry, value)),
        }
    }

    fn insert(&self, key: &str, parents: &[&Node], value: &Value) -> Result<Vec<Splice>, Refusal> {
        let Some(parent) = parents.last() else { return Ok(Vec::new()) };
        if !parent.is_flow() {
            return self.add_lines(parent, |column| {
                format!("{}:{}", key_text(key, Context::Block), self.after_colon(value, column, Style::Plain))
            });
        }
        let entry = self.flow_entry(key, value);
        let brackets = self.brackets(parent);
        Ok(if parent.entries().is_empty() {
            brackets.fill(&entry, None)
        } else {
            brackets.push(&entry, self.newline)
        })
    }

    fn push(&self, list: &Node, _parents: &[&Node], values: &[Value]) -> Result<Vec<Splice>, Refusal> {
        let last = list.entries().last();
        let style = last.map_or(Style::Plain, |last| style_of(&last.value));
        let style = if style == Style::Block { Style::Plain } else { style };
        if list.is_flow() {
            let brackets = self.brackets(list);
            let parts: Vec<String> = values.iter().map(|value| self.flow(value, style)).collect();
            let text = parts.join(", ");
            return Ok(match last {
                None => brackets.fill(&text, None),
                Some(_) => brackets.push(&text, self.newline),
            });
        }
        self.add_lines(list, |column| {
            let lines: Vec<String> =
                values.iter().map(|value| format!("-{}", self.after_dash(value, column, style))).collect();
            lines.join(&self.line_break(column))
        })
    }

    fn remove(&self, positions: &[usize], parents: &[&Node]) -> Result<Vec<Splice>, Refusal> {
        let Some((node, above)) = parents.split_last() else { return Ok(Vec::new()) };
        if node.is_flow() {
            return Ok(self.brackets(node).remove(positions));
        }
        if positions.len() == node.entries().len() {
            let entry = above
                .last()
                .and_then(|above| above.entries().iter().find(|entry| entry.value.span == node.span));
            return Ok(self.empty_block(node, entry));
        }
        Ok(self.remove_block(positions, node))
    }

    fn start(&self, root: &Node, value: &Value) -> Result<Vec<Splice>, Refusal> {
        if !root.span.is_empty() {
            return Ok(vec![Splice::replace(root.span.clone(), self.block(value, 0))]);
        }
        let before = if self.text.is_empty() || self.text.ends_with('\n') { "" } else { self.newline };
        let document = self.block(value, 0);
        Ok(vec![Splice::insert(self.text.len(), format!("{before}{document}{}", self.newline))])
    }
}

fn key_text(key: &str, context: Context) -> String {
    quote(key, Style::Plain, context)
}

fn style_of(node: &Node) -> Style {
    match node.shape {
        Shape::Scalar(style) => style,
        _ => Style::Plain,
    }
}

/// Whether a value takes lines of its own.
fn is_block_value(value: &Value) -> bool {
    match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => false,
    }
}

fn same_block_kind(old: &Node, value: &Value) -> bool {
    match (&old.shape, value) {
        (Shape::Mapping(Layout::Block, _), Value::Object(map)) => !map.is_empty(),
        (Shape::Sequence(Layout::Block, _), Value::Array(list)) => !list.is_empty(),
        _ => false,
    }
}

/// Columns between a key and the first block mapping (or list) below it, from anywhere in the document.
fn first_indent(text: &str, node: &Node, list: bool) -> Option<usize> {
    let column = |at: usize| at - line_start(text, at);
    node.entries().iter().find_map(|entry| {
        let wanted = match (&node.shape, &entry.value.shape) {
            (Shape::Mapping(Layout::Block, _), Shape::Sequence(Layout::Block, _)) => list,
            (Shape::Mapping(Layout::Block, _), Shape::Mapping(Layout::Block, _)) => !list,
            _ => false,
        };
        if wanted {
            return column(entry.value.span.start).checked_sub(column(entry.start));
        }
        first_indent(text, &entry.value, list)
    })
}
