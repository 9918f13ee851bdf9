//! Where in a text secrets stand, and the text without them.

/// What stands where a secret was.
const MASK: &[u8] = b"***";

/// A place of a text that carries a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: &'static str,
}

/// Spans in order, without overlaps.
pub(super) fn merged(mut spans: Vec<Span>) -> Vec<Span> {
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
pub(super) fn masked(bytes: &[u8], spans: &[Span]) -> Vec<u8> {
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
