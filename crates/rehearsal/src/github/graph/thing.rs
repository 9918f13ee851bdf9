//! What can be selected from.

use std::rc::Rc;

use fleetwright_core::Oid;
use serde_json::Value;

use crate::graphql::run::{Fault, Got};
use crate::world::Refusal;

/// Something to select fields from.
#[derive(Debug, Clone)]
pub(super) enum Thing {
    /// The root of queries.
    Query,
    /// The root of mutations.
    Mutation,
    /// Somebody who owns repositories.
    Owner(String),
    /// A repository.
    Repository(u64),
    /// A branch: repository and name.
    Branch(u64, String),
    /// A commit.
    Commit(u64, Oid),
    /// A pull request.
    Pull(u64, u64),
    /// A team.
    Team(u64),
    /// All checks of a commit as one.
    Rollup(u64, Oid),
    /// A list in pages.
    Connection(Rc<Connection>),
    /// Anything small: its fields are known.
    Record(Rc<Record>),
}

/// A list in pages.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) kind: &'static str,
    /// How many there are in all.
    pub(super) total: usize,
    /// Where the page begins.
    pub(super) start: usize,
    /// What is on it.
    pub(super) page: Vec<Thing>,
    /// More fields of its own.
    pub(super) more: Vec<(&'static str, Value)>,
}

/// Something small.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) kind: &'static str,
    /// Interfaces and unions it also is.
    pub(super) also: &'static [&'static str],
    pub(super) fields: Vec<(&'static str, Held)>,
}

/// What a record's field is.
#[derive(Debug, Clone)]
pub(super) enum Held {
    /// A value.
    Leaf(Value),
    /// A thing.
    One(Thing),
    /// Several.
    Many(Vec<Thing>),
}

/// An answer to a field, or why there is none.
pub(super) type Answered = Result<Got<Thing>, Fault>;

/// A value.
pub(super) fn leaf(value: impl Into<Value>) -> Answered {
    Ok(Got::Leaf(value.into()))
}

/// A thing, or null.
pub(super) fn maybe(thing: Option<Thing>) -> Answered {
    Ok(thing.map_or(Got::Leaf(Value::Null), Got::One))
}

/// Something small.
pub(super) fn record(
    kind: &'static str,
    also: &'static [&'static str],
    fields: Vec<(&'static str, Held)>,
) -> Thing {
    Thing::Record(Rc::new(Record { kind, also, fields }))
}

/// A value of a record.
pub(super) fn held(value: impl Into<Value>) -> Held {
    Held::Leaf(value.into())
}

/// What the world refuses, as GraphQL says it.
pub(super) fn fault(refusal: &Refusal) -> Fault {
    let (kind, message) = match refusal {
        Refusal::NotFound | Refusal::Moved(_) => ("NOT_FOUND", "Could not resolve to a node.".to_owned()),
        Refusal::Forbidden(_) => ("FORBIDDEN", "Resource not accessible by integration".to_owned()),
        Refusal::Archived => ("UNPROCESSABLE", "Repository was archived so is read-only.".to_owned()),
        Refusal::HeadMoved(_) => {
            ("UNPROCESSABLE", "Head branch was modified. Review and try the merge again.".to_owned())
        }
        Refusal::AutoMerge(text) => ("UNPROCESSABLE", (*text).to_owned()),
        Refusal::Blocked(block) => ("UNPROCESSABLE", crate::github::wording::blocked(block)),
        Refusal::Invalid { message: Some(text), .. } => ("UNPROCESSABLE", text.clone()),
        Refusal::NotOpen => ("UNPROCESSABLE", "Pull request is not open".to_owned()),
        other => ("UNPROCESSABLE", other.to_string()),
    };
    Fault::Refused { kind, message }
}
