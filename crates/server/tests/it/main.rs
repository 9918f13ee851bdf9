//! The server over real HTTP, on a port of this machine.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
#![allow(clippy::print_stderr, reason = "a test says how long things took")]

mod burst;
mod calls;
mod client;
mod driving;
mod hearing;
mod model;
mod schedules;
mod settings;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fleetwright_engine::command::Caller;
use fleetwright_engine::config::Config;
use fleetwright_engine::fleet::{Fleet, Isolation, Seams};
use fleetwright_engine::progress::Progress;
use fleetwright_forge::http::Secret;
use fleetwright_forge::webhook::{Delivery, Ear, Hint, Refusal};
use fleetwright_server::{Server, ServerError, Settings, Who};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::client::Client;

const SECRET: &str = "it is a secret to everybody";

/// The signature of a body, as GitHub writes it.
fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

/// A forge's verifying and reading, in short.
fn receive(delivery: &Delivery<'_>, secrets: &[Secret]) -> Result<Vec<Hint>, Refusal> {
    let given = delivery.header("x-signature").unwrap_or_default();
    if !secrets.iter().any(|secret| signature(secret.expose(), delivery.body) == given) {
        return Err(Refusal::Forged);
    }
    if delivery.body == b"panic" {
        panic!("a reader with a defect");
    }
    let body: serde_json::Value =
        serde_json::from_slice(delivery.body).map_err(|error| Refusal::Unreadable(error.to_string()))?;
    let repo = body["repo"].as_str().unwrap_or_default().to_owned();
    Ok(body["number"].as_u64().map(|number| Hint::Pull { repo, number }).into_iter().collect())
}

fn id<'a>(delivery: &'a Delivery<'_>) -> Option<&'a str> {
    delivery.header("x-delivery")
}

/// Hears everything that is said.
#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Progress for Log {
    fn note(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }
}

/// A running server.
struct Running {
    fleet: Arc<Fleet>,
    log: Arc<Log>,
    address: std::net::SocketAddr,
    stop: watch::Sender<bool>,
    ending: JoinHandle<Result<(), ServerError>>,
}

/// A fleet over the repositories in a folder.
async fn fleet(folder: &Path) -> Arc<Fleet> {
    std::fs::create_dir_all(folder.join("repos")).unwrap();
    let path = folder.join("fleetwright.yaml");
    std::fs::write(&path, "forges:\n  - { name: local, type: local, root: ./repos }\n").unwrap();
    Arc::new(Fleet::open(Config::read(&path).unwrap(), Isolation::Sandboxed, Seams::default()).await.unwrap())
}

/// A server whose forge `local` signs with [`SECRET`].
async fn start(fleet: Arc<Fleet>, sweep: Duration) -> Running {
    start_with(fleet, sweep, None).await
}

/// The same, for the people that `who` knows, or those of the database.
async fn start_with(fleet: Arc<Fleet>, sweep: Duration, who: Option<Arc<dyn Who>>) -> Running {
    let mut settings = Settings::new("127.0.0.1:0".parse().unwrap());
    settings.sweep = sweep;
    settings.who = who;
    let secrets = vec![Secret::new("an older one"), Secret::new(SECRET)];
    let ear = Ear { receive, id, secrets };
    settings.ears.insert("local".to_owned(), Arc::new(ear));
    let log = Arc::new(Log::default());
    let caller =
        Caller { by: "fleetwright".into(), progress: Arc::clone(&log) as _, interrupt: Default::default() };
    let server = Server::bind(Arc::clone(&fleet), settings, caller).await.unwrap();
    let address = server.address();
    let (stop, stopped) = watch::channel(false);
    let ending = tokio::spawn(server.run(stopped));
    Running { fleet, log, address, stop, ending }
}

impl Running {
    /// A signed delivery; answers with the code.
    async fn deliver(&self, delivery: &str, body: &str) -> u16 {
        let signature = signature(SECRET, body.as_bytes());
        let headers = [("x-signature", signature.as_str()), ("x-delivery", delivery)];
        Client::open(self.address).await.post("/webhooks/local", &headers, body.as_bytes()).await
    }

    /// What was said so far.
    fn said(&self) -> Vec<String> {
        self.log.0.lock().unwrap().clone()
    }

    /// Ends it; says how long that took.
    async fn end(self) -> Duration {
        let begun = std::time::Instant::now();
        self.stop.send(true).unwrap();
        self.ending.await.unwrap().unwrap();
        begun.elapsed()
    }
}
