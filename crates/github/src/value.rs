//! Reading JSON that others wrote: whatever is missing or of another kind is simply not there.

use fleetwright_core::Oid;
use serde_json::Value;

/// The text at a JSON pointer.
pub(crate) fn text<'a>(value: &'a Value, at: &str) -> Option<&'a str> {
    value.pointer(at)?.as_str()
}

/// The text at a JSON pointer, or nothing.
pub(crate) fn string(value: &Value, at: &str) -> String {
    text(value, at).unwrap_or_default().to_owned()
}

/// The commit or tree named at a JSON pointer.
pub(crate) fn oid(value: &Value, at: &str) -> Option<Oid> {
    text(value, at)?.parse().ok()
}

/// The whole number at a JSON pointer.
pub(crate) fn number(value: &Value, at: &str) -> Option<u64> {
    value.pointer(at)?.as_u64()
}

/// Whether there is a `true` at a JSON pointer.
pub(crate) fn is(value: &Value, at: &str) -> bool {
    value.pointer(at).and_then(Value::as_bool).unwrap_or(false)
}

/// Whether there is something at a JSON pointer.
pub(crate) fn there(value: &Value, at: &str) -> bool {
    value.pointer(at).is_some_and(|found| !found.is_null())
}

/// The list at a JSON pointer; an absent one is empty.
pub(crate) fn list<'a>(value: &'a Value, at: &str) -> impl DoubleEndedIterator<Item = &'a Value> {
    value.pointer(at).and_then(Value::as_array).into_iter().flatten().filter(|item| !item.is_null())
}

/// The seconds since 1970 UTC that a time in RFC 3339 at a JSON pointer means.
pub(crate) fn seconds(value: &Value, at: &str) -> Option<i64> {
    let time: jiff::Timestamp = text(value, at)?.parse().ok()?;
    Some(time.as_second())
}

/// A part of an address, escaped: names and branches come from outside.
pub(crate) fn escape(part: &str) -> String {
    let mut escaped = String::with_capacity(part.len());
    for byte in part.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(char::from(byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// A path of escaped parts: branches keep their slashes.
pub(crate) fn escape_path(path: &str) -> String {
    path.split('/').map(escape).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_its_part() {
        assert_eq!(escape("a/b?c#d é"), "a%2Fb%3Fc%23d%20%C3%A9");
        assert_eq!(escape_path("fleet/x y/1"), "fleet/x%20y/1");
    }
}
