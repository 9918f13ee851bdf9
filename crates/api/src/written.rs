//! Every call that changes something is a row of the audit before it is done.

use fleetwright_core::shift::content_digest;
use fleetwright_engine::EngineError;
use fleetwright_store::{AuditRow, Write};
use serde_json::json;

use crate::call::{At, Call, Verb};

/// Writes down that somebody asks for something that changes something: before it is done.
///
/// # Errors
/// When the database fails; then it is not done.
pub async fn audited<C: Call>(call: &C, at: &At) -> Result<(), EngineError> {
    if C::VERB == Verb::Get {
        return Ok(());
    }
    let sent = serde_json::to_value(call).unwrap_or_default();
    let shift = sent["shift"].as_str().map(str::to_owned);
    let digest = match &shift {
        Some(shift) => at.fleet.store.shift(shift).await?.map(|row| row.digest),
        None => None,
    };
    // What was sent may be long: a short one is kept as it is, of a long one its digest.
    let text = sent.to_string();
    let detail = match text.len() {
        0..=SHORT => json!({ "sent": sent }),
        _ => json!({ "digest": content_digest(text.as_bytes()), "path": sent["file"]["path"] }),
    };
    let actor = at.person.name.clone();
    let row = AuditRow { actor, what: format!("call.{}", C::NAME), shift, digest, target: None, detail };
    Ok(at.fleet.store.write(vec![Write::Audit(Box::new(row))], None).await?)
}

/// What is kept of a call as it was sent, in bytes of JSON.
const SHORT: usize = 1_000;
