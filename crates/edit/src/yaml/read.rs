//! From YAML text to nodes with their bytes, and to values.
//!
//! Values follow the YAML 1.2 core schema. A scalar with another tag reads as `{"!tag": text}`,
//! an alias as a copy of what it stands for, `<<` as an ordinary key.

use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput, StructureStyle, Tag};
use serde_json::{Map, Value};

use super::scalar::resolve;
use crate::error::{EditError, Position};
use crate::limits::{MAX_ALIAS_VALUES, MAX_DEPTH};
use crate::splice::skip_blanks;
use crate::tree::{Entry, Layout, Node, Shape, Style};

/// Reads all documents of a file; an empty file has none.
pub(crate) fn read(text: &str) -> Result<Vec<(Node, Value)>, EditError> {
    let mut reader = Reader { text, parser: Parser::new_from_str(text), anchors: HashMap::new(), copied: 0 };
    let mut documents = Vec::new();
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => return Ok(documents),
            (Event::DocumentStart(..), _) => {
                reader.anchors.clear();
                let (event, span) = reader.next()?;
                documents.push(reader.node(event, &span, None, MAX_DEPTH)?);
            }
            _ => {}
        }
    }
}

/// What an anchor names: its value and how many values that is.
struct Anchored {
    value: Value,
    size: usize,
}

struct Reader<'a> {
    text: &'a str,
    parser: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, Anchored>,
    copied: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), EditError> {
        loop {
            match self.parser.next_event() {
                None => return Ok((Event::StreamEnd, Span::default())),
                // Comment events come when another crate switches that feature on.
                Some(Ok((event, span))) if is_content(&event) => return Ok((event, span)),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(syntax(&error)),
            }
        }
    }

    /// Reads the node that starts with `event`. `lead` is the end of the colon or dash before it.
    fn node(
        &mut self,
        event: Event<'a>,
        span: &Span,
        lead: Option<usize>,
        depth: usize,
    ) -> Result<(Node, Value), EditError> {
        let depth = depth.checked_sub(1).ok_or(EditError::TooDeep)?;
        let (anchor, (node, value)) = match event {
            Event::Alias(id) => {
                let value = self.copy(id)?;
                return Ok((Node { span: bytes(span), shape: Shape::Alias }, value));
            }
            Event::Scalar(text, style, anchor, tag) => {
                (anchor, self.scalar(&text, style, tag.as_deref(), (span, lead)))
            }
            Event::SequenceStart(style, anchor, _) => (anchor, self.sequence(style, (span, lead), depth)?),
            Event::MappingStart(style, anchor, _) => (anchor, self.mapping(style, span, depth)?),
            _ => return Err(self.unexpected(span)),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, Anchored { size: size_of(&value), value: value.clone() });
        }
        Ok((node, value))
    }

    fn copy(&mut self, id: usize) -> Result<Value, EditError> {
        // An alias inside its own anchor has no finite value.
        let Some(anchored) = self.anchors.get(&id) else { return Err(EditError::TooManyAliases) };
        self.copied += anchored.size;
        if self.copied > MAX_ALIAS_VALUES {
            return Err(EditError::TooManyAliases);
        }
        Ok(anchored.value.clone())
    }

    fn scalar(
        &self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        (span, lead): (&Span, Option<usize>),
    ) -> (Node, Value) {
        let mut range = bytes(span);
        let style = match style {
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal | ScalarStyle::Folded => {
                range = self.block_scalar(range, lead);
                Style::Block
            }
            _ => Style::Plain,
        };
        if range.is_empty() && style == Style::Plain {
            // The parser puts a missing value before its colon.
            let at = lead.unwrap_or(range.start).max(range.start);
            range = at..at;
        }
        if let Some(start) = span.tag_start.and_then(|mark| mark.byte_offset()) {
            range.start = start.min(range.start);
        }
        (Node { span: range, shape: Shape::Scalar(style) }, resolve(text, style == Style::Plain, tag))
    }

    /// From the `|` or `>` to the last line of content, without its line ending. Blank lines
    /// behind the content belong to it only where they are kept (`|+`).
    fn block_scalar(&self, content: Range<usize>, lead: Option<usize>) -> Range<usize> {
        let lead = lead.unwrap_or(0).min(content.start);
        let start = self.text[lead..content.start].find(['|', '>']).map_or(content.start, |at| lead + at);
        let header = self.text[start..].lines().next().unwrap_or_default();
        let header = header.split(" #").next().unwrap_or_default();
        let body = &self.text[start..content.end.max(start)];
        let kept = if header.contains('+') {
            body.strip_suffix('\n').map_or(body, |body| body.strip_suffix('\r').unwrap_or(body))
        } else {
            body.trim_end_matches([' ', '\t', '\r', '\n'])
        };
        start..start + kept.len()
    }

    fn sequence(
        &mut self,
        style: StructureStyle,
        (span, lead): (&Span, Option<usize>),
        depth: usize,
    ) -> Result<(Node, Value), EditError> {
        let layout = layout(style);
        let mut start = bytes(span).start;
        if layout == Layout::Block {
            // A list that is not indented below its key is said to start behind its dash.
            start = lead.and_then(|lead| self.find_dash(lead)).unwrap_or(start);
        }
        let mut at = start;
        let (mut entries, mut list) = (Vec::new(), Vec::new());
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                let end = if layout == Layout::Flow { bytes(&span).end } else { at };
                return Ok((
                    Node { span: start..end, shape: Shape::Sequence(layout, entries) },
                    Value::Array(list),
                ));
            }
            let dash = if layout == Layout::Block { self.find_dash(at) } else { None };
            let (node, value) = self.node(event, &span, dash.map(|dash| dash + 1), depth)?;
            at = node.span.end;
            let first = dash.unwrap_or(node.span.start);
            let lead = dash.map_or(node.span.start, |dash| dash + 1);
            entries.push(Entry { start: first, name: String::new(), lead, value: node });
            list.push(value);
        }
    }

    fn mapping(
        &mut self,
        style: StructureStyle,
        span: &Span,
        depth: usize,
    ) -> Result<(Node, Value), EditError> {
        let layout = layout(style);
        let mut start = bytes(span).start;
        let mut end = start;
        let (mut entries, mut map) = (Vec::new(), Map::new());
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                let end = if layout == Layout::Flow { bytes(&span).end.max(end) } else { end };
                return Ok((
                    Node { span: start..end, shape: Shape::Mapping(layout, entries) },
                    Value::Object(map),
                ));
            }
            let (key, key_value) = self.node(event, &span, None, depth)?;
            let lead = self.after_colon(key.span.end);
            let (event, span) = self.next()?;
            let (node, value) = self.node(event, &span, Some(lead), depth)?;
            let name = key_text(key_value);
            if map.insert(name.clone(), value).is_some() {
                return Err(EditError::Duplicate {
                    key: name,
                    position: Position::of(self.text, key.span.start),
                });
            }
            if entries.is_empty() && layout == Layout::Block {
                start = key.span.start;
            }
            end = node.span.end.max(lead);
            entries.push(Entry { start: key.span.start, name, lead, value: node });
        }
    }

    /// The dash of the next element: only blanks, comments and properties stand before it.
    fn find_dash(&self, mut at: usize) -> Option<usize> {
        loop {
            let rest = &self.text[at..];
            at += rest.len() - rest.trim_start().len();
            match self.text.as_bytes().get(at)? {
                b'-' => return Some(at),
                b'#' => at += self.text[at..].find('\n')?,
                b'&' | b'!' => at += self.text[at..].find(char::is_whitespace)?,
                _ => return None,
            }
        }
    }

    /// The byte after the colon of a key that ends at `end`; `end` where there is no colon.
    fn after_colon(&self, end: usize) -> usize {
        let mut at = skip_blanks(self.text, end);
        if self.text.as_bytes().get(at) != Some(&b':') {
            at += self.text[at..].len() - self.text[at..].trim_start().len();
        }
        if self.text.as_bytes().get(at) == Some(&b':') { at + 1 } else { end }
    }

    fn unexpected(&self, span: &Span) -> EditError {
        let position = Position::of(self.text, bytes(span).start);
        EditError::Syntax { format: "YAML", position, reason: "unexpected structure".to_owned() }
    }
}

fn is_content(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::Alias(_)
            | Event::Scalar(..)
            | Event::SequenceStart(..)
            | Event::SequenceEnd
            | Event::MappingStart(..)
            | Event::MappingEnd
    )
}

fn syntax(error: &granit_parser::ScanError) -> EditError {
    if error.info().contains("recursion limit") {
        return EditError::TooDeep;
    }
    let marker = error.marker();
    let position = Position { line: marker.line(), column: marker.col() + 1 };
    EditError::Syntax { format: "YAML", position, reason: error.info().to_owned() }
}

fn layout(style: StructureStyle) -> Layout {
    match style {
        StructureStyle::Block => Layout::Block,
        StructureStyle::Flow => Layout::Flow,
    }
}

fn bytes(span: &Span) -> Range<usize> {
    span.byte_range().unwrap_or(0..0)
}

/// The text of a key; keys that are not scalars get their JSON text.
fn key_text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// How many values a value is made of.
fn size_of(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(size_of).sum(),
        Value::Object(map) => map.values().map(size_of).sum(),
        _ => 0,
    }
}
