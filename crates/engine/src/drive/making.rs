//! Making the change of one target, or finding that it was made before.

use std::sync::Arc;

use fleetwright_core::stage::{ChangeRef, Fault, FaultClass, Stage};
use fleetwright_forge::ForgeError;
use fleetwright_store::{Outcome, RepoRow, TargetRow, Write};

use super::Driver;
use crate::error::EngineError;
use crate::make::make;
use crate::workshop::Subject;

impl Driver {
    /// Runs the steps, or takes the stored result of the same inputs. `false` means that nothing
    /// was found out, because the shift was stopped meanwhile.
    pub(super) async fn make(
        &self,
        target: &mut TargetRow,
        why: Option<String>,
    ) -> Result<bool, EngineError> {
        if let Some(why) = &why {
            self.progress.note(&format!("{}: {why}, so it is planned again", target.name));
        }
        let mirror = self.fleet.mirror(&target.forge, &target.name.repo);
        let mut repo = self.repo(target.repo_id)?;
        if !mirror.join("HEAD").exists() {
            match self.refetch(target).await {
                Ok(row) => repo = row,
                Err(error) => {
                    self.unseen(target, &error).await?;
                    return Ok(false);
                }
            }
        }
        let shift = self.row.shift.metadata.name.clone();
        let name = target.name.clone();
        let Some(subject) = Subject::of(&shift, &name, &repo, &mirror) else {
            self.fail(target, FaultClass::Access, "the default branch has no commit").await?;
            return Ok(true);
        };
        let sandbox = self.workshop.sandbox.as_ref();
        let key = self.recipe.key(&self.row.steps_digest, &subject, sandbox);
        let mut writes = Vec::new();
        let outcome = match self.fleet.store.change(&key).await? {
            Some(known) => known.outcome,
            None => {
                let Some(made) = self.compute(&key, target, &repo).await? else { return Ok(false) };
                let outcome = made.change.outcome.clone();
                writes.push(Write::Change(Box::new(made.change), made.contents));
                outcome
            }
        };
        target.stage = arrived(&target.stage, &key, outcome, (subject.base, subject.base_tree));
        target.key = Some(key);
        target.waiting = None;
        target.intent = None;
        writes.push(self.target_write(target));
        writes.extend(why.map(|why| {
            Write::Event(self.event(target, "target.replanned", serde_json::json!({ "why": why })))
        }));
        self.write(writes).await?;
        Ok(true)
    }

    /// Runs the steps on a thread of their own, as many at a time as there are cores.
    async fn compute(
        &self,
        key: &str,
        target: &TargetRow,
        repo: &Arc<RepoRow>,
    ) -> Result<Option<crate::make::Made>, EngineError> {
        let place = Arc::clone(&self.cores).acquire_owned().await;
        let (key, name, repo) = (key.to_owned(), target.name.clone(), Arc::clone(repo));
        let (recipe, workshop) = (Arc::clone(&self.recipe), self.workshop.clone());
        let (cancel, shift) = (self.cancel.clone(), self.row.shift.metadata.name.clone());
        let mirror = self.fleet.mirror(&repo.forge, &repo.name);
        let work = move || {
            let _place = place;
            let subject = Subject::of(&shift, &name, &repo, &mirror)?;
            make(&recipe, &key, &subject, (&workshop, &cancel))
        };
        let ended = tokio::task::spawn_blocking(work).await;
        ended
            .map_err(|error| EngineError::Refused(format!("{}: the steps ended badly: {error}", target.name)))
    }

    /// Fetches a repository again and remembers where it is now.
    pub(super) async fn refetch(&self, target: &TargetRow) -> Result<Arc<RepoRow>, ForgeError> {
        let unknown = |error: &dyn std::fmt::Display| ForgeError::Unknown { why: error.to_string() };
        let mirror = self.fleet.mirror(&target.forge, &target.name.repo);
        let fetched = self.forge(target)?.fetch(&target.name.repo, &mirror).await?;
        let old = self.repo(target.repo_id).map_err(|error| unknown(&error))?;
        let mut row = (*old).clone();
        (row.head, row.tree) = (fetched.head, fetched.tree);
        if row != *old {
            self.write(vec![Write::Repos(vec![row.clone()])]).await.map_err(|error| unknown(&error))?;
            self.remember(row.clone());
        }
        Ok(Arc::new(row))
    }
}

/// Where a result puts a target.
fn arrived(
    old: &Stage,
    key: &str,
    outcome: Outcome,
    (base, base_tree): (fleetwright_core::Oid, fleetwright_core::Oid),
) -> Stage {
    match (outcome, old) {
        (Outcome::Changed { tree, .. }, _) => {
            Stage::Made { change: ChangeRef { key: key.to_owned(), base, base_tree, tree } }
        }
        // Nothing to do on top of an earlier merge: the merge still holds.
        (Outcome::Unchanged, Stage::Queued { merged: Some(merged) }) => {
            Stage::Merged { merged: merged.clone(), tree: base_tree, cleaned: true }
        }
        (Outcome::Unchanged, _) => Stage::Unchanged,
        (Outcome::NotApplicable { why }, _) => Stage::NotApplicable { why },
        (Outcome::Failed { fault }, _) => Stage::Failed { fault: one_line(fault) },
    }
}

/// Outcomes are grouped by their fault, and a table has one line for each.
fn one_line(fault: Fault) -> Fault {
    let message = fault.message.lines().next().unwrap_or_default().to_owned();
    Fault { message, ..fault }
}
