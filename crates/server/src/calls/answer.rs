//! Answers: documents with their ETag, and problems.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use fleetwright_api::{Kind, Problem};
use fleetwright_core::shift::content_digest;
use serde_json::Value;

/// What every answer carries: nothing here is for a page, and nothing is kept by anybody between.
pub(super) const HEADERS: [(header::HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "private, no-cache"),
];

/// A document to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    body: Bytes,
    tag: String,
}

impl Sent {
    /// A document out of a value; the same value has the same tag.
    pub(crate) fn of(value: &Value) -> Sent {
        let body = value.to_string();
        let tag = format!("\"{}\"", content_digest(body.as_bytes()));
        Sent { body: Bytes::from(body), tag }
    }

    /// The answer; nothing but the tag where the asker has it already.
    pub(crate) fn respond(&self, headers: &HeaderMap) -> Response {
        let known =
            headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_known =
            known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == self.tag || tag.trim() == "*");
        let (status, body) = match is_known {
            true => (StatusCode::NOT_MODIFIED, Body::empty()),
            false => (StatusCode::OK, Body::from(self.body.clone())),
        };
        let mut answer = plain(status, body, "application/json");
        if let Ok(tag) = HeaderValue::from_str(&self.tag) {
            answer.headers_mut().insert(header::ETAG, tag);
        }
        answer
    }
}

/// A problem as RFC 9457 has it.
pub(crate) fn problem(problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = problem.kind();
    let body = serde_json::to_string(&problem).unwrap_or_default();
    let mut answer = plain(status, Body::from(body), "application/problem+json");
    let more = match kind {
        Kind::Unknown => Some((header::WWW_AUTHENTICATE, "Bearer")),
        Kind::TooOften | Kind::Unable | Kind::Taken => Some((header::RETRY_AFTER, "1")),
        _ => None,
    };
    if let Some((name, value)) = more {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// An answer with the headers that each has.
pub(crate) fn plain(status: StatusCode, body: Body, kind: &'static str) -> Response {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}
