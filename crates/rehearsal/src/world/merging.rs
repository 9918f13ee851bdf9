//! Merges as real commits.

use fleetwright_core::Oid;
use fleetwright_git::{CommitSpec, Merged, Object, Repository, commit_object};

use super::block::Block;
use super::branches::person;
use super::event::PullAction;
use super::refusal::Refusal;
use super::state::State;
use crate::history::Happened;
use crate::model::method::Method;
use crate::model::pull::{Pull, PullState};

/// Who merges what, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeOrder {
    /// The head it must have, where that is said.
    pub head: Option<Oid>,
    /// How.
    pub method: Method,
    /// The first line of the commit, where that is said.
    pub title: Option<String>,
    /// The rest of its message.
    pub message: Option<String>,
    /// Who.
    pub by: String,
}

impl MergeOrder {
    /// An order without words of its own.
    pub fn new(method: Method, by: &str) -> MergeOrder {
        MergeOrder { head: None, method, title: None, message: None, by: by.to_owned() }
    }
}

impl State {
    /// Merges a pull request; the answer is the commit on the base branch.
    ///
    /// # Errors
    /// [`Refusal::NotOpen`], [`Refusal::MethodOff`], [`Refusal::Blocked`], [`Refusal::HeadMoved`].
    pub fn merge_pull(&mut self, repo: u64, number: u64, order: &MergeOrder) -> Result<Oid, Refusal> {
        self.notice(repo, &order.by)?;
        let pull = self.pull(repo, number)?;
        if !pull.is_open() {
            return Err(Refusal::NotOpen);
        }
        let head = pull.head_oid;
        if order.head.is_some_and(|wanted| wanted != head) {
            return Err(Refusal::HeadMoved(head));
        }
        if !self.repo(repo)?.settings.methods.contains(&order.method) {
            return Err(Refusal::MethodOff(order.method));
        }
        if let Some(block) = self.block(repo, number)? {
            return Err(Refusal::Blocked(block));
        }
        self.merge_now(repo, number, order)
    }

    /// Merges without asking the rules: they were asked.
    pub(crate) fn merge_now(&mut self, repo: u64, number: u64, order: &MergeOrder) -> Result<Oid, Refusal> {
        let pull = self.pull(repo, number)?.clone();
        let base = self.repo(repo)?.tip(&pull.base).ok_or(Refusal::NoReference)?;
        let repository = self.open(repo)?;
        let time = self.now() / 1_000;
        let tip = Join { repository: &repository, pull: &pull, base, time }.write(order)?;
        repository.update_branch(&pull.base, Some(base), Some(tip))?;
        let green = self.is_green(repo, pull.head_oid);
        let (now, by) = (self.now(), order.by.clone());
        self.change_pull(repo, number, |pull| {
            pull.state = PullState::Merged { at: now, by: by.clone(), commit: tip };
            (pull.auto_merge, pull.queued) = (None, None);
        })?;
        self.note(Happened::Merged { repo, number, head: pull.head_oid, green, by: order.by.clone() });
        self.tell_pull(repo, number, PullAction::Closed, &order.by);
        self.moved(repo, &pull.base, (Some(base), Some(tip)), &order.by)?;
        if self.repo(repo)?.settings.delete_branch_on_merge {
            let head = (Some(pull.head_oid), None);
            // A branch that is gone already is what was wanted.
            let _ = self.move_branch(repo, &pull.head, head, &order.by);
        }
        Ok(tip)
    }
}

/// A head about to become part of a base.
struct Join<'a> {
    repository: &'a Repository,
    pull: &'a Pull,
    base: Oid,
    time: i64,
}

impl Join<'_> {
    /// Writes the commits of a merge; the answer is the last one.
    fn write(&self, order: &MergeOrder) -> Result<Oid, Refusal> {
        if order.method == Method::Rebase {
            return self.replay(order);
        }
        let head = self.pull.head_oid;
        let (tree, mut objects) = self.tree(head)?;
        let parents = match order.method {
            Method::Merge => vec![self.base, head],
            Method::Squash | Method::Rebase => vec![self.base],
        };
        let commit = commit_object(&CommitSpec {
            tree,
            parents,
            author: person(&self.pull.author),
            committer: person(&order.by),
            time: self.time,
            message: self.message(order),
        })?;
        let tip = commit.oid;
        objects.push(commit);
        self.repository.write_objects(&objects)?;
        Ok(tip)
    }

    fn message(&self, order: &MergeOrder) -> String {
        let Pull { number, title, head, .. } = self.pull;
        let (first, rest) = match order.method {
            Method::Merge => (format!("Merge pull request #{number} from {head}"), title.clone()),
            Method::Squash | Method::Rebase => (format!("{title} (#{number})"), String::new()),
        };
        let first = order.title.clone().unwrap_or(first);
        let rest = order.message.clone().unwrap_or(rest);
        if rest.is_empty() { first } else { format!("{first}\n\n{rest}") }
    }

    /// The tree that base and head make together.
    fn tree(&self, head: Oid) -> Result<(Oid, Vec<Object>), Refusal> {
        let conflict = || Refusal::Blocked(Block::Conflict);
        let fork = self.repository.merge_base(self.base, head)?.ok_or_else(conflict)?;
        if fork == self.base {
            return Ok((self.repository.tree_of(head)?, Vec::new()));
        }
        match self.repository.merge(fork, self.base, head)? {
            Merged::Clean { tree, objects } => Ok((tree, objects)),
            Merged::Conflict { .. } => Err(conflict()),
        }
    }

    /// The branch's commits anew on top of the base.
    fn replay(&self, order: &MergeOrder) -> Result<Oid, Refusal> {
        let mut commits = self.repository.commits_between(self.base, self.pull.head_oid)?;
        commits.reverse();
        let mut tip = self.base;
        for oid in commits {
            let told = self.repository.commit_info(oid)?;
            let parent = told.parents.first().copied().unwrap_or(self.base);
            let merged = self.repository.merge(parent, tip, told.tree)?;
            let Merged::Clean { tree, mut objects } = merged else {
                return Err(Refusal::Blocked(Block::Conflict));
            };
            let author = fleetwright_git::Person { name: told.author, email: told.author_email };
            let committer = person(&order.by);
            let (parents, time, message) = (vec![tip], self.time, told.message);
            let commit = commit_object(&CommitSpec { tree, parents, author, committer, time, message })?;
            tip = commit.oid;
            objects.push(commit);
            self.repository.write_objects(&objects)?;
        }
        Ok(tip)
    }
}
