//! `POST /validate-entity`: whether an entity would be taken.

use axum::http::StatusCode;
use fleetwright_catalog::{Entity, Finding, read, yaml};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::ask::{self, Ask};
use crate::origins::split;
use crate::refusal::Refusal;
use crate::snapshot::Snapshot;

/// The most errors that are told.
const MAX_ERRORS: usize = 50;

/// `POST /validate-entity`: no body if it is good, else 400 with everything that is wrong.
pub(crate) fn entity(_snapshot: &Snapshot, ask: &Ask) -> Result<Answer, Refusal> {
    ask.only(&[])?;
    let body = ask.object()?;
    let location = ask::needed(body, "location")?;
    let missing = || Refusal::input("request/body must have required property 'entity'");
    let entity = body.get("entity").ok_or_else(missing)?;
    if !entity.is_object() {
        return Err(Refusal::input("request/body/entity must be object"));
    }
    if !matches!(split(location), Some(("url", _))) {
        let expected = "only 'url:<target>' is supported, e.g. url:https://host/path";
        let message = format!("Invalid location ref {location}, {expected}");
        return Ok(wrong(vec![json!({ "name": "TypeError", "message": message })]));
    }
    // Read as a file is read, so that what is taken here is taken there: placeholders are not followed.
    let read = read(location, &yaml(entity));
    let findings = read.iter().filter_map(|read: &Result<Entity, Finding>| read.as_ref().err());
    let errors: Vec<Value> = findings.take(MAX_ERRORS).map(finding).collect();
    match (errors.is_empty(), read.is_empty()) {
        (true, false) => Ok(Answer::Empty(StatusCode::OK)),
        (true, true) => Ok(wrong(vec![json!({ "name": "InputError", "message": "the entity is empty" })])),
        (false, _) => Ok(wrong(errors)),
    }
}

fn finding(finding: &Finding) -> Value {
    let key = if finding.key.is_empty() { String::new() } else { format!("{}: ", finding.key) };
    json!({ "name": "InputError", "message": format!("{key}{}; {}", finding.message, finding.remedy) })
}

fn wrong(errors: Vec<Value>) -> Answer {
    Answer::Value(StatusCode::BAD_REQUEST, json!({ "errors": errors }))
}
