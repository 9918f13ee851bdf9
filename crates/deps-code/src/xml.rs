//! XML as elements with the bytes of their texts and attributes. Entities of a DOCTYPE are never put in.

use std::borrow::Cow;
use std::ops::Range;

use fleetwright_package::Finding;
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use crate::limits::{MAX_XML_DEPTH, MAX_XML_ELEMENTS};
use crate::source::Source;

/// An element.
#[derive(Debug, Clone, Default)]
pub(crate) struct Element<'a> {
    pub(crate) name: String,
    /// The bytes of its start tag.
    pub(crate) tag: Range<usize>,
    pub(crate) attributes: Vec<(String, Written<'a>)>,
    pub(crate) children: Vec<Element<'a>>,
    /// Its text without blanks around it, when it is written in one piece.
    pub(crate) text: Option<Written<'a>>,
}

/// A text and its bytes; these are not the text where it is written with escapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) span: Range<usize>,
}

impl<'a> Element<'a> {
    /// An attribute; MSBuild and NuGet compare names without case.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Written<'a>> {
        self.attributes.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// An attribute, or the text of the child of this name.
    pub(crate) fn field(&self, name: &str) -> Option<&Written<'a>> {
        self.attribute(name).or_else(|| {
            let child = self.children.iter().rev().find(|child| child.name.eq_ignore_ascii_case(name))?;
            child.text.as_ref()
        })
    }
}

/// Reads a document: its root element. What cannot be read is a finding.
pub(crate) fn parse<'a>(source: &Source<'a>, findings: &mut Vec<Finding>) -> Option<Element<'a>> {
    // The reader does not count a byte-order mark.
    let base = if source.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut builder = Builder { text: source.text, base, open: vec![Element::default()], count: 0 };
    match builder.read() {
        Ok(()) => builder.open.pop()?.children.pop(),
        Err((at, message)) => {
            findings.push(source.finding(
                source.line(at),
                message,
                "correct the XML; `dotnet build` shows it too",
            ));
            None
        }
    }
}

struct Builder<'a> {
    text: &'a str,
    /// Where what the reader counts begins.
    base: usize,
    /// The elements that are open; the first is the document.
    open: Vec<Element<'a>>,
    count: usize,
}

impl<'a> Builder<'a> {
    fn read(&mut self) -> Result<(), (usize, String)> {
        let base = self.base;
        let offset = |position: u64| usize::try_from(position).unwrap_or(usize::MAX).saturating_add(base);
        let mut reader = Reader::from_str(self.text.get(base..).unwrap_or(""));
        loop {
            let start = offset(reader.buffer_position());
            let event =
                reader.read_event().map_err(|error| (offset(reader.error_position()), error.to_string()))?;
            let span = start..offset(reader.buffer_position());
            match event {
                Event::Start(tag) => self.start(&tag, span)?,
                Event::Empty(tag) => {
                    self.start(&tag, span)?;
                    self.close();
                }
                Event::End(_) => self.close(),
                Event::Text(_) | Event::GeneralRef(_) => self.add_text(span, 0),
                Event::CData(_) => self.add_text(span, "<![CDATA[".len()),
                Event::Eof if self.open.len() > 1 => {
                    return Err((start, "the file ends inside of an element".to_owned()));
                }
                Event::Eof => return Ok(()),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, span: Range<usize>) -> Result<(), (usize, String)> {
        self.count += 1;
        if self.open.len() > MAX_XML_DEPTH || self.count > MAX_XML_ELEMENTS {
            let message = format!(
                "over {MAX_XML_DEPTH} elements deep, or over {MAX_XML_ELEMENTS} of them; it is not read"
            );
            return Err((span.start, message));
        }
        if self.open.len() == 1 && self.open.iter().any(|document| !document.children.is_empty()) {
            return Err((span.start, "a second root element".to_owned()));
        }
        let mut element =
            Element { name: tag.local_name().as_ref().to_owned(), tag: span.clone(), ..Element::default() };
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| (span.start, error.to_string()))?;
            let raw: &str = &attribute.value;
            let at = (raw.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
            let bytes = at..at.wrapping_add(raw.len());
            let Some(raw) = self.text.get(bytes.clone()) else { continue };
            let text = unescape(raw).unwrap_or(Cow::Borrowed(raw));
            element.attributes.push((attribute.key.as_ref().to_owned(), Written { text, span: bytes }));
        }
        self.open.push(element);
        Ok(())
    }

    /// Adds a piece of text, whose marks have `mark` bytes in front. The second piece makes it none in one
    /// piece: a version that is cut by a comment is not replaced.
    fn add_text(&mut self, span: Range<usize>, mark: usize) {
        let end = if mark > 0 { span.end.saturating_sub("]]>".len()) } else { span.end };
        let raw = self.text.get(span.start + mark..end).unwrap_or("");
        let trimmed = raw.trim();
        let Some(element) = self.open.last_mut().filter(|_| !trimmed.is_empty()) else { return };
        let at = span.start + mark + (raw.len() - raw.trim_start().len());
        let text = unescape(trimmed).unwrap_or(Cow::Borrowed(trimmed));
        let written = Written { text, span: at..at + trimmed.len() };
        element.text = match element.text.take() {
            None => Some(written),
            Some(first) => Some(Written {
                text: Cow::Owned(format!("{}{}", first.text, written.text)),
                span: first.span.start..written.span.end,
            }),
        };
    }

    fn close(&mut self) {
        if self.open.len() > 1
            && let Some(element) = self.open.pop()
            && let Some(parent) = self.open.last_mut()
        {
            parent.children.push(element);
        }
    }
}
