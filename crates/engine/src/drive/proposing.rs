//! Proposing: push the commit, open the pull request, and finish either when it is in doubt.

use fleetwright_core::Oid;
use fleetwright_core::next::Control;
use fleetwright_core::pull::PullState;
use fleetwright_core::stage::{ChangeRef, FaultClass, MergedRef, Stage, Told};
use fleetwright_core::why::Why;
use fleetwright_forge::{Done, Effect, ForgeError, Found};
use fleetwright_store::{Intent, TargetRow};
use serde_json::json;

use super::advance::{Brought, Undone};
use super::proposal::Proposal;
use super::pushing::Pushed;
use super::renewing::Renewal;
use super::{Driver, RETRIED};
use crate::error::EngineError;

/// How many of a target's last events are searched for a person's word.
const EVENTS: u32 = 1_000;

impl Driver {
    /// Opens the pull request of a stored change; what is there from its branch was brought, where
    /// that had to be asked.
    pub(super) async fn propose(
        &self,
        target: &mut TargetRow,
        brought: &mut Brought,
    ) -> Result<(), EngineError> {
        let time = self.fleet.now() / 1_000;
        let Some((change, proposal)) = self.proposed(target, time).await? else { return Ok(()) };
        if let Some(found) = brought.found.take()
            && self.adopt(target, (&change, proposal.head), found).await?
        {
            return Ok(());
        }
        if !brought.reserved
            && let Some(why) = self.reserve(target).await?
        {
            return self.wait(target, why).await;
        }
        // Used from here on: what becomes of it is told where the pull request is opened.
        brought.reserved = false;
        target.intent = Some(Intent::Propose { branch: proposal.branch.clone(), time });
        self.save(target, None).await?;
        self.proposing(target, change, proposal).await
    }

    /// Finishes an effect whose answer is not known. `false` means that it is still in doubt.
    pub(super) async fn settle(&self, target: &mut TargetRow) -> Result<bool, EngineError> {
        if self.control() != Control::Running {
            return Ok(false);
        }
        match target.intent.clone() {
            Some(Intent::Propose { time, .. }) => self.doubted(target, time).await?,
            Some(Intent::Renew { change, from, head, mixed }) => {
                self.renewal_in_doubt(target, Renewal { change, from, head, mixed }).await?;
            }
            Some(Intent::Close { by, then }) => self.closing(target, (&by, then)).await?,
            // Whether a merge happened is seen by looking; then every gate is asked again.
            Some(Intent::Merge { .. }) => target.intent = None,
            None => {}
        }
        Ok(target.intent.is_none())
    }

    /// A proposal in doubt: an answer that may be there already is looked for before anything is
    /// pushed.
    async fn doubted(&self, target: &mut TargetRow, time: i64) -> Result<(), EngineError> {
        let Some((change, proposal)) = self.proposed(target, time).await? else {
            target.intent = None;
            return Ok(());
        };
        let found = self.find_one(target, &proposal.branch).await;
        if self.adopt(target, (&change, proposal.head), found).await? {
            return Ok(());
        }
        self.proposing(target, change, proposal).await
    }

    /// The proposal of a stored change; `None` where the target has none, or it became a fault.
    async fn proposed(
        &self,
        target: &mut TargetRow,
        time: i64,
    ) -> Result<Option<(ChangeRef, Proposal)>, EngineError> {
        let Stage::Made { change } = target.stage.clone() else { return Ok(None) };
        let repo = self.repo(target.repo_id)?;
        match self.proposal(target, (&change, &repo), time).await? {
            Ok(proposal) => Ok(Some((change, proposal))),
            Err(fault) => {
                self.put(target, Stage::Failed { fault }, None).await?;
                Ok(None)
            }
        }
    }

    async fn proposing(
        &self,
        target: &mut TargetRow,
        change: ChangeRef,
        proposal: Proposal,
    ) -> Result<(), EngineError> {
        let pushed = match self.push(target, (&change, &proposal)).await {
            Ok(pushed) => pushed,
            Err(undone) => return self.undone(target, undone).await,
        };
        let (head, found) = match pushed {
            Pushed::At { head, found } => (head, found),
            Pushed::Foreign => {
                let message = "the branch holds commits that are not ours: delete or rename it";
                return self.fail(target, FaultClass::Conflict, message).await;
            }
        };
        target.pushed = Some(head);
        // A branch that was there already may have a pull request already.
        if found {
            let found = self.find_one(target, &proposal.branch).await;
            if self.adopt(target, (&change, head), found).await? {
                return Ok(());
            }
        }
        self.open_pull(target, (change, head), proposal).await
    }

    /// Takes on a pull request that is there already: ours by its marker, or a person's answer.
    pub(super) async fn adopt(
        &self,
        target: &mut TargetRow,
        (change, head): (&ChangeRef, Oid),
        found: Result<Vec<Found>, ForgeError>,
    ) -> Result<bool, EngineError> {
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                self.unseen(target, &error).await?;
                return Ok(true);
            }
        };
        let shift = &self.row.shift.metadata.name;
        let ours = |found: &Found| {
            let mark = self.fleet.key.read(&found.body, shift, &target.name)?;
            Some((found.seen.clone(), mark))
        };
        let Some((seen, mark)) = found.iter().find_map(ours) else { return Ok(false) };
        let pull = seen.pull.clone();
        let asked_again =
            matches!(seen.state, PullState::Closed { .. }) && self.asked_again(target, pull.number).await?;
        // A no holds for the target, as it does while the database knows of it.
        let answers = seen.head == head || target.pushed.is_none();
        let stage = match &seen.state {
            // Whatever else is on the branch by now is somebody else's: the gates see to that.
            PullState::Open if seen.head == head || target.pushed.is_none() => {
                let ours = if seen.head == head { head } else { mark.head };
                target.pushed = Some(ours);
                let told = Box::new(Told { written: mark.by, ..Told::default() });
                Stage::Open { change: change.clone(), pull: pull.clone(), head: ours, told }
            }
            PullState::Closed { by, reason } if answers && !asked_again => {
                let (by, reason) = (by.clone(), reason.clone());
                Stage::Vetoed { pull: pull.clone(), by, reason, until: None }
            }
            PullState::Merged { commit, tree, .. } if seen.head == head => {
                target.pushed = Some(head);
                let merged = MergedRef { pull: pull.clone(), commit: *commit };
                Stage::Merged { merged, tree: *tree, cleaned: false }
            }
            // Its head is not known yet, an answer to another commit, or an earlier round's merge.
            _ => return Ok(false),
        };
        let what = match &stage {
            Stage::Open { .. } => "pull.opened",
            Stage::Merged { .. } => "pull.merged",
            _ => "pull.vetoed",
        };
        let detail = json!({ "number": pull.number, "url": pull.url, "head": seen.head, "adopted": true });
        self.put(target, stage, Some((what, detail))).await?;
        Ok(true)
    }

    /// What is told of a pull request that was just opened.
    pub(super) fn told(&self) -> Box<Told> {
        Box::new(Told { written: self.row.digest.clone(), ..Told::default() })
    }

    /// Whether a person has taken back the no that closed this pull request.
    async fn asked_again(&self, target: &TargetRow, pull: u64) -> Result<bool, EngineError> {
        let shift = &self.row.shift.metadata.name;
        let events = self.fleet.store.events(shift, Some(&target.name), EVENTS).await?;
        let mut retries = events.iter().filter(|logged| logged.event.what == RETRIED);
        Ok(retries.any(|logged| logged.event.detail["despite"] == pull))
    }

    async fn open_pull(
        &self,
        target: &mut TargetRow,
        (change, head): (ChangeRef, Oid),
        proposal: Proposal,
    ) -> Result<(), EngineError> {
        let pull = &self.row.shift.spec.pull_request;
        let branch = proposal.branch.clone();
        let open = Effect::OpenPull {
            branch: proposal.branch,
            title: proposal.title,
            body: self.marked(target, &proposal.body, head),
            labels: pull.labels.clone(),
            reviewers: pull.reviewers.clone(),
            draft: pull.draft,
        };
        match self.perform(target, &open).await {
            Ok(Done::Opened(pull)) => {
                let at = self.fleet.now();
                let detail = json!({
                    "number": pull.number, "url": pull.url, "head": head, "branch": branch, "at": at
                });
                let stage = Stage::Open { change, pull, head, told: self.told() };
                self.put(target, stage, Some(("pull.opened", detail))).await
            }
            Err(Undone::Forge(ForgeError::AlreadyOpen { number })) => {
                let found = self.find_one(target, &branch).await;
                // What was just opened is not shown at once everywhere: the intent stays.
                let unseen = matches!(&found, Ok(found) if found.is_empty());
                if self.adopt(target, (&change, head), found).await? {
                    return Ok(());
                }
                if unseen {
                    return self.wait(target, Why::NotSeen).await;
                }
                let message = format!("pull request {number} is open from our branch and is not ours");
                self.fail(target, FaultClass::Conflict, &message).await
            }
            Ok(_) => {
                self.undone(target, Undone::Forge(ForgeError::Unknown { why: "no number came back".into() }))
                    .await
            }
            Err(Undone::Forge(error @ ForgeError::Blocked { .. })) => {
                self.hear_limit(target, &error, true).await?;
                self.wait(target, Why::Budget { limit: target.forge.clone() }).await
            }
            Err(undone) => self.undone(target, undone).await,
        }
    }

    /// The pull requests from one branch.
    pub(super) async fn find_one(&self, target: &TargetRow, branch: &str) -> Result<Vec<Found>, ForgeError> {
        let mut found = self.forge(target)?.find(&[(target.name.repo.clone(), branch.to_owned())]).await;
        found.pop().unwrap_or_else(|| Err(ForgeError::unknown("no answer came")))
    }
}
