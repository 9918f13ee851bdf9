//! What every table needs: the clock, JSON columns, and what a write answers.

use fleetwright_core::budget::Admission;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;

/// What a write answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrote {
    Done,
    Epoch(i64),
    Admission(Admission),
    Ended(bool),
}

/// Milliseconds since 1970 UTC.
pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// A value as JSON. What is NUL in its texts is U+FFFD: PostgreSQL reads no JSON with NUL.
pub(crate) fn to_json<T: Serialize>(value: &T) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    if text.contains(NUL) { without_nul(&text) } else { text }
}

/// NUL as JSON writes it; after a backslash it is a backslash and some letters.
const NUL: &str = "\\u0000";

fn without_nul(json: &str) -> String {
    let mut clean = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let end = (at + 2).min(rest.len());
        if rest[at..].starts_with(NUL) {
            clean.push_str(&rest[..at]);
            clean.push_str("\\ufffd");
            rest = &rest[at + NUL.len()..];
        } else {
            // JSON of ours has a letter of one byte after a backslash.
            clean.push_str(&rest[..end]);
            rest = &rest[end..];
        }
    }
    clean + rest
}

pub(crate) fn from_json<T: DeserializeOwned>(what: &'static str, text: String) -> Result<T, StoreError> {
    serde_json::from_str(&text).map_err(|error| StoreError::corrupt(what, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_is_replaced_and_what_only_looks_so_is_not() {
        for (text, kept) in [("a\0b", "a\u{fffd}b"), ("a\\u0000b", "a\\u0000b"), ("\\\0\"é", "\\\u{fffd}\"é")]
        {
            let read: String = from_json("a text", to_json(&text)).unwrap();
            assert_eq!(read, kept);
        }
    }
}
