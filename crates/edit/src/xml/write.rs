//! Changes of XML text: only the bytes of the change.

use serde_json::{Map, Value};

use super::read::Element;
use crate::change::{Action, Change, Segment};
use crate::splice::{Splice, indent_before, line_end, line_start, newline, next_line, skip_blanks};
use crate::tree::Refusal;

/// The splices that make the changes.
pub(crate) fn write(text: &str, document: &Element, changes: &[Change]) -> Result<Vec<Splice>, Refusal> {
    let writer = XmlWriter { text, newline: newline(text), unit: unit(text, document) };
    let mut splices = Vec::new();
    for change in changes {
        splices.extend(writer.change(document, &change.at, &change.action)?);
    }
    Ok(splices)
}

/// How much deeper a child is indented than its parent; two spaces where nothing shows it.
fn unit(text: &str, element: &Element) -> String {
    let outer = indent_before(text, element.open.start);
    let found = element.children.iter().find_map(|child| {
        let inner = indent_before(text, child.open.start)?;
        let step = inner.strip_prefix(outer?)?;
        (!element.name.is_empty() && !step.is_empty()).then(|| step.to_owned())
    });
    let below = || element.children.iter().map(|child| unit(text, child)).next();
    found.or_else(|| if element.name.is_empty() { below() } else { None }).unwrap_or_else(|| "  ".to_owned())
}

struct XmlWriter<'a> {
    text: &'a str,
    newline: &'static str,
    unit: String,
}

impl XmlWriter<'_> {
    fn change(&self, document: &Element, at: &[Segment], action: &Action) -> Result<Vec<Splice>, Refusal> {
        let (element, rest) = document.deepest(at);
        match (rest, action) {
            ([], Action::Put(value)) => Ok(vec![Splice::replace(
                element.span.clone(),
                self.render(&element.name, value, Some(&self.indent_of(element))),
            )]),
            ([], Action::Remove) => Ok(vec![Splice::remove(self.own_lines(element))]),
            ([Segment::Key(key)], _) => self.change_key(element, key, action),
            _ => {
                Err(Refusal::new(element.open.start, "this place is not written as an element or attribute"))
            }
        }
    }

    fn change_key(&self, element: &Element, key: &str, action: &Action) -> Result<Vec<Splice>, Refusal> {
        if let Some(name) = key.strip_prefix('@') {
            return self.change_attribute(element, name, action);
        }
        match action {
            Action::Put(Value::String(text)) if key == "#text" => self.put_text(element, text),
            Action::Remove if key == "#text" => self.put_text(element, ""),
            Action::Put(Value::Array(values)) | Action::Push(values) if !element.name.is_empty() => {
                self.add_children(element, key, values)
            }
            Action::Remove => Ok(element
                .children
                .iter()
                .filter(|child| child.name == key)
                .map(|child| Splice::remove(self.own_lines(child)))
                .collect()),
            _ => Err(Refusal::new(element.open.start, "the root element of the document has another name")),
        }
    }

    fn change_attribute(
        &self,
        element: &Element,
        name: &str,
        action: &Action,
    ) -> Result<Vec<Splice>, Refusal> {
        let found = element.attributes.iter().find(|attribute| attribute.name == name);
        match (action, found) {
            (Action::Put(Value::String(value)), Some(attribute)) => {
                Ok(vec![Splice::replace(attribute.span.clone(), escape(value, true))])
            }
            (Action::Put(Value::String(value)), None) => {
                let tag = &self.text[element.open.clone()];
                let end = tag.trim_end_matches('>').trim_end_matches('/').trim_end().len();
                Ok(vec![Splice::insert(
                    element.open.start + end,
                    format!(" {name}=\"{}\"", escape(value, true)),
                )])
            }
            (Action::Remove, Some(attribute)) => {
                let before = &self.text[..attribute.span.start];
                let name_at = before.rfind(name).unwrap_or(before.len());
                let start = before[..name_at].trim_end().len();
                Ok(vec![Splice::remove(start..attribute.span.end + 1)])
            }
            _ => Err(Refusal::new(element.open.start, "an attribute holds one text")),
        }
    }

    fn put_text(&self, element: &Element, text: &str) -> Result<Vec<Splice>, Refusal> {
        let Some(inner) = element.inner.clone() else {
            return Ok(vec![self.opened(element, &escape(text, false))]);
        };
        let mut texts = element.written_texts();
        let Some(old) = texts.next() else {
            if self.text[inner.clone()].trim().is_empty() {
                return Ok(vec![Splice::replace(inner, escape(text, false))]);
            }
            return Ok(vec![Splice::insert(inner.end, escape(text, false))]);
        };
        if texts.next().is_some() {
            return Err(Refusal::new(
                inner.start,
                "a comment or CDATA section divides its text: edit it by hand",
            ));
        }
        let written = &self.text[old.span.clone()];
        let start = old.span.start + (written.len() - written.trim_start().len());
        let end = old.span.start + written.trim_end().len();
        Ok(vec![Splice::replace(start..end, escape(text, false))])
    }

    /// `<a/>` as `<a>content</a>`.
    fn opened(&self, element: &Element, content: &str) -> Splice {
        let tag = &self.text[element.open.clone()];
        let kept = tag.trim_end_matches('>').trim_end_matches('/').trim_end().len();
        Splice::replace(element.open.start + kept..element.open.end, format!(">{content}</{}>", element.name))
    }

    fn add_children(&self, element: &Element, name: &str, values: &[Value]) -> Result<Vec<Splice>, Refusal> {
        let own = self.indent_of(element);
        let last = element.children.iter().rfind(|child| child.name == name).or(element.children.last());
        if let Some(last) = last {
            let indent = indent_before(self.text, last.open.start);
            let text = values.iter().map(|value| {
                let child = self.render(name, value, indent);
                indent.map_or_else(|| child.clone(), |indent| format!("{}{indent}{child}", self.newline))
            });
            return Ok(vec![Splice::insert(last.span.end, text.collect::<String>())]);
        }
        let inner_indent = format!("{own}{}", self.unit);
        let children: String = values
            .iter()
            .map(|value| {
                format!("{}{inner_indent}{}", self.newline, self.render(name, value, Some(&inner_indent)))
            })
            .collect();
        let content = format!("{children}{}{own}", self.newline);
        let Some(inner) = element.inner.clone() else { return Ok(vec![self.opened(element, &content)]) };
        if element.written_texts().next().is_some() {
            return Err(Refusal::new(inner.start, "it holds text"));
        }
        let kept = self.text[inner.clone()].trim_end().len();
        Ok(vec![Splice::replace(inner.start + kept..inner.end, content)])
    }

    /// The element with its line where it stands alone, else the element.
    fn own_lines(&self, element: &Element) -> std::ops::Range<usize> {
        let span = element.span.clone();
        match indent_before(self.text, span.start) {
            Some(before) if skip_blanks(self.text, span.end) == line_end(self.text, span.end) => {
                span.start - before.len()..next_line(self.text, span.end)
            }
            _ => span,
        }
    }

    fn indent_of(&self, element: &Element) -> String {
        let line = &self.text[line_start(self.text, element.open.start)..element.open.start];
        line[..line.len() - line.trim_start_matches([' ', '\t']).len()].to_owned()
    }

    /// An element, its children on lines of their own below `indent`, or all on one line.
    fn render(&self, name: &str, value: &Value, indent: Option<&str>) -> String {
        let empty = Map::new();
        let map = value.as_object().unwrap_or(&empty);
        let attributes: String =
            attributes(map).map(|(key, value)| format!(" {key}=\"{}\"", escape(value, true))).collect();
        let inner = indent.map(|indent| format!("{}{indent}{}", self.newline, self.unit));
        let mut children = String::new();
        for (key, list) in map.iter().filter(|(key, _)| !key.starts_with(['@', '#'])) {
            for child in list.as_array().into_iter().flatten() {
                children.push_str(inner.as_deref().unwrap_or_default());
                children.push_str(&self.render(
                    key,
                    child,
                    inner.as_deref().map(|inner| inner.trim_start_matches(['\r', '\n'])),
                ));
            }
        }
        let text = escape(map.get("#text").and_then(Value::as_str).unwrap_or_default(), false);
        match (indent, children.is_empty(), text.is_empty()) {
            (_, true, true) => format!("<{name}{attributes}/>"),
            (Some(indent), false, _) => {
                format!("<{name}{attributes}>{text}{children}{}{indent}</{name}>", self.newline)
            }
            _ => format!("<{name}{attributes}>{text}{children}</{name}>"),
        }
    }
}

fn attributes(map: &Map<String, Value>) -> impl Iterator<Item = (&str, &str)> {
    map.iter().filter_map(|(key, value)| Some((key.strip_prefix('@')?, value.as_str()?)))
}

fn escape(text: &str, attribute: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if attribute => out.push_str("&quot;"),
            '\'' if attribute => out.push_str("&apos;"),
            '\n' if attribute => out.push_str("&#10;"),
            '\t' if attribute => out.push_str("&#9;"),
            c => out.push(c),
        }
    }
    out
}
