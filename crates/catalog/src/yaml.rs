//! One YAML document as values with places, under the YAML 1.2 core schema as npm's `yaml` reads it for
//! Backstage: `no` is a word, `<<` is a key, an unknown tag is passed over.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};
use serde_json::{Map, Number, Value};

use crate::path::{Path, Step};

/// The deepest nesting that is read. Entities nest to about ten.
pub const MAX_DEPTH: usize = 64;

/// The most that aliases may copy, in bytes: a value counts 32 and its text.
const MAX_COPIED: usize = 4 * 1024 * 1024;

/// A line and a column, both from 1; 0 when not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) place: Place,
    value: Inner,
}

#[derive(Debug, Clone)]
enum Inner {
    Leaf(Value),
    List(Vec<Node>),
    Table(Vec<(String, Place, Node)>),
}

/// Why a document cannot be read.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) place: Place,
    pub(crate) message: String,
    pub(crate) remedy: &'static str,
}

/// Reads a text of one document that begins after `before` lines of its file.
///
/// # Errors
/// When it is no YAML, too deep, has a key twice, or aliases that copy too much.
pub(crate) fn compose(text: &str, before: u32) -> Result<Node, Unreadable> {
    let parser = Parser::new_from_str(text);
    let mut reader = Reader { parser, anchors: HashMap::new(), copied: 0, before };
    let mut root =
        Node { place: Place { line: before.saturating_add(1), column: 1 }, value: Inner::Leaf(Value::Null) };
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => return Ok(root),
            (Event::DocumentStart(..), _) => {
                let (event, span) = reader.next()?;
                root = reader.node(event, &span, MAX_DEPTH)?;
            }
            _ => {}
        }
    }
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    /// What an anchor names, and how many bytes a copy counts.
    anchors: HashMap<usize, (Node, usize)>,
    copied: usize,
    before: u32,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Unreadable> {
        loop {
            match self.parser.next_event() {
                None => return Ok((Event::StreamEnd, Span::default())),
                Some(Ok((event, span))) if is_content(&event) => return Ok((event, span)),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(self.syntax(&error)),
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Result<Node, Unreadable> {
        let place = self.place(span);
        let Some(depth) = depth.checked_sub(1) else { return Err(too_large(place)) };
        let (anchor, value) = match event {
            Event::Alias(id) => return self.copy(id, place),
            Event::Scalar(text, style, anchor, tag) => {
                (anchor, Inner::Leaf(resolve(&text, style == ScalarStyle::Plain, tag.as_deref())))
            }
            Event::SequenceStart(_, anchor, _) => (anchor, self.list(depth)?),
            Event::MappingStart(_, anchor, _) => (anchor, self.table(depth)?),
            _ => return Err(Unreadable { place, message: "this is not YAML".to_owned(), remedy: SYNTAX }),
        };
        let node = Node { place, value };
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), node.weight()));
        }
        Ok(node)
    }

    /// What an alias stands for, at the alias's place.
    fn copy(&mut self, id: usize, place: Place) -> Result<Node, Unreadable> {
        // An alias inside its own anchor has no finite value.
        let Some((node, weight)) = self.anchors.get(&id) else { return Err(too_large(place)) };
        self.copied = self.copied.saturating_add(*weight);
        if self.copied > MAX_COPIED {
            return Err(too_large(place));
        }
        Ok(Node { place, ..node.clone() })
    }

    fn list(&mut self, depth: usize) -> Result<Inner, Unreadable> {
        let mut rows = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Inner::List(rows)),
                (event, span) => rows.push(self.node(event, &span, depth)?),
            }
        }
    }

    fn table(&mut self, depth: usize) -> Result<Inner, Unreadable> {
        let mut rows: Vec<(String, Place, Node)> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return once(&rows).map(|()| Inner::Table(rows));
            }
            let key = self.node(event, &span, depth)?;
            let (event, span) = self.next()?;
            let value = self.node(event, &span, depth)?;
            rows.push((key.text(), key.place, value));
        }
    }

    fn place(&self, span: &Span) -> Place {
        self.located(span.start.line(), span.start.col())
    }

    fn located(&self, line: usize, column: usize) -> Place {
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Place { line: self.before.saturating_add(small(line)), column: small(column).saturating_add(1) }
    }

    fn syntax(&self, error: &granit_parser::ScanError) -> Unreadable {
        let marker = error.marker();
        let place = self.located(marker.line(), marker.col());
        let info = error.info();
        match info.contains("recursion limit") || info.contains("nesting") {
            true => too_large(place),
            false => Unreadable { place, message: info, remedy: SYNTAX },
        }
    }
}

const SYNTAX: &str = "check the YAML syntax at this place";

fn too_large(place: Place) -> Unreadable {
    Unreadable {
        place,
        message: "the entity is too large or too deep once its aliases are followed".to_owned(),
        remedy: "split it, and write out what `*aliases` repeat",
    }
}

/// Refuses a key that is there twice, at the second.
fn once(rows: &[(String, Place, Node)]) -> Result<(), Unreadable> {
    let mut keys: Vec<(&str, usize)> =
        rows.iter().enumerate().map(|(at, (key, ..))| (key.as_str(), at)).collect();
    keys.sort_unstable();
    let twice = keys.windows(2).find(|pair| pair[0].0 == pair[1].0);
    match twice.and_then(|pair| rows.get(pair[1].1)) {
        Some((key, place, _)) => Err(Unreadable {
            place: *place,
            message: format!("the key `{key}` is there twice"),
            remedy: "keep one of them",
        }),
        None => Ok(()),
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

/// The value of a scalar.
fn resolve(text: &str, plain: bool, tag: Option<&Tag>) -> Value {
    let typed = match tag {
        Some(tag) => tag.is_yaml_core_schema() && tag.suffix() != "str",
        None => plain,
    };
    if !typed {
        return text.into();
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => true.into(),
        "false" | "False" | "FALSE" => false.into(),
        _ => number(text).unwrap_or_else(|| text.into()),
    }
}

fn number(text: &str) -> Option<Value> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    for (sign, radix) in [("0o", 8), ("0x", 16)] {
        if let Some(number) = text.strip_prefix(sign).filter(|digits| !digits.starts_with(['+', '-'])) {
            return u64::from_str_radix(number, radix).ok().map(Value::from);
        }
    }
    let whole = text.strip_prefix('+').unwrap_or(text);
    if let Ok(number) = whole.parse::<i64>() {
        return Some(number.into());
    }
    if let Ok(number) = whole.parse::<u64>() {
        return Some(number.into());
    }
    if matches!(digits, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        // JSON has no such number, and writes null.
        return Some(Value::Null);
    }
    if !digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'-' | b'+')) {
        return None;
    }
    let float: f64 = text.parse().ok()?;
    Some(Number::from_f64(float).map_or(Value::Null, Value::Number))
}

impl Node {
    /// The value without its places.
    pub(crate) fn plain(&self) -> Value {
        match &self.value {
            Inner::Leaf(value) => value.clone(),
            Inner::List(rows) => rows.iter().map(Node::plain).collect(),
            Inner::Table(rows) => {
                rows.iter().map(|(key, _, value)| (key.clone(), value.plain())).collect::<Map<_, _>>().into()
            }
        }
    }

    /// A mapping's key as JSON has it.
    fn text(&self) -> String {
        match &self.value {
            Inner::Leaf(Value::String(text)) => text.clone(),
            Inner::Leaf(Value::Null) => String::new(),
            Inner::Leaf(value) => value.to_string(),
            _ => self.plain().to_string(),
        }
    }

    /// How many bytes a copy counts.
    fn weight(&self) -> usize {
        32 + match &self.value {
            Inner::Leaf(Value::String(text)) => text.len(),
            Inner::Leaf(_) => 0,
            Inner::List(rows) => rows.iter().map(Node::weight).sum(),
            Inner::Table(rows) => rows.iter().map(|(key, _, value)| key.len() + value.weight()).sum(),
        }
    }

    /// Where a path stands, or its nearest parent that is there.
    pub(crate) fn place_of(&self, path: &Path) -> Place {
        let (mut node, mut found) = (self, self.place);
        for step in path.steps() {
            let next = match (&node.value, step) {
                (Inner::Table(rows), Step::Key(name)) => {
                    rows.iter().find(|(key, ..)| key == name).map(|(_, at, value)| (*at, value))
                }
                (Inner::List(rows), Step::Index(index)) => rows.get(*index).map(|row| (row.place, row)),
                _ => None,
            };
            match next {
                Some((at, value)) => (found, node) = (at, value),
                None => break,
            }
        }
        found
    }

    /// The keys below a key of the root, and the rows of their lists, with places.
    pub(crate) fn places_below(&self, key: &str) -> Vec<(Path, Place)> {
        let mut found = Vec::new();
        let Inner::Table(root) = &self.value else { return found };
        let Some((_, _, Node { value: Inner::Table(rows), .. })) = root.iter().find(|(name, ..)| name == key)
        else {
            return found;
        };
        for (name, at, value) in rows {
            let path = Path::of(key).key(name);
            if let Inner::List(rows) = &value.value {
                found.extend(rows.iter().enumerate().map(|(index, row)| (path.index(index), row.place)));
            }
            found.push((path, *at));
        }
        found
    }
}
