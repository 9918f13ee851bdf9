//! Writes every request and answer to a file, a line of JSON each.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::answer::{Answer, Content};
use super::request::Request;

/// A file that gets every exchange.
pub(crate) struct Record {
    file: Mutex<File>,
}

impl Record {
    /// Begins one.
    pub(crate) fn new(path: &Path) -> std::io::Result<Record> {
        Ok(Record { file: Mutex::new(File::create(path)?) })
    }

    /// Adds an exchange. A record that cannot be written is no reason not to answer.
    pub(crate) fn add(&self, kind: &str, request: &Request, answer: &Answer) {
        let (method, path) = kind.split_once(' ').unwrap_or((kind, ""));
        let body = match &answer.content {
            Content::Json(body) => body.clone(),
            Content::Empty | Content::Bytes(..) => Value::Null,
        };
        let query: serde_json::Map<String, Value> =
            request.query.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let line = json!({
            "method": method,
            "path": path,
            "url": request.path,
            "query": query,
            "request": request.json().unwrap_or(Value::Null),
            "status": answer.status,
            "response": body,
        });
        self.line(&line);
    }

    /// Adds a webhook.
    pub(crate) fn add_hook(&self, event: &str, body: &[u8]) {
        let body: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        self.line(&json!({ "webhook": event, "payload": body }));
    }

    fn line(&self, line: &Value) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(file, "{line}");
    }
}
