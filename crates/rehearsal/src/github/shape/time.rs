//! Times as GitHub writes them.

use jiff::Timestamp;
use serde_json::Value;

/// Milliseconds since 1970 UTC as `2026-01-05T09:00:00Z`.
pub(in crate::github) fn time(at: i64) -> String {
    Timestamp::from_second(at.div_euclid(1_000)).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

/// The same, or null.
pub(in crate::github) fn maybe(at: Option<i64>) -> Value {
    at.map_or(Value::Null, |at| Value::from(time(at)))
}
