//! Writes without secrets: whatever comes from outside passes here on its way to the disk.

use fleetwright_core::secret::Redactor;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::change::StoredChange;
use crate::error::StoreError;
use crate::reading::{DocumentKind, Reading};
use crate::row::{from_json, to_json};
use crate::target::TargetState;
use crate::write::Write;

impl Write {
    /// The same write, with every secret masked in what programs printed, forges said and templates
    /// made. A shift is stored as its file says, and the content of a change byte for byte: it was
    /// looked at when it was made.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a value that does not read as one without its secret.
    pub(crate) fn clean(mut self, redactor: &Redactor) -> Result<Write, StoreError> {
        match &mut self {
            Write::Target(state) => target(state, redactor)?,
            Write::Adopt { stage, .. } => value(stage.as_mut(), redactor)?,
            Write::Change(stored, _) => change(stored, redactor)?,
            Write::Seen(row) => value(&mut row.seen, redactor)?,
            Write::Event(event) => {
                text(&mut event.actor, redactor);
                redactor.value(&mut event.detail);
            }
            Write::Selection { rows, .. } => rows.iter_mut().for_each(|row| text(&mut row.reason, redactor)),
            Write::Repos(repos) => {
                repos.iter_mut().filter_map(|repo| repo.fault.as_mut()).for_each(|why| text(why, redactor));
            }
            Write::Reading(reading) => read(reading, redactor)?,
            Write::Fetched { put, .. } => put.iter_mut().for_each(|row| {
                row.text.iter_mut().chain([&mut row.fault]).for_each(|told| text(told, redactor));
            }),
            Write::Catalog(delta) => {
                delta.put.iter_mut().try_for_each(|row| json(&mut row.body, redactor))?;
            }
            Write::Teams(told) => {
                for (_, answer) in &mut told.orgs {
                    match answer {
                        Ok(teams) => value(teams, redactor)?,
                        Err(why) => text(why, redactor),
                    }
                }
            }
            Write::Answered(row, _) => json(&mut row.answer, redactor)?,
            Write::Credential(row) => text(&mut row.label, redactor),
            Write::Audit(row) => {
                text(&mut row.actor, redactor);
                redactor.value(&mut row.detail);
            }
            Write::Gone { .. }
            | Write::Bom(_)
            | Write::Unread(_)
            | Write::Renamed { .. }
            | Write::Shift(_)
            | Write::Control { .. }
            | Write::Targets { .. }
            | Write::Hear { .. }
            | Write::Looked(_)
            | Write::ForgetDeliveries(_)
            | Write::ForgetChange(_)
            | Write::CheckRuns(_)
            | Write::Admit(..)
            | Write::Setback(..)
            | Write::CredentialUsed(..)
            | Write::EndCredential(..)
            | Write::ForgetCredentials(_)
            | Write::Person(_)
            | Write::Author(_)
            | Write::Approve(_)
            | Write::Acquire { .. }
            | Write::Renew { .. } => {}
        }
        Ok(self)
    }
}

fn read(reading: &mut Reading, redactor: &Redactor) -> Result<(), StoreError> {
    for document in &mut reading.documents {
        match document.kind {
            DocumentKind::Entity => json(&mut document.body, redactor)?,
            DocumentKind::CodeOwners => text(&mut document.body, redactor),
        }
    }
    reading.declared.iter_mut().try_for_each(|row| json(&mut row.body, redactor))?;
    let rows = reading.dependencies.iter_mut().flat_map(|all| &mut all.rows);
    // An address that is depended on may hold a token.
    rows.for_each(|row| {
        [&mut row.requirement, &mut row.why].into_iter().for_each(|part| text(part, redactor))
    });
    reading.findings.iter_mut().for_each(|finding| text(&mut finding.message, redactor));
    Ok(())
}

/// Cleans JSON that is stored as a text, and leaves it JSON.
fn json(body: &mut String, redactor: &Redactor) -> Result<(), StoreError> {
    if let std::borrow::Cow::Owned(_) = redactor.text(body) {
        let mut parsed: serde_json::Value = from_json("JSON with a secret", std::mem::take(body))?;
        redactor.value(&mut parsed);
        *body = to_json(&parsed);
    }
    Ok(())
}

fn target(state: &mut TargetState, redactor: &Redactor) -> Result<(), StoreError> {
    value(&mut state.stage, redactor)?;
    value(&mut state.waiting, redactor)?;
    value(&mut state.intent, redactor)
}

fn change(stored: &mut StoredChange, redactor: &Redactor) -> Result<(), StoreError> {
    value(&mut stored.outcome, redactor)?;
    for bytes in [Some(&mut stored.log), stored.patch.as_mut()].into_iter().flatten() {
        let clean = redactor.bytes(bytes).into_owned();
        *bytes = clean;
    }
    Ok(())
}

fn text(text: &mut String, redactor: &Redactor) {
    let clean = redactor.text(text).into_owned();
    *text = clean;
}

/// Cleans every text of a value.
fn value<T: Serialize + DeserializeOwned>(value: &mut T, redactor: &Redactor) -> Result<(), StoreError> {
    let mut json = serde_json::to_value(&*value).map_err(|error| StoreError::corrupt("a value", error))?;
    if redactor.value(&mut json) {
        *value = from_json("a value without its secrets", to_json(&json))?;
    }
    Ok(())
}
