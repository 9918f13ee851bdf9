//! Cursors: opaque to clients, JSON in base64 to us and to Backstage's client.
//!
//! That client looks into a cursor for a key `query`, and sends a cursor that has one by POST, so that a long filter
//! fits; ours all have it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// The longest cursor, in bytes.
const MAX_CURSOR: usize = 256 << 10;

/// Where a page of by-query is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Token {
    /// The page.
    pub(crate) query: fleetwright_catalog::Cursor,
    /// The references of the entity beside it and of the first of all.
    pub(crate) beside: (String, String),
    /// How many a page has where the request does not say.
    pub(crate) limit: usize,
    /// Whether all are counted.
    pub(crate) counted: bool,
}

/// Where a page of locations is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AfterLocation {
    /// How many a page has.
    pub(crate) limit: usize,
    /// The location before the page.
    pub(crate) after: String,
    /// What is asked of them.
    pub(crate) query: Option<serde_json::Value>,
}

/// Where a page of `GET /entities` is; Backstage's own form.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct After {
    /// How many a page has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<usize>,
    /// How many lie before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) offset: Option<usize>,
}

/// A cursor as a text.
pub(crate) fn write(cursor: &impl Serialize) -> String {
    // What is made of texts and numbers can be written.
    STANDARD.encode(serde_json::to_string(cursor).unwrap_or_default())
}

/// A cursor of a text; `name` is said if it is none.
///
/// # Errors
/// When it is none of ours, or too long.
pub(crate) fn read<T: DeserializeOwned>(text: &str, name: &str) -> Result<T, Refusal> {
    let wrong = |why: &str| Refusal::Input(format!("Malformed {name}: {why}; begin without one"));
    if text.len() > MAX_CURSOR {
        return Err(wrong("it is too long"));
    }
    // What was not escaped in an address comes with blanks in the place of `+`.
    let bytes = STANDARD.decode(text.replace(' ', "+")).map_err(|_| wrong("it is no base64"))?;
    serde_json::from_slice(&bytes).map_err(|error| wrong(&format!("it holds no cursor ({error})")))
}
