//! Lists in pages: `first`/`after`, `last`/`before`.

use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::thing::{Answered, Connection, Held, Thing, held, leaf, record};
use crate::graphql::run::{Fault, Given, Got};

/// Cuts the page that is asked for out of everything.
///
/// # Errors
/// Where neither `first` nor `last` is given.
pub(super) fn page(kind: &'static str, all: Vec<Thing>, given: &Given<'_>) -> Answered {
    Ok(Got::One(Thing::Connection(Rc::new(cut(kind, all, given)?))))
}

/// The same, as a value.
pub(super) fn cut(kind: &'static str, all: Vec<Thing>, given: &Given<'_>) -> Result<Connection, Fault> {
    let total = all.len();
    let size = |name| given.number(name).and_then(|many| usize::try_from(many).ok());
    let (first, last) = (size("first"), size("last"));
    if first.is_none() && last.is_none() {
        let name = kind.strip_suffix("Connection").unwrap_or(kind);
        let message = format!(
            "You must provide a `first` or `last` value to properly paginate the `{name}` connection."
        );
        return Err(Fault::Refused { kind: "MISSING_PAGINATION_BOUNDARIES", message });
    }
    let mut start = given.text("after").and_then(|text| place(&text)).map_or(0, |at| at + 1).min(total);
    let mut end = given.text("before").and_then(|text| place(&text)).unwrap_or(total).clamp(start, total);
    if let Some(first) = first {
        end = end.min(start + first);
    }
    if let Some(last) = last {
        start = start.max(end.saturating_sub(last));
    }
    let page = all.into_iter().skip(start).take(end - start).collect();
    Ok(Connection { kind, total, start, page, more: Vec::new() })
}

fn cursor(at: usize) -> String {
    STANDARD.encode(format!("cursor:{at}"))
}

fn place(cursor: &str) -> Option<usize> {
    let bytes = STANDARD.decode(cursor).ok()?;
    String::from_utf8(bytes).ok()?.strip_prefix("cursor:")?.parse().ok()
}

/// A field of a list.
pub(super) fn field(connection: &Connection, name: &str) -> Answered {
    let Connection { total, start, page, more, .. } = connection;
    let end = start + page.len();
    match name {
        "totalCount" => leaf(*total),
        "nodes" => Ok(Got::Many(page.iter().cloned().map(Some).collect())),
        "edges" => {
            let edges = page.iter().enumerate().map(|(at, node)| {
                let fields = vec![("cursor", held(cursor(start + at))), ("node", Held::One(node.clone()))];
                Some(record("Edge", &[], fields))
            });
            Ok(Got::Many(edges.collect()))
        }
        "pageInfo" => {
            let at = |at: usize| if page.is_empty() { Value::Null } else { json!(cursor(at)) };
            let fields = vec![
                ("hasNextPage", held(end < *total)),
                ("hasPreviousPage", held(*start > 0)),
                ("startCursor", held(at(*start))),
                ("endCursor", held(at(end.saturating_sub(1)))),
            ];
            Ok(Got::One(record("PageInfo", &[], fields)))
        }
        name => match more.iter().find(|(known, _)| *known == name) {
            // Lists of small objects: `checkRunCountsByState { state count }`.
            Some((_, Value::Array(list))) => {
                Ok(Got::Many(list.iter().map(|one| Some(counted(one))).collect()))
            }
            Some((_, value)) => leaf(value.clone()),
            None => Err(Fault::Unknown),
        },
    }
}

fn counted(one: &Value) -> Thing {
    let fields = vec![("state", held(one["state"].clone())), ("count", held(one["count"].clone()))];
    record("CountByState", &[], fields)
}
