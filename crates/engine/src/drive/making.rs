//! Making the change of one target, or finding that it was made before.

use std::sync::Arc;

use fleetwright_core::stage::{ChangeRef, Fault, FaultClass, Stage};
use fleetwright_forge::ForgeError;
use fleetwright_store::{Intent, Outcome, RepoRow, TargetRow, Write};

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
        let Some(repo) = self.mirrored(target).await? else { return Ok(false) };
        let Some(base) = repo.head.zip(repo.tree) else {
            self.fail(target, FaultClass::Access, "the default branch has no commit").await?;
            return Ok(true);
        };
        let Some(Arrived { key, outcome, mut writes }) = self.result(target, &repo).await? else {
            return Ok(false);
        };
        target.stage = arrived(&target.stage, &key, outcome, base);
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

    /// Runs the steps on the base as it was last read, to see whether an open pull request is still
    /// needed. `false` means that nothing was found out.
    pub(super) async fn review(&self, target: &mut TargetRow) -> Result<bool, EngineError> {
        let Some(repo) = self.mirrored(target).await? else { return Ok(false) };
        let Some(Arrived { key, outcome, mut writes }) = self.result(target, &repo).await? else {
            return Ok(false);
        };
        target.key = Some(key);
        self.weigh(target, &outcome);
        writes.push(self.target_write(target));
        self.write(writes).await?;
        Ok(true)
    }

    /// Takes a newer result of an open pull request to heart: closed where nothing is left to do,
    /// stuck where the steps fail. Not written yet.
    pub(super) fn weigh(&self, target: &mut TargetRow, outcome: &Outcome) {
        let then = match outcome {
            Outcome::Unchanged => Some(Stage::Unchanged),
            Outcome::NotApplicable { why } => Some(Stage::NotApplicable { why: why.clone() }),
            Outcome::Changed { .. } | Outcome::Failed { .. } => None,
        };
        if then.is_some() {
            target.intent = Some(Intent::Close { by: "fleetwright".to_owned(), then });
        }
        if let Stage::Open { told, .. } = &mut target.stage {
            told.stuck = match outcome {
                Outcome::Failed { fault } => Some(one_line(fault.clone()).to_string()),
                _ => None,
            };
        }
    }

    /// The repository as it was last read, with its mirror there; `None` where it cannot be had now.
    pub(super) async fn mirrored(&self, target: &mut TargetRow) -> Result<Option<Arc<RepoRow>>, EngineError> {
        let mirror = self.fleet.mirror(&target.forge, &target.name.repo);
        if mirror.join("HEAD").exists() {
            return self.repo(target.repo_id).map(Some);
        }
        match self.refetch(target).await {
            Ok(row) => Ok(Some(row)),
            Err(error) => {
                self.unseen(target, &error).await?;
                Ok(None)
            }
        }
    }

    /// The result of the steps on a repository as it was last read, with what is still to be
    /// written for it. `None` means that the run was stopped.
    pub(super) async fn result(
        &self,
        target: &TargetRow,
        repo: &Arc<RepoRow>,
    ) -> Result<Option<Arrived>, EngineError> {
        let gone = || EngineError::Refused(format!("{}: the default branch has no commit", target.name));
        let key = self.key(target, repo).ok_or_else(gone)?;
        if let Some(known) = self.fleet.store.change(&key).await? {
            return Ok(Some(Arrived { key, outcome: known.outcome, writes: Vec::new() }));
        }
        let Some(made) = self.compute(&key, target, repo).await? else { return Ok(None) };
        let outcome = made.change.outcome.clone();
        let writes = vec![Write::Change(Box::new(made.change), made.contents)];
        Ok(Some(Arrived { key, outcome, writes }))
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
        let (recipe, known, workshop) = (Arc::clone(&self.recipe), self.known.clone(), self.workshop.clone());
        let (cancel, shift) = (self.cancel.clone(), self.row.shift.metadata.name.clone());
        let mirror = self.fleet.mirror(&repo.forge, &repo.name);
        let work = move || {
            let _place = place;
            let subject = Subject::of(&shift, &name, &repo, &mirror)?;
            let subject = subject.with_known(known.as_deref(), repo.id);
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

/// A result of the steps.
pub(super) struct Arrived {
    /// The key of its inputs.
    pub(super) key: String,
    /// What came out.
    pub(super) outcome: Outcome,
    /// What is still to be written for it.
    pub(super) writes: Vec<Write>,
}

/// Where a result puts a target.
fn arrived(
    old: &Stage,
    key: &str,
    outcome: Outcome,
    (base, base_tree): (fleetwright_core::Oid, fleetwright_core::Oid),
) -> Stage {
    match outcome {
        Outcome::Changed { tree, .. } => {
            Stage::Made { change: ChangeRef { key: key.to_owned(), base, base_tree, tree } }
        }
        Outcome::Unchanged => old.unchanged(base_tree),
        Outcome::NotApplicable { why } => Stage::NotApplicable { why },
        Outcome::Failed { fault } => Stage::Failed { fault: one_line(fault) },
    }
}

/// Outcomes are grouped by their fault, and a table has one line for each.
fn one_line(fault: Fault) -> Fault {
    let message = fault.message.lines().next().unwrap_or_default().to_owned();
    Fault { message, ..fault }
}
