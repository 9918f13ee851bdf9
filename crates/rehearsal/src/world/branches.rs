//! Branches: noticed when they were pushed, moved and removed on request.

use std::collections::BTreeMap;

use fleetwright_core::Oid;
use fleetwright_git::{CommitSpec, Edit, Person, Repository, commit_object};

use super::event::{Event, PullAction};
use super::refusal::Refusal;
use super::state::State;
use crate::history::Happened;

/// A commit made by request and not by a push.
#[derive(Debug, Clone)]
pub struct ApiCommit {
    /// The branch it goes onto.
    pub branch: String,
    /// Where that branch must be.
    pub parent: Oid,
    /// What it changes.
    pub edits: Vec<Edit>,
    /// Its message.
    pub message: String,
    /// Who makes it.
    pub by: String,
}

impl State {
    /// Looks into a repository's folder and takes note of every branch that is not where it was.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::Git`].
    pub fn notice(&mut self, repo: u64, by: &str) -> Result<(), Refusal> {
        let after: BTreeMap<String, Oid> = self.open(repo)?.branches()?.into_iter().collect();
        let before = self.repo(repo)?.branches.clone();
        let names: Vec<String> = before.keys().chain(after.keys()).cloned().collect();
        for name in names {
            let (from, to) = (before.get(&name).copied(), after.get(&name).copied());
            if self.repo(repo)?.tip(&name) != to {
                self.moved(repo, &name, (from, to), by)?;
            }
        }
        Ok(())
    }

    /// Takes note of one branch that was moved in the folder.
    pub(crate) fn moved(
        &mut self,
        repo: u64,
        branch: &str,
        (from, to): (Option<Oid>, Option<Oid>),
        by: &str,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let known = self.repo_mut(repo)?;
        known.pushed_at = now;
        match to {
            Some(oid) => known.branches.insert(branch.to_owned(), oid),
            None => known.branches.remove(branch),
        };
        let is_default = known.default_branch == branch;
        self.note(Happened::Moved { repo, branch: branch.to_owned(), from, to, by: by.to_owned() });
        self.tell(&Event::Push {
            repo,
            branch: branch.to_owned(),
            before: from,
            after: to,
            by: by.to_owned(),
        });
        let heads = self.repo(repo)?.pulls.values();
        let open: Vec<u64> =
            heads.filter(|pull| pull.is_open() && pull.head == branch).map(|pull| pull.number).collect();
        for number in open {
            match (from, to) {
                (Some(from), Some(to)) => self.head_moved(repo, number, (from, to), by)?,
                _ => self.close_pull(repo, number, by)?,
            }
        }
        if let Some(to) = to.filter(|_| is_default) {
            self.start_checks(repo, to)?;
            self.base_moved(repo, branch)?;
        }
        Ok(())
    }

    fn head_moved(
        &mut self,
        repo: u64,
        number: u64,
        (from, to): (Oid, Oid),
        by: &str,
    ) -> Result<(), Refusal> {
        let fork = {
            let base = self.pull(repo, number)?.base.clone();
            let tip = self.repo(repo)?.tip(&base);
            let merged = tip.map(|tip| self.open(repo)?.merge_base(tip, to).map_err(Refusal::from));
            merged.transpose()?.flatten() == Some(to)
        };
        self.change_pull(repo, number, |pull| {
            pull.head_oid = to;
            pull.queued = None;
        })?;
        if fork {
            // Nothing is left to merge. GitHub closes such a pull request.
            return self.close_pull(repo, number, by);
        }
        let action = PullAction::Synchronized { before: from, after: to };
        self.tell(&Event::Pull { repo, number, action, by: by.to_owned() });
        self.start_checks(repo, to)
    }

    fn base_moved(&mut self, repo: u64, branch: &str) -> Result<(), Refusal> {
        let pulls = self.repo(repo)?.pulls.values();
        let open: Vec<u64> =
            pulls.filter(|pull| pull.is_open() && pull.base == branch).map(|p| p.number).collect();
        for number in open {
            self.try_auto_merge(repo, number);
        }
        Ok(())
    }

    /// Moves, makes (`expected` is `None`) or removes (`to` is `None`) a branch by request.
    ///
    /// # Errors
    /// [`Refusal::ReferenceExists`], [`Refusal::NoReference`], [`Refusal::Git`].
    pub fn move_branch(
        &mut self,
        repo: u64,
        branch: &str,
        (expected, to): (Option<Oid>, Option<Oid>),
        by: &str,
    ) -> Result<(), Refusal> {
        self.notice(repo, by)?;
        let actual = self.repo(repo)?.tip(branch);
        match (expected, actual) {
            (None, Some(_)) => return Err(Refusal::ReferenceExists),
            (Some(_), None) => return Err(Refusal::NoReference),
            (expected, actual) if expected != actual => return Err(Refusal::NotFastForward),
            _ => {}
        }
        self.open(repo)?.update_branch(branch, expected, to)?;
        self.moved(repo, branch, (actual, to), by)
    }

    /// Whether a commit lies in the history of another.
    ///
    /// # Errors
    /// [`Refusal::Git`].
    pub fn is_behind(&self, repo: u64, older: Oid, newer: Oid) -> Result<bool, Refusal> {
        Ok(older == newer || self.open(repo)?.merge_base(older, newer)? == Some(older))
    }

    /// Makes a commit by request and moves the branch onto it.
    ///
    /// # Errors
    /// [`Refusal::HeadMoved`] where the branch is elsewhere, [`Refusal::Git`] for edits that do not fit.
    pub fn commit(&mut self, repo: u64, order: &ApiCommit) -> Result<Oid, Refusal> {
        self.notice(repo, &order.by)?;
        let actual = self.repo(repo)?.tip(&order.branch).ok_or(Refusal::NoReference)?;
        if actual != order.parent {
            return Err(Refusal::HeadMoved(actual));
        }
        let repository = self.open(repo)?;
        let tree = repository.tree_of(actual)?;
        let built = repository.build(Some(tree), &order.edits)?;
        let author = person(&order.by);
        let commit = commit_object(&CommitSpec {
            tree: built.tree,
            parents: vec![actual],
            author: author.clone(),
            committer: author,
            time: self.now() / 1_000,
            message: order.message.clone(),
        })?;
        let oid = commit.oid;
        let mut objects = built.objects;
        objects.push(commit);
        repository.write_objects(&objects)?;
        self.move_branch(repo, &order.branch, (Some(actual), Some(oid)), &order.by)?;
        Ok(oid)
    }

    /// The workflow files that differ between two commits; what is new counts as a whole.
    ///
    /// # Errors
    /// [`Refusal::Git`].
    pub fn workflow_files(&self, repo: u64, from: Option<Oid>, to: Oid) -> Result<Vec<String>, Refusal> {
        let repository: Repository = self.open(repo)?;
        let tree = |oid: Oid| repository.tree_of(oid);
        let before = from.map(tree).transpose()?;
        let edits = repository.edits_between(before, Some(tree(to)?))?;
        let paths = edits.iter().map(|edit| edit.path.to_string());
        Ok(paths.filter(|path| path.starts_with(".github/workflows/")).collect())
    }
}

/// An account as the author of a commit.
pub(crate) fn person(login: &str) -> Person {
    Person { name: login.to_owned(), email: format!("{login}@users.noreply.github.com") }
}
