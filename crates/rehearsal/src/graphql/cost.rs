//! What a query costs on GitHub: a point for every hundred connections it reaches.
//!
//! Source: docs.github.com "Rate limits and query limits for the GraphQL API": every `first` or
//! `last` is as many times a request as its parents have nodes; the sum by a hundred, rounded, one at
//! least; at most 500,000 nodes.

use serde_json::{Map, Value};

use super::ast::{Document, Field, Selection};

/// The most nodes of a query.
pub(crate) const MOST_NODES: u64 = 500_000;

/// What a query reaches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Connections, each as often as its parents have nodes.
    pub(crate) requests: u64,
    /// Nodes.
    pub(crate) nodes: u64,
}

impl Reach {
    /// In points.
    pub(crate) fn cost(self) -> u64 {
        ((self.requests + 50) / 100).max(1)
    }
}

/// A bound that is missing or too large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unbounded {
    /// The connection.
    pub(crate) connection: String,
    /// What is wrong: the bound and its value.
    pub(crate) bound: Option<(&'static str, u64)>,
}

/// Counts what a selection reaches.
///
/// # Errors
/// [`Unbounded`] for more than a hundred at once.
pub(crate) fn reach(
    document: &Document,
    selections: &[Selection],
    variables: &Map<String, Value>,
) -> Result<Reach, Unbounded> {
    let mut counted = Reach::default();
    count(&Asked { document, variables }, selections, (1, 0), &mut counted)?;
    Ok(counted)
}

struct Asked<'a> {
    document: &'a Document,
    variables: &'a Map<String, Value>,
}

/// How deep fragments may lie in each other.
const DEEPEST: usize = 100;

fn count(
    asked: &Asked<'_>,
    selections: &[Selection],
    (times, depth): (u64, usize),
    counted: &mut Reach,
) -> Result<(), Unbounded> {
    if depth > DEEPEST {
        return Ok(());
    }
    for selection in selections {
        match selection {
            Selection::Field(field) => {
                let inner = times.saturating_mul(one(asked, field, times, counted)?);
                count(asked, &field.selections, (inner, depth + 1), counted)?;
            }
            Selection::Spread { name, .. } => {
                if let Some(fragment) = asked.document.fragments.get(name) {
                    count(asked, &fragment.selections, (times, depth + 1), counted)?;
                }
            }
            Selection::Inline { selections, .. } => count(asked, selections, (times, depth + 1), counted)?,
        }
    }
    Ok(())
}

/// How many nodes a field has at most; counts it if it is a connection.
fn one(asked: &Asked<'_>, field: &Field, times: u64, counted: &mut Reach) -> Result<u64, Unbounded> {
    if field.name == "nodes" {
        let ids = field.argument("ids", asked.variables);
        return Ok(ids.as_array().map_or(1, |ids| ids.len() as u64));
    }
    for bound in ["first", "last"] {
        let Some(most) = field.argument(bound, asked.variables).as_u64() else { continue };
        if most > 100 {
            return Err(Unbounded { connection: field.name.clone(), bound: Some((bound, most)) });
        }
        counted.requests = counted.requests.saturating_add(times);
        counted.nodes = counted.nodes.saturating_add(times.saturating_mul(most));
        return Ok(most);
    }
    Ok(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::parse;

    fn counted(text: &str) -> Reach {
        let document = parse(text).unwrap();
        reach(&document, &document.operations[0].selections, &Map::new()).unwrap()
    }

    #[test]
    fn the_example_of_githubs_documentation_costs_what_it_says() {
        let text = "query { viewer { login repositories(first: 100) { edges { node { id issues(first: 50) \
            { edges { node { id labels(first: 60) { edges { node { id name } } } } } } } } } } }";
        let reach = counted(text);
        assert_eq!((reach.requests, reach.cost()), (1 + 100 + 5_000, 51));
        assert_eq!(reach.nodes, 100 + 5_000 + 300_000);
    }

    #[test]
    fn a_query_without_lists_costs_one() {
        assert_eq!(counted("{ viewer { login } }").cost(), 1);
    }
}
