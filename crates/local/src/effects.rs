//! What the local forge does when it is asked to.

use std::collections::BTreeMap;

use fleetwright_core::Oid;
use fleetwright_core::pull::{PullSeen, PullState, Said};
use fleetwright_core::shift::content_digest;
use fleetwright_git::{GitError, Repository};

use crate::pull_file::{Comment, PullFile, Pulls, Review};
use crate::{Inner, access, merging};
use fleetwright_forge::Found;
use fleetwright_forge::{Clock, Done, Effect, ForgeError, Standing, SystemClock};

/// Who the engine is at this forge.
const SELF: &str = "fleetwright";

impl Inner {
    pub(crate) fn perform(&self, repo: &str, effect: &Effect) -> Result<Done, ForgeError> {
        let repository = self.open(repo)?;
        if self.layout.is_archived(repo)? {
            return Err(ForgeError::Refused { repo: repo.to_owned(), why: "it is archived".to_owned() });
        }
        match effect {
            Effect::Push { branch, expected, head, objects } => {
                let push = || fleetwright_git::push(&repository, objects, branch, *expected, *head);
                match Pulls::lock(&self.layout, repo)?.moving(branch, push)? {
                    // There already: what was asked for is so.
                    Err(GitError::RefMoved { actual, .. }) if actual == Some(*head) => Ok(Done::Done),
                    other => moved(repo, other),
                }
            }
            Effect::DeleteBranch { branch, expected } => {
                let delete = || repository.update_branch(branch, Some(*expected), None);
                match Pulls::lock(&self.layout, repo)?.moving(branch, delete)? {
                    // Gone already: what was asked for is so.
                    Err(GitError::RefMoved { actual: None, .. }) => Ok(Done::Done),
                    other => moved(repo, other),
                }
            }
            Effect::OpenPull { .. } => self.open_pull(repo, &repository, effect),
            Effect::Merge { number, head, method } => {
                let pulls = Pulls::lock(&self.layout, repo)?;
                let pull = settled(&pulls, &repository, *number)?;
                merging::merge(
                    &pulls,
                    &repository,
                    pull,
                    &merging::Order { head: *head, method: *method, by: SELF },
                )
            }
            Effect::ClosePull { number, reason } => {
                let pulls = Pulls::lock(&self.layout, repo)?;
                let mut pull = settled(&pulls, &repository, *number)?;
                if pull.state == PullState::Open {
                    pull.head = repository.branch(&pull.branch).ok().flatten().unwrap_or(pull.head);
                    pull.state = PullState::Closed { by: SELF.to_owned(), reason: Some(reason.clone()) };
                    pulls.put(&pull)?;
                }
                Ok(Done::Done)
            }
            Effect::UpdatePull { number, title, body } => {
                let pulls = Pulls::lock(&self.layout, repo)?;
                let mut pull = settled(&pulls, &repository, *number)?;
                (pull.title, pull.body) = (title.clone(), body.clone());
                pulls.put(&pull)?;
                Ok(Done::Done)
            }
            Effect::Comment { number, marker, body } => {
                self.comment(repo, &repository, *number, (marker, body))
            }
            Effect::Commit { .. } | Effect::Rerun { .. } | Effect::Enqueue { .. } => {
                let why = format!("a local forge has no `{}`", effect.kind().word());
                Err(ForgeError::Refused { repo: repo.to_owned(), why })
            }
        }
    }

    /// One comment per marker: what we said before is said anew.
    fn comment(
        &self,
        repo: &str,
        repository: &Repository,
        number: u64,
        (marker, body): (&str, &str),
    ) -> Result<Done, ForgeError> {
        let pulls = Pulls::lock(&self.layout, repo)?;
        let mut pull = settled(&pulls, repository, number)?;
        let ours = |said: &&mut Comment| said.by == SELF && said.body.contains(marker);
        match pull.comments.iter_mut().find(ours) {
            Some(said) => body.clone_into(&mut said.body),
            None => pull.comments.push(Comment { by: SELF.to_owned(), body: body.to_owned(), at: now() }),
        }
        pulls.put(&pull)?;
        Ok(Done::Done)
    }

    fn open_pull(&self, repo: &str, repository: &Repository, effect: &Effect) -> Result<Done, ForgeError> {
        let Effect::OpenPull { branch, title, body, labels, reviewers, draft } = effect else {
            return Err(ForgeError::Unknown { why: "not an effect that opens a pull request".to_owned() });
        };
        let pulls = Pulls::lock(&self.layout, repo)?;
        let head = repository.branch(branch).map_err(|error| access(repo, error))?;
        let head = head.ok_or_else(|| ForgeError::NotFound { what: format!("branch {branch} of {repo}") })?;
        let numbers = pulls.numbers()?;
        for number in &numbers {
            let other = settled(&pulls, repository, *number)?;
            if other.branch == *branch && other.state == PullState::Open {
                return Err(ForgeError::AlreadyOpen { number: *number });
            }
        }
        let pull = PullFile {
            number: numbers.first().map_or(1, |newest| newest + 1),
            title: title.clone(),
            body: body.clone(),
            branch: branch.clone(),
            base: repository.head().map_err(|error| access(repo, error))?.branch,
            state: PullState::Open,
            head,
            author: SELF.to_owned(),
            draft: *draft,
            labels: labels.clone(),
            reviewers: reviewers.clone(),
            comments: Vec::new(),
            reviews: Vec::new(),
            merging: None,
        };
        pulls.put(&pull)?;
        Ok(Done::Opened(pulls.reference(pull.number)))
    }

    /// A pull request, unless it is as it was when `mark` was told.
    pub(crate) fn look(
        &self,
        repo: &str,
        number: u64,
        mark: Option<&str>,
    ) -> Result<Option<PullSeen>, ForgeError> {
        let repository = self.open(repo)?;
        let pull = self.read_pull(repo, &repository, number)?;
        let mut seen = self.seen(repo, &repository, &pull)?;
        let all = serde_json::to_vec(&seen).map_err(|error| access(repo, error))?;
        seen.mark = content_digest(&all);
        Ok((mark != Some(&seen.mark)).then_some(seen))
    }

    pub(crate) fn find(&self, repo: &str, branch: &str) -> Result<Vec<Found>, ForgeError> {
        let repository = self.open(repo)?;
        let mut found = Vec::new();
        for number in Pulls::read_only(&self.layout, repo)?.numbers()? {
            let pull = self.read_pull(repo, &repository, number)?;
            if pull.branch == branch {
                let seen = self.state_of(repo, &repository, &pull)?;
                found.push(Found { seen, body: pull.body });
            }
        }
        Ok(found)
    }

    /// Every pull request that stands open.
    pub(crate) fn standing(&self, repo: &str) -> Result<Vec<Standing>, ForgeError> {
        let repository = self.open(repo)?;
        let mut standing = Vec::new();
        for number in Pulls::read_only(&self.layout, repo)?.numbers()? {
            let pull = self.read_pull(repo, &repository, number)?;
            if self.state_of(repo, &repository, &pull)?.state == PullState::Open {
                let PullFile { branch, author, labels, .. } = pull;
                standing.push(Standing { number, branch, author, labels });
            }
        }
        Ok(standing)
    }

    /// Reads a pull request; the lock is taken only where a merge must be finished.
    fn read_pull(&self, repo: &str, repository: &Repository, number: u64) -> Result<PullFile, ForgeError> {
        let pull = Pulls::read_only(&self.layout, repo)?.get(number)?;
        match pull.merging {
            None => Ok(pull),
            Some(_) => settled(&Pulls::lock(&self.layout, repo)?, repository, number),
        }
    }

    /// A pull request without its checks.
    pub(crate) fn state_of(
        &self,
        repo: &str,
        repository: &Repository,
        pull: &PullFile,
    ) -> Result<PullSeen, ForgeError> {
        let tip = match pull.state {
            PullState::Open => repository.branch(&pull.branch).map_err(|error| access(repo, error))?,
            _ => None,
        };
        let head = tip.unwrap_or(pull.head);
        // The last word of each: an approval is of the head it was given to, a wish stays a wish.
        let words: BTreeMap<&str, &Review> =
            pull.reviews.iter().map(|review| (review.by.as_str(), review)).collect();
        let approvals = words.values().filter(|review| review.approved && review.head == head).count();
        let reference = Pulls::read_only(&self.layout, repo)?.reference(pull.number);
        Ok(PullSeen {
            draft: pull.draft,
            approvals: u32::try_from(approvals).unwrap_or(u32::MAX),
            changes_requested: words.values().any(|review| !review.approved),
            labels: pull.labels.clone(),
            comments: comments(pull),
            ..PullSeen::bare(reference, pull.state.clone(), head)
        })
    }
}

/// What people said. Who can write these files may write to the repository, too.
fn comments(pull: &PullFile) -> Vec<Said> {
    let theirs = pull.comments.iter().zip(1..).filter(|(said, _)| said.by != SELF);
    let said = theirs.map(|(said, number): (&Comment, u64)| Said {
        id: number.to_string(),
        by: said.by.clone(),
        may_write: Some(true),
        at: said.at,
        body: said.body.clone(),
    });
    said.collect()
}

/// Seconds since 1970 UTC.
pub(crate) fn now() -> i64 {
    SystemClock.now() / 1_000
}

/// Reads a pull request under the lock, and finishes or forgets a merge that was begun.
pub(crate) fn settled(pulls: &Pulls, repository: &Repository, number: u64) -> Result<PullFile, ForgeError> {
    let mut pull = pulls.get(number)?;
    if let Some(note) = pull.merging.take() {
        if pull.state == PullState::Open && merging::has_commit(repository, &pull.base, note.commit) {
            pull.state = PullState::Merged { commit: note.commit, tree: note.tree, by: note.by };
        }
        pulls.put(&pull)?;
    }
    Ok(pull)
}

fn moved(repo: &str, result: Result<(), GitError>) -> Result<Done, ForgeError> {
    match result {
        Ok(()) => Ok(Done::Done),
        Err(GitError::RefMoved { branch, actual, .. }) => Err(ForgeError::BranchMoved { branch, actual }),
        Err(error) => Err(access(repo, error)),
    }
}

/// The commit a branch is at, for gates.
pub(crate) fn tip(repository: &Repository, repo: &str, branch: &str) -> Result<Option<Oid>, ForgeError> {
    repository.branch(branch).map_err(|error| access(repo, error))
}
