//! `GET` and `POST /entities/by-query`: pages with cursors both ways.

use fleetwright_catalog::{Cursor, Order, Page, Query, TextFilter};
use serde_json::{Map, Value, json};

use crate::answer::{Answer, List};
use crate::ask::{self, Ask};
use crate::cursor::{self, Token};
use crate::fields::Fields;
use crate::refusal::Refusal;
use crate::snapshot::Snapshot;

/// How many entities a page has where nothing is said: `DEFAULT_LIMIT` of `DefaultEntitiesCatalog`. Backstage's
/// OpenAPI description says 20, its code does this.
const LIMIT: usize = 200;

/// What is asked for.
struct Asked {
    from: From,
    limit: Option<usize>,
    fields: Option<Fields>,
}

/// Where a page begins.
enum From {
    Cursor(String),
    Begin { query: Query, offset: usize, counted: bool },
}

/// `GET /entities/by-query`.
pub(crate) fn get(snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    ask.only(&[
        "fields",
        "limit",
        "offset",
        "orderField",
        "cursor",
        "filter",
        "totalItems",
        "fullTextFilterTerm",
        "fullTextFilterFields",
    ])?;
    let fields = Fields::parse(ask.all("fields"))?;
    let limit = ask.count("limit")?;
    let offset = ask.count("offset")?.unwrap_or(0);
    let from = match ask.one("cursor") {
        Some("") => return Err(Refusal::input("Empty value found for query parameter 'cursor'")),
        Some(cursor) => From::Cursor(cursor.to_owned()),
        None => {
            let text = TextFilter {
                term: ask.one("fullTextFilterTerm").unwrap_or_default().to_owned(),
                fields: listed(ask.all("fullTextFilterFields")),
            };
            let query = Query { filter: ask.filter()?, order: order(ask)?, text: Some(text) };
            From::Begin { query, offset, counted: counted(ask.one("totalItems"), "query")? }
        }
    };
    answer(snapshot, Asked { from, limit, fields })
}

/// `POST /entities/by-query`.
pub(crate) fn post(snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    ask.only(&[])?;
    let body = ask.object_or_none()?;
    let fields = Fields::parse(ask::texts(&body, "fields")?.unwrap_or_default())?;
    let limit = ask::count(&body, "limit")?;
    let offset = ask::count(&body, "offset")?.unwrap_or(0);
    let from = match ask::text(&body, "cursor")? {
        Some("") => return Err(Refusal::input("Cursor cannot be empty")),
        Some(cursor) => From::Cursor(cursor.to_owned()),
        None => {
            let counted = counted(ask::text(&body, "totalItems")?, "body")?;
            let query =
                Query { filter: ask::predicate(&body)?, order: order_by(&body)?, text: full_text(&body)? };
            From::Begin { query, offset, counted }
        }
    };
    answer(snapshot, Asked { from, limit, fields })
}

fn listed<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    texts.flat_map(|text| text.split(',')).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

fn counted(mode: Option<&str>, place: &str) -> Result<bool, Refusal> {
    match mode {
        None | Some("include") => Ok(true),
        Some("exclude") => Ok(false),
        Some(_) => Err(Refusal::Input(format!(
            "request/{place}/totalItems must be equal to one of the allowed values: include, exclude"
        ))),
    }
}

/// The order of a query; of several keys the first, as in Backstage.
fn order(ask: &Ask) -> Result<Option<Order>, Refusal> {
    let mut first = None;
    for text in ask.all("orderField") {
        let mut parts = text.split(',');
        let field = parts.next().unwrap_or_default().to_owned();
        let descending = direction(parts.next().unwrap_or("asc"))?;
        first.get_or_insert(Order { field, descending });
    }
    Ok(first)
}

fn order_by(body: &Map<String, Value>) -> Result<Option<Order>, Refusal> {
    let wrong = |what: &str| Refusal::Input(format!("request/body/orderBy{what}"));
    let rows = match body.get("orderBy") {
        None => return Ok(None),
        Some(Value::Array(rows)) => rows,
        Some(_) => return Err(wrong(" must be array")),
    };
    let mut first = None;
    for (at, row) in rows.iter().enumerate() {
        let row = row.as_object().ok_or_else(|| wrong(&format!("/{at} must be object")))?;
        let text = |key: &str| {
            let missing = || wrong(&format!("/{at} must have required property '{key}'"));
            row.get(key).and_then(Value::as_str).ok_or_else(missing)
        };
        let order =
            Order { field: text("field")?.to_owned(), descending: listed_direction(at, text("order")?)? };
        first.get_or_insert(order);
    }
    Ok(first)
}

fn direction(text: &str) -> Result<bool, Refusal> {
    match text {
        "asc" => Ok(false),
        "desc" => Ok(true),
        _ => Err(Refusal::input("Invalid order field order, must be asc or desc")),
    }
}

/// A direction of a list, which Backstage's OpenAPI description refuses first.
fn listed_direction(at: usize, text: &str) -> Result<bool, Refusal> {
    direction(text).map_err(|_| {
        let allowed = "must be equal to one of the allowed values: asc, desc";
        Refusal::Input(format!("request/body/orderBy/{at}/order {allowed}"))
    })
}

fn full_text(body: &Map<String, Value>) -> Result<Option<TextFilter>, Refusal> {
    let rows = match body.get("fullTextFilter") {
        None => return Ok(None),
        Some(Value::Object(rows)) => rows,
        Some(_) => return Err(Refusal::input("request/body/fullTextFilter must be object")),
    };
    let term = ask::text(rows, "term")?.unwrap_or_default().to_owned();
    let fields = ask::texts(rows, "fields")?.unwrap_or_default();
    Ok(Some(TextFilter { term, fields: fields.into_iter().map(str::to_owned).collect() }))
}

fn answer(snapshot: &Snapshot, asked: Asked) -> Result<Answer, Refusal> {
    let (page, counted, limit) = match asked.from {
        From::Begin { query, offset, counted } => {
            let limit = asked.limit.unwrap_or(LIMIT);
            (snapshot.search.query(&query, limit, offset).map_err(Refusal::input)?, counted, limit)
        }
        From::Cursor(text) => {
            let token: Token = cursor::read(&text, "cursor")?;
            let (beside, first) = &token.beside;
            let cursor = token.query.moved(snapshot.place(beside), snapshot.place(first));
            let limit = asked.limit.unwrap_or(token.limit);
            (snapshot.search.page(&cursor, limit).map_err(Refusal::input)?, token.counted, limit)
        }
    };
    let after = after(snapshot, &page, (counted, limit));
    let rows = page.entities.into_iter().map(Some).collect();
    Ok(Answer::List(List { rows, fields: asked.fields, before: "{\"items\":", after, next: None }))
}

/// What stands behind the list: how many there are, and where the pages beside this one are.
fn after(snapshot: &Snapshot, page: &Page, (counted, limit): (bool, usize)) -> String {
    let write = |cursor: &Cursor| {
        let (beside, first) = cursor.numbers();
        let beside = (snapshot.reference(beside).to_owned(), snapshot.reference(first).to_owned());
        cursor::write(&Token { query: cursor.clone(), beside, limit, counted })
    };
    let mut info = Map::new();
    if let Some(next) = &page.next {
        info.insert("nextCursor".to_owned(), write(next).into());
    }
    if let Some(previous) = &page.previous {
        info.insert("prevCursor".to_owned(), write(previous).into());
    }
    let total = if counted { page.total } else { 0 };
    let rest = json!({ "totalItems": total, "pageInfo": info }).to_string();
    format!(",{}", rest.trim_start_matches('{'))
}
