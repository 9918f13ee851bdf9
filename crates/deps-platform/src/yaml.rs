//! YAML as a tree with the bytes of its texts; aliases stand for nothing, their anchors are read where they are.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput};

use crate::source::{Source, shown};

/// How deep a document may nest.
const MAX_DEPTH: usize = 100;
/// The most nodes of one file.
const MAX_NODES: usize = 500_000;

/// A node.
#[derive(Debug)]
pub(crate) enum Node {
    /// A text, and its bytes within its quotes; none where it is written with escapes or over lines.
    Text(String, Option<Range<usize>>),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
    Nothing,
}

impl Node {
    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().find(|(name, _)| *name == key).map(|(_, node)| node)
    }

    /// The keys with their values; none where it is no map.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &Node)> {
        let Node::Map(entries) = self else { return [].iter().map(entry) };
        entries.iter().map(entry)
    }

    /// The elements; none where it is no list.
    pub(crate) fn elements(&self) -> &[Node] {
        let Node::List(elements) = self else { return &[] };
        elements
    }

    /// The text of a key.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_text()
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        let Node::Text(text, _) = self else { return None };
        Some(text)
    }

    /// The bytes of a text.
    pub(crate) fn span(&self) -> Option<Range<usize>> {
        let Node::Text(_, span) = self else { return None };
        span.clone()
    }
}

fn entry((key, node): &(String, Node)) -> (&str, &Node) {
    (key, node)
}

/// Reads all documents of a file; what is wrong becomes a finding, and what was read before it is kept.
pub(crate) fn documents(source: &mut Source<'_>) -> Vec<Node> {
    let mut reader = Reader { text: source.text, parser: Parser::new_from_str(source.text), nodes: 0 };
    let mut found = Vec::new();
    loop {
        match reader.document() {
            Ok(Some(node)) => found.push(node),
            Ok(None) => return found,
            Err((at, why)) => {
                source.finding(
                    source.line(at),
                    format!("it is no YAML that is read: {}", shown(&why)),
                    "correct the line",
                );
                return found;
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    parser: Parser<'a, StrInput<'a>>,
    nodes: usize,
}

type Wrong = (usize, String);

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Option<Node>, Wrong> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(None),
                (Event::DocumentStart(..), _) => {
                    let (event, span) = self.next()?;
                    return self.node(event, &span, MAX_DEPTH).map(Some);
                }
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Wrong> {
        loop {
            match self.parser.next_event() {
                None => return Ok((Event::StreamEnd, Span::default())),
                Some(Ok((event, span))) if is_content(&event) => return Ok((event, span)),
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    return Err((error.marker().byte_offset().unwrap_or_default(), error.info()));
                }
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Result<Node, Wrong> {
        let at = bytes(span).start;
        let depth = depth.checked_sub(1).ok_or_else(|| (at, format!("it nests over {MAX_DEPTH} deep")))?;
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err((at, format!("it has over {MAX_NODES} values")));
        }
        match event {
            Event::Scalar(text, style, ..) => {
                Ok(Node::Text(text.to_string(), self.inner(&text, style, bytes(span))))
            }
            Event::SequenceStart(..) => self.list(depth),
            Event::MappingStart(..) => self.map(depth),
            _ => Ok(Node::Nothing),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Node, Wrong> {
        let mut elements = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd | Event::StreamEnd, _) => return Ok(Node::List(elements)),
                (event, span) => elements.push(self.node(event, &span, depth)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Node, Wrong> {
        let mut entries = Vec::new();
        loop {
            let key = match self.next()? {
                (Event::MappingEnd | Event::StreamEnd, _) => return Ok(Node::Map(entries)),
                (event, span) => self.node(event, &span, depth)?,
            };
            let (event, span) = self.next()?;
            let value = self.node(event, &span, depth)?;
            if let Node::Text(key, _) = key {
                entries.push((key, value));
            }
        }
    }

    /// The bytes of a scalar that are exactly its text.
    fn inner(&self, text: &str, style: ScalarStyle, span: Range<usize>) -> Option<Range<usize>> {
        let quote = usize::from(matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted));
        let start = span.start + quote;
        let inner = start..start + text.len();
        (!text.is_empty() && self.text.get(inner.clone()) == Some(text)).then_some(inner)
    }
}

/// Comments are events where another crate switches that on.
fn is_content(event: &Event<'_>) -> bool {
    let ends =
        matches!(event, Event::StreamEnd | Event::SequenceEnd | Event::MappingEnd | Event::DocumentStart(..));
    ends || matches!(
        event,
        Event::Alias(_) | Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..)
    )
}

fn bytes(span: &Span) -> Range<usize> {
    span.byte_range().unwrap_or(0..0)
}
