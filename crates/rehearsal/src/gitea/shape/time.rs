//! Times as Gitea writes them: to the second, in the server's zone, which here is UTC.

use jiff::Timestamp;
use serde_json::Value;

/// Milliseconds since 1970 UTC as `2026-01-05T09:00:00Z`.
pub(in crate::gitea) fn time(at: i64) -> String {
    Timestamp::from_second(at.div_euclid(1_000)).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

/// The same, or null.
pub(in crate::gitea) fn maybe(at: Option<i64>) -> Value {
    at.map_or(Value::Null, |at| Value::from(time(at)))
}
