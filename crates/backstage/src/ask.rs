//! What is asked: parameters of the path, of the query, and the body, each within limits.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use fleetwright_catalog::{Filter, FilterError, MAX_FILTER_BYTES};
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::refusal::{MAX_BODY, Refusal};

/// How long a body may take to come in.
const PATIENCE: Duration = Duration::from_secs(10);

/// The largest query of an address, in bytes.
const MAX_QUERY: usize = 128 << 10;

/// A request, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Ask {
    /// The parameters of the path, in their order.
    pub(crate) path: Vec<String>,
    /// The parameters of the query, in their order.
    pub(crate) query: Vec<(String, String)>,
    /// The body, if one is asked for.
    pub(crate) body: Sent,
}

/// The body of a request.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Sent {
    /// None came.
    #[default]
    None,
    /// A JSON value.
    Json(Value),
}

impl Ask {
    /// A request of its query and path.
    ///
    /// # Errors
    /// When the query is too long.
    pub(crate) fn new(path: Vec<String>, query: Option<&str>) -> Result<Ask, Refusal> {
        let query = query.unwrap_or_default();
        if query.len() > MAX_QUERY {
            return Err(Refusal::Input(format!("the query has more than {MAX_QUERY} bytes: use POST")));
        }
        let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Ok(Ask { path, query, body: Sent::None })
    }

    /// Refuses parameters of the query that there are not, as Backstage does.
    ///
    /// # Errors
    /// Names the first of them.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        match self.query.iter().find(|(key, _)| !known.contains(&key.as_str())) {
            Some((key, _)) => Err(Refusal::Input(format!("Unknown query parameter '{key}'"))),
            None => Ok(()),
        }
    }

    /// The values of a parameter that may be repeated.
    pub(crate) fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// The value of a parameter; of several the first.
    pub(crate) fn one(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// A parameter that counts something.
    ///
    /// # Errors
    /// When it is no whole number from 0.
    pub(crate) fn count(&self, key: &str) -> Result<Option<usize>, Refusal> {
        let Some(text) = self.one(key) else { return Ok(None) };
        let negative = text.strip_prefix('-').is_some_and(|rest| rest.parse::<u64>().is_ok());
        let why = if negative { "must be >= 0" } else { "must be integer" };
        text.parse().map(Some).map_err(|_| Refusal::Input(format!("request/query/{key} {why}")))
    }

    /// `filter`, all of them.
    ///
    /// # Errors
    /// When one is none.
    pub(crate) fn filter(&self) -> Result<Option<Filter>, Refusal> {
        let texts: Vec<&str> = self.all("filter").collect();
        Filter::parse(&texts).map_err(|error| match error {
            FilterError::Statement(statement) => Refusal::Input(format!(
                "Invalid filter, '{statement}' is not a valid statement (expected a string on the form a=b or a= or a)"
            )),
            error => Refusal::input(error),
        })
    }

    /// A parameter of the path; empty if there is none.
    pub(crate) fn part(&self, at: usize) -> &str {
        self.path.get(at).map_or("", String::as_str)
    }

    /// The body as an object.
    ///
    /// # Errors
    /// When it is another value, or there is none.
    pub(crate) fn object(&self) -> Result<&Map<String, Value>, Refusal> {
        match &self.body {
            Sent::Json(Value::Object(rows)) => Ok(rows),
            Sent::Json(_) => Err(Refusal::input("request/body must be object")),
            Sent::None => Err(Refusal::input("request must have required property 'body'")),
        }
    }

    /// The body as an object, an empty one if there is none.
    ///
    /// # Errors
    /// When it is another value.
    pub(crate) fn object_or_none(&self) -> Result<Map<String, Value>, Refusal> {
        if self.body == Sent::None { Ok(Map::new()) } else { self.object().cloned() }
    }
}

/// A text of a body; `place` is said where it is wrong.
///
/// # Errors
/// When it is another value.
pub(crate) fn text<'b>(rows: &'b Map<String, Value>, key: &str) -> Result<Option<&'b str>, Refusal> {
    match rows.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::Input(format!("request/body/{key} must be string"))),
    }
}

/// A text of a body that must be there.
///
/// # Errors
/// When it is not, or is another value.
pub(crate) fn needed<'b>(rows: &'b Map<String, Value>, key: &str) -> Result<&'b str, Refusal> {
    let missing = || Refusal::Input(format!("request/body must have required property '{key}'"));
    text(rows, key)?.ok_or_else(missing)
}

/// A list of texts of a body.
///
/// # Errors
/// When it is another value.
pub(crate) fn texts<'b>(rows: &'b Map<String, Value>, key: &str) -> Result<Option<Vec<&'b str>>, Refusal> {
    let wrong = |what: &str| Refusal::Input(format!("request/body/{key}{what}"));
    match rows.get(key) {
        None => Ok(None),
        Some(Value::Array(list)) => {
            let each = list.iter().enumerate();
            let each =
                each.map(|(at, row)| row.as_str().ok_or_else(|| wrong(&format!("/{at} must be string"))));
            each.collect::<Result<Vec<_>, _>>().map(Some)
        }
        Some(_) => Err(wrong(" must be array")),
    }
}

/// A number of a body that counts something.
///
/// # Errors
/// When it is another value, or no whole number from 0.
pub(crate) fn count(rows: &Map<String, Value>, key: &str) -> Result<Option<usize>, Refusal> {
    let Some(value) = rows.get(key) else { return Ok(None) };
    if !value.is_number() {
        return Err(Refusal::Input(format!("request/body/{key} must be number")));
    }
    let whole = value.as_u64().and_then(|number| usize::try_from(number).ok());
    whole.map(Some).ok_or_else(|| Refusal::Input(format!("request/body/{key} must be a whole number from 0")))
}

/// `query`: a predicate.
///
/// # Errors
/// When it is none, or too long.
pub(crate) fn predicate(rows: &Map<String, Value>) -> Result<Option<Filter>, Refusal> {
    let Some(query) = rows.get("query") else { return Ok(None) };
    if !query.is_object() {
        return Err(Refusal::input("request/body/query must be object"));
    }
    let length = query.to_string().len();
    if length > MAX_FILTER_BYTES {
        return Err(Refusal::Input(format!(
            "Invalid query: it has {length} bytes, more than {MAX_FILTER_BYTES}"
        )));
    }
    Filter::of_predicate(query).map(Some).map_err(|error| Refusal::Input(format!("Invalid query: {error}")))
}

/// Reads the body of a request.
///
/// # Errors
/// When it is of another kind, too large, too slow, or no JSON.
pub(crate) async fn read(request: Request) -> Result<Sent, Refusal> {
    let (parts, body) = request.into_parts();
    if told(&parts.headers).is_some_and(|length| length > MAX_BODY) {
        return Err(Refusal::TooLarge);
    }
    let bytes = tokio::time::timeout(PATIENCE, whole(body)).await.map_err(|_| Refusal::TooSlow)??;
    if bytes.is_empty() {
        return Ok(Sent::None);
    }
    json_kind(&parts.headers)?;
    let value = serde_json::from_slice(&bytes)
        .map_err(|error| Refusal::Input(format!("the body is no JSON: {error}")))?;
    Ok(Sent::Json(value))
}

async fn whole(body: Body) -> Result<axum::body::Bytes, Refusal> {
    to_bytes(body, MAX_BODY).await.map_err(|error| {
        // axum wraps http-body-util's error, which has no type we could name without taking the crate.
        let inner = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        match inner.contains("length limit") {
            true => Refusal::TooLarge,
            false => Refusal::input("request aborted: the body broke off"),
        }
    })
}

fn told(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn json_kind(headers: &HeaderMap) -> Result<(), Refusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let shown: String = kind.chars().take(80).collect();
    Err(Refusal::MediaType(if shown.is_empty() { "none".to_owned() } else { shown }))
}
