//! Pull requests: opened, changed, talked about, closed.

use std::collections::BTreeSet;

use super::event::{Event, PullAction};
use super::refusal::Refusal;
use super::state::{Happening, State};
use crate::history::Happened;
use crate::model::pull::{Pull, PullState, Shadow};
use crate::script::fits;

/// A pull request to open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewPull {
    /// The branch it comes from.
    pub head: String,
    /// The branch it goes to.
    pub base: String,
    /// One line.
    pub title: String,
    /// In Markdown.
    pub body: String,
    /// Whether it is not ready.
    pub draft: bool,
    /// Who opens it.
    pub by: String,
}

/// What is to be different of a pull request; `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullEdit {
    /// One line.
    pub title: Option<String>,
    /// In Markdown.
    pub body: Option<String>,
    /// The branch it goes to.
    pub base: Option<String>,
    /// Whether it stands.
    pub open: Option<bool>,
    /// Whether it is not ready.
    pub draft: Option<bool>,
}

impl State {
    /// Opens a pull request.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for branches that are not there or a title that is empty,
    /// [`Refusal::NoCommits`], [`Refusal::AlreadyOpen`].
    pub fn open_pull(&mut self, repo: u64, new: &NewPull) -> Result<u64, Refusal> {
        self.notice(repo, &new.by)?;
        let invalid =
            |field| Refusal::Invalid { resource: "PullRequest", field, code: "invalid", message: None };
        let known = self.repo(repo)?;
        let head_oid = known.tip(&new.head).ok_or_else(|| invalid("head"))?;
        let base_oid = known.tip(&new.base).ok_or_else(|| invalid("base"))?;
        let same = |pull: &&Pull| pull.is_open() && pull.head == new.head && pull.base == new.base;
        if let Some(other) = known.pulls.values().find(same) {
            return Err(Refusal::AlreadyOpen { branch: new.head.clone(), number: other.number });
        }
        if self.is_behind(repo, head_oid, base_oid)? {
            return Err(Refusal::NoCommits { base: new.base.clone(), head: new.head.clone() });
        }
        let (id, now) = (self.next_id(), self.now());
        let known = self.repo_mut(repo)?;
        known.last_number += 1;
        let number = known.last_number;
        let pull = Pull {
            id,
            number,
            title: new.title.clone(),
            body: new.body.clone(),
            author: new.by.clone(),
            head: new.head.clone(),
            head_oid,
            base: new.base.clone(),
            base_oid,
            state: PullState::Open,
            draft: new.draft,
            labels: BTreeSet::new(),
            assignees: BTreeSet::new(),
            asked: BTreeSet::new(),
            comments: Vec::new(),
            reviews: Vec::new(),
            auto_merge: None,
            queued: None,
            created_at: now,
            updated_at: now,
            shadow: None,
        };
        known.pulls.insert(number, pull);
        self.shade(repo, number, None);
        self.note(Happened::Opened { repo, number, branch: new.head.clone(), by: new.by.clone() });
        self.tell(&Event::Pull { repo, number, action: PullAction::Opened, by: new.by.clone() });
        self.start_checks(repo, head_oid)?;
        self.call_people(repo, number)?;
        Ok(number)
    }

    /// Plans what people will do to a new pull request.
    fn call_people(&mut self, repo: u64, number: u64) -> Result<(), Refusal> {
        let (name, now, seed) = (self.repo(repo)?.full_name(), self.now(), self.settings.seed);
        let at = number.to_string();
        for (script, person) in self.settings.people.clone().into_iter().enumerate() {
            let key = ["person", &script.to_string(), &name, &at];
            if fits(&person.repos, &name) && seed.chance(person.share, &key) {
                let later = seed.up_to(person.jitter, &["later", key[1], &name, &at]);
                self.plan(now + person.after + later, Happening::Person { script, repo, number });
            }
        }
        Ok(())
    }

    /// Changes a pull request, and lets readers see the older state for a while if the faults say so.
    pub(crate) fn change_pull(
        &mut self,
        repo: u64,
        number: u64,
        change: impl FnOnce(&mut Pull),
    ) -> Result<(), Refusal> {
        let now = self.now();
        let before = Pull { shadow: None, ..self.pull(repo, number)?.clone() };
        let pull = self.pull_mut(repo, number)?;
        change(pull);
        pull.updated_at = now;
        self.shade(repo, number, Some(Box::new(before)));
        Ok(())
    }

    /// Hides a change from readers, if the faults say so. A change under an older shadow is hidden
    /// by that one.
    fn shade(&mut self, repo: u64, number: u64, before: Option<Box<Pull>>) {
        let (seed, now, faults) = (self.settings.seed, self.now(), self.settings.faults.clone());
        let count = self.history.entries().len().to_string();
        let key = [&repo.to_string(), &number.to_string(), &count];
        let stale = seed.chance(faults.stale, &["stale", key[0], key[1], key[2]]);
        let early = self.settings.hooks.is_some()
            && seed.chance(faults.hooks.early, &["early", key[0], key[1], key[2]]);
        let hidden =
            if stale { faults.stale_for } else { 0 }.max(if early { faults.hooks.early_by } else { 0 });
        let Ok(pull) = self.pull_mut(repo, number) else { return };
        let shaded = pull.shadow.as_ref().is_some_and(|shadow| now < shadow.until);
        if hidden > 0 && !shaded {
            pull.shadow = Some(Shadow { until: now + hidden, pull: before });
        }
    }

    /// Changes title, text, base or state of a pull request.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; [`Refusal::Invalid`] for a base that is not there or a merged one to be
    /// opened; [`Refusal::AlreadyOpen`].
    pub fn edit_pull(&mut self, repo: u64, number: u64, edit: &PullEdit, by: &str) -> Result<(), Refusal> {
        let invalid =
            |field| Refusal::Invalid { resource: "PullRequest", field, code: "invalid", message: None };
        if let Some(base) = &edit.base {
            self.repo(repo)?.tip(base).ok_or_else(|| invalid("base"))?;
        }
        let pull = self.pull(repo, number)?;
        let standing = pull.is_open();
        if edit.open == Some(true) && matches!(pull.state, PullState::Merged { .. }) {
            return Err(invalid("state"));
        }
        let words = edit.clone();
        if edit.title.is_some() || edit.body.is_some() || edit.base.is_some() {
            self.change_pull(repo, number, |pull| {
                pull.title = words.title.unwrap_or_else(|| pull.title.clone());
                pull.body = words.body.unwrap_or_else(|| pull.body.clone());
                pull.base = words.base.unwrap_or_else(|| pull.base.clone());
            })?;
            self.said(repo, number, "edit", by);
            self.tell_pull(repo, number, PullAction::Edited, by);
        }
        if let Some(draft) =
            edit.draft.filter(|draft| self.pull(repo, number).is_ok_and(|p| p.draft != *draft))
        {
            self.change_pull(repo, number, |pull| pull.draft = draft)?;
            self.said(repo, number, "draft", by);
            self.tell_pull(repo, number, if draft { PullAction::ToDraft } else { PullAction::Ready }, by);
            self.try_auto_merge(repo, number);
        }
        match edit.open {
            Some(false) if standing => self.close_pull(repo, number, by),
            Some(true) if !standing => self.reopen_pull(repo, number, by),
            _ => Ok(()),
        }
    }

    /// Closes an open pull request.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn close_pull(&mut self, repo: u64, number: u64, by: &str) -> Result<(), Refusal> {
        let state = PullState::Closed { at: self.now(), by: by.to_owned() };
        self.change_pull(repo, number, |pull| {
            (pull.state, pull.auto_merge, pull.queued) = (state, None, None);
        })?;
        self.note(Happened::Closed { repo, number, by: by.to_owned() });
        self.tell_pull(repo, number, PullAction::Closed, by);
        Ok(())
    }

    fn reopen_pull(&mut self, repo: u64, number: u64, by: &str) -> Result<(), Refusal> {
        let (head, base) = self.pull(repo, number).map(|pull| (pull.head.clone(), pull.base.clone()))?;
        let same = |pull: &&Pull| pull.is_open() && pull.head == head && pull.base == base;
        if let Some(other) = self.repo(repo)?.pulls.values().find(same) {
            return Err(Refusal::AlreadyOpen { branch: head, number: other.number });
        }
        let tip = self.repo(repo)?.tip(&head).ok_or(Refusal::Invalid {
            resource: "PullRequest",
            field: "state",
            code: "invalid",
            message: Some("state cannot be changed. The head branch was deleted.".to_owned()),
        })?;
        self.change_pull(repo, number, |pull| (pull.state, pull.head_oid) = (PullState::Open, tip))?;
        self.note(Happened::Reopened { repo, number, by: by.to_owned() });
        self.tell_pull(repo, number, PullAction::Reopened, by);
        self.start_checks(repo, tip)
    }

    pub(crate) fn said(&mut self, repo: u64, number: u64, what: &'static str, by: &str) {
        self.note(Happened::Said { repo, number, what, by: by.to_owned() });
    }

    pub(crate) fn tell_pull(&mut self, repo: u64, number: u64, action: PullAction, by: &str) {
        self.tell(&Event::Pull { repo, number, action, by: by.to_owned() });
    }
}
