//! Pages of entities: filtered, ordered, and with cursors both ways, as Backstage's by-query answers.
//!
//! Source: `queryEntities` of `@backstage/plugin-catalog-backend` 4.0.0. It lists an entity once for
//! every value of the key it is ordered by; here it is listed once, by its least value.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::filter::Filter;
use crate::search::Search;

/// How many entities a page has where nothing is said.
pub const DEFAULT_LIMIT: usize = 20;

/// The key entities are ordered by. Those without a value are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The key, such as `metadata.name`.
    pub field: String,
    /// From the greatest to the least.
    pub descending: bool,
}

/// A text that must be within a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextFilter {
    /// The text; blank is none.
    pub term: String,
    /// The keys to look at; none: the one entities are ordered by, or else `metadata.uid`.
    pub fields: Vec<String>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Query {
    /// What entities must be.
    pub filter: Option<Filter>,
    /// How they are ordered; by reference where nothing is said.
    pub order: Option<Order>,
    /// What must be within a value.
    pub text: Option<TextFilter>,
}

/// Where a page begins or ends. The caller makes it opaque.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The question, so that a page is of the same.
    pub query: Query,
    /// Value and number of the entity next to the page.
    beside: (String, u32),
    /// Those of the first entity of all.
    first: (String, u32),
    /// Whether the page lies before that entity.
    back: bool,
}

impl Cursor {
    /// The numbers of the entity beside the page and of the first of all: their positions in the order of
    /// references. Whoever keeps a cursor while the catalog changes keeps their references, too.
    pub fn numbers(&self) -> (usize, usize) {
        (self.beside.1 as usize, self.first.1 as usize)
    }

    /// The same page of a catalog that changed: where those two are now, each as a binary search over references
    /// answers; `Err` for one that is gone, with where it would be.
    #[must_use]
    pub fn moved(mut self, beside: Result<usize, usize>, first: Result<usize, usize>) -> Cursor {
        let descending = self.query.order.as_ref().is_some_and(|order| order.descending);
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.beside.1 = match beside {
            Ok(at) => number(at),
            // The neighbour on the side that is behind us.
            Err(at) if self.back == descending => number(at.saturating_sub(1)),
            Err(at) => number(at),
        };
        self.first.1 = number(first.unwrap_or_else(|at| at));
        self
    }
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Positions in [`crate::Catalog::entities`].
    pub entities: Vec<usize>,
    /// How many there are on all pages.
    pub total: usize,
    /// Where the next page is.
    pub next: Option<Cursor>,
    /// Where the page before is.
    pub previous: Option<Cursor>,
}

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// The page is larger than one may be.
    #[error("a page has at most {MAX_LIMIT} entities, not {0}")]
    Limit(usize),
}

/// The most entities of a page.
pub const MAX_LIMIT: usize = 10_000;

impl Search {
    /// The first page, after some entities.
    ///
    /// # Errors
    /// When the page would be too large.
    pub fn query(&self, query: &Query, limit: usize, offset: usize) -> Result<Page, PageError> {
        let rows = self.matching(query);
        let begin = offset.min(rows.len());
        let first = rows.get(begin).map(owned);
        page(self, query, &rows, begin..begin.saturating_add(limited(limit)?), first)
    }

    /// The page at a cursor.
    ///
    /// # Errors
    /// When the page would be too large.
    pub fn page(&self, cursor: &Cursor, limit: usize) -> Result<Page, PageError> {
        let limit = limited(limit)?;
        let rows = self.matching(&cursor.query);
        let descending = cursor.query.order.as_ref().is_some_and(|order| order.descending);
        let beside = (cursor.beside.0.as_str(), cursor.beside.1);
        let before = |row: &(&str, u32)| if descending { *row > beside } else { *row < beside };
        let at = rows.partition_point(before);
        let range = match cursor.back {
            true => at.saturating_sub(limit)..at,
            false => {
                let begin = at + usize::from(rows.get(at) == Some(&beside));
                begin..begin.saturating_add(limit)
            }
        };
        page(self, &cursor.query, &rows, range, Some(cursor.first.clone()))
    }

    /// The positions of all entities a query is of, in its order.
    pub fn all_of(&self, query: &Query) -> Vec<usize> {
        self.matching(query).into_iter().filter_map(|(_, number)| self.position(number)).collect()
    }

    /// The positions of all entities a filter holds for, ordered by several keys, the first before the second;
    /// those without a value of a key come after those with one, and equal ones in the order of references.
    pub fn sorted(&self, filter: Option<&Filter>, orders: &[Order]) -> Vec<usize> {
        let set = filter.map(|filter| self.set(filter));
        let mut numbers: Vec<u32> =
            self.numbers().filter(|number| set.as_ref().is_none_or(|set| set.has(*number))).collect();
        // The last key first: each sort keeps the order of what is equal.
        for order in orders.iter().rev() {
            let values: HashMap<u32, &str> =
                self.ordered(&order.field).into_iter().map(|(value, number)| (number, value)).collect();
            numbers.sort_by(|one, other| match (values.get(one), values.get(other)) {
                (Some(one), Some(other)) if order.descending => other.cmp(one),
                (Some(one), Some(other)) => one.cmp(other),
                (one, other) => one.is_none().cmp(&other.is_none()),
            });
        }
        numbers.into_iter().filter_map(|number| self.position(number)).collect()
    }

    /// Value and number of all entities a query is of, in its order.
    fn matching(&self, query: &Query) -> Vec<(&str, u32)> {
        let mut rows = match &query.order {
            Some(order) => self.ordered(&order.field.to_lowercase()),
            None => self.numbers().map(|number| ("", number)).collect(),
        };
        if let Some(filter) = &query.filter {
            let set = self.set(filter);
            rows.retain(|(_, number)| set.has(*number));
        }
        if let Some(text) = query.text.as_ref().filter(|text| !text.term.trim().is_empty()) {
            let supposed = query.order.as_ref().map_or("metadata.uid", |order| order.field.as_str());
            let fields = match text.fields.as_slice() {
                [] => &[supposed.to_owned()],
                fields => fields,
            };
            let set = self.containing(&text.term.trim().to_lowercase(), fields);
            rows.retain(|(_, number)| set.has(*number));
        }
        if query.order.as_ref().is_some_and(|order| order.descending) {
            rows.reverse();
        }
        rows
    }
}

fn limited(limit: usize) -> Result<usize, PageError> {
    if limit > MAX_LIMIT { Err(PageError::Limit(limit)) } else { Ok(limit) }
}

fn owned((value, number): &(&str, u32)) -> (String, u32) {
    ((*value).to_owned(), *number)
}

fn page(
    search: &Search,
    query: &Query,
    rows: &[(&str, u32)],
    range: std::ops::Range<usize>,
    first: Option<(String, u32)>,
) -> Result<Page, PageError> {
    let end = range.end.min(rows.len());
    let shown = rows.get(range.start..end).unwrap_or_default();
    let cursor = |beside: Option<&(&str, u32)>, back| {
        let (beside, first) = (owned(beside?), first.clone()?);
        Some(Cursor { query: query.clone(), beside, first, back })
    };
    let more = !shown.is_empty() && end < rows.len();
    let begins = shown.first().map(owned) == first;
    Ok(Page {
        entities: shown.iter().filter_map(|(_, number)| search.position(*number)).collect(),
        total: rows.len(),
        next: if more { cursor(shown.last(), false) } else { None },
        previous: if begins { None } else { cursor(shown.first(), true) },
    })
}
