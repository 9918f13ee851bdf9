//! Shapes of values: the part of JSON Schema that Backstage's kinds are written in, as tables.

use serde_json::{Map, Value};

use crate::path::Path;
use crate::placeholder::placeholder;

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// A text that is not empty.
    Text,
    /// A text of at most this many characters, not empty.
    TextTo(usize),
    /// A text that may be empty.
    AnyText,
    /// A text, or true or false.
    TextOrBool,
    /// One of these texts.
    One(&'static [&'static str]),
    /// A list, each row of this shape.
    List(&'static Shape),
    /// A mapping with these keys; others may be anything.
    Table(&'static [Field]),
    /// A mapping with these keys; all others are texts.
    TextsBut(&'static [Field]),
    /// A mapping of the first kind, or a list of mappings of the second.
    TableOrList(&'static [Field], &'static [Field]),
}

/// A key of a mapping.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    /// The key.
    pub(crate) key: &'static str,
    /// Whether it must be there.
    pub(crate) required: bool,
    /// What its value must be.
    pub(crate) shape: Shape,
}

/// A key that must be there.
pub(crate) const fn must(key: &'static str, shape: Shape) -> Field {
    Field { key, required: true, shape }
}

/// A key that may be there.
pub(crate) const fn may(key: &'static str, shape: Shape) -> Field {
    Field { key, required: false, shape }
}

/// Something that is wrong at a path of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) path: Path,
    pub(crate) message: String,
    pub(crate) remedy: String,
}

impl Problem {
    pub(crate) fn new(path: Path, message: impl Into<String>, remedy: impl Into<String>) -> Problem {
        Problem { path, message: message.into(), remedy: remedy.into() }
    }
}

/// Looks at values and collects what is wrong.
#[derive(Debug, Default)]
pub(crate) struct Check {
    /// Whether `$text`, `$json` and `$yaml` may still stand for a value.
    pub(crate) open: bool,
    /// What was found, in the document's order of looking.
    pub(crate) problems: Vec<Problem>,
}

impl Check {
    /// Notes what is wrong at a path.
    pub(crate) fn wrong(&mut self, path: &Path, message: impl Into<String>, remedy: impl Into<String>) {
        self.problems.push(Problem::new(path.clone(), message, remedy));
    }

    /// Looks at the keys of a mapping.
    pub(crate) fn fields(&mut self, path: &Path, rows: &Map<String, Value>, fields: &[Field]) {
        for field in fields {
            let below = path.key(field.key);
            match rows.get(field.key) {
                Some(value) => self.value(&below, value, &field.shape),
                None if field.required => {
                    let remedy = format!("add `{}:` with {}", field.key, wanted(&field.shape));
                    self.wrong(&below, format!("the key `{}` is missing", field.key), remedy);
                }
                None => {}
            }
        }
    }

    /// Looks at one value.
    pub(crate) fn value(&mut self, path: &Path, value: &Value, shape: &Shape) {
        if self.open && placeholder(value).is_some() {
            return;
        }
        let fits = match (shape, value) {
            (Shape::Text, Value::String(text)) => !text.is_empty(),
            (Shape::TextTo(most), Value::String(text)) => !text.is_empty() && text.chars().count() <= *most,
            (Shape::AnyText | Shape::TextOrBool, Value::String(_)) => true,
            (Shape::TextOrBool, Value::Bool(_)) => true,
            (Shape::One(words), Value::String(text)) => words.contains(&text.as_str()),
            (Shape::List(each), Value::Array(rows)) => {
                self.rows(path, rows, each);
                true
            }
            (Shape::Table(fields) | Shape::TableOrList(fields, _), Value::Object(rows)) => {
                self.fields(path, rows, fields);
                true
            }
            (Shape::TextsBut(fields), Value::Object(rows)) => {
                self.fields(path, rows, fields);
                self.others(path, rows, fields);
                true
            }
            (Shape::TableOrList(_, each), Value::Array(rows)) => {
                self.tables(path, rows, each);
                true
            }
            _ => false,
        };
        if !fits {
            let expected = wanted(shape);
            self.wrong(path, format!("{expected} belongs here, not {}", seen(value)), example(shape));
        }
    }

    fn rows(&mut self, path: &Path, rows: &[Value], each: &Shape) {
        for (index, row) in rows.iter().enumerate() {
            self.value(&path.index(index), row, each);
        }
    }

    fn tables(&mut self, path: &Path, rows: &[Value], each: &'static [Field]) {
        for (index, row) in rows.iter().enumerate() {
            self.value(&path.index(index), row, &Shape::Table(each));
        }
    }

    fn others(&mut self, path: &Path, rows: &Map<String, Value>, known: &[Field]) {
        for (key, value) in rows.iter().filter(|(key, _)| known.iter().all(|field| field.key != *key)) {
            self.value(&path.key(key), value, &Shape::AnyText);
        }
    }
}

fn wanted(shape: &Shape) -> String {
    match shape {
        Shape::Text => "a text that is not empty".to_owned(),
        Shape::TextTo(most) => format!("a text of 1 to {most} characters"),
        Shape::AnyText => "a text".to_owned(),
        Shape::TextOrBool => "a text, true or false".to_owned(),
        Shape::One(words) => format!("one of {}", words.join(", ")),
        Shape::List(_) => "a list".to_owned(),
        Shape::Table(_) | Shape::TextsBut(_) => "a mapping".to_owned(),
        Shape::TableOrList(..) => "a mapping or a list of mappings".to_owned(),
    }
}

fn example(shape: &Shape) -> String {
    match shape {
        Shape::Text | Shape::AnyText | Shape::TextTo(_) => {
            "write a text, in quotes if it looks like a number"
        }
        Shape::TextOrBool => "write a text in quotes, or true or false without",
        Shape::One(words) => return format!("write {}", words.join(" or ")),
        Shape::List(_) => "write it in brackets, such as [a, b]; [] for none",
        Shape::Table(_) | Shape::TextsBut(_) | Shape::TableOrList(..) => {
            "write it as `key: value` lines below this key"
        }
    }
    .to_owned()
}

/// A value as a person would name it; long texts are cut.
pub(crate) fn seen(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => format!("the number {value}"),
        Value::String(text) if text.is_empty() => "an empty text".to_owned(),
        Value::String(text) if text.chars().count() > 80 => "a long text".to_owned(),
        Value::String(text) => format!("the text {text:?}"),
        Value::Array(rows) if rows.is_empty() => "an empty list".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}
