//! What is said about pull requests: comments, reviews, labels, people.

use super::event::{Event, PullAction};
use super::refusal::Refusal;
use super::state::State;
use crate::model::pull::{Comment, Review, ReviewState};
use crate::model::repo::Label;

impl State {
    /// Writes a comment.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn comment(&mut self, repo: u64, number: u64, body: &str, by: &str) -> Result<u64, Refusal> {
        let (id, now) = (self.next_id(), self.now());
        let comment = Comment { id, by: by.to_owned(), body: body.to_owned(), at: now, updated_at: now };
        self.change_pull(repo, number, |pull| pull.comments.push(comment))?;
        self.said(repo, number, "comment", by);
        self.tell(&Event::Comment { repo, number, comment: id });
        Ok(id)
    }

    /// Gives a review.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for an author who approves of its own.
    pub fn review(
        &mut self,
        repo: u64,
        number: u64,
        (state, body): (ReviewState, &str),
        by: &str,
    ) -> Result<u64, Refusal> {
        let pull = self.pull(repo, number)?;
        if pull.author == by && state != ReviewState::Commented {
            let verb = if state == ReviewState::Approved { "approve" } else { "request changes on" };
            let message = Some(format!("Can not {verb} your own pull request"));
            return Err(Refusal::Invalid {
                resource: "PullRequestReview",
                field: "user",
                code: "custom",
                message,
            });
        }
        let (head, now, id) = (pull.head_oid, self.now(), self.next_id());
        let review = Review { id, by: by.to_owned(), state, body: body.to_owned(), head, at: now };
        self.change_pull(repo, number, |pull| {
            pull.reviews.push(review);
            pull.asked.remove(by);
        })?;
        self.said(repo, number, "review", by);
        self.tell(&Event::Review { repo, number, review: id });
        self.try_auto_merge(repo, number);
        Ok(id)
    }

    /// Asks people for a review.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] for the author, as GitHub words it.
    pub fn ask(&mut self, repo: u64, number: u64, who: &[String], by: &str) -> Result<(), Refusal> {
        if who.contains(&self.pull(repo, number)?.author) {
            return Err(Refusal::Malformed(
                "Review cannot be requested from pull request author.".to_owned(),
            ));
        }
        for login in who {
            self.change_pull(repo, number, |pull| {
                pull.asked.insert(login.clone());
            })?;
            self.said(repo, number, "ask", by);
            self.tell_pull(repo, number, PullAction::ReviewRequested(login.clone()), by);
        }
        Ok(())
    }

    /// Puts a label on or takes it away; a label that the repository has not is made.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], also for a label to take away that is not on it.
    pub fn label(
        &mut self,
        repo: u64,
        number: u64,
        (name, on): (&str, bool),
        by: &str,
    ) -> Result<(), Refusal> {
        let has = self.pull(repo, number)?.labels.contains(name);
        match (on, has) {
            (false, false) => return Err(Refusal::NotFound),
            (true, true) => return Ok(()),
            _ => {}
        }
        let id = self.next_id();
        let label = Label { id, name: name.to_owned(), color: "ededed".to_owned(), description: None };
        self.repo_mut(repo)?.labels.entry(name.to_owned()).or_insert(label);
        self.change_pull(repo, number, |pull| {
            if on {
                pull.labels.insert(name.to_owned())
            } else {
                pull.labels.remove(name)
            };
        })?;
        self.said(repo, number, "label", by);
        let name = name.to_owned();
        self.tell_pull(
            repo,
            number,
            if on { PullAction::Labeled(name) } else { PullAction::Unlabeled(name) },
            by,
        );
        Ok(())
    }

    /// Replaces a comment's text, or removes it.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn edit_comment(
        &mut self,
        repo: u64,
        wanted: u64,
        body: Option<&str>,
        by: &str,
    ) -> Result<(), Refusal> {
        let has = |pull: &&crate::model::pull::Pull| pull.comments.iter().any(|one| one.id == wanted);
        let number = self.repo(repo)?.pulls.values().find(has).ok_or(Refusal::NotFound)?.number;
        let now = self.now();
        self.change_pull(repo, number, |pull| match body {
            Some(body) => {
                for one in pull.comments.iter_mut().filter(|one| one.id == wanted) {
                    (one.body, one.updated_at) = (body.to_owned(), now);
                }
            }
            None => pull.comments.retain(|one| one.id != wanted),
        })?;
        self.said(repo, number, "comment", by);
        Ok(())
    }

    /// Makes somebody responsible, or no more.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn assign(
        &mut self,
        repo: u64,
        number: u64,
        (who, on): (&str, bool),
        by: &str,
    ) -> Result<(), Refusal> {
        self.change_pull(repo, number, |pull| {
            if on {
                pull.assignees.insert(who.to_owned())
            } else {
                pull.assignees.remove(who)
            };
        })?;
        self.said(repo, number, "assign", by);
        Ok(())
    }

    /// Asks people for a review no more.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn unask(&mut self, repo: u64, number: u64, who: &[String], by: &str) -> Result<(), Refusal> {
        self.change_pull(repo, number, |pull| pull.asked.retain(|login| !who.contains(login)))?;
        self.said(repo, number, "ask", by);
        Ok(())
    }
}
