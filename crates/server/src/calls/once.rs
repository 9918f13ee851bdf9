//! Idempotency keys: a request that comes twice with the same key is done once, and answered alike.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderMap;
use axum::response::Response;
use fleetwright_api::{Kind, Problem, Route, Verb};
use fleetwright_core::shift::content_digest;
use fleetwright_store::{Answered, Store, Write};
use serde_json::Value;

use super::answer::{Sent, problem};
use super::told;

/// The longest key, in bytes (IETF draft "The Idempotency-Key HTTP Header Field" sets none; 255 is what
/// Stripe takes).
const LONGEST: usize = 255;

/// How long an answer is kept, in milliseconds: a day.
const KEPT: i64 = 24 * 3_600 * 1_000;

/// Whose key it is, and of which request.
#[derive(Debug, Clone)]
pub(super) struct Key {
    name: String,
    request: String,
}

/// The key of a request, if it has one. The same word of two people is two keys.
pub(super) fn key(
    headers: &HeaderMap,
    by: &str,
    route: &Route,
    sent: &Value,
) -> Result<Option<Key>, Problem> {
    let Some(value) = headers.get("idempotency-key").filter(|_| route.verb != Verb::Get) else {
        return Ok(None);
    };
    let text = value.to_str().ok().filter(|text| !text.is_empty() && text.len() <= LONGEST);
    let wrong = || {
        let why = format!("the idempotency key is none\n  try: 1 to {LONGEST} letters, such as a UUID");
        Problem::new(Kind::Usage, why)
    };
    let text = text.ok_or_else(wrong)?;
    let request = content_digest(format!("{} {sent}", route.name).as_bytes());
    Ok(Some(Key { name: content_digest(format!("{by}\n{text}").as_bytes()), request }))
}

/// What is under way, and what was answered.
pub(super) struct Once {
    store: Store,
    under_way: Arc<Mutex<HashSet<String>>>,
}

/// A key that is under way in this process, until this is dropped.
pub(super) struct UnderWay {
    name: String,
    all: Arc<Mutex<HashSet<String>>>,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// An answer that was given before.
pub(super) struct Before(Result<Value, Problem>);

impl Before {
    pub(super) fn respond(self, streams: bool) -> Response {
        match self.0 {
            done if streams => told::last(&done),
            Ok(value) => Sent::of(&value).respond(&HeaderMap::new()),
            Err(told) => problem(told),
        }
    }
}

impl Once {
    pub(super) fn new(store: Store) -> Once {
        Once { store, under_way: Arc::default() }
    }

    /// What was answered to this key, if it was.
    pub(super) async fn before(&self, key: &Key) -> Result<Option<Before>, Problem> {
        let found = self.store.answer_to(&key.name).await.map_err(|error| internal(&error))?;
        let Some(answered) = found else { return Ok(None) };
        if answered.request != key.request {
            let why = "this key came with another request before\n  try: a new key for each request";
            return Err(Problem::new(Kind::OtherRequest, why));
        }
        let read = match answered.done {
            true => serde_json::from_str(&answered.answer).map(Ok),
            false => serde_json::from_str(&answered.answer).map(Err),
        };
        Ok(Some(Before(read.map_err(|error| internal(&error))?)))
    }

    /// Begins what a key stands for.
    pub(super) fn begin(&self, key: &Key) -> Result<UnderWay, Problem> {
        let is_new = self.under_way.lock().unwrap_or_else(PoisonError::into_inner).insert(key.name.clone());
        match is_new {
            true => Ok(UnderWay { name: key.name.clone(), all: Arc::clone(&self.under_way) }),
            false => Err(Problem::new(
                Kind::Taken,
                "the same request is under way\n  try: again when it has ended",
            )),
        }
    }

    /// Remembers an answer. What may come out otherwise the next time is not remembered.
    pub(super) async fn remember(&self, key: &Key, done: &Result<Value, Problem>) {
        let (is_done, answer) = match done {
            Ok(value) => (true, value.to_string()),
            Err(told) if told.status < 500 && told.kind() != Kind::Taken => {
                (false, serde_json::to_string(told).unwrap_or_default())
            }
            Err(_) => return,
        };
        let (name, request) = (key.name.clone(), key.request.clone());
        let row = Answered { name, request, done: is_done, answer };
        // Who cannot keep it does it again: every call may be made twice.
        let _ = self.store.write(vec![Write::Answered(Box::new(row), KEPT)], None).await;
    }
}

fn internal(error: &dyn std::fmt::Display) -> Problem {
    Problem::new(Kind::Internal, error.to_string())
}
