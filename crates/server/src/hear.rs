//! The routes: webhooks in, and whether the server is well.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{get, post};
use fleetwright_engine::progress::Progress;
use fleetwright_forge::webhook::{Delivery, Hint, Listener, MAX_DELIVERY, Refusal};
use fleetwright_store::{About, Store, Write};
use tokio::sync::{Notify, Semaphore};

use crate::settings::Ears;

/// How many bodies are in memory at once, so that large ones cannot fill it: 16 of 25 MiB each at most.
const AT_ONCE: usize = 16;

/// How long the whole of a body may take to come in.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most hints one delivery may bring, and the longest name of a repository.
const MAX_HINTS: usize = 1_000;

/// The longest name of a repository or a delivery.
const MAX_NAME: usize = 512;

/// What the routes need.
pub(crate) struct Hearing {
    pub(crate) store: Store,
    pub(crate) ears: Ears,
    /// Rung when hints are on disk.
    pub(crate) bell: Arc<Notify>,
    pub(crate) log: Arc<dyn Progress>,
    room: Semaphore,
}

/// What is answered: a code and a line for whoever set the webhook up.
type Answer = (StatusCode, &'static str);

impl Hearing {
    pub(crate) fn new(store: Store, ears: Ears, bell: Arc<Notify>, log: Arc<dyn Progress>) -> Hearing {
        Hearing { store, ears, bell, log, room: Semaphore::new(AT_ONCE) }
    }

    /// A delivery, taken or refused.
    async fn take(&self, forge: &str, headers: &HeaderMap, body: Body) -> Result<(), (Answer, String)> {
        let Some(ear) = self.ears.get(forge) else {
            return Err((
                (StatusCode::NOT_FOUND, "no such forge\n"),
                "no such forge, or no webhook.secret".to_owned(),
            ));
        };
        let too_large = || ((StatusCode::PAYLOAD_TOO_LARGE, "too large\n"), Refusal::TooLarge.to_string());
        let told =
            headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        if told.is_some_and(|length| length > MAX_DELIVERY) {
            return Err(too_large());
        }
        let busy = || ((StatusCode::SERVICE_UNAVAILABLE, "busy\n"), "the server is ending".to_owned());
        let _room = self.room.acquire().await.map_err(|_| busy())?;
        let late = |_| ((StatusCode::REQUEST_TIMEOUT, "too slow\n"), "the body did not come".to_owned());
        let bytes = tokio::time::timeout(PATIENCE, to_bytes(body, MAX_DELIVERY)).await.map_err(late)?;
        let bytes = bytes.map_err(|error| match is_too_large(&error) {
            true => too_large(),
            false => ((StatusCode::BAD_REQUEST, "unreadable\n"), "the body broke off".to_owned()),
        })?;
        let (id, hints) = read(Arc::clone(ear), text(headers), bytes.to_vec()).await.map_err(|refusal| {
            let answer = match &refusal {
                Refusal::Forged => (StatusCode::UNAUTHORIZED, "the signature is missing or wrong\n"),
                Refusal::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too large\n"),
                Refusal::Unreadable(_) => (StatusCode::BAD_REQUEST, "unreadable\n"),
            };
            // The reader's words may hold some of the body, and no log shall.
            let why = match refusal {
                Refusal::Unreadable(_) => "it is signed and cannot be read".to_owned(),
                other => other.to_string(),
            };
            (answer, why)
        })?;
        let hints = hints.into_iter().filter(|(repo, _)| repo.len() <= MAX_NAME).take(MAX_HINTS).collect();
        let delivery = id.filter(|id| !id.is_empty() && id.len() <= MAX_NAME);
        let write = Write::Hear { forge: forge.to_owned(), delivery, hints };
        self.store.write(vec![write], None).await.map_err(|error| {
            let answer = (StatusCode::SERVICE_UNAVAILABLE, "not kept: deliver it again\n");
            (answer, format!("it could not be kept: {error}"))
        })?;
        self.bell.notify_one();
        Ok(())
    }
}

/// The routes of the server.
pub(crate) fn routes(door: Arc<Hearing>) -> Router {
    Router::new().route("/healthz", get(health)).route("/webhooks/{forge}", post(webhook)).with_state(door)
}

async fn health(State(door): State<Arc<Hearing>>) -> Answer {
    match door.store.settings().await {
        Ok(_) => (StatusCode::OK, "ok\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}

async fn webhook(
    State(door): State<Arc<Hearing>>,
    Path(forge): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    match door.take(&forge, &headers, body).await {
        Ok(()) => (StatusCode::ACCEPTED, "taken\n"),
        Err((answer, why)) => {
            let line = format!("webhook of {} refused with {}: {why}", plain(&forge), answer.0.as_u16());
            door.log.note(&plain_line(&line));
            answer
        }
    }
}

/// Verifies and reads apart from everybody else: a large body takes its time, and a panic is an answer.
async fn read(
    ear: Arc<dyn Listener>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
) -> Result<(Option<String>, Vec<(String, About)>), Refusal> {
    let work = move || {
        let delivery = Delivery { headers: &headers, body: &body };
        let hints = ear.receive(&delivery)?;
        Ok((ear.id(&delivery).map(str::to_owned), hints.into_iter().map(about).collect()))
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(_) => Err(Refusal::Unreadable("it broke its reader".to_owned())),
    }
}

fn about(hint: Hint) -> (String, About) {
    match hint {
        Hint::Pull { repo, number } => (repo, About::Pull(number)),
        Hint::Head { repo, head } => (repo, About::Head(head)),
        Hint::Repo { repo } => (repo, About::Repo),
    }
}

fn text(headers: &HeaderMap) -> Vec<(String, String)> {
    let pair = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    headers.iter().filter_map(pair).collect()
}

pub(crate) fn is_too_large(error: &axum::Error) -> bool {
    // axum wraps http-body-util's error, which has no type we could name without taking the crate.
    std::error::Error::source(error).is_some_and(|inner| inner.to_string().contains("length limit"))
}

/// A name from outside, short and on one line.
fn plain(name: &str) -> String {
    let letters = name.chars().map(|c| if c.is_control() { '?' } else { c });
    letters.take(60).collect()
}

fn plain_line(line: &str) -> String {
    line.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}
