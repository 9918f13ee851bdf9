//! A server that answers as a test says, and a forge that asks it.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use fleetwright_core::Oid;
use fleetwright_forge::http::{self, Http, Plain, Secret, Tokens};
use fleetwright_forge::{CommitSeen, Fetched, ForgeError, GitDoor, Moved, SystemClock, Unmetered};
use fleetwright_github::{GitHub, Mode, Settings};
use reqwest::Url;
use serde_json::{Value, json};

/// A request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Came {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Came {
    pub(crate) fn header(&self, name: &str) -> String {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    pub(crate) fn query(&self) -> &str {
        self.body.get("query").and_then(Value::as_str).unwrap_or_default()
    }
}

/// An answer: status, headers, text.
pub(crate) struct Say(pub(crate) u16, pub(crate) Vec<(&'static str, String)>, pub(crate) String);

pub(crate) fn ok(body: Value) -> Say {
    Say(200, Vec::new(), body.to_string())
}

pub(crate) fn say(status: u16, body: Value) -> Say {
    Say(status, Vec::new(), body.to_string())
}

/// A server, and what it was asked.
#[derive(Clone)]
pub(crate) struct Stub {
    pub(crate) url: Url,
    pub(crate) came: Arc<Mutex<Vec<Came>>>,
}

type Answering = Arc<dyn Fn(&Came) -> Say + Send + Sync>;

impl Stub {
    pub(crate) async fn new(answer: impl Fn(&Came) -> Say + Send + Sync + 'static) -> Stub {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let came: Arc<Mutex<Vec<Came>>> = Arc::default();
        let (seen, answer): (_, Answering) = (came.clone(), Arc::new(answer));
        let handle = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let (seen, answer) = (seen.clone(), answer.clone());
            async move { handle(&seen, &answer, (method, uri, headers, body)) }
        };
        let app = axum::Router::new().fallback(handle);
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Stub { url, came }
    }

    /// How many requests came, and forgets them.
    pub(crate) fn take(&self) -> Vec<Came> {
        std::mem::take(&mut self.came.lock().unwrap())
    }

    pub(crate) fn http(&self, tokens: Arc<dyn Tokens>) -> Http {
        let settings =
            http::Settings { url: self.url.clone(), authority: None, timeout: Duration::from_secs(5) };
        Http::new(&settings, tokens, Arc::new(Unmetered), Arc::new(SystemClock)).unwrap()
    }

    pub(crate) fn forge(&self, mode: Mode) -> GitHub {
        let settings = Settings {
            name: "github".to_owned(),
            orgs: vec!["acme".to_owned()],
            mention: "@fleet".to_owned(),
            mode,
            ..Settings::default()
        };
        let plain = Plain(Secret::new("ghp_plain"));
        GitHub::new(settings, &self.http(Arc::new(plain)), Arc::new(NoGit))
    }
}

fn handle(seen: &Mutex<Vec<Came>>, answer: &Answering, parts: (Method, Uri, HeaderMap, Bytes)) -> Response {
    let (method, uri, headers, body) = parts;
    let text = |value: &axum::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let came = Came {
        method: method.to_string(),
        path: uri.to_string(),
        headers: headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    let Say(status, headers, text) = answer(&came);
    seen.lock().unwrap().push(came);
    let mut response = (StatusCode::from_u16(status).unwrap(), text).into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

/// A place where nothing can be had by git: commits are asked of the API.
pub(crate) struct NoGit;

#[async_trait]
impl GitDoor for NoGit {
    async fn head(&self, _: &str) -> Result<Option<Oid>, ForgeError> {
        Ok(None)
    }

    async fn tip(&self, _: &str, _: &str) -> Result<Option<Oid>, ForgeError> {
        Ok(None)
    }

    async fn fetch(&self, repo: &str, _: &Path) -> Result<Fetched, ForgeError> {
        Err(ForgeError::access(repo, "no git here"))
    }

    async fn bring(&self, _: &str, _: &Path, _: &[Oid]) -> Result<(), ForgeError> {
        Ok(())
    }

    async fn commit(&self, _: &str, _: Oid) -> Result<Option<CommitSeen>, ForgeError> {
        Ok(None)
    }

    async fn push(&self, repo: &str, _: &Moved<'_>) -> Result<(), ForgeError> {
        Err(ForgeError::access(repo, "no git here"))
    }

    async fn delete(&self, repo: &str, _: &str, _: Oid) -> Result<(), ForgeError> {
        Err(ForgeError::access(repo, "no git here"))
    }
}

/// A name of an object that is the same digit throughout.
pub(crate) fn oid(digit: char) -> Oid {
    digit.to_string().repeat(40).parse().unwrap()
}

/// Nothing in particular.
pub(crate) fn not_found() -> Say {
    say(404, json!({ "message": "Not Found" }))
}
