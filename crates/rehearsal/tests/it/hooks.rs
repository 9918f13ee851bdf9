//! Webhooks as they arrive at somebody's door in real time.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::routing::post;
use fleetwright_rehearsal::github::GitHub;
use fleetwright_rehearsal::world::{HookTarget, RepoSpec, Settings};
use fleetwright_rehearsal::{World, serve};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::support::app;

type Arrived = (HeaderMap, Bytes);

/// Somebody's door: where it is, and what arrives there.
async fn door() -> (String, UnboundedReceiver<Arrived>) {
    let (send, arrived) = unbounded_channel();
    let take = move |headers: HeaderMap, body: Bytes| {
        send.send((headers, body)).unwrap();
        async { "thanks" }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let app = Router::new().route("/hooks", post(take));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, arrived)
}

fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    let mut text = String::from("sha256=");
    for byte in mac.finalize().into_bytes() {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_arrives_signed_and_named() {
    let (url, mut arrived) = door().await;
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::new(folder.path());
    settings.hooks = Some(HookTarget { url: Some(url), secret: "quiet".to_owned() });
    let forge = serve(World::new(settings), Arc::new(GitHub)).await.unwrap();
    forge.world.lock().make_repo(&RepoSpec { ..app() }).unwrap();
    let (headers, body) =
        tokio::time::timeout(Duration::from_secs(20), arrived.recv()).await.unwrap().unwrap();
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap();
    assert_eq!(header("x-github-event"), "repository");
    assert_eq!(header("x-hub-signature-256"), signature("quiet", &body));
    assert_eq!(header("x-github-delivery").len(), 36);
    let payload: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (&payload["action"], &payload["repository"]["full_name"]),
        (&"created".into(), &"acme/app".into())
    );
}
