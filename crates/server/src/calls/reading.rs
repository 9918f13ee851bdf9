//! Reading what is sent: within a size, within a time, and of the type that is read.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, header};
use fleetwright_api::{Kind, Problem};
use serde_json::{Map, Value};

/// The largest body: a shift with its files, in base64 (16 MiB of files, engine/load.rs).
const MAX_BODY: usize = 24 << 20;

/// How long the whole of a body may take to come in.
const PATIENCE: Duration = Duration::from_secs(30);

/// The pairs of a query.
pub(super) fn pairs(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    url::form_urlencoded::parse(query.as_bytes()).map(|(name, value)| (name.into_owned(), value.into_owned()))
}

/// The JSON object in a body; nothing at all is an empty one.
pub(super) async fn object(headers: &HeaderMap, body: Body) -> Result<Map<String, Value>, Problem> {
    let too_large = || {
        let why = format!(
            "the body is larger than {} MiB\n  try: keep large content where steps can fetch it",
            MAX_BODY >> 20
        );
        Problem::new(Kind::TooLarge, why)
    };
    let told =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if told.is_some_and(|length| length > MAX_BODY) {
        return Err(too_large());
    }
    let read = tokio::time::timeout(PATIENCE, to_bytes(body, MAX_BODY)).await;
    let late =
        |_| Problem::new(Kind::TooSlow, format!("the body did not come within {} s", PATIENCE.as_secs()));
    let bytes = read.map_err(late)?.map_err(|error| match crate::hear::is_too_large(&error) {
        true => too_large(),
        false => Problem::new(Kind::Usage, "the body broke off"),
    })?;
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    if !is_json(headers) {
        let why = "the body is not said to be JSON\n  try: the header `Content-Type: application/json`";
        return Err(Problem::new(Kind::WrongType, why));
    }
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(sent)) => Ok(sent),
        Ok(_) => Err(Problem::new(Kind::Usage, "the body is no JSON object\n  try: `{…}`")),
        Err(error) => Err(Problem::new(Kind::Usage, format!("the body is no JSON: {error}"))),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let told = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = told.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}
