//! Merging, cleaning up, and closing.

use fleetwright_core::Oid;
use fleetwright_core::next::Why;
use fleetwright_core::stage::{MergedRef, Stage};
use fleetwright_forge::{Done, Effect, ForgeError};
use fleetwright_store::{Intent, TargetRow};
use serde_json::json;

use super::Driver;
use super::advance::Undone;
use crate::error::EngineError;

impl Driver {
    /// Merges exactly the head that passed every gate.
    pub(super) async fn merge(&self, target: &mut TargetRow, head: Oid) -> Result<(), EngineError> {
        let Stage::Open { pull, .. } = target.stage.clone() else { return Ok(()) };
        target.intent = Some(Intent::Merge { head });
        target.waiting = None;
        self.save(target, None).await?;
        let method = self.row.shift.spec.merge.method;
        match self.perform(target, &Effect::Merge { number: pull.number, head, method }).await {
            Ok(Done::Merged { commit, tree }) => {
                let detail = json!({ "number": pull.number, "head": head, "commit": commit });
                let merged = MergedRef { pull, commit };
                let stage = Stage::Merged { merged, tree, cleaned: false };
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
            if self.adopt(target, (&change, proposal.head), &branch).await? {
                return Ok(target.intent.is_none());
            }
            target.pushed = Some(proposal.head);
        }
        Ok(true)
    }

    /// Closes a pull request as a person asked, and removes its branch where it is still ours.
    pub(super) async fn closing(&self, target: &mut TargetRow, by: &str) -> Result<(), EngineError> {
        if !matches!(target.stage, Stage::Queued { .. } | Stage::Made { .. } | Stage::Open { .. }) {
            // It was answered before: that stays what it is.
            target.intent = None;
            return Ok(());
        }
        let why = format!("closed by {by} with `shift close`");
        if let Stage::Open { pull, .. } = &target.stage {
            let close = Effect::ClosePull { number: pull.number, reason: why.clone() };
            if let Err(undone) = self.perform(target, &close).await {
                return self.undone(target, undone).await;
            }
        }
        if let Some(expected) = target.pushed {
            let branch = fleetwright_core::branch::branch(&self.row.shift, &target.name.dir);
            match self.perform(target, &Effect::DeleteBranch { branch, expected }).await {
                Ok(_) | Err(Undone::Forge(ForgeError::BranchMoved { .. })) => {}
                Err(undone) => return self.undone(target, undone).await,
            }
        }
        self.put(target, Stage::Dropped { why }, Some(("pull.closed", json!({ "by": by })))).await
    }
}
