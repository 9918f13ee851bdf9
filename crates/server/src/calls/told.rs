//! Live progress: what a call tells while it works, as server-sent events, and its answer as the last one.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use fleetwright_api::Problem;
use fleetwright_core::event::TargetName;
use fleetwright_core::stage::Stage;
use fleetwright_engine::progress::Progress;
use fleetwright_runner::Cancel;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::answer::HEADERS;

/// How many events wait for a slow reader; more are left out, but never the answer.
const WAITING: usize = 4_096;

/// How often a line is sent where nothing happens, so that nobody between thinks the answer has ended.
const ALIVE: Duration = Duration::from_secs(10);

/// Whether whoever asks wants to be told while it works.
pub(super) fn wants_events(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|kind| kind.split(';').next().unwrap_or_default().trim() == "text/event-stream")
}

/// Who is told, and how to interrupt.
pub(super) struct Telling {
    pub(super) progress: Arc<dyn Progress>,
    pub(super) interrupt: Cancel,
}

/// Raises a flag when whoever waits is gone.
pub(super) struct CancelOnDrop(pub(super) Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Tells over a channel.
struct Teller(mpsc::Sender<Event>);

impl Teller {
    fn tell(&self, word: &str, detail: &Value) {
        // A reader who is too slow for progress misses some of it; who is gone hears nothing any more.
        let _ = self.0.try_send(event(word, detail));
    }
}

impl Progress for Teller {
    fn fetched(&self, done: usize, total: usize) {
        self.tell("fetched", &json!({ "done": done, "total": total }));
    }

    fn read(&self, done: usize, total: usize) {
        self.tell("read", &json!({ "done": done, "total": total }));
    }

    fn pass(&self, targets: u64) {
        self.tell("pass", &json!({ "targets": targets }));
    }

    fn rested(&self, target: &TargetName, stage: &Stage, reason: &str) {
        self.tell("rested", &json!({ "target": target, "stage": stage, "reason": reason }));
    }

    fn note(&self, text: &str) {
        self.tell("note", &json!({ "text": text }));
    }
}

fn event(word: &str, detail: &Value) -> Event {
    Event::default().event(word).data(detail.to_string())
}

/// Runs what `run` begins, and answers with its events. The work ends in order when the reader goes away.
pub(super) fn events<F>(run: impl FnOnce(Telling) -> F, room: OwnedSemaphorePermit) -> Response
where
    F: Future<Output = Result<Value, Problem>> + Send + 'static,
{
    let (tell, told) = mpsc::channel(WAITING);
    let interrupt = Cancel::new();
    let gone = CancelOnDrop(interrupt.clone());
    let running = run(Telling { progress: Arc::new(Teller(tell.clone())), interrupt });
    tokio::spawn(async move {
        let _ = tell.send(ending(&running.await)).await;
        drop(room);
    });
    // The flag goes with the stream.
    let events = stream::unfold((told, gone), async |(mut told, gone)| {
        let event = told.recv().await?;
        Some((Ok::<_, Infallible>(event), (told, gone)))
    });
    headed(Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)).into_response())
}

/// An answer that was given before, as the only event.
pub(super) fn last(done: &Result<Value, Problem>) -> Response {
    let event = ending(done);
    headed(Sse::new(stream::once(async { Ok::<_, Infallible>(event) })).into_response())
}

fn ending(done: &Result<Value, Problem>) -> Event {
    match done {
        Ok(answer) => event("answer", answer),
        Err(problem) => event("problem", &serde_json::to_value(problem).unwrap_or_default()),
    }
}

fn headed(mut answer: Response) -> Response {
    for (name, value) in HEADERS {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}
