//! Merging, cleaning up, and closing.

use fleetwright_core::Oid;
use fleetwright_core::stage::{MergedRef, Stage};
use fleetwright_core::why::Why;
use fleetwright_forge::{Done, Effect, ForgeError};
use fleetwright_store::{Intent, TargetRow};
use serde_json::json;

use super::Driver;
use super::advance::Undone;
use crate::error::EngineError;

impl Driver {
    /// Merges exactly the head that passed every gate.
    pub(super) async fn merge(&self, target: &mut TargetRow, head: Oid) -> Result<(), EngineError> {
        let (pull, theirs) = match target.stage.clone() {
            Stage::Open { pull, .. } => (pull, false),
            Stage::Adopted { pull, .. } => (pull, true),
            _ => return Ok(()),
        };
        target.intent = Some(Intent::Merge { head });
        target.waiting = None;
        self.save(target, None).await?;
        let method = self.row.shift.spec.merge.method;
        match self.perform(target, &Effect::Merge { number: pull.number, head, method }).await {
            Ok(Done::Merged { commit, tree }) => {
                let detail = json!({ "number": pull.number, "head": head, "commit": commit });
                let merged = MergedRef { pull, commit };
                // The branch of an adopted one is not ours to remove.
                let stage = Stage::Merged { merged, tree, cleaned: theirs };
                self.put(target, stage, Some(("pull.merged", detail))).await
            }
            // Things moved since the gates were asked: look again.
            Err(Undone::Forge(ForgeError::HeadMoved)) | Ok(_) => {
                target.intent = None;
                Ok(())
            }
            Err(Undone::Forge(ForgeError::NotMergeable { .. })) => {
                target.intent = None;
                self.wait(target, Why::MergeabilityUnknown).await
            }
            Err(undone) => self.undone(target, undone).await,
        }
    }

    /// Asks the forge to merge exactly the head that passed every gate through its queue. Asking
    /// twice is asking once: whether it is queued is seen by looking.
    pub(super) async fn enqueue(&self, target: &mut TargetRow, head: Oid) -> Result<(), EngineError> {
        let (pull, theirs) = match target.stage.clone() {
            Stage::Open { pull, .. } => (pull, false),
            Stage::Adopted { pull, .. } => (pull, true),
            _ => return Ok(()),
        };
        let method = self.row.shift.spec.merge.method;
        match self.perform(target, &Effect::Enqueue { number: pull.number, head, method }).await {
            Ok(Done::Merged { commit, tree }) => {
                let detail = json!({ "number": pull.number, "head": head, "commit": commit });
                let stage = Stage::Merged { merged: MergedRef { pull, commit }, tree, cleaned: theirs };
                self.put(target, stage, Some(("pull.merged", detail))).await
            }
            Ok(_) => {
                target.waiting = Some(Why::Queued);
                let detail = json!({ "number": pull.number, "head": head });
                self.save(target, Some(("pull.queued", detail))).await
            }
            Err(Undone::Forge(ForgeError::HeadMoved)) => Ok(()),
            Err(Undone::Forge(ForgeError::NotMergeable { why })) => {
                self.wait(target, Why::ForgeBlocks { says: why }).await
            }
            Err(undone) => self.undone(target, undone).await,
        }
    }

    /// Has red checks run again, and counts it first: a crash may cost a try, never give one.
    pub(super) async fn rerun(&self, target: &mut TargetRow, runs: &[String]) -> Result<(), EngineError> {
        let (Stage::Open { pull, head, told, .. } | Stage::Adopted { pull, head, told }) = &mut target.stage
        else {
            return Ok(());
        };
        told.reruns += 1;
        let (number, head, reruns) = (pull.number, *head, told.reruns);
        target.waiting = Some(Why::ChecksPending { names: runs.to_vec() });
        let detail = json!({ "number": number, "runs": runs, "time": reruns });
        self.save(target, Some(("checks.rerun", detail))).await?;
        for run in runs {
            let again = Effect::Rerun { number, head, run: run.clone() };
            if let Err(undone) = self.perform(target, &again).await {
                return self.undone(target, undone).await;
            }
        }
        Ok(())
    }

    /// Removes our branch after the merge. The stage itself says that it is still to be done.
    pub(super) async fn clean(&self, target: &mut TargetRow) -> Result<(), EngineError> {
        let Stage::Merged { merged, tree, .. } = target.stage.clone() else { return Ok(()) };
        let branch = fleetwright_core::branch::branch(&self.row.shift, &target.name.dir);
        let cleaned = Stage::Merged { merged, tree, cleaned: true };
        let Some(expected) = target.pushed else { return self.put(target, cleaned, None).await };
        match self.perform(target, &Effect::DeleteBranch { branch: branch.clone(), expected }).await {
            Ok(_) => self.put(target, cleaned, Some(("branch.deleted", json!({ "branch": branch })))).await,
            // Somebody pushed to it after the merge: it is theirs.
            Err(Undone::Forge(ForgeError::BranchMoved { .. })) => self.put(target, cleaned, None).await,
            Err(undone) => self.undone(target, undone).await,
        }
    }

    /// Finds out what of a proposal in doubt stands outside, so that closing leaves nothing of it
    /// behind. `false` means that the forge did not tell.
    pub(super) async fn found_out(&self, target: &mut TargetRow) -> Result<bool, EngineError> {
        let (Stage::Made { change }, Some(Intent::Propose { branch, time })) =
            (target.stage.clone(), target.intent.clone())
        else {
            return Ok(true);
        };
        let repo = self.repo(target.repo_id)?;
        if let Ok(proposal) = self.proposal(target, (&change, &repo), time).await? {
            let found = self.find_one(target, &branch).await;
            if self.adopt(target, (&change, proposal.head), found).await? {
                return Ok(target.intent.is_none());
            }
            target.pushed = Some(proposal.head);
        }
        Ok(true)
    }

    /// Closes a pull request and removes its branch where it is still ours; `then` is where the
    /// target stands afterwards.
    pub(super) async fn closing(
        &self,
        target: &mut TargetRow,
        (by, then): (&str, Option<Stage>),
    ) -> Result<(), EngineError> {
        if let (Stage::Adopted { pull, .. }, None) = (&target.stage, &then) {
            let detail = json!({ "by": by, "number": pull.number });
            let why = format!("let go by {by} with `shift close`; the pull request stays");
            return self.put(target, Stage::Dropped { why }, Some(("pull.released", detail))).await;
        }
        let stands = matches!(target.stage, Stage::Open { .. } | Stage::Adopted { .. });
        if !stands && !matches!(target.stage, Stage::Queued { .. } | Stage::Made { .. }) {
            // It was answered before: that stays what it is.
            target.intent = None;
            return Ok(());
        }
        let why = closing_words(by, then.as_ref());
        if let Stage::Open { pull, .. } | Stage::Adopted { pull, .. } = &target.stage {
            let close = Effect::ClosePull { number: pull.number, reason: why.clone() };
            if let Err(undone) = self.perform(target, &close).await {
                return self.undone(target, undone).await;
            }
        }
        // The branch of an adopted one is not ours to remove.
        if let (false, Some(expected)) = (matches!(target.stage, Stage::Adopted { .. }), target.pushed) {
            let branch = fleetwright_core::branch::branch(&self.row.shift, &target.name.dir);
            match self.perform(target, &Effect::DeleteBranch { branch, expected }).await {
                Ok(_) | Err(Undone::Forge(ForgeError::BranchMoved { .. })) => {}
                Err(undone) => return self.undone(target, undone).await,
            }
        }
        let detail = json!({ "by": by, "why": why });
        let stage = then.unwrap_or(Stage::Dropped { why });
        self.put(target, stage, Some(("pull.closed", detail))).await
    }
}

/// Why a pull request is closed, for people.
fn closing_words(by: &str, then: Option<&Stage>) -> String {
    match then {
        Some(Stage::Vetoed { by, reason, .. }) => {
            format!("{by} said `{}`", reason.as_deref().unwrap_or("close"))
        }
        Some(_) => "the repository no longer needs this change".to_owned(),
        None => format!("closed by {by} with `shift close`"),
    }
}
