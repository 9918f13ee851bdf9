//! A call with its types forgotten: what the server serves and the description describes.

use std::collections::BTreeMap;
use std::pin::Pin;

use fleetwright_access::Need;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value};

use crate::call::{At, Call, Verb};
use crate::problem::{Kind, Problem};
use crate::written::audited;

/// What stands before every path.
pub const BASE: &str = "/api/v1";

/// What a call comes to.
pub type Run = Pin<Box<dyn Future<Output = Result<Value, Problem>> + Send>>;

/// What writing a call down comes to.
pub type Written = Pin<Box<dyn Future<Output = Result<(), Problem>> + Send>>;

/// A call, with its types forgotten.
#[derive(Clone)]
pub struct Route {
    /// Its name.
    pub name: &'static str,
    /// Its method.
    pub verb: Verb,
    /// Its path below `/api/v1`.
    pub path: &'static str,
    /// Who may.
    pub need: Need,
    /// What it does, in one line.
    pub about: &'static str,
    /// Whether its answer holds a secret that nobody is shown again: it is kept nowhere and not masked.
    pub secret: bool,
    /// The fields it takes, and what each is.
    pub(crate) fields: BTreeMap<String, Shape>,
    pub(crate) takes: fn(&mut SchemaGenerator) -> Schema,
    pub(crate) answers: fn(&mut SchemaGenerator) -> Schema,
    repo: fn(&Value) -> Option<String>,
    written: fn(Value, At) -> Written,
    run: fn(Value, At) -> Run,
}

/// What a text in a query stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A text, or something that is written as one.
    Text,
    /// A number or a truth, written as JSON writes it.
    Plain,
    /// Many texts: the field is given once for each.
    Many,
}

impl Route {
    /// The route of a call.
    pub fn of<C: Call>() -> Route {
        Route {
            name: C::NAME,
            verb: C::VERB,
            path: C::PATH,
            need: C::NEED,
            about: C::ABOUT,
            secret: C::SECRET,
            fields: fields::<C>(),
            takes: SchemaGenerator::subschema_for::<C>,
            answers: SchemaGenerator::subschema_for::<C::Answer>,
            repo: |sent| read::<C>(sent.clone()).ok()?.repo().map(str::to_owned),
            written: |sent, at| Box::pin(written::<C>(sent, at)),
            run: |sent, at| Box::pin(run::<C>(sent, at)),
        }
    }

    /// Writes down that somebody asks for what was sent, where it changes something: before it is done.
    pub fn written(&self, sent: Value, at: At) -> Written {
        (self.written)(sent, at)
    }

    /// Does what was sent, which is written down.
    pub fn run(&self, sent: Value, at: At) -> Run {
        (self.run)(sent, at)
    }

    /// The repository that what was sent is about, if it is about one.
    pub fn repo(&self, sent: &Value) -> Option<String> {
        (self.repo)(sent)
    }

    /// The names in the path.
    pub fn path_fields(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    /// What was sent as path and query, as the call's fields.
    ///
    /// # Errors
    /// When a field is given twice that is one.
    pub fn gather(
        &self,
        pairs: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Map<String, Value>, Problem> {
        let mut sent = Map::new();
        for (name, text) in pairs {
            match self.fields.get(&name).copied().unwrap_or(Shape::Text) {
                Shape::Many => {
                    let list = sent.entry(name).or_insert_with(|| Value::Array(Vec::new()));
                    list.as_array_mut().into_iter().for_each(|list| list.push(Value::String(text.clone())));
                    continue;
                }
                shape => {
                    if sent.contains_key(&name) {
                        let why = format!("`{name}` is given twice\n  try: give it once");
                        return Err(Problem::new(Kind::Usage, why));
                    }
                    let plain = (shape == Shape::Plain).then(|| serde_json::from_str(&text).ok()).flatten();
                    sent.insert(name, plain.unwrap_or(Value::String(text)));
                }
            }
        }
        Ok(sent)
    }
}

async fn written<C: Call>(sent: Value, at: At) -> Result<(), Problem> {
    let call: C = read(sent)?;
    Ok(audited(&call, &at).await?)
}

async fn run<C: Call>(sent: Value, at: At) -> Result<Value, Problem> {
    let call: C = read(sent)?;
    let answer = call.apply(&at).await?;
    serde_json::to_value(answer).map_err(|error| Problem::new(Kind::Internal, error.to_string()))
}

fn read<C: Call>(sent: Value) -> Result<C, Problem> {
    serde_path_to_error::deserialize(sent).map_err(|error| {
        let place = match error.path().to_string().as_str() {
            "." => String::new(),
            path => format!("`{path}`: "),
        };
        let words = format!("{place}{}\n  try: the description at {}/openapi.json", error.inner(), BASE);
        Problem::new(Kind::Usage, words)
    })
}

/// What each field of a call is, by its own schema.
fn fields<C: Call>() -> BTreeMap<String, Shape> {
    let schema = SchemaGenerator::default().into_root_schema_for::<C>();
    let all = schema.get("properties").and_then(Value::as_object);
    all.into_iter().flatten().map(|(name, field)| (name.clone(), shape(field))).collect()
}

fn shape(field: &Value) -> Shape {
    let is = |word: &str| match field.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == word),
        Some(kind) => kind == word,
        None => false,
    };
    match () {
        () if is("array") => Shape::Many,
        () if is("integer") || is("number") || is("boolean") => Shape::Plain,
        () => Shape::Text,
    }
}
