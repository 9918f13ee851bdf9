//! The word of a second person about a shift.

use fleetwright_core::consent::{Consent, Stands};
use fleetwright_core::event::Event;
use fleetwright_store::{ShiftRow, SignRow, StoreError, Write};
use serde_json::json;

use crate::command::{Caller, known};
use crate::error::EngineError;
use crate::fleet::Fleet;

/// Approves a shift as it is now: a shift that changes needs another word. Who may is the door's business: a person
/// at the machine, or one with the role of an approver at the server.
pub struct Approve {
    /// The shift's name.
    pub shift: String,
    /// The digest that was looked at; refused where the shift is another one by now.
    pub digest: Option<String>,
}

/// What an approval came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// The digest that it is bound to.
    pub digest: String,
    /// Who stands behind the shift now.
    pub consent: Consent,
}

impl Approve {
    /// # Errors
    /// When there is no such shift, it changed, its author approves it, or the database fails.
    pub async fn apply(self, fleet: &Fleet, caller: &Caller) -> Result<Approved, EngineError> {
        let row = known(fleet, &self.shift).await?;
        if self.digest.is_some_and(|seen| seen != row.digest) {
            let message = format!(
                "the shift `{0}` is not the one that was looked at: its digest is {1} now\n  try: look at it again",
                self.shift, row.digest
            );
            return Err(EngineError::Refused(message));
        }
        let authors = fleet.store.authors(&self.shift, &row.digest).await?;
        let stands = Stands { above: 0, targets: 1, authors, approvers: vec![caller.by.clone()] };
        if !stands.authors.is_empty() && stands.second().is_none() {
            let message = format!(
                "{} applied `{}`, and an author does not approve their own shift\n  try: ask somebody else to run \
                 `fleetwright shift approve {1}`",
                caller.by, self.shift
            );
            return Err(EngineError::Refused(message));
        }
        let sign =
            SignRow { shift: self.shift.clone(), digest: row.digest.clone(), person: caller.by.clone() };
        let event = Event {
            shift: self.shift,
            target: None,
            actor: caller.by.clone(),
            what: "shift.approved".to_owned(),
            detail: json!({ "digest": row.digest }),
        };
        fleet.store.write(vec![Write::Approve(sign), Write::Event(event)], None).await?;
        Ok(Approved { consent: fleet.consent(&row).await, digest: row.digest })
    }
}

impl Fleet {
    /// Who stands behind a shift as it is; where the database fails it is not known, which is no yes.
    pub async fn consent(&self, row: &ShiftRow) -> Consent {
        match self.config.people.two_persons {
            None => Consent::NotAsked,
            Some(above) => self.stands(row, above).await.map_or(Consent::Unknown, Consent::Asked),
        }
    }

    async fn stands(&self, row: &ShiftRow, above: u64) -> Result<Stands, StoreError> {
        let name = &row.shift.metadata.name;
        Ok(Stands {
            above,
            targets: self.store.counts(name).await?.iter().map(|count| count.targets).sum(),
            authors: self.store.authors(name, &row.digest).await?,
            approvers: self.store.approvers(name, &row.digest).await?,
        })
    }
}
