//! What is answered: values, and entities in their stored form, long lists bit by bit.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode, header};
use futures_util::stream;
use serde_json::Value;

use crate::fields::Fields;
use crate::refusal::JSON;
use crate::snapshot::Snapshot;

/// How many entities are written into memory at once: some hundred kilobytes.
const CHUNK: usize = 256;

/// What is answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// A value, with a code.
    Value(StatusCode, Value),
    /// A code without a body.
    Empty(StatusCode),
    /// One entity, by its position.
    Entity(usize),
    /// Many entities.
    List(List),
}

/// Many entities, and what stands around them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct List {
    /// Positions; `None` is written as `null`.
    pub(crate) rows: Vec<Option<usize>>,
    /// What is shown of each.
    pub(crate) fields: Option<Fields>,
    /// What stands before the list.
    pub(crate) before: &'static str,
    /// What stands after it.
    pub(crate) after: String,
    /// The query of the next page, for the header `Link`.
    pub(crate) next: Option<String>,
}

impl Answer {
    /// A value, as a good answer.
    pub(crate) fn value(value: Value) -> Answer {
        Answer::Value(StatusCode::OK, value)
    }

    /// The response; `path` is that of the request, for `Link`.
    pub(crate) fn respond(self, snapshot: &Arc<Snapshot>, path: &str) -> Response<Body> {
        let (status, body, link) = match self {
            Answer::Value(status, value) => (status, Body::from(value.to_string()), None),
            Answer::Empty(status) => (status, Body::empty(), None),
            Answer::Entity(at) => (StatusCode::OK, Body::from(snapshot.body(at).to_owned()), None),
            Answer::List(mut list) => {
                let next = list.next.take().map(|query| format!("<{path}?{query}>; rel=\"next\""));
                (StatusCode::OK, list.body(snapshot), next)
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        response.headers_mut().insert(header::CONTENT_TYPE, JSON);
        if let Some(link) = link.and_then(|link| HeaderValue::from_str(&link).ok()) {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

impl List {
    /// A short list whole, a long one as a stream, so that no client costs more memory than a chunk.
    fn body(self, snapshot: &Arc<Snapshot>) -> Body {
        if self.rows.len() <= CHUNK {
            let whole = self.chunk(snapshot, 0);
            return Body::from(whole);
        }
        let (chunks, snapshot) = (self.rows.len().div_ceil(CHUNK), Arc::clone(snapshot));
        let write = move |number| Ok::<_, Infallible>(Bytes::from(self.chunk(&snapshot, number)));
        Body::from_stream(stream::iter((0..chunks).map(write)))
    }

    /// One chunk: the first with what stands before, the last with what stands after.
    fn chunk(&self, snapshot: &Snapshot, number: usize) -> String {
        let begin = number * CHUNK;
        let end = self.rows.len().min(begin + CHUNK);
        let mut text = String::new();
        if begin == 0 {
            text.push_str(self.before);
            text.push('[');
        }
        for (at, row) in self.rows.iter().enumerate().take(end).skip(begin) {
            if at > 0 {
                text.push(',');
            }
            self.write(snapshot, *row, &mut text);
        }
        if end == self.rows.len() {
            text.push(']');
            text.push_str(&self.after);
        }
        text
    }

    fn write(&self, snapshot: &Snapshot, row: Option<usize>, text: &mut String) {
        match (row.map(|at| snapshot.body(at)), &self.fields) {
            (None, _) => text.push_str("null"),
            (Some(body), None) => text.push_str(body),
            (Some(body), Some(fields)) => text.push_str(&fields.of(body)),
        }
    }
}
