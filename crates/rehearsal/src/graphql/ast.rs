//! What a document is made of.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A value as it is written: with variables in it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Written {
    /// `$name`.
    Variable(String),
    /// A literal; an enum's word is a text.
    Literal(Value),
    /// A list.
    List(Vec<Written>),
    /// An object.
    Object(Vec<(String, Written)>),
}

/// Arguments of a field or directive.
pub(crate) type Arguments = Vec<(String, Written)>;

/// `@name(...)`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Directive {
    pub(crate) name: String,
    pub(crate) arguments: Arguments,
}

/// A field that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    pub(crate) alias: Option<String>,
    pub(crate) name: String,
    pub(crate) arguments: Arguments,
    pub(crate) directives: Vec<Directive>,
    pub(crate) selections: Vec<Selection>,
    pub(crate) line: usize,
}

/// A part of a selection.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Selection {
    /// A field.
    Field(Field),
    /// `...name`.
    Spread { name: String, directives: Vec<Directive> },
    /// `... on Type { }`.
    Inline { on: Option<String>, directives: Vec<Directive>, selections: Vec<Selection> },
}

/// `fragment name on Type { }`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fragment {
    pub(crate) on: String,
    pub(crate) selections: Vec<Selection>,
}

/// A query or mutation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Operation {
    pub(crate) mutation: bool,
    pub(crate) name: Option<String>,
    /// Variables, whether they must be given, and their defaults.
    pub(crate) variables: Vec<(String, bool, Option<Written>)>,
    pub(crate) selections: Vec<Selection>,
}

/// A whole document.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Document {
    pub(crate) operations: Vec<Operation>,
    pub(crate) fragments: BTreeMap<String, Fragment>,
}

impl Written {
    /// The value, with variables put in.
    pub(crate) fn value(&self, variables: &Map<String, Value>) -> Value {
        match self {
            Written::Variable(name) => variables.get(name).cloned().unwrap_or(Value::Null),
            Written::Literal(value) => value.clone(),
            Written::List(list) => list.iter().map(|one| one.value(variables)).collect(),
            Written::Object(fields) => {
                Value::Object(fields.iter().map(|(name, one)| (name.clone(), one.value(variables))).collect())
            }
        }
    }
}

impl Field {
    /// What it is called in the answer.
    pub(crate) fn key(&self) -> &str {
        self.alias.as_ref().unwrap_or(&self.name)
    }

    /// An argument's value.
    pub(crate) fn argument(&self, name: &str, variables: &Map<String, Value>) -> Value {
        let found = self.arguments.iter().find(|(known, _)| known == name);
        found.map_or(Value::Null, |(_, written)| written.value(variables))
    }
}
