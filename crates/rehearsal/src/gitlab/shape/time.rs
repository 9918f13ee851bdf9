//! Times as GitLab writes them.

use jiff::Timestamp;
use serde_json::Value;

/// Milliseconds since 1970 UTC as `2026-01-05T09:00:00.000Z`.
pub(in crate::gitlab) fn time(at: i64) -> String {
    let at = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The same, or null.
pub(in crate::gitlab) fn maybe(at: Option<i64>) -> Value {
    at.map_or(Value::Null, |at| Value::from(time(at)))
}
