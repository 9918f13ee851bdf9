//! The API over real HTTP: who may, what is answered, and what is refused.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::HeaderMap;
use fleetwright_access::{Need, Person, Role, Scope, Via};
use fleetwright_api::{Problem, Route, Verb, routes};
use fleetwright_server::Who;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use crate::{Running, fleet, start_with};

const HOUR: Duration = Duration::from_secs(3600);

/// Knows everybody by the role that stands in the place of a token; `owner` owns every repository.
struct ByRole;

#[async_trait]
impl Who for ByRole {
    async fn person(&self, headers: &HeaderMap, _: bool) -> Result<Option<Person>, Problem> {
        let bearer =
            headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        Ok(bearer.map(|word| Person {
            name: word.to_owned(),
            role: word.parse().unwrap_or(Role::Viewer),
            groups: Vec::new(),
            via: Via::Token(word.to_owned()),
            scope: Scope::All,
        }))
    }

    async fn owns(&self, person: &Person, repo: &str) -> bool {
        person.name == "owner" && repo == "acme/theirs"
    }
}

/// A server over a small fleet, and a client.
struct Desk {
    running: Running,
    client: Client,
    _folder: tempfile::TempDir,
}

impl Desk {
    async fn open() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        fleetwright_demo::generate(&folder.path().join("repos"), 3, 40).unwrap();
        let running = start_with(fleet(folder.path()).await, HOUR, Some(Arc::new(ByRole))).await;
        let _ = rustls::crypto::ring::default_provider().install_default();
        Desk { running, client: Client::new(), _folder: folder }
    }

    async fn send(&self, method: Method, path: &str, who: &str, body: Option<Value>) -> Response {
        let request = self.client.request(method, format!("http://{}/api/v1{path}", self.running.address));
        let request = if who.is_empty() { request } else { request.bearer_auth(who) };
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(body.to_string()),
            None => request,
        };
        request.send().await.unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        document(self.send(Method::GET, path, "viewer", None).await, 200).await
    }

    async fn post(&self, path: &str, who: &str, body: Value, status: u16) -> Value {
        document(self.send(Method::POST, path, who, Some(body)).await, status).await
    }
}

async fn document(reply: Response, status: u16) -> Value {
    let found = reply.status().as_u16();
    let text = reply.text().await.unwrap();
    assert_eq!(found, status, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// A shift that gives every repository three replicas, as a file that is sent.
fn shift(name: &str) -> Value {
    let text = format!(
        "apiVersion: fleetwright/v1\nkind: Shift\nmetadata: {{ name: {name} }}\nspec:\n  \
        steps: [{{ yaml: {{ files: [deploy/app.yaml], set: {{ spec.replicas: 41 }} }} }}]\n  \
        merge: {{ auto: true, require: {{ checks: none }} }}\n"
    );
    json!({ "path": format!("shifts/{name}.yaml"), "text": text })
}

/// What a route is sent to find out who may: enough to be read, and nothing that is there.
fn probe(route: &Route) -> (Method, String, Option<Value>) {
    let path = route
        .path_fields()
        .fold(route.path.to_owned(), |path, name| path.replace(&format!("{{{name}}}"), "nothing"));
    let body = match route.name {
        "shift.control" => json!({ "control": "paused" }),
        "shift.plan" | "shift.apply" => json!({ "file": { "path": "x.yaml", "text": "kind: Shift" } }),
        "shift.retry" | "shift.close" | "shift.merge" => json!({ "target": "acme/theirs" }),
        _ => json!({}),
    };
    let query = match route.name {
        "shift.why" | "shift.diff" => "?repo=x",
        "dependency.who" => "?package=x",
        "entity.facets" => "?key=kind",
        "query" => "?question=true",
        _ => "",
    };
    let method = Method::from_bytes(route.verb.word().as_bytes()).unwrap();
    (method, format!("{path}{query}"), (!route.verb.asks()).then_some(body))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_route_answers_exactly_those_who_may() {
    let desk = Desk::open().await;
    let mut asked = 0;
    for route in routes() {
        for who in ["", "viewer", "author", "approver", "operator", "admin", "owner"] {
            let (method, path, body) = probe(&route);
            let status = desk.send(method, &path, who, body).await.status().as_u16();
            let (needs, owner_may) = match route.need {
                Need::Anybody => panic!("{} needs nobody", route.name),
                Need::Role(role) => (role, false),
                Need::RoleOrOwner(role) => (role, true),
            };
            let role = who.parse().unwrap_or(Role::Viewer);
            let may = role >= needs || owner_may && who == "owner";
            match who {
                "" => assert_eq!(status, 401, "{} as nobody", route.name),
                _ => assert_eq!(status != 403 && status != 401, may, "{} as {who}: {status}", route.name),
            }
            assert!(status < 500, "{} as {who}: {status}", route.name);
            asked += 1;
        }
    }
    assert_eq!(asked, routes().len() * 7);
    desk.running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_is_planned_applied_and_followed_over_http() {
    let desk = Desk::open().await;
    let planned = desk.post("/plans", "author", json!({ "file": shift("tend") }), 200).await;
    assert_eq!(
        (&planned["selected"], &planned["clusters"][0]["targets"].as_array().map(Vec::len)),
        (&json!(3), &Some(3))
    );
    let applied = desk.post("/shifts", "author", json!({ "file": shift("tend") }), 200).await;
    assert_eq!(applied, json!({ "shift": "tend" }), "the plan is done as it was shown");
    // The server drives what runs: nobody asks again.
    let mut merged = 0;
    for _ in 0..200 {
        merged = desk.get("/shifts").await[0]["merged"].as_u64().unwrap();
        if merged == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(merged, 3);
    let first = desk.get("/shifts/tend/targets?limit=2&stage=merged").await;
    let next = first["next"].as_str().unwrap();
    let last = desk.get(&format!("/shifts/tend/targets?limit=2&stage=merged&cursor={next}")).await;
    assert_eq!((first["items"].as_array().unwrap().len(), last["items"].as_array().unwrap().len()), (2, 1));
    assert_eq!(last.get("next"), None);
    let repo = first["items"][0]["repo"].as_str().unwrap();
    let diff = desk.get(&format!("/shifts/tend/diff?repo={repo}")).await;
    assert!(diff[0]["patch"].as_str().unwrap().contains("+  replicas: 41"), "{diff}");
    let events = desk.get("/shifts/tend/logs").await;
    let applied =
        events[0]["events"].as_array().unwrap().iter().find(|event| event["what"] == "shift.running");
    assert_eq!(applied.unwrap()["actor"], "author", "the log names who asked");
    desk.running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_long_is_told_of_as_it_works() {
    let desk = Desk::open().await;
    let url = format!("http://{}/api/v1/shifts", desk.running.address);
    let request = desk.client.post(url).bearer_auth("author").header("accept", "text/event-stream");
    let body = json!({ "file": shift("tend"), "wait": true }).to_string();
    let reply = request.header("content-type", "application/json").body(body).send().await.unwrap();
    assert_eq!(reply.headers()["content-type"], "text/event-stream");
    let text = reply.text().await.unwrap();
    let words: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    for word in ["pass", "rested"] {
        assert!(words.contains(&word), "{words:?}");
    }
    assert_eq!(words.last(), Some(&"answer"), "{text}");
    desk.running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_does_the_same_request_once() {
    let desk = Desk::open().await;
    desk.post("/plans", "author", json!({ "file": shift("tend") }), 200).await;
    let send = async |who: &str, key: &str, control: &str| {
        let url = format!("http://{}/api/v1/shifts/tend/control", desk.running.address);
        let request = desk.client.post(url).bearer_auth(who).header("idempotency-key", key);
        let request = request.header("content-type", "application/json");
        request.body(json!({ "control": control }).to_string()).send().await.unwrap()
    };
    let first = document(send("operator", "k1", "paused").await, 200).await;
    let before = desk.get("/shifts/tend/logs").await[0]["events"].as_array().unwrap().len();
    let again = document(send("operator", "k1", "paused").await, 200).await;
    assert_eq!(first, again);
    assert_eq!(desk.get("/shifts/tend/logs").await[0]["events"].as_array().unwrap().len(), before);
    let other = document(send("operator", "k1", "stopped").await, 422).await;
    assert_eq!(other["type"], "urn:fleetwright:problem:other-request");
    document(send("admin", "k1", "stopped").await, 200).await;
    document(send("operator", "", "stopped").await, 422).await;
    desk.running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_waits_for_what_somebody_is_at_and_is_written_down_once() {
    let desk = Desk::open().await;
    desk.post("/plans", "author", json!({ "file": shift("tend") }), 200).await;
    let begun = std::time::Instant::now();
    desk.running.fleet.store.acquire("shift:tend", "somebody", 1_500, |_| false).await.unwrap();
    desk.post("/shifts/tend/close", "operator", json!({}), 200).await;
    assert!(begun.elapsed() >= Duration::from_millis(1_400), "{:?}", begun.elapsed());
    let rows = desk.send(Method::GET, "/audit", "operator", None).await;
    let rows = document(rows, 200).await;
    let words: Vec<&str> =
        rows["items"].as_array().unwrap().iter().filter_map(|row| row["what"].as_str()).collect();
    assert_eq!(words, ["call.shift.plan", "call.shift.close"]);
    desk.running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_change_is_not_sent_again() {
    let desk = Desk::open().await;
    let first = desk.send(Method::GET, "/shifts", "viewer", None).await;
    let tag = first.headers()["etag"].clone();
    let ask = async || {
        let url = format!("http://{}/api/v1/shifts", desk.running.address);
        let request = desk.client.get(url).bearer_auth("viewer").header("if-none-match", tag.clone());
        request.send().await.unwrap()
    };
    let again = ask().await;
    assert_eq!((again.status().as_u16(), again.text().await.unwrap().as_str()), (304, ""));
    desk.post("/plans", "author", json!({ "file": shift("tend") }), 200).await;
    assert_eq!(ask().await.status(), 200);
    desk.running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_a_problem_with_words() {
    let desk = Desk::open().await;
    let raw = async |path: &str, kind: &str, body: &str| {
        let url = format!("http://{}/api/v1{path}", desk.running.address);
        let request = desk.client.post(url).bearer_auth("admin").header("content-type", kind);
        request.body(body.to_owned()).send().await.unwrap()
    };
    let json = "application/json";
    let control = "/shifts/tend/control";
    for (status, reply, word) in [
        (415, raw(control, "text/plain", "{}").await, "not said to be JSON"),
        (422, raw(control, json, "{").await, "no JSON"),
        (422, raw(control, json, "[]").await, "no JSON object"),
        (422, raw(control, json, "{}").await, "control"),
        (422, raw(control, json, r#"{"control":"paused","more":1}"#).await, "more"),
        (422, raw(control, json, r#"{"control":"paused","shift":"x"}"#).await, "path and in the body"),
        (422, raw("/shifts/tend/control?a=b", json, r#"{"control":"paused"}"#).await, "takes no query"),
        (404, raw(control, json, r#"{"control":"paused"}"#).await, "no shift is called"),
        (404, raw("/nowhere", json, "{}").await, "nothing is at this path"),
        (405, raw("/shifts/tend", json, "{}").await, "no such method"),
        (422, raw("/plans", json, r#"{"file":{"path":"a.yaml","text":"kind: Nothing"}}"#).await, "a.yaml"),
        (422, desk.send(Method::GET, "/shifts/tend/targets?limit=x", "admin", None).await, "limit"),
        (422, desk.send(Method::GET, "/shifts/tend?a=1", "admin", None).await, "unknown field `a`"),
        (422, desk.send(Method::GET, "/shifts/tend?a=1&a=2", "admin", None).await, "given twice"),
    ] {
        assert_eq!(reply.headers()["content-type"], "application/problem+json");
        let told = document(reply, status).await;
        assert_eq!(told["status"], status);
        assert!(told["detail"].as_str().unwrap().contains(word), "{told} has no `{word}`");
    }
    desk.post("/plans", "author", json!({ "file": shift("tend") }), 200).await;
    let bad = desk.send(Method::GET, "/shifts/tend/targets?cursor=nonsense", "viewer", None).await;
    assert!(document(bad, 422).await["detail"].as_str().unwrap().contains("cursor"));
    let length = ((24 << 20) + 1).to_string();
    let headers = [("authorization", "Bearer admin"), ("content-type", json), ("content-length", &length)];
    let mut plain = crate::client::Client::open(desk.running.address).await;
    let path = format!("/api/v1{control}");
    assert_eq!(plain.send("POST", &path, &headers, b"").await, 413, "before any of it is read");
    desk.running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_that_is_sent_reads_nothing_of_the_servers_disk() {
    let desk = Desk::open().await;
    let sent = |steps: &str, files: Value| {
        let text = format!(
            "apiVersion: fleetwright/v1\nkind: Shift\nmetadata: {{ name: s }}\nspec:\n  steps: [{steps}]\n"
        );
        json!({ "file": { "path": "/etc/s.yaml", "text": text, "files": files } })
    };
    let taken = sent("{ run: { command: [./passwd], files: [passwd] } }", json!([]));
    let told = desk.post("/plans", "author", taken, 422).await;
    assert!(told["detail"].as_str().unwrap().contains("did not come with the shift file"), "{told}");
    let list = json!({ "file": { "path": "/etc/s.yaml", "text":
        "apiVersion: fleetwright/v1\nkind: Shift\nmetadata: { name: s }\nspec:\n  targets: { file: hostname }\n  steps: [{ run: 'true' }]\n" } });
    let told = desk.post("/plans", "author", list, 422).await;
    assert!(told["detail"].as_str().unwrap().contains("did not come with the shift file"), "{told}");
    desk.running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_is_served_and_names_every_route() {
    let desk = Desk::open().await;
    let described = desk.client.get(format!("http://{}/api/v1/openapi.json", desk.running.address));
    let described: Value = document(described.send().await.unwrap(), 200).await;
    for route in routes() {
        let operation =
            &described["paths"][format!("/api/v1{}", route.path)][route.verb.word().to_lowercase()];
        assert_eq!(operation["operationId"], route.name);
        assert_eq!(route.verb.asks(), operation.get("requestBody").is_none());
        assert!(route.verb == Verb::Get || operation["parameters"].to_string().contains("Idempotency-Key"));
    }
    desk.running.end().await;
}
