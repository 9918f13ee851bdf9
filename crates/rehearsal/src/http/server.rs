//! The forge on a port of this machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, State as Shared};
use axum::http::{HeaderMap, Method, Response, Uri};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::answer::Answer;
use super::dialect::Dialect;
use super::pipeline::{self, Fate, Outcome};
use super::record::Record;
use super::request::{Request, query_pairs};
use super::wire::{Cuttable, Scissors};
use crate::git_http::{self, GitDoor};
use crate::world::{Voice, World};

/// The most bytes of a request: a push of a small repository is far below.
const MAX_BODY: usize = 256 << 20;

/// How often due things are looked for in real time.
const TICK: Duration = Duration::from_millis(20);

/// Why the forge could not be started.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// No port could be had.
    #[error("no port could be had on 127.0.0.1: {0}")]
    Port(std::io::Error),
    /// The record cannot be written.
    #[error("the record {path} cannot be written: {why}\n  try: a folder that is there")]
    Record {
        /// The file.
        path: String,
        /// Why.
        why: std::io::Error,
    },
}

/// A running forge; it stops when this is dropped.
pub struct Handle {
    /// Where it is, without a slash at the end.
    pub url: String,
    /// What is behind it.
    pub world: World,
    busy: Arc<AtomicUsize>,
    running: Vec<JoinHandle<()>>,
}

impl Handle {
    /// Whether git is at work, be it for somebody who is gone.
    pub fn is_busy(&self) -> bool {
        self.busy.load(Ordering::SeqCst) > 0
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        for running in &self.running {
            running.abort();
        }
    }
}

/// What every request needs.
struct Forge {
    world: World,
    dialect: Arc<dyn Dialect>,
    url: String,
    record: Option<Record>,
    git: GitDoor,
    busy: Arc<AtomicUsize>,
}

/// Counts one more request of git while it lives.
struct Busy(Arc<AtomicUsize>);

impl Busy {
    fn new(count: &Arc<AtomicUsize>) -> Busy {
        count.fetch_add(1, Ordering::SeqCst);
        Busy(Arc::clone(count))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Starts a forge on 127.0.0.1 and a free port, inside a tokio runtime.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(world: World, dialect: Arc<dyn Dialect>) -> Result<Handle, ServeError> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(ServeError::Port)?;
    let address = listener.local_addr().map_err(ServeError::Port)?;
    let url = format!("http://{address}");
    let path = world.lock().settings().record.clone();
    let record = path.map(|path| {
        Record::new(&path).map_err(|why| ServeError::Record { path: path.display().to_string(), why })
    });
    let voice: Arc<dyn Voice> = dialect.clone();
    world.speak_as(voice, &url);
    let busy = Arc::new(AtomicUsize::new(0));
    let forge = Arc::new(Forge {
        world: world.clone(),
        dialect,
        url: url.clone(),
        record: record.transpose()?,
        git: GitDoor::default(),
        busy: Arc::clone(&busy),
    });
    let app = Router::new()
        .fallback(entrance)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Arc::clone(&forge))
        .into_make_service_with_connect_info::<Scissors>();
    let serving = tokio::spawn(async move {
        // It ends with the handle; an error of one connection is that connection's.
        let _ = axum::serve(Cuttable(listener), app).await;
    });
    let ticking = tokio::spawn(ticks(forge, poster()));
    Ok(Handle { url, world, busy, running: vec![serving, ticking] })
}

/// What posts webhooks. It must name a provider of TLS, though none of ours is ever encrypted.
fn poster() -> reqwest::Client {
    // Somebody else may have done so already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// Lets due things happen, and posts webhooks.
async fn ticks(forge: Arc<Forge>, client: reqwest::Client) {
    let target = forge.world.lock().settings().hooks.clone().and_then(|target| target.url);
    loop {
        tokio::time::sleep(TICK).await;
        if !forge.world.clock().is_virtual() {
            forge.world.catch_up();
        }
        let Some(url) = &target else { continue };
        for delivery in forge.world.take_deliveries() {
            if let Some(record) = &forge.record {
                record.add_hook(&delivery.event, &delivery.body);
            }
            let mut post = client.post(url).timeout(Duration::from_secs(10)).body(delivery.body);
            for (name, value) in delivery.headers {
                post = post.header(name, value);
            }
            // Forges do not try again by themselves, so neither is it tried here.
            let _ = post.send().await;
        }
    }
}

/// Everything that comes in.
async fn entrance(
    Shared(forge): Shared<Arc<Forge>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    (method, uri, headers): (Method, Uri, HeaderMap),
    body: Bytes,
) -> Response<Body> {
    let named =
        headers.iter().filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    let request = Request {
        method: method.to_string(),
        path: uri.path().to_owned(),
        query: query_pairs(uri.query().unwrap_or_default()),
        headers: named.collect(),
        body: body.to_vec(),
    };
    let latency = forge.world.lock().settings().latency;
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    if !forge.world.clock().is_virtual() {
        forge.world.catch_up();
    }
    if let Some(asked) = git_http::asked(&request) {
        // A push goes on when whoever sent it is gone, and leaves no lock behind.
        let busy = Busy::new(&forge.busy);
        let answering = tokio::spawn(async move {
            let answer =
                git_http::answer(&forge.git, (&forge.world, &*forge.dialect), &request, &asked).await;
            drop(busy);
            answer
        });
        let broken = |_| Answer::bytes(500, "text/plain; charset=utf-8", b"git ended badly\n".to_vec());
        return response(&answering.await.unwrap_or_else(broken));
    }
    let outcome = {
        let mut state = forge.world.lock();
        pipeline::answer(&mut state, &*forge.dialect, &request, &forge.url)
    };
    if let (Some(record), Some(kind)) = (&forge.record, &outcome.kind) {
        record.add(kind, &request, outcome.meant.as_ref().unwrap_or(&outcome.answer));
    }
    sent(outcome, &scissors).await
}

/// Lets an answer arrive or not.
async fn sent(outcome: Outcome, scissors: &Scissors) -> Response<Body> {
    match outcome.fate {
        Fate::Arrives => {}
        Fate::Dropped => scissors.cut(),
        Fate::Hangs(time) => {
            tokio::time::sleep(Duration::from_millis(time)).await;
            scissors.cut();
        }
    }
    response(&outcome.answer)
}

fn response(answer: &Answer) -> Response<Body> {
    let (media, bytes) = answer.rendered();
    let mut response = Response::builder().status(answer.status);
    if !media.is_empty() {
        response = response.header("content-type", media);
    }
    for (name, value) in &answer.headers {
        response = response.header(name.as_str(), value.as_str());
    }
    response
        .body(Body::from(bytes))
        .unwrap_or_else(|_| Response::new(Body::from("an answer that is no HTTP")))
}
