//! XML as elements with the bytes of their text and the comments beside them.

use std::borrow::Cow;
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

/// What says nothing about dependencies and may be most of a POM, as parent and child: it is not kept.
const SKIPPED: [(&str, &str); 12] = [
    ("project", "ciManagement"),
    ("project", "contributors"),
    ("project", "developers"),
    ("project", "issueManagement"),
    ("project", "licenses"),
    ("project", "mailingLists"),
    ("project", "organization"),
    ("project", "pluginRepositories"),
    ("project", "repositories"),
    ("project", "scm"),
    ("plugin", "configuration"),
    ("plugin", "executions"),
];

/// An element. Attributes and the prefixes of names mean nothing in a POM. What is written is borrowed: most of a
/// document is never asked for.
#[derive(Debug, Default)]
pub(crate) struct Element<'a> {
    pub(crate) name: &'a str,
    /// Its own character data without blanks around, and where that is written. An entity that is not one of
    /// XML's own stays as it is written.
    value: Cow<'a, str>,
    span: Range<usize>,
    pub(crate) line: u32,
    pub(crate) comment: Option<Arc<str>>,
    pub(crate) children: Vec<Element<'a>>,
    /// The line of the end tag.
    end: u32,
}

impl<'a> Element<'a> {
    pub(crate) fn child(&self, name: &str) -> Option<&Element<'a>> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children of the child of this name.
    pub(crate) fn list(&self, name: &str) -> &[Element<'a>] {
        self.child(name).map_or(&[], |list| &list.children)
    }

    /// The character data.
    pub(crate) fn text(&self) -> Text {
        let (value, span) = (self.value.clone().into_owned(), self.span.clone());
        Text { value, span, line: self.line, comment: self.comment.clone() }
    }

    /// The text of the child of this name, unless it is empty.
    pub(crate) fn value(&self, name: &str) -> Option<Text> {
        self.child(name).filter(|child| !child.value.is_empty()).map(Element::text)
    }

    pub(crate) fn string(&self, name: &str) -> Option<String> {
        let value = self.child(name).map(|child| &child.value).filter(|value| !value.is_empty());
        value.map(|value| value.clone().into_owned())
    }
}

/// Why a document cannot be read, and on which line.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) line: u32,
    pub(crate) reason: String,
}

/// Reads a document: its root element.
pub(crate) fn read(text: &str) -> Result<Element<'_>, Broken> {
    let open = vec![Element::default()];
    Builder { text, open, skipped: 0, line: 1, counted: 0, elements: 0, comment: None }.build()
}

struct Builder<'a> {
    text: &'a str,
    open: Vec<Element<'a>>,
    /// How many elements are open that are not kept.
    skipped: usize,
    line: u32,
    counted: usize,
    elements: usize,
    /// The last comment, as long as nothing was written behind it, with the line it ends on.
    comment: Option<(Arc<str>, u32)>,
}

impl<'a> Builder<'a> {
    fn build(mut self) -> Result<Element<'a>, Broken> {
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
                Event::Start(tag) => {
                    self.start((tag.name().as_ref().len(), tag.local_name().as_ref().len()), span)?;
                }
                Event::Empty(tag) => {
                    self.start((tag.name().as_ref().len(), tag.local_name().as_ref().len()), span)?;
                    self.close();
                }
                Event::End(_) => self.close(),
                Event::Text(_) => self.characters(self.lines(&span), span),
                Event::CData(_) => self.characters(self.lines(&cdata(&span)), cdata(&span)),
                Event::GeneralRef(reference) => {
                    let raw = &self.text[span.clone()];
                    let character = reference.resolve_char_ref().ok().flatten().map(String::from);
                    let known =
                        character.or_else(|| resolve_predefined_entity(&reference).map(str::to_owned));
                    self.characters(known.map_or(Cow::Borrowed(raw), Cow::Owned), span);
                }
                Event::Comment(_) if self.skipped > 0 => {}
                Event::Comment(_) => self.comment(&self.text[span.clone()], span.end),
                Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
                Event::Eof => return self.finish(),
            }
        }
    }

    /// These bytes with their line ends as XML has them.
    fn lines(&self, span: &Range<usize>) -> Cow<'a, str> {
        let raw = &self.text[span.clone()];
        match raw.contains('\r') {
            true => Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n")),
            false => Cow::Borrowed(raw),
        }
    }

    /// A start tag; its name has so many bytes, and the last so many of them without the prefix.
    fn start(&mut self, (whole, local): (usize, usize), tag: Range<usize>) -> Result<(), Broken> {
        self.elements += 1;
        if self.open.len() + self.skipped > MAX_DEPTH {
            return Err(self.broken(&format!("elements are nested deeper than {MAX_DEPTH} levels")));
        }
        if self.elements > MAX_ELEMENTS {
            return Err(self.broken(&format!("there are more than {MAX_ELEMENTS} elements")));
        }
        let end = tag.start + 1 + whole;
        let name = self.text.get(end - local..end).unwrap_or_default();
        let parent = self.open.last().map_or("", |parent| parent.name);
        if self.skipped > 0 || SKIPPED.contains(&(parent, name)) {
            self.skipped += 1;
            return Ok(());
        }
        let comment =
            self.comment.take().filter(|(_, end)| *end + 1 >= self.line).map(|(comment, _)| comment);
        let (line, span) = (self.line, tag.end..tag.end);
        self.open.push(Element { name, span, line, comment, end: line, ..Element::default() });
        Ok(())
    }

    fn close(&mut self) {
        self.comment = None;
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        // The first is the document itself.
        if self.open.len() < 2 {
            return;
        }
        let Some(mut element) = self.open.pop() else { return };
        element.end = self.line;
        let length = element.value.trim_end().len();
        match &mut element.value {
            Cow::Borrowed(value) => *value = &value[..length],
            Cow::Owned(value) => value.truncate(length),
        }
        if let Some(parent) = self.open.last_mut() {
            parent.children.push(element);
        }
    }

    fn characters(&mut self, text: Cow<'a, str>, span: Range<usize>) {
        let Some(element) = self.open.last_mut().filter(|_| self.skipped == 0) else { return };
        let is_blank = text.trim().is_empty();
        if is_blank && element.value.is_empty() {
            return;
        }
        let raw = &self.text[span.clone()];
        if element.value.is_empty() {
            let blanks = raw.len() - raw.trim_start().len();
            element.span.start = span.start + blanks;
            element.line = self.line + number(raw[..blanks].matches('\n').count());
            element.value = match text {
                Cow::Borrowed(text) => Cow::Borrowed(text.trim_start()),
                Cow::Owned(text) => Cow::Owned(text.trim_start().to_owned()),
            };
        } else {
            element.value.to_mut().push_str(&text);
        }
        if !is_blank {
            element.span.end = span.start + raw.trim_end().len();
            self.comment = None;
        }
    }

    /// A comment belongs to what is closed before it on its line, else to what is opened behind it.
    fn comment(&mut self, raw: &str, end: usize) {
        let words = raw.trim_start_matches("<!--").trim_end_matches("-->").trim();
        let words: Arc<str> = words.chars().take(1000).collect::<String>().into();
        let line = self.line;
        let around = self.open.last_mut().filter(|element| !element.value.is_empty());
        if let Some(around) = around {
            around.comment = Some(words);
            return;
        }
        let before = self.open.last_mut().and_then(|element| element.children.last_mut());
        match before.filter(|before| before.end == line) {
            Some(before) => before.comment = Some(words),
            None => {
                self.count(end);
                self.comment = Some((words, self.line));
            }
        }
    }

    fn finish(mut self) -> Result<Element<'a>, Broken> {
        if let Some(element) = self.open.get(1) {
            return Err(Broken { line: element.line, reason: format!("<{}> is never closed", element.name) });
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
            (text.value, text.line, text.comment)
        };
        assert_eq!(of("b"), ("1.2".into(), 3, Some("above".into())));
        assert_eq!(of("c"), ("3".into(), 4, Some("beside".into())));
        assert_eq!(of("d"), ("4".into(), 5, None));
        for name in ["b", "c", "d"] {
            let written = root.value(name).unwrap();
            assert_eq!(text[written.span.clone()], written.value);
        }
    }

    #[test]
    fn what_says_nothing_about_dependencies_is_not_kept() {
        let text =
            "<project><licenses><a><b>1</b></a></licenses><x:properties><licenses>2</licenses></x:properties>
            <plugin><configuration><c/></configuration><d>3&amp;4\r\n5</d></plugin></project>";
        let root = read(text).unwrap();
        assert_eq!(
            root.children.iter().map(|child| child.name).collect::<Vec<_>>(),
            ["properties", "plugin"]
        );
        assert_eq!(root.list("properties")[0].text().value, "2");
        assert_eq!(root.child("plugin").unwrap().string("d").as_deref(), Some("3&4\n5"));
        let deep = format!("<project><scm>{}", "<a>".repeat(1000));
        assert!(read(&deep).unwrap_err().reason.contains("deeper than 128"));
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
