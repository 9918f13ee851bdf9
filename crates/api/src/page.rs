//! Lists that come in pages.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use fleetwright_engine::EngineError;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The most rows in one page, and how many there are when nobody says.
pub const PAGE: u32 = 1_000;

/// The longest cursor, in bytes of its text.
const LONGEST: usize = 2_048;

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// What to send as `cursor` for those that follow; absent with the last ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

/// Where a list goes on: a text that means something to the server alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Cursor(String);

impl Cursor {
    /// A cursor that stands after a row.
    pub fn after<T: Serialize>(row: &T) -> Cursor {
        Cursor(BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(row).unwrap_or_default()))
    }

    /// The row after which it stands.
    ///
    /// # Errors
    /// When it is not one that a page named.
    pub fn row<T: DeserializeOwned>(&self) -> Result<T, EngineError> {
        let read = || {
            let text = Some(&self.0).filter(|text| text.len() <= LONGEST)?;
            serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()
        };
        let wrong = "the cursor is none of this list\n  try: the `next` of the page before, or none to begin";
        read().ok_or_else(|| EngineError::Usage(wrong.to_owned()))
    }

    /// As it is sent.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// How many rows a page has: what was asked for, within what is allowed.
pub(crate) fn size(limit: Option<u32>) -> u32 {
    limit.unwrap_or(PAGE).clamp(1, PAGE)
}

/// A page out of rows of which one more than `limit` was read, if there was one.
pub(crate) fn page<T, K: Serialize>(mut rows: Vec<T>, limit: u32, key: impl Fn(&T) -> K) -> Page<T> {
    let limit = limit as usize;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|last| Cursor::after(&key(last)));
    Page { items: rows, next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_walked_to_its_end_and_not_further() {
        let all: Vec<u32> = (1..=7).collect();
        let (mut seen, mut cursor): (Vec<u32>, Option<Cursor>) = (Vec::new(), None);
        loop {
            let after: u32 = cursor.as_ref().map_or(0, |cursor| cursor.row().unwrap_or(99));
            let rows = all.iter().copied().filter(|row| *row > after).take(4).collect();
            let read = page(rows, 3, |row| *row);
            seen.extend(&read.items);
            cursor = read.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, all);
    }

    #[test]
    fn a_cursor_of_somebody_elses_is_refused() {
        let texts = ["", "!", "bm90IGpzb24", &"A".repeat(5_000)];
        for text in texts {
            assert!(Cursor(text.to_owned()).row::<i64>().is_err(), "{text:.10}");
        }
        assert!(Cursor::after(&"a name").row::<i64>().is_err(), "a cursor of another list");
    }
}
