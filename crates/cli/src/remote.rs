//! Calls sent to a server: the same as here, over HTTP, told of as it works.

use std::collections::BTreeMap;

use fleetwright_api::{BASE, Call, Kind, Problem};
use fleetwright_core::event::TargetName;
use fleetwright_core::stage::Stage;
use fleetwright_engine::progress::Progress;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::failure::Failure;

/// What stands in a part of a path as it is (RFC 3986, unreserved).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The variable that holds the token.
const TOKEN: &str = "FLEETWRIGHT_TOKEN";

/// A server that does what the command line asks for.
pub(crate) struct Remote {
    client: reqwest::Client,
    url: Url,
    token: Option<String>,
}

impl Remote {
    /// The server at an address; the token comes from `FLEETWRIGHT_TOKEN`, never from the command line.
    pub(crate) fn at(address: &str) -> Result<Remote, Failure> {
        let wrong = |why: &str| {
            Failure::usage(format!("--server {address}: {why}\n  try: `https://fleet.example.org`"))
        };
        let url = Url::parse(address).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || url.query().is_some() {
            return Err(wrong("it is no address of a server"));
        }
        let token = std::env::var(TOKEN).ok().filter(|token| !token.is_empty());
        let here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        if url.scheme() == "http" && !here && token.is_some() {
            return Err(wrong("a token is not sent without TLS"));
        }
        // Whoever comes first installs it; it is the same one everywhere.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .user_agent(concat!("fleetwright/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(std::time::Duration::from_secs(10));
        Ok(Remote { client: builder.build().map_err(Failure::internal)?, url, token })
    }

    /// Makes a call; `progress` is told what the server tells.
    pub(crate) async fn call<C: Call>(&self, call: C, progress: &dyn Progress) -> Result<C::Answer, Failure> {
        let mut fields = match serde_json::to_value(&call).map_err(Failure::internal)? {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let mut url = self.address(C::PATH, &mut fields)?;
        if C::VERB.asks() && !fields.is_empty() {
            url.query_pairs_mut().extend_pairs(pairs(&fields));
        }
        let method = reqwest::Method::from_bytes(C::VERB.word().as_bytes()).map_err(Failure::internal)?;
        let mut request = self.client.request(method, url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if !C::VERB.asks() {
            let headers = [("content-type", "application/json"), ("accept", "text/event-stream")];
            let headed =
                headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
            // Whatever answer is lost on the way: the same request is never done twice.
            let key = fleetwright_access::random().map_err(Failure::internal)?;
            request = headed.header("idempotency-key", key).body(Value::Object(fields).to_string());
        }
        let reply = request.send().await.map_err(|error| self.silent(&error))?;
        let answer = self.answer(reply, progress).await?;
        serde_json::from_value(answer).map_err(|error| {
            let text = format!("{} answered otherwise than this program reads: {error}", self.url);
            Failure::internal(format!("{text}\n  try: the same version on both sides"))
        })
    }

    /// The address of a call; the fields that stand in its path are taken out of the others.
    fn address(&self, path: &str, fields: &mut Map<String, Value>) -> Result<Url, Failure> {
        let mut text = self.url.as_str().trim_end_matches('/').to_owned() + BASE;
        for part in path.split('/').filter(|part| !part.is_empty()) {
            text.push('/');
            match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name) => {
                    let value = fields.shift_remove(name).unwrap_or_default();
                    text.extend(utf8_percent_encode(value.as_str().unwrap_or_default(), PLAIN));
                }
                None => text.push_str(part),
            }
        }
        Url::parse(&text).map_err(Failure::internal)
    }

    /// The document of an answer, or of the last event of it.
    async fn answer(&self, mut reply: reqwest::Response, progress: &dyn Progress) -> Result<Value, Failure> {
        let kind =
            reply.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (streams, is_good) = (kind.starts_with("text/event-stream"), reply.status().is_success());
        let mut events = Events::default();
        let mut whole = Vec::new();
        while let Some(bytes) = reply.chunk().await.map_err(|error| self.silent(&error))? {
            if !streams {
                whole.extend_from_slice(&bytes);
                continue;
            }
            for (word, detail) in events.take(&bytes) {
                match word.as_str() {
                    "answer" => return Ok(detail),
                    "problem" => return Err(failed(detail)),
                    word => tell(progress, word, detail),
                }
            }
        }
        let read: Result<Value, _> = serde_json::from_slice(&whole);
        match read {
            Ok(document) if is_good && !streams => Ok(document),
            Ok(document) if document.get("type").is_some() => Err(failed(document)),
            _ => {
                let text =
                    format!("{} does not answer as a fleetwright server does ({})", self.url, reply.status());
                Err(Failure::internal(format!("{text}\n  try: check the address of --server")))
            }
        }
    }

    fn silent(&self, error: &reqwest::Error) -> Failure {
        let mut why = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(inner) = cause {
            why = inner.to_string();
            cause = inner.source();
        }
        Failure::unanswered(format!(
            "{} does not answer: {why}\n  try: check the address, and that `fleetwright serve` runs there",
            self.url
        ))
    }
}

/// A problem as the command line tells it, with its exit code.
fn failed(document: Value) -> Failure {
    let Ok(problem) = serde_json::from_value::<Problem>(document) else {
        return Failure::internal("the server told of a problem that cannot be read");
    };
    match problem.kind() {
        Kind::Unknown => Failure::refused(format!("{problem}\n  try: `{TOKEN}` with a token of that server")),
        kind => Failure::of(kind, problem.detail),
    }
}

/// The fields of a query.
fn pairs(fields: &Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let each = |(name, value): (&String, &Value)| match value {
        Value::Null => Vec::new(),
        Value::Array(all) => all.iter().map(|value| (name.clone(), text(value))).collect(),
        one => vec![(name.clone(), text(one))],
    };
    fields.iter().flat_map(each).collect()
}

/// Tells what a server told.
fn tell(progress: &dyn Progress, word: &str, detail: Value) {
    #[derive(Deserialize)]
    struct Rested {
        target: TargetName,
        stage: Stage,
        reason: String,
    }
    let count = |key: &str| usize::try_from(detail[key].as_u64().unwrap_or_default()).unwrap_or_default();
    match word {
        "fetched" => progress.fetched(count("done"), count("total")),
        "read" => progress.read(count("done"), count("total")),
        "pass" => progress.pass(count("targets") as u64),
        "note" => progress.note(detail["text"].as_str().unwrap_or_default()),
        "rested" => {
            if let Ok(Rested { target, stage, reason }) = serde_json::from_value(detail) {
                progress.rested(&target, &stage, &reason);
            }
        }
        // A newer server tells more.
        _ => {}
    }
}

/// Server-sent events, put together from the parts that come in (WHATWG HTML, "Server-sent events").
#[derive(Default)]
struct Events {
    rest: Vec<u8>,
    fields: BTreeMap<String, String>,
}

impl Events {
    /// Takes a part in; the events that are whole now.
    fn take(&mut self, bytes: &[u8]) -> Vec<(String, Value)> {
        self.rest.extend_from_slice(bytes);
        let mut events = Vec::new();
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\n', '\r']);
            if !line.is_empty() {
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                self.fields
                    .entry(name.to_owned())
                    .or_default()
                    .push_str(value.strip_prefix(' ').unwrap_or(value));
                continue;
            }
            let mut fields = std::mem::take(&mut self.fields);
            if let (Some(word), Some(data)) = (fields.remove("event"), fields.remove("data"))
                && let Ok(detail) = serde_json::from_str(&data)
            {
                events.push((word, detail));
            }
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_are_whole_however_they_are_cut() {
        let text =
            ": alive\n\nevent: note\ndata: {\"text\":\"a: b\"}\n\nevent: answer\r\ndata: {\"n\":1}\r\n\r\n";
        for size in 1..text.len() {
            let mut events = Events::default();
            let all: Vec<_> = text.as_bytes().chunks(size).flat_map(|part| events.take(part)).collect();
            let wanted =
                [("note".to_owned(), json!({"text": "a: b"})), ("answer".to_owned(), json!({"n": 1}))];
            assert_eq!(all, wanted, "{size}");
        }
    }

    #[test]
    fn a_name_in_a_path_stays_one_part_of_it() {
        let remote = Remote::at("http://127.0.0.1:1/fleet/").unwrap_or_else(|failure| panic!("{failure}"));
        let mut fields = json!({ "repo": "acme/a b?", "limit": 3 }).as_object().cloned().unwrap_or_default();
        let url =
            remote.address("/repos/{repo}/pulls", &mut fields).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(url.as_str(), "http://127.0.0.1:1/fleet/api/v1/repos/acme%2Fa%20b%3F/pulls");
        assert_eq!(pairs(&fields), [("limit".to_owned(), "3".to_owned())]);
    }
}
