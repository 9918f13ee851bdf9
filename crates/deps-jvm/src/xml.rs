//! XML as elements with the bytes of their text and the comments beside them.

use std::ops::Range;
use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

use crate::text::{Text, number};

/// The deepest nesting of elements.
const MAX_DEPTH: usize = 128;
/// The most elements of one document. The largest POM at Maven Central has some 40,000.
const MAX_ELEMENTS: usize = 500_000;

/// An element. Attributes and the prefixes of names mean nothing in a POM.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    /// Its own character data without blanks around, and where that is written. An entity that is not one of
    /// XML's own stays as it is written.
    pub(crate) text: Text,
    pub(crate) children: Vec<Element>,
    /// The line of the end tag.
    end: u32,
}

impl Element {
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children of the child of this name.
    pub(crate) fn list(&self, name: &str) -> &[Element] {
        self.child(name).map_or(&[], |list| &list.children)
    }

    /// The text of the child of this name, unless it is empty.
    pub(crate) fn value(&self, name: &str) -> Option<&Text> {
        self.child(name).map(|child| &child.text).filter(|text| !text.value.is_empty())
    }

    pub(crate) fn string(&self, name: &str) -> Option<String> {
        self.value(name).map(|text| text.value.clone())
    }
}

/// Why a document cannot be read, and on which line.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) line: u32,
    pub(crate) reason: String,
}

/// Reads a document: its root element.
pub(crate) fn read(text: &str) -> Result<Element, Broken> {
    let open = vec![Element::default()];
    Builder { text, open, line: 1, counted: 0, elements: 0, comment: None }.build()
}

struct Builder<'a> {
    text: &'a str,
    open: Vec<Element>,
    line: u32,
    counted: usize,
    elements: usize,
    /// The last comment, as long as nothing was written behind it, with the line it ends on.
    comment: Option<(Arc<str>, u32)>,
}

impl Builder<'_> {
    fn build(mut self) -> Result<Element, Broken> {
        let mut reader = Reader::from_str(self.text);
        loop {
            let start = position(reader.buffer_position());
            self.count(start);
            let event = match reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    self.count(position(reader.error_position()));
                    return Err(self.broken(&error.to_string()));
                }
            };
            let span = start..position(reader.buffer_position());
            match event {
                Event::Start(tag) => self.start(tag.local_name().as_ref(), span.end)?,
                Event::Empty(tag) => {
                    self.start(tag.local_name().as_ref(), span.end)?;
                    self.close();
                }
                Event::End(_) => self.close(),
                Event::Text(text) => self.characters(&text.xml10_content(), span),
                Event::CData(text) => self.characters(&text.xml10_content(), cdata(&span)),
                Event::GeneralRef(reference) => {
                    let raw = &self.text[span.clone()];
                    let character = reference.resolve_char_ref().ok().flatten().map(String::from);
                    let known =
                        character.or_else(|| resolve_predefined_entity(&reference).map(str::to_owned));
                    self.characters(&known.unwrap_or_else(|| raw.to_owned()), span);
                }
                Event::Comment(_) => self.comment(&self.text[span.clone()], span.end),
                Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
                Event::Eof => return self.finish(),
            }
        }
    }

    fn start(&mut self, name: &str, inner: usize) -> Result<(), Broken> {
        self.elements += 1;
        if self.open.len() > MAX_DEPTH {
            return Err(self.broken(&format!("elements are nested deeper than {MAX_DEPTH} levels")));
        }
        if self.elements > MAX_ELEMENTS {
            return Err(self.broken(&format!("there are more than {MAX_ELEMENTS} elements")));
        }
        let above = self.comment.take().filter(|(_, end)| *end + 1 >= self.line).map(|(comment, _)| comment);
        let text = Text { value: String::new(), span: inner..inner, line: self.line, comment: above };
        self.open.push(Element { name: name.to_owned(), text, children: Vec::new(), end: self.line });
        Ok(())
    }

    fn close(&mut self) {
        // The first is the document itself.
        if self.open.len() < 2 {
            return;
        }
        let Some(mut element) = self.open.pop() else { return };
        element.end = self.line;
        element.text.value.truncate(element.text.value.trim_end().len());
        if let Some(parent) = self.open.last_mut() {
            parent.children.push(element);
        }
        self.comment = None;
    }

    fn characters(&mut self, text: &str, span: Range<usize>) {
        let Some(element) = self.open.last_mut() else { return };
        if text.trim().is_empty() && element.text.value.is_empty() {
            return;
        }
        let raw = &self.text[span.clone()];
        if element.text.value.is_empty() {
            let blanks = raw.len() - raw.trim_start().len();
            element.text.span.start = span.start + blanks;
            element.text.line = self.line + number(raw[..blanks].matches('\n').count());
            element.text.value.push_str(text.trim_start());
        } else {
            element.text.value.push_str(text);
        }
        if !text.trim().is_empty() {
            element.text.span.end = span.start + raw.trim_end().len();
            self.comment = None;
        }
    }

    /// A comment belongs to what is closed before it on its line, else to what is opened behind it.
    fn comment(&mut self, raw: &str, end: usize) {
        let words = raw.trim_start_matches("<!--").trim_end_matches("-->").trim();
        let words: Arc<str> = words.chars().take(1000).collect::<String>().into();
        let line = self.line;
        let around = self.open.last_mut().filter(|element| !element.text.value.is_empty());
        if let Some(around) = around {
            around.text.comment = Some(words);
            return;
        }
        let before = self.open.last_mut().and_then(|element| element.children.last_mut());
        match before.filter(|before| before.end == line) {
            Some(before) => before.text.comment = Some(words),
            None => {
                self.count(end);
                self.comment = Some((words, self.line));
            }
        }
    }

    fn finish(mut self) -> Result<Element, Broken> {
        if let Some(element) = self.open.get(1) {
            return Err(Broken {
                line: element.text.line,
                reason: format!("<{}> is never closed", element.name),
            });
        }
        let root = self.open.pop().and_then(|document| document.children.into_iter().next());
        root.ok_or(Broken { line: 1, reason: "there is no element".to_owned() })
    }

    fn count(&mut self, to: usize) {
        let to = to.min(self.text.len());
        if to > self.counted {
            let newlines =
                self.text.as_bytes()[self.counted..to].iter().filter(|byte| **byte == b'\n').count();
            self.line = self.line.saturating_add(number(newlines));
            self.counted = to;
        }
    }

    fn broken(&self, reason: &str) -> Broken {
        Broken { line: self.line, reason: reason.to_owned() }
    }
}

fn cdata(span: &Range<usize>) -> Range<usize> {
    span.start + "<![CDATA[".len()..span.end - "]]>".len()
}

fn position(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_know_their_bytes_lines_and_comments() {
        let text =
            "<a>\n <!-- above -->\n <b> 1.2 </b>\n <c>3</c><!-- beside -->\n <d><![CDATA[4]]></d>\n</a>";
        let root = read(text).unwrap();
        let of = |name: &str| {
            let text = root.value(name).unwrap();
            (text.value.as_str(), text.line, text.comment.as_deref())
        };
        assert_eq!(of("b"), ("1.2", 3, Some("above")));
        assert_eq!(of("c"), ("3", 4, Some("beside")));
        assert_eq!(of("d"), ("4", 5, None));
        for name in ["b", "c", "d"] {
            let written = root.value(name).unwrap();
            assert_eq!(text[written.span.clone()], written.value);
        }
    }

    #[test]
    fn bombs_and_towers_are_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY x \"1\"><!ENTITY y \"&x;&x;\">]><a><b>&y;</b></a>";
        assert_eq!(read(bomb).unwrap().string("b").as_deref(), Some("&y;"));
        assert!(read(&"<a>".repeat(1000)).unwrap_err().reason.contains("deeper than 128"));
        assert!(read("<a>\n<b></a>").is_err());
        assert!(read("<a>\n<b>").unwrap_err().reason.contains("never closed"));
        assert!(read("").unwrap_err().reason.contains("no element"));
    }
}
