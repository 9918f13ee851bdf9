//! What stands in the way of a merge.

use fleetwright_core::Oid;
use fleetwright_git::Merged;

use super::block::Block;
use super::refusal::Refusal;
use super::state::State;
use crate::model::check::Conclusion;
use crate::model::pull::Pull;

impl State {
    /// Whether a pull request's head joins its base without conflict.
    ///
    /// # Errors
    /// [`Refusal::Git`].
    pub fn joins(&mut self, repo: u64, number: u64) -> Result<bool, Refusal> {
        let pull = self.pull(repo, number)?;
        let head = pull.head_oid;
        let Some(base) = self.repo(repo)?.tip(&pull.base) else { return Ok(false) };
        if let Some(known) = self.joins.get(&(base, head)) {
            return Ok(*known);
        }
        let repository = self.open(repo)?;
        let clean = match repository.merge_base(base, head)? {
            None => false,
            Some(fork) if fork == base => true,
            Some(fork) => matches!(repository.merge(fork, base, head)?, Merged::Clean { .. }),
        };
        self.joins.insert((base, head), clean);
        Ok(clean)
    }

    /// What stands in the way of a merge, the first thing GitHub names.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::Git`].
    pub fn block(&mut self, repo: u64, number: u64) -> Result<Option<Block>, Refusal> {
        let joins = self.joins(repo, number)?;
        let pull = self.pull(repo, number)?;
        if pull.draft {
            return Ok(Some(Block::Draft));
        }
        if !joins {
            return Ok(Some(Block::Conflict));
        }
        self.rule_block(repo, pull)
    }

    fn rule_block(&self, repo: u64, pull: &Pull) -> Result<Option<Block>, Refusal> {
        let known = self.repo(repo)?;
        let Some(rules) = known.rules_of(&pull.base) else { return Ok(None) };
        for name in &rules.checks {
            match self.conclusion_of(repo, pull.head_oid, name) {
                Some(conclusion) if conclusion.satisfies() => {}
                Some(_) => return Ok(Some(Block::Failed(name.clone()))),
                None => return Ok(Some(Block::Expected(name.clone()))),
            }
        }
        if rules.approvals > 0 && pull.changes_requested() {
            return Ok(Some(Block::ChangesRequested));
        }
        if pull.approvals() < rules.approvals {
            return Ok(Some(Block::Approvals { wanted: rules.approvals }));
        }
        if rules.strict && self.is_outdated(repo, pull)? {
            return Ok(Some(Block::Behind));
        }
        Ok(rules.queue.then_some(Block::QueueOnly))
    }

    /// Whether a pull request's branch lacks commits of its base.
    ///
    /// # Errors
    /// [`Refusal::Git`].
    pub fn is_outdated(&self, repo: u64, pull: &Pull) -> Result<bool, Refusal> {
        match self.repo(repo)?.tip(&pull.base) {
            Some(tip) => Ok(!self.is_behind(repo, tip, pull.head_oid)?),
            None => Ok(false),
        }
    }

    /// What a check of that name says of a commit, once it is done.
    pub fn conclusion_of(&self, repo: u64, commit: Oid, name: &str) -> Option<Conclusion> {
        let checks = self.repos.get(&repo)?.checks.get(&commit)?;
        checks.iter().find(|check| check.name == name)?.conclusion()
    }

    /// Whether every required check of a head is good; where none is required, whether there are
    /// checks and all of them are.
    pub fn is_green(&self, repo: u64, commit: Oid) -> bool {
        let Some(known) = self.repos.get(&repo) else { return false };
        let required = known.settings.rules.as_ref().map(|rules| rules.checks.as_slice()).unwrap_or_default();
        if !required.is_empty() {
            let good =
                |name: &String| self.conclusion_of(repo, commit, name).is_some_and(Conclusion::satisfies);
            return required.iter().all(good);
        }
        let checks = known.checks.get(&commit).map(Vec::as_slice).unwrap_or_default();
        !checks.is_empty() && checks.iter().all(|check| check.conclusion().is_some_and(Conclusion::satisfies))
    }
}
