//! From XML text to elements with their bytes, and to values.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

use crate::change::Segment;
use crate::error::{EditError, Position};
use crate::limits::MAX_DEPTH;

/// An element and where it is written.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    pub(crate) name: String,
    /// From `<` of the start tag to `>` of the end tag.
    pub(crate) span: Range<usize>,
    /// The start tag, brackets included.
    pub(crate) open: Range<usize>,
    /// Between the tags; `None` for `<a/>`.
    pub(crate) inner: Option<Range<usize>>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) children: Vec<Element>,
    pub(crate) texts: Vec<Text>,
}

/// An attribute; the bytes of its value are inside the quotes.
#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) span: Range<usize>,
}

/// A run of character data, unescaped, with the bytes that it was written in.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
    pub(crate) cdata: bool,
}

impl Element {
    /// The texts that are not only blanks.
    pub(crate) fn written_texts(&self) -> impl Iterator<Item = &Text> {
        self.texts.iter().filter(|text| !text.text.trim().is_empty())
    }

    /// The last element on the way to `at`, and what remains of the way.
    pub(crate) fn deepest<'a>(&self, at: &'a [Segment]) -> (&Element, &'a [Segment]) {
        if let [Segment::Key(name), Segment::Index(index), rest @ ..] = at {
            let mut same = self.children.iter().filter(|child| child.name == *name);
            if let Some(child) = same.nth(*index) {
                return child.deepest(rest);
            }
        }
        (self, at)
    }

    fn value(&self) -> Value {
        let text = self.written_texts().map(|text| text.text.trim()).collect::<Vec<_>>().join(" ");
        let mut map = Map::new();
        for attribute in &self.attributes {
            map.insert(format!("@{}", attribute.name), Value::from(attribute.value.as_str()));
        }
        for child in &self.children {
            let list = map.entry(child.name.clone()).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(list) = list {
                list.push(child.value());
            }
        }
        if !text.is_empty() {
            map.insert("#text".to_owned(), Value::from(text));
        }
        Value::Object(map)
    }
}

/// Reads a document: its root element in an element without a name, and its value.
pub(crate) fn read(text: &str) -> Result<(Element, Value), EditError> {
    let document = Builder { text, open: vec![empty(String::new(), 0..0)] }.build()?;
    let value = document.value();
    Ok((document, value))
}

fn empty(name: String, open: Range<usize>) -> Element {
    Element {
        name,
        span: open.clone(),
        open,
        inner: None,
        attributes: Vec::new(),
        children: Vec::new(),
        texts: Vec::new(),
    }
}

struct Builder<'a> {
    text: &'a str,
    open: Vec<Element>,
}

impl Builder<'_> {
    fn build(mut self) -> Result<Element, EditError> {
        let mut reader = Reader::from_str(self.text);
        loop {
            let start = position(reader.buffer_position());
            let event = reader
                .read_event()
                .map_err(|error| self.syntax(position(reader.error_position()), &error.to_string()))?;
            let span = start..position(reader.buffer_position());
            match event {
                Event::Start(tag) => self.start(&tag, span)?,
                Event::Empty(tag) => {
                    self.start(&tag, span.clone())?;
                    self.close(span.end, None);
                }
                Event::End(_) => {
                    let inner = self.open.last().map(|element| element.open.end..span.start);
                    self.close(span.end, inner);
                }
                Event::Text(text) => self.character_data(&text.xml10_content(), span, false)?,
                Event::CData(text) => self.character_data(&text.xml10_content(), span, true)?,
                Event::GeneralRef(reference) => {
                    let character = reference
                        .resolve_char_ref()
                        .map_err(|error| self.syntax(span.start, &error.to_string()))?;
                    let known = resolve_predefined_entity(&reference).map(str::to_owned);
                    let text = character
                        .map(String::from)
                        .or(known)
                        .unwrap_or_else(|| unresolved(&self.text[span.clone()]));
                    self.character_data(&text, span, false)?;
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
                Event::Eof => return self.finish(),
            }
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, span: Range<usize>) -> Result<(), EditError> {
        // The element without a name is a level of its own.
        if self.open.len() > MAX_DEPTH {
            return Err(EditError::TooDeep);
        }
        if self.open.len() == 1 && self.open.iter().any(|document| !document.children.is_empty()) {
            return Err(self.syntax(span.start, "a second root element"));
        }
        let mut element = empty(tag.name().as_ref().to_owned(), span.clone());
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| self.syntax(span.start, &error.to_string()))?;
            let raw: &str = &attribute.value;
            let at = (raw.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
            let value = quick_xml::escape::unescape(raw);
            let value = value.map_or_else(|_| unresolved(raw), std::borrow::Cow::into_owned);
            let name = attribute.key.as_ref().to_owned();
            element.attributes.push(Attribute { name, value, span: at..at.wrapping_add(raw.len()) });
        }
        self.open.push(element);
        Ok(())
    }

    fn close(&mut self, end: usize, inner: Option<Range<usize>>) {
        let Some(mut element) = self.open.pop() else { return };
        element.span.end = end;
        element.inner = inner;
        if let Some(parent) = self.open.last_mut() {
            parent.children.push(element);
        }
    }

    fn character_data(&mut self, text: &str, span: Range<usize>, cdata: bool) -> Result<(), EditError> {
        let outside = self.open.len() == 1;
        if outside && !text.trim().is_empty() {
            return Err(self.syntax(span.start, "text outside the root element"));
        }
        let Some(element) = self.open.last_mut() else { return Ok(()) };
        match element.texts.last_mut() {
            Some(last) if last.span.end == span.start && !last.cdata && !cdata => {
                last.text.push_str(text);
                last.span.end = span.end;
            }
            _ if outside => {}
            _ => element.texts.push(Text { text: text.to_owned(), span, cdata }),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Element, EditError> {
        match (self.open.len(), self.open.pop()) {
            (1, Some(document)) if !document.children.is_empty() => Ok(document),
            (1, _) => Err(self.syntax(self.text.len(), "there is no element")),
            (_, Some(element)) => {
                Err(self.syntax(element.open.start, &format!("<{}> is never closed", element.name)))
            }
            (_, None) => Err(self.syntax(0, "there is no element")),
        }
    }

    fn syntax(&self, at: usize, reason: &str) -> EditError {
        EditError::Syntax {
            format: "XML",
            position: Position::of(self.text, at.min(self.text.len())),
            reason: reason.to_owned(),
        }
    }
}

/// Text with entities that are declared elsewhere: never equal to a text that was written.
fn unresolved(raw: &str) -> String {
    format!("\0{raw}")
}

fn position(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
