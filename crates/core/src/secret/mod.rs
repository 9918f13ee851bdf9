//! Secrets: nothing that leaves this machine may carry one.
//!
//! [`find`] knows secrets by their looks, in plain text and behind URL-encoding, JSON's escapes,
//! base64 and hex, one in the other. A [`Redactor`] also knows the very secrets that are in use, and takes them
//! out of texts and streams. All of it takes time linear in the text.

mod format;
mod redact;
mod view;

use std::borrow::Cow;

pub use redact::{Redaction, Redactor};

use view::View;

/// What stands where a secret was.
const MASK: &[u8] = b"***";

/// How many encodings are looked behind: a token in JSON in base64 in a URL is three.
const DEPTH: u8 = 3;

/// A place of a text that carries a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    start: usize,
    end: usize,
    kind: &'static str,
}

/// The looks of the first secret in a text: its prefix, or words such as `private key`.
pub fn find(text: &str) -> Option<&'static str> {
    let mut spans = Vec::new();
    looks(&View::of(text.as_bytes()), (DEPTH, false), &mut spans);
    spans.into_iter().min().map(|span| span.kind)
}

/// A text without what looks like a secret.
pub fn mask(text: &str) -> Cow<'_, str> {
    let mut spans = Vec::new();
    looks(&View::of(text.as_bytes()), (DEPTH, false), &mut spans);
    match spans.is_empty() {
        true => Cow::Borrowed(text),
        false => Cow::Owned(String::from_utf8_lossy(&masked(text.as_bytes(), &merged(spans))).into_owned()),
    }
}

/// Everything in a view that looks like a secret, and in what it encodes.
fn looks(view: &View, (depth, encoded): (u8, bool), spans: &mut Vec<Span>) {
    format::each(&view.bytes, encoded, &mut |start, end, kind| {
        spans.push(view.span(start, end, kind));
    });
    if depth == 0 {
        return;
    }
    if let Some(plain) = view.unescaped() {
        looks(&plain, (depth - 1, encoded), spans);
    }
    view.each_decoded(&mut |decoded| looks(&decoded, (depth - 1, true), spans));
}

/// Spans in order, without overlaps.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

/// Bytes with every span replaced; the spans are in order and do not overlap.
fn masked(bytes: &[u8], spans: &[Span]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for span in spans {
        clean.extend_from_slice(&bytes[at..span.start]);
        clean.extend_from_slice(MASK);
        at = span.end;
    }
    clean.extend_from_slice(&bytes[at..]);
    clean
}

#[cfg(test)]
mod tests;
