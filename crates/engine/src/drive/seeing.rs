//! What a decision needs to know, and nothing else.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::Ordering;

use fleetwright_core::flaky::is_flaky;
use fleetwright_core::next::{Control, Terms};
use fleetwright_core::pull::{Check, PullSeen, Seen, Verdict};
use fleetwright_core::stage::{ChangeRef, Stage};
use fleetwright_forge::{ForgeError, Look};
use fleetwright_store::{CheckRun, RepoRow, SeenRow, StoreError, TargetRow, Write};

use super::advance::{Brought, Need};
use super::{Driver, Errand};
use crate::error::EngineError;
use crate::workshop::Subject;

/// How many pull requests are asked for at a time; an adapter divides them as its forge allows.
pub(super) const BULK: usize = 100;

impl Driver {
    /// What must be asked of the forge before anything can be decided on a target.
    pub(super) fn lacks(&self, target: &TargetRow, brought: &Brought) -> Option<Need> {
        match &target.stage {
            Stage::Open { .. } | Stage::Adopted { .. } if brought.pull.is_none() => Some(Need::Look),
            // With the database new, an answer to this very target may be there already.
            Stage::Made { .. }
                if target.pushed.is_none()
                    && brought.found.is_none()
                    && !self.was_searched(target.id)
                    && self.control() == Control::Running
                    && self.full(target).is_none() =>
            {
                Some(Need::Find)
            }
            _ => None,
        }
    }

    /// Whether a pull request waits until it is time to look at all of them.
    pub(super) fn is_looked_at_later(&self, target: &TargetRow, brought: &Brought) -> bool {
        let is_open = matches!(target.stage, Stage::Open { .. } | Stage::Adopted { .. });
        is_open && brought.pull.is_none() && !self.looking.load(Ordering::Relaxed)
    }

    fn was_searched(&self, target: i64) -> bool {
        self.searched.lock().is_ok_and(|searched| searched.contains(&target))
    }

    /// Gathers what the decision on this stage needs.
    pub(super) async fn see(&self, target: &TargetRow, brought: &mut Brought) -> Result<Seen, ForgeError> {
        let mut seen = Seen::default();
        match &target.stage {
            Stage::Made { change } if self.control() == Control::Running => {
                let may_be_there = matches!(&brought.found, Some(Ok(found)) if !found.is_empty());
                if !brought.reserved && !may_be_there {
                    seen.full = self.reserve(target).await.map_err(ForgeError::unknown)?;
                    if seen.full.is_some() {
                        return Ok(seen);
                    }
                    brought.reserved = true;
                }
                let head = self.forge(target)?.head(&target.name.repo).await?;
                seen.base_tree = match head {
                    Some(head) if head == change.base => Some(change.base_tree),
                    Some(_) => self.refetch(target).await?.tree,
                    None => None,
                };
            }
            Stage::Adopted { .. } => seen.pull = Some(shown(brought)?),
            Stage::Open { told, .. } => {
                seen.pull = Some(shown(brought)?);
                seen.outdated = !told.written.is_empty() && told.written != self.row.digest;
                if let Some(pull) = &seen.pull {
                    seen.flaky = self.flaky(target.repo_id, pull).await.map_err(ForgeError::unknown)?;
                }
                if let Ok(repo) = self.repo(target.repo_id) {
                    seen.moved = self.key(target, &repo).is_some_and(|key| target.key.as_ref() != Some(&key));
                }
            }
            _ => {}
        }
        Ok(seen)
    }

    /// Red checks whose history says that they flip by themselves.
    async fn flaky(&self, repo: i64, pull: &PullSeen) -> Result<Vec<String>, StoreError> {
        let mut flaky = Vec::new();
        for check in pull.checks.iter().filter(|check| check.verdict == Verdict::Red) {
            if is_flaky(&self.fleet.store.verdicts(repo, &check.name).await?) {
                flaky.push(check.name.clone());
            }
        }
        Ok(flaky)
    }

    /// The key of a target's result on the base as it was last read.
    pub(super) fn key(&self, target: &TargetRow, repo: &RepoRow) -> Option<String> {
        let mirror = self.fleet.mirror(&target.forge, &target.name.repo);
        let subject = Subject::of(&self.row.shift.metadata.name, &target.name, repo, &mirror)?;
        let subject =
            subject.with_known(self.known.as_deref(), repo.id).with_elsewhere(&self.elsewhere, repo.id);
        Some(self.recipe.key(
            &self.row.steps_digest,
            &subject,
            (self.workshop.sandbox.as_ref(), &self.workshop.tools),
        ))
    }

    /// The key that a result on the base of an earlier change would have now: another one than the
    /// change's own if the steps changed.
    pub(super) fn key_of(&self, target: &TargetRow, repo: &RepoRow, change: &ChangeRef) -> String {
        let at = RepoRow { head: Some(change.base), tree: Some(change.base_tree), ..repo.clone() };
        self.key(target, &at).unwrap_or_default()
    }

    /// The rules in force for a target: the shift's, narrowed by the repository's own file.
    pub(super) fn terms(&self, target: &TargetRow) -> Terms {
        let repo = self.repo(target.repo_id).ok();
        let facts = repo.as_ref().map(|repo| &repo.facts);
        let mut terms = self.fleet.terms(&self.row, self.control(), facts);
        terms.window = self.shut();
        terms.consent = self.consent.borrow().clone();
        let is_asked = matches!(self.errand, Errand::Merge { .. });
        // A person's word stands for the policy, but not for what the repository's owners want.
        terms.merge.auto |= is_asked && terms.refused.is_none();
        terms
    }

    /// Looks at pull requests in bulk, and keeps what was seen where it is news.
    pub(super) async fn look(
        &self,
        targets: &[TargetRow],
    ) -> Result<HashMap<i64, Result<PullSeen, ForgeError>>, EngineError> {
        let mut answers = HashMap::with_capacity(targets.len());
        for (forge, targets) in by_forge(targets) {
            for some in targets.chunks(BULK) {
                self.look_at_some(&forge, some, &mut answers).await?;
            }
        }
        Ok(answers)
    }

    async fn look_at_some(
        &self,
        forge: &str,
        targets: &[&TargetRow],
        answers: &mut HashMap<i64, Result<PullSeen, ForgeError>>,
    ) -> Result<(), EngineError> {
        let known: HashMap<i64, PullSeen> = {
            let shown = self.shown.lock().map_err(|error| EngineError::Refused(error.to_string()))?;
            targets.iter().filter_map(|target| Some((target.id, shown.get(&target.id)?.clone()))).collect()
        };
        let looks: Vec<Look> =
            targets.iter().filter_map(|target| look_of(target, known.get(&target.id))).collect();
        let told = match self.fleet.forge(forge) {
            Ok(forge) => forge.look(&looks).await,
            Err(error) => {
                looks.iter().map(|_| Err(ForgeError::NotFound { what: error.to_string() })).collect()
            }
        };
        let mut news = Vec::new();
        for (target, told) in targets.iter().zip(told) {
            let answer = match (told, known.get(&target.id)) {
                (Ok(Some(seen)), old) => {
                    if old != Some(&seen) {
                        news.push(Write::Seen(Box::new(SeenRow {
                            target: target.id,
                            seen: seen.clone(),
                            at: self.fleet.now(),
                        })));
                        news.push(Write::CheckRuns(runs_of(target.repo_id, &seen)));
                        self.remember_seen(target.id, &seen);
                    }
                    Ok(seen)
                }
                (Ok(None), Some(old)) => Ok(old.clone()),
                (Ok(None), None) => {
                    Err(ForgeError::unknown("the forge says that nothing changed, and nothing is known"))
                }
                (Err(error), _) => Err(error),
            };
            answers.insert(target.id, answer);
        }
        if !news.is_empty() {
            self.room.news(self.fleet.now());
            self.write(news).await?;
        }
        Ok(())
    }

    fn remember_seen(&self, target: i64, seen: &PullSeen) {
        if let Ok(mut shown) = self.shown.lock() {
            shown.insert(target, seen.clone());
        }
    }

    /// Finds the pull requests that are there from targets' branches, in bulk.
    pub(super) async fn find(
        &self,
        targets: &[TargetRow],
    ) -> HashMap<i64, Result<Vec<fleetwright_forge::Found>, ForgeError>> {
        let mut answers = HashMap::with_capacity(targets.len());
        for (forge, targets) in by_forge(targets) {
            let Ok(forge) = self.fleet.forge(&forge) else { continue };
            for some in targets.chunks(BULK) {
                let branch =
                    |target: &TargetRow| fleetwright_core::branch::branch(&self.row.shift, &target.name.dir);
                let asked: Vec<(String, String)> =
                    some.iter().map(|target| (target.name.repo.clone(), branch(target))).collect();
                let told = forge.find(&asked).await;
                if let Ok(mut searched) = self.searched.lock() {
                    let none =
                        some.iter().zip(&told).filter(|(_, found)| found.as_ref().is_ok_and(Vec::is_empty));
                    searched.extend(none.map(|(target, _)| target.id));
                }
                answers.extend(some.iter().map(|target| target.id).zip(told));
            }
        }
        answers
    }
}

/// The runs of checks that have a verdict.
fn runs_of(repo: i64, seen: &PullSeen) -> Vec<CheckRun> {
    let ended = seen.checks.iter().filter(|check| check.verdict != Verdict::Pending);
    let run = |check: &Check| CheckRun {
        repo,
        name: check.name.clone(),
        head: seen.head,
        run: check.run.clone().unwrap_or_default(),
        verdict: check.verdict,
    };
    ended.map(run).collect()
}

/// The answer that was brought.
fn shown(brought: &mut Brought) -> Result<PullSeen, ForgeError> {
    brought.pull.take().unwrap_or_else(|| Err(ForgeError::unknown("no answer came")))
}

fn by_forge(targets: &[TargetRow]) -> BTreeMap<String, Vec<&TargetRow>> {
    let mut forges: BTreeMap<String, Vec<&TargetRow>> = BTreeMap::new();
    for target in targets {
        forges.entry(target.forge.clone()).or_default().push(target);
    }
    forges
}

fn look_of(target: &TargetRow, known: Option<&PullSeen>) -> Option<Look> {
    let (Stage::Open { pull, .. } | Stage::Adopted { pull, .. }) = &target.stage else { return None };
    let mark = known.map(|seen| seen.mark.clone()).filter(|mark| !mark.is_empty());
    Some(Look { repo: target.name.repo.clone(), number: pull.number, mark })
}
