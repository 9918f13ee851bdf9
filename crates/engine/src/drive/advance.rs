//! One target: look, decide, do, until it waits.

use fleetwright_core::Oid;
use fleetwright_core::event::Event;
use fleetwright_core::next::{Control, Move, next};
use fleetwright_core::pull::PullSeen;
use fleetwright_core::stage::{Fault, FaultClass, Stage};
use fleetwright_core::why::Why;
use fleetwright_forge::{Done, Effect, ForgeError, Found};
use fleetwright_store::{Intent, StoreError, TargetRow, TargetState, Write};
use serde_json::Value;

use super::{Driver, Errand};
use crate::error::EngineError;
use crate::leak::leak;

/// How many moves a target makes in one pass; more would mean that two rules disagree.
const MOST_MOVES: usize = 16;

/// How long a forge may say that an open pull request is not there before it is believed, in
/// milliseconds: what was just opened is not shown at once everywhere.
const BELIEVED: i64 = 180_000;

/// Why an effect was not done.
#[derive(Debug)]
pub(super) enum Undone {
    /// The shift may not act now.
    Halted,
    /// It would carry a secret out.
    Leak(String),
    /// The forge says no, or nothing.
    Forge(ForgeError),
    /// It could not be written down first.
    Store(StoreError),
}

/// What a target needs to be asked of its forge, in bulk with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// A look at its pull request.
    Look,
    /// The pull requests that are there from its branch.
    Find,
}

/// What the forge answered for one target.
#[derive(Debug, Default)]
pub(super) struct Brought {
    /// Its pull request.
    pub(super) pull: Option<Result<PullSeen, ForgeError>>,
    /// The pull requests from its branch.
    pub(super) found: Option<Result<Vec<Found>, ForgeError>>,
    /// Whether a place in the budget is held for it that is not used yet.
    pub(super) reserved: bool,
}

impl Driver {
    /// Moves a target as far as it goes now, or until the forge must be asked: then says what.
    pub(super) async fn advance(
        &self,
        mut target: TargetRow,
        mut brought: Brought,
    ) -> Result<(TargetRow, Option<Need>), EngineError> {
        let need = self.moved(&mut target, &mut brought).await?;
        if brought.reserved {
            self.unreserve(&target).await?;
        }
        Ok((target, need))
    }

    async fn moved(
        &self,
        target: &mut TargetRow,
        brought: &mut Brought,
    ) -> Result<Option<Need>, EngineError> {
        if let Errand::Close { by, .. } = &self.errand
            && !matches!(target.intent, Some(Intent::Close { .. }))
        {
            if !self.found_out(target).await? {
                return Ok(None);
            }
            target.intent = Some(Intent::Close { by: by.clone(), then: None });
            self.save(target, None).await?;
        }
        for _ in 0..MOST_MOVES {
            if target.intent.is_some() && !self.settle(target).await? {
                return Ok(None);
            }
            if self.is_looked_at_later(target, brought) {
                return Ok(None);
            }
            if let Some(need) = self.lacks(target, brought) {
                return Ok(Some(need));
            }
            match self.step(target, brought).await? {
                Goes::On => {}
                Goes::Nowhere => return Ok(None),
            }
        }
        let fault = Fault::new(FaultClass::Internal, "it keeps moving without coming to rest");
        self.put(target, Stage::Failed { fault }, None).await?;
        Ok(None)
    }

    /// One look, one decision, one deed.
    async fn step(&self, target: &mut TargetRow, brought: &mut Brought) -> Result<Goes, EngineError> {
        let seen = match self.see(target, brought).await {
            Ok(seen) => seen,
            Err(error) => {
                self.unseen(target, &error).await?;
                return Ok(Goes::Nowhere);
            }
        };
        self.shown_again(target).await?;
        match next(&target.stage, &seen, &self.terms(target)) {
            Move::Make { why } => {
                if !self.make(target, why).await? {
                    return Ok(Goes::Nowhere);
                }
            }
            Move::Propose => self.propose(target, brought).await?,
            Move::Review => {
                if !self.review(target).await? {
                    return Ok(Goes::Nowhere);
                }
                // What was seen of the pull request is still so.
                brought.pull = seen.pull.map(Ok);
            }
            Move::Renew { why } => {
                let Some(pull) = seen.pull else { return Ok(Goes::Nowhere) };
                return self.renew(target, (why, pull.head, false)).await;
            }
            Move::Obey(heard) => {
                let Some(pull) = seen.pull else { return Ok(Goes::Nowhere) };
                let before = head_of(&target.stage);
                if let Goes::Nowhere = self.obey(target, &pull, heard).await? {
                    return Ok(Goes::Nowhere);
                }
                // Words that leave the branch where it was leave the pull request as it was seen.
                brought.pull = (head_of(&target.stage) == before).then_some(Ok(pull));
            }
            Move::Rerun { runs } => {
                self.rerun(target, &runs).await?;
                return Ok(Goes::Nowhere);
            }
            Move::Merge { head } => self.merge(target, head).await?,
            Move::Enqueue { head } => self.enqueue(target, head).await?,
            Move::Clean => self.clean(target).await?,
            Move::Record(stage) => self.record(target, *stage).await?,
            Move::Wait(why) => {
                self.wait(target, why).await?;
                return Ok(Goes::Nowhere);
            }
            Move::Done => return Ok(Goes::Nowhere),
        }
        Ok(Goes::On)
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
        if let Some(why) = leak(effect, &self.fleet.keyring().redactor()) {
            return Err(Undone::Leak(why));
        }
        let forge = self.forge(target).map_err(Undone::Forge)?;
        // On disk before it is done: there is no outside write without its row, whoever is killed when.
        self.write(vec![self.audited(target, effect)]).await.map_err(Undone::Store)?;
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
            ForgeError::NotFound { what } if self.may_come(target) => {
                self.progress.note(&format!("{}: {what} is not there, and is asked for again", target.name));
                target.waiting = Some(Why::NotSeen);
                self.save(target, None).await
            }
            ForgeError::Moved { repo, name } => self.follow(target, (repo, name)).await,
            ForgeError::Unknown { why } => {
                // Said once, however often it is asked again.
                if target.waiting != Some(Why::NotSeen) {
                    self.progress.note(&format!("{}: {why}", target.name));
                }
                self.wait(target, Why::NotSeen).await
            }
            ForgeError::Blocked { .. } => {
                self.hear_limit(target, error, false).await?;
                self.wait(target, Why::Budget { limit: target.forge.clone() }).await
            }
            ForgeError::Refused { .. } => self.fail(target, FaultClass::Policy, &error.to_string()).await,
            other => self.fail(target, FaultClass::Access, &other.to_string()).await,
        }
    }

    /// Notes that an open pull request is not there. `false` once that was said for so long that it
    /// is believed.
    fn may_come(&self, target: &mut TargetRow) -> bool {
        let Some(told) = target.stage.told_mut() else { return false };
        let now = self.fleet.now();
        now - *told.missing.get_or_insert(now) < BELIEVED
    }

    /// Forgets that a pull request was not there: it was just seen.
    async fn shown_again(&self, target: &mut TargetRow) -> Result<(), EngineError> {
        let missing = target.stage.told_mut().and_then(|told| told.missing.take());
        if missing.is_some() { self.save(target, None).await } else { Ok(()) }
    }

    /// An effect that was not done, or may have been: the intent stays where it is in doubt.
    pub(super) async fn undone(&self, target: &mut TargetRow, undone: Undone) -> Result<(), EngineError> {
        match undone {
            Undone::Halted => Ok(()),
            Undone::Leak(why) => self.fail(target, FaultClass::Policy, &why).await,
            Undone::Forge(error @ ForgeError::BranchMoved { .. }) => {
                self.fail(target, FaultClass::Conflict, &error.to_string()).await
            }
            Undone::Forge(error) => self.unseen(target, &error).await,
            Undone::Store(error) => Err(error.into()),
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

fn head_of(stage: &Stage) -> Option<Oid> {
    match stage {
        Stage::Open { head, .. } => Some(*head),
        _ => None,
    }
}

/// Whether a target moves on at once.
pub(super) enum Goes {
    /// There may be more to do.
    On,
    /// It waits, or is done.
    Nowhere,
}
