//! An answer before it goes over the wire.

use serde_json::Value;

use crate::limits::Unit;

/// What an answer says.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Nothing.
    Empty,
    /// JSON.
    Json(Value),
    /// Something else: its media type and bytes.
    Bytes(&'static str, Vec<u8>),
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers besides those every answer has.
    pub headers: Vec<(String, String)>,
    /// What it says.
    pub content: Content,
    /// What the request turned out to cost besides its price.
    pub more: Vec<(Unit, i64)>,
}

impl Answer {
    /// JSON with a status.
    pub fn json(status: u16, body: Value) -> Answer {
        Answer { status, headers: Vec::new(), content: Content::Json(body), more: Vec::new() }
    }

    /// 200 with JSON.
    pub fn ok(body: Value) -> Answer {
        Answer::json(200, body)
    }

    /// A status and nothing else.
    pub fn empty(status: u16) -> Answer {
        Answer { status, headers: Vec::new(), content: Content::Empty, more: Vec::new() }
    }

    /// Bytes of a media type.
    pub fn bytes(status: u16, media: &'static str, bytes: Vec<u8>) -> Answer {
        Answer { status, headers: Vec::new(), content: Content::Bytes(media, bytes), more: Vec::new() }
    }

    /// The same with another header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Answer {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// A web page where JSON was expected, as a proxy in trouble answers.
    pub fn page(status: u16, title: &str) -> Answer {
        let page = format!(
            "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
        );
        Answer::bytes(status, "text/html; charset=utf-8", page.into_bytes())
    }

    /// Its media type and bytes.
    pub fn rendered(&self) -> (&'static str, Vec<u8>) {
        match &self.content {
            Content::Empty => ("", Vec::new()),
            Content::Json(body) => ("application/json; charset=utf-8", body.to_string().into_bytes()),
            Content::Bytes(media, bytes) => (media, bytes.clone()),
        }
    }
}
