//! Merges the forge makes by itself: auto-merge and the merge queue.

use fleetwright_core::Oid;

use super::block::Block;
use super::event::PullAction;
use super::merging::MergeOrder;
use super::refusal::Refusal;
use super::state::{Happening, State};
use crate::model::method::Method;
use crate::model::pull::{AutoMerge, Queued};

impl State {
    /// Asks the forge to merge once it may.
    ///
    /// # Errors
    /// [`Refusal::AutoMerge`] in GitHub's words, [`Refusal::HeadMoved`], [`Refusal::MethodOff`].
    pub fn auto_merge(
        &mut self,
        repo: u64,
        number: u64,
        (method, head): (Method, Option<Oid>),
        by: &str,
    ) -> Result<(), Refusal> {
        let pull = self.pull(repo, number)?;
        let (open, at) = (pull.is_open(), pull.head_oid);
        if head.is_some_and(|head| head != at) {
            return Err(Refusal::HeadMoved(at));
        }
        let settings = &self.repo(repo)?.settings;
        if !open {
            return Err(Refusal::AutoMerge("Can't enable auto-merge for this pull request."));
        }
        if !settings.auto_merge {
            return Err(Refusal::AutoMerge("Pull request Auto merge is not allowed for this repository"));
        }
        if !settings.methods.contains(&method) {
            return Err(Refusal::MethodOff(method));
        }
        match self.block(repo, number)? {
            None => return Err(Refusal::AutoMerge("Pull request Pull request is in clean status")),
            Some(Block::Conflict) => {
                return Err(Refusal::AutoMerge("Pull request Pull request is in dirty status"));
            }
            Some(_) => {}
        }
        let asked = AutoMerge { by: by.to_owned(), method, at: self.now() };
        self.change_pull(repo, number, |pull| pull.auto_merge = Some(asked))?;
        self.said(repo, number, "auto-merge", by);
        self.tell_pull(repo, number, PullAction::AutoMergeOn, by);
        self.try_auto_merge(repo, number);
        Ok(())
    }

    /// Takes that back.
    ///
    /// # Errors
    /// [`Refusal::AutoMerge`] where nobody asked.
    pub fn no_auto_merge(&mut self, repo: u64, number: u64, by: &str) -> Result<(), Refusal> {
        if self.pull(repo, number)?.auto_merge.is_none() {
            return Err(Refusal::AutoMerge("Can't disable auto-merge for this pull request."));
        }
        self.change_pull(repo, number, |pull| pull.auto_merge = None)?;
        self.tell_pull(repo, number, PullAction::AutoMergeOff, by);
        Ok(())
    }

    /// Merges a pull request, or puts it into the queue, if the forge was asked to and now may.
    pub(crate) fn try_auto_merge(&mut self, repo: u64, number: u64) {
        let Ok(pull) = self.pull(repo, number) else { return };
        let Some(asked) = pull.auto_merge.clone().filter(|_| pull.is_open()) else { return };
        match self.block(repo, number) {
            Ok(None) => {
                // What stops it now is asked for again at the next change.
                let _ = self.merge_now(repo, number, &MergeOrder::new(asked.method, &asked.by));
            }
            Ok(Some(Block::QueueOnly)) => {
                let _ = self.enqueue(repo, number, None, &asked.by);
            }
            _ => {}
        }
    }

    /// Puts a pull request into the merge queue.
    ///
    /// # Errors
    /// [`Refusal::AutoMerge`] where there is no queue or it waits there, [`Refusal::Blocked`],
    /// [`Refusal::HeadMoved`].
    pub fn enqueue(&mut self, repo: u64, number: u64, head: Option<Oid>, by: &str) -> Result<u64, Refusal> {
        let pull = self.pull(repo, number)?;
        if !pull.is_open() {
            return Err(Refusal::AutoMerge("Pull request is not open"));
        }
        if pull.queued.is_some() {
            return Err(Refusal::AutoMerge("Pull request is already in the queue"));
        }
        let at = pull.head_oid;
        if head.is_some_and(|head| head != at) {
            return Err(Refusal::HeadMoved(at));
        }
        match self.block(repo, number)? {
            Some(Block::QueueOnly) => {}
            None => return Err(Refusal::AutoMerge("Merge queue is not enabled for this branch")),
            Some(block) => return Err(Refusal::Blocked(block)),
        }
        let (entry, now) = (self.next_id(), self.now());
        let queued = Queued { by: by.to_owned(), head: at, at: now, entry };
        self.change_pull(repo, number, |pull| pull.queued = Some(queued))?;
        self.said(repo, number, "queue", by);
        self.tell_pull(repo, number, PullAction::Enqueued, by);
        self.plan(now + self.settings.queue_time, Happening::Queue { repo, number, entry });
        Ok(entry)
    }

    /// Takes a pull request out of the merge queue.
    ///
    /// # Errors
    /// [`Refusal::AutoMerge`] where it is not in it.
    pub fn dequeue(&mut self, repo: u64, number: u64, by: &str) -> Result<(), Refusal> {
        if self.pull(repo, number)?.queued.is_none() {
            return Err(Refusal::AutoMerge("Pull request is not in the queue"));
        }
        self.change_pull(repo, number, |pull| pull.queued = None)?;
        self.tell_pull(repo, number, PullAction::Dequeued, by);
        Ok(())
    }

    /// The queue has tested an entry: it is merged, or thrown out.
    pub(crate) fn queue_turn(&mut self, repo: u64, number: u64, entry: u64) {
        let Ok(pull) = self.pull(repo, number) else { return };
        let Some(queued) = pull.queued.clone().filter(|queued| queued.entry == entry && pull.is_open())
        else {
            return;
        };
        let moved = pull.head_oid != queued.head;
        let method = self.repo(repo).ok().and_then(|repo| repo.settings.methods.first().copied());
        let order = MergeOrder::new(method.unwrap_or(Method::Merge), &queued.by);
        let free = matches!(self.block(repo, number), Ok(Some(Block::QueueOnly)));
        if moved || !free || self.merge_now(repo, number, &order).is_err() {
            let _ = self.change_pull(repo, number, |pull| pull.queued = None);
            self.tell_pull(repo, number, PullAction::Dequeued, &queued.by);
        }
    }
}
