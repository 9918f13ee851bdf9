//! One target: look, decide, do, until it waits.

use fleetwright_core::event::Event;
use fleetwright_core::next::{Control, Move, Terms, Why, next};
use fleetwright_core::pull::Seen;
use fleetwright_core::stage::{Fault, FaultClass, Stage};
use fleetwright_forge::{Done, Effect, ForgeError, Look};
use fleetwright_store::{Intent, TargetRow, TargetState, Write};
use serde_json::Value;

use super::{Driver, Errand};
use crate::error::EngineError;

/// How many moves a target makes in one pass; more would mean that two rules disagree.
const MOST_MOVES: usize = 16;

/// Why an effect was not done.
#[derive(Debug)]
pub(super) enum Undone {
    /// The shift may not act now.
    Halted,
    /// The forge says no, or nothing.
    Forge(ForgeError),
}

impl Driver {
    /// Moves a target as far as it goes now.
    pub(super) async fn advance(&self, mut target: TargetRow) -> Result<TargetRow, EngineError> {
        if let Errand::Close { by, .. } = &self.errand {
            if !self.found_out(&mut target).await? {
                return Ok(target);
            }
            target.intent = Some(Intent::Close { by: by.clone() });
            self.save(&mut target, None).await?;
        }
        for _ in 0..MOST_MOVES {
            if target.intent.is_some() && !self.settle(&mut target).await? {
                return Ok(target);
            }
            let seen = match self.see(&target).await {
                Ok(seen) => seen,
                Err(error) => {
                    self.unseen(&mut target, &error).await?;
                    return Ok(target);
                }
            };
            let mut terms = Terms { control: self.control(), merge: self.row.shift.spec.merge.clone() };
            terms.merge.auto |= matches!(self.errand, Errand::Merge { .. });
            match next(&target.stage, &seen, &terms) {
                Move::Make { why } => {
                    if !self.make(&mut target, why).await? {
                        return Ok(target);
                    }
                }
                Move::Propose => self.propose(&mut target).await?,
                Move::Merge { head } => self.merge(&mut target, head).await?,
                Move::Clean => self.clean(&mut target).await?,
                Move::Record(stage) => self.record(&mut target, stage).await?,
                Move::Wait(why) => {
                    self.wait(&mut target, why).await?;
                    return Ok(target);
                }
                Move::Done => return Ok(target),
            }
        }
        let fault = Fault::new(FaultClass::Internal, "it keeps moving without coming to rest");
        self.put(&mut target, Stage::Failed { fault }, None).await?;
        Ok(target)
    }

    /// Looks at what the decision on this stage needs, and at nothing else.
    async fn see(&self, target: &TargetRow) -> Result<Seen, ForgeError> {
        let mut seen = Seen::default();
        match &target.stage {
            Stage::Made { change } if self.control() == Control::Running => {
                let head = self.forge(target)?.head(&target.name.repo).await?;
                seen.base_tree = match head {
                    Some(head) if head == change.base => Some(change.base_tree),
                    Some(_) => self.refetch(target).await?.tree,
                    None => None,
                };
            }
            Stage::Open { pull, .. } => {
                let look = Look { repo: target.name.repo.clone(), number: pull.number, mark: None };
                let mut told = self.forge(target)?.look(&[look]).await;
                seen.pull = told.pop().unwrap_or_else(|| Err(ForgeError::unknown("no answer came")))?;
            }
            _ => {}
        }
        Ok(seen)
    }

    pub(super) fn forge(&self, target: &TargetRow) -> Result<&dyn fleetwright_forge::Forge, ForgeError> {
        let found = self.fleet.forge(&target.forge);
        found.map(AsRef::as_ref).map_err(|error| ForgeError::NotFound { what: error.to_string() })
    }

    /// Changes the outside, if the shift may act at this very moment.
    pub(super) async fn perform(&self, target: &TargetRow, effect: &Effect) -> Result<Done, Undone> {
        if self.control() != Control::Running {
            return Err(Undone::Halted);
        }
        let forge = self.forge(target).map_err(Undone::Forge)?;
        forge.perform(&target.name.repo, effect).await.map_err(Undone::Forge)
    }

    /// Writes where the target stands now, with what happened.
    pub(super) async fn put(
        &self,
        target: &mut TargetRow,
        stage: Stage,
        event: Option<(&str, Value)>,
    ) -> Result<(), EngineError> {
        target.stage = stage;
        target.waiting = None;
        target.intent = None;
        self.save(target, event).await
    }

    /// Writes the target as it is.
    pub(super) async fn save(
        &self,
        target: &mut TargetRow,
        event: Option<(&str, Value)>,
    ) -> Result<(), EngineError> {
        let mut writes = vec![self.target_write(target)];
        writes.extend(event.map(|(what, detail)| Write::Event(self.event(target, what, detail))));
        Ok(self.write(writes).await?)
    }

    pub(super) fn target_write(&self, target: &mut TargetRow) -> Write {
        let state = TargetState {
            id: target.id,
            stage: target.stage.clone(),
            key: target.key.clone(),
            waiting: target.waiting.clone(),
            intent: target.intent.clone(),
            pushed: target.pushed,
        };
        target.reason = state.reason();
        Write::Target(Box::new(state))
    }

    pub(super) fn event(&self, target: &TargetRow, what: &str, detail: Value) -> Event {
        Event {
            shift: self.row.shift.metadata.name.clone(),
            target: Some(target.name.clone()),
            actor: "fleetwright".to_owned(),
            what: what.to_owned(),
            detail,
        }
    }

    /// Writes a wait down where it is news.
    pub(super) async fn wait(&self, target: &mut TargetRow, why: Why) -> Result<(), EngineError> {
        if target.waiting.as_ref() == Some(&why) {
            return Ok(());
        }
        target.waiting = Some(why);
        self.save(target, None).await
    }

    async fn record(&self, target: &mut TargetRow, stage: Stage) -> Result<(), EngineError> {
        let what = match &stage {
            Stage::Merged { .. } => "pull.merged",
            Stage::Vetoed { .. } => "pull.vetoed",
            _ => "target.moved",
        };
        let detail = serde_json::to_value(&stage).unwrap_or_default();
        self.put(target, stage, Some((what, detail))).await
    }

    /// A forge that cannot be read now is asked again; a repository that is gone is a fault.
    pub(super) async fn unseen(&self, target: &mut TargetRow, error: &ForgeError) -> Result<(), EngineError> {
        match error {
            ForgeError::Unknown { why } => {
                self.progress.note(&format!("{}: {why}", target.name));
                self.wait(target, Why::NotSeen).await
            }
            other => self.fail(target, FaultClass::Access, &other.to_string()).await,
        }
    }

    pub(super) async fn fail(
        &self,
        target: &mut TargetRow,
        class: FaultClass,
        message: &str,
    ) -> Result<(), EngineError> {
        let fault = Fault::new(class, message.lines().next().unwrap_or_default());
        let detail = serde_json::to_value(&fault).unwrap_or_default();
        self.put(target, Stage::Failed { fault }, Some(("target.failed", detail))).await
    }
}
