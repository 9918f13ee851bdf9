//! The routes over real HTTP, on a port of this machine, over a small fleet.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod changing;
mod client;
mod entities;
mod hostile;
mod locations;
mod pages;
mod validating;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use fleetwright_engine::config::Config;
use fleetwright_engine::fleet::{Fleet, Isolation, Seams};
use fleetwright_engine::know::know;
use fleetwright_engine::progress::Quiet;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{Answer, send};

/// A small company: two groups, one user, a system, five components, an API.
const COMPANY: &str = "
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: platform }
spec: { type: department, children: [payments] }
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: payments, description: Money in }
spec: { type: team, parent: platform, children: [] }
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: ann }
spec: { memberOf: [payments] }
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: { name: pay, tags: [rest, public] }
spec: { type: openapi, lifecycle: production, owner: payments, definition: '{}' }
";

fn component(name: &str, kind: &str, more: &str) -> String {
    format!(
        "---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{ name: {name}{more} }}\n\
         spec: {{ type: {kind}, lifecycle: production, owner: payments, providesApis: [pay] }}\n"
    )
}

/// A running API over [`COMPANY`].
struct Running {
    folder: TempDir,
    fleet: Arc<Fleet>,
    address: SocketAddr,
}

impl Running {
    async fn start() -> Running {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("repos")).unwrap();
        std::fs::create_dir_all(folder.path().join("catalog")).unwrap();
        let components: String = [
            component("alpha", "service", ", tags: [java], title: The First"),
            component("Beta", "website", ", annotations: { example.org/team.mail: a@example.org }"),
            component("gamma", "service", ""),
            component("delta", "library", ", namespace: other"),
            component("epsilon", "service", ", labels: { tier: '1' }"),
        ]
        .concat();
        declare(folder.path(), "company.yaml", &format!("{COMPANY}{components}"));
        let path = folder.path().join("fleetwright.yaml");
        std::fs::write(&path, "forges:\n  - { name: local, type: local, root: ./repos }\n").unwrap();
        let config = Config::read(&path).unwrap();
        let fleet = Arc::new(Fleet::open(config, Isolation::Sandboxed, Seams::default()).await.unwrap());
        know(&fleet, &Quiet).await.unwrap();
        let router = fleetwright_backstage::router(Arc::clone(&fleet), Arc::new(Quiet));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = axum::Router::new().nest("/api/catalog", router);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Running { folder, fleet, address }
    }

    /// Puts the catalog together anew.
    async fn known(&self) {
        know(&self.fleet, &Quiet).await.unwrap();
    }

    /// Waits until something holds; the catalog is read anew apart from requests.
    async fn moved(&self, holds: impl AsyncFn() -> bool) {
        for _ in 0..200 {
            if holds().await {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("nothing moved within 10 s");
    }

    async fn get(&self, path: &str) -> Answer {
        send(self.address, "GET", path, &[], b"").await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        let kind = [("content-type", "application/json")];
        send(self.address, "POST", path, &kind, body.to_string().as_bytes()).await
    }

    /// The names of what a question finds.
    async fn names(&self, path: &str) -> Vec<String> {
        names(&self.get(path).await.ok())
    }

    /// Asserts that a request is refused in Backstage's shape.
    fn refused(&self, answer: &Answer, (code, name): (u16, &str), word: &str) {
        let body = answer.json();
        assert_eq!(answer.code, code, "{body}");
        assert_eq!(body["error"]["name"], name, "{body}");
        assert!(body["error"]["message"].as_str().unwrap().contains(word), "{body}");
        assert_eq!(body["response"], json!({ "statusCode": code }));
        assert!(body["request"]["url"].as_str().unwrap().starts_with('/'), "{body}");
        assert!(body["request"]["method"].is_string(), "{body}");
    }
}

/// The names of a list, or of `items`.
fn names(body: &Value) -> Vec<String> {
    let rows = body.get("items").unwrap_or(body).as_array().unwrap();
    let name = |row: &Value| row["metadata"]["name"].as_str().unwrap_or("null").to_owned();
    rows.iter().map(name).collect()
}

fn declare(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join("catalog").join(name), text).unwrap();
}
