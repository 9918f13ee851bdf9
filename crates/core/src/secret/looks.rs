//! Secrets by their looks, in plain text and behind encodings.

use std::borrow::Cow;

use super::format;
use super::span::{Span, masked, merged};
use super::view::View;

/// How many encodings are looked behind: a token in JSON in base64 in a URL is three.
pub(super) const DEPTH: u8 = 3;

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
pub(super) fn looks(view: &View<'_>, (depth, encoded): (u8, bool), spans: &mut Vec<Span>) {
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
