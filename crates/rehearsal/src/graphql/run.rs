//! Runs a document against whoever answers fields.

use serde_json::{Map, Value, json};

use super::ast::{Directive, Document, Field, Operation, Selection};

/// What a field is.
pub(crate) enum Got<T> {
    /// A value.
    Leaf(Value),
    /// A thing to select from.
    One(T),
    /// Several; what is `None` is null.
    Many(Vec<Option<T>>),
}

/// Why a field is not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// There is no such field: the whole document is refused.
    Unknown,
    /// It cannot be told: it is null, and the error says why.
    Refused {
        /// GitHub's word, such as `NOT_FOUND`.
        kind: &'static str,
        /// In words.
        message: String,
    },
}

/// A field's arguments.
pub(crate) struct Given<'a> {
    field: &'a Field,
    variables: &'a Map<String, Value>,
}

impl Given<'_> {
    /// An argument's value; null where it is not given.
    pub(crate) fn get(&self, name: &str) -> Value {
        self.field.argument(name, self.variables)
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name).as_str().map(str::to_owned)
    }

    /// A number.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.get(name).as_u64()
    }

    /// Texts; one is a list of one.
    pub(crate) fn texts(&self, name: &str) -> Option<Vec<String>> {
        match self.get(name) {
            Value::Array(list) => Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            Value::String(one) => Some(vec![one]),
            _ => None,
        }
    }
}

/// Whoever answers fields.
pub(crate) trait Graph {
    /// What is selected from.
    type Thing;

    /// Its type's name.
    fn kind(&self, thing: &Self::Thing) -> &'static str;

    /// Whether a fragment on a type or interface is about it.
    fn fits(&self, thing: &Self::Thing, on: &str) -> bool;

    /// One of its fields.
    fn field(
        &mut self,
        thing: &Self::Thing,
        name: &str,
        given: &Given<'_>,
    ) -> Result<Got<Self::Thing>, Fault>;
}

/// A document being run.
struct Run<'a, G: Graph> {
    graph: &'a mut G,
    document: &'a Document,
    variables: &'a Map<String, Value>,
    errors: Vec<Value>,
    /// A fault that makes the whole answer void.
    void: bool,
}

/// Picks the operation and its variables.
///
/// # Errors
/// In words.
pub(crate) fn operation<'a>(
    document: &'a Document,
    name: Option<&str>,
    given: &Value,
) -> Result<(&'a Operation, Map<String, Value>), String> {
    let mut named = document.operations.iter();
    let operation = match name {
        Some(name) => named.find(|operation| operation.name.as_deref() == Some(name)),
        None => named.next(),
    };
    let operation = operation.ok_or_else(|| "No operation named that was found".to_owned())?;
    let mut variables = Map::new();
    for (name, needed, default) in &operation.variables {
        let value = given.get(name).cloned().or_else(|| default.as_ref().map(|one| one.value(&variables)));
        match value {
            Some(Value::Null) | None if *needed => {
                return Err(format!(
                    "Variable ${name} was provided invalid value: expected it not to be null"
                ));
            }
            value => variables.insert(name.clone(), value.unwrap_or(Value::Null)),
        };
    }
    Ok((operation, variables))
}

/// Runs an operation from its root. What is given back is the whole answer.
pub(crate) fn run<G: Graph>(
    graph: &mut G,
    (document, operation): (&Document, &Operation),
    variables: &Map<String, Value>,
    root: &G::Thing,
) -> Value {
    let mut run = Run { graph, document, variables, errors: Vec::new(), void: false };
    let found = run.select(root, &operation.selections, &mut Vec::new());
    let Run { errors, void, .. } = run;
    let mut answer = Map::new();
    if !void {
        answer.insert("data".to_owned(), Value::Object(found));
    }
    if !errors.is_empty() {
        answer.insert("errors".to_owned(), Value::Array(errors));
    }
    Value::Object(answer)
}

impl<G: Graph> Run<'_, G> {
    fn select(
        &mut self,
        thing: &G::Thing,
        selections: &[Selection],
        path: &mut Vec<Value>,
    ) -> Map<String, Value> {
        let mut fields: Vec<Field> = Vec::new();
        self.collect(thing, selections, &mut fields);
        let mut found = Map::new();
        for field in fields {
            if self.void {
                break;
            }
            path.push(json!(field.key()));
            let value = self.one(thing, &field, path);
            path.pop();
            found.insert(field.key().to_owned(), value);
        }
        found
    }

    /// Flattens fragments; what is asked for twice under one name is asked once, with both selections.
    fn collect(&self, thing: &G::Thing, selections: &[Selection], fields: &mut Vec<Field>) {
        for selection in selections {
            match selection {
                Selection::Field(field) if self.wanted(&field.directives) => {
                    match fields.iter_mut().find(|known| known.key() == field.key()) {
                        Some(known) => known.selections.extend(field.selections.iter().cloned()),
                        None => fields.push(field.clone()),
                    }
                }
                Selection::Spread { name, directives } if self.wanted(directives) => {
                    let fragment = self.document.fragments.get(name);
                    if let Some(fragment) = fragment.filter(|fragment| self.graph.fits(thing, &fragment.on)) {
                        self.collect(thing, &fragment.selections, fields);
                    }
                }
                Selection::Inline { on, directives, selections }
                    if self.wanted(directives) && on.as_ref().is_none_or(|on| self.graph.fits(thing, on)) =>
                {
                    self.collect(thing, selections, fields);
                }
                _ => {}
            }
        }
    }

    fn wanted(&self, directives: &[Directive]) -> bool {
        directives.iter().all(|directive| {
            let argument = directive.arguments.iter().find(|(name, _)| name == "if");
            let on = argument.is_some_and(|(_, written)| written.value(self.variables) == Value::Bool(true));
            match directive.name.as_str() {
                "include" => on,
                "skip" => !on,
                _ => true,
            }
        })
    }

    fn one(&mut self, thing: &G::Thing, field: &Field, path: &mut Vec<Value>) -> Value {
        if field.name == "__typename" {
            return json!(self.graph.kind(thing));
        }
        let given = Given { field, variables: self.variables };
        match self.graph.field(thing, &field.name, &given) {
            Ok(Got::Leaf(value)) => value,
            Ok(Got::One(inner)) => Value::Object(self.select(&inner, &field.selections, path)),
            Ok(Got::Many(many)) => {
                let mut list = Vec::with_capacity(many.len());
                for (at, inner) in many.into_iter().enumerate() {
                    path.push(json!(at));
                    list.push(match inner {
                        Some(inner) => Value::Object(self.select(&inner, &field.selections, path)),
                        None => Value::Null,
                    });
                    path.pop();
                }
                Value::Array(list)
            }
            Err(Fault::Refused { kind, message }) => {
                let place = json!([{ "line": field.line, "column": 1 }]);
                let error = json!({ "type": kind, "path": path, "locations": place, "message": message });
                self.errors.push(error);
                Value::Null
            }
            Err(Fault::Unknown) => {
                self.unknown(self.graph.kind(thing), field, path);
                Value::Null
            }
        }
    }

    /// GitHub checks a document before it runs it: one unknown field and nothing is answered.
    fn unknown(&mut self, kind: &str, field: &Field, path: &[Value]) {
        let message = format!("Field '{}' doesn't exist on type '{kind}'", field.name);
        let extensions = json!({ "code": "undefinedField", "typeName": kind, "fieldName": field.name });
        let path: Vec<&Value> = path.iter().filter(|part| part.is_string()).collect();
        let place = json!([{ "line": field.line, "column": 1 }]);
        self.errors =
            vec![json!({ "path": path, "extensions": extensions, "locations": place, "message": message })];
        self.void = true;
    }
}
