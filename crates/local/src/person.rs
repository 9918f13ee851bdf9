//! What a person does at the local forge: the hands that buttons are elsewhere.

use fleetwright_core::pull::PullState;
use fleetwright_core::shift::MergeMethod;

use crate::effects::{now, settled};
use crate::pull_file::{Comment, PullFile, Pulls, Review};
use crate::{LocalForge, access, merging};
use fleetwright_forge::ForgeError;

/// What a person does to a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Says something.
    Comment(String),
    /// Closes it, with or without a reason.
    Close(Option<String>),
    /// Opens it again.
    Reopen,
    /// Approves of its head.
    Approve,
    /// Asks for changes of its head.
    RequestChanges(String),
    /// Marks it as ready, or as a draft.
    Draft(bool),
    /// Adds a label.
    Label(String),
    /// Merges it.
    Merge(MergeMethod),
}

impl LocalForge {
    /// Every pull request of a repository, the newest first.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub fn pulls(&self, repo: &str) -> Result<Vec<PullFile>, ForgeError> {
        let pulls = Pulls::read_only(self.layout(), repo)?;
        pulls.numbers()?.into_iter().map(|number| pulls.get(number)).collect()
    }

    /// Does what a person does.
    ///
    /// # Errors
    /// When there is no such pull request, or it does not allow the act.
    pub fn act(&self, repo: &str, number: u64, by: &str, act: Act) -> Result<PullFile, ForgeError> {
        let repository = self.inner.open(repo)?;
        let pulls = Pulls::lock(self.layout(), repo)?;
        let mut pull = settled(&pulls, &repository, number)?;
        let tip = repository.branch(&pull.branch).map_err(|error| access(repo, error))?;
        pull.head = tip.unwrap_or(pull.head);
        let by = by.to_owned();
        match act {
            Act::Comment(body) => pull.comments.push(Comment { by, body, at: now() }),
            Act::Close(reason) if pull.state == PullState::Open => {
                pull.state = PullState::Closed { by, reason };
            }
            Act::Reopen if matches!(pull.state, PullState::Closed { .. }) => pull.state = PullState::Open,
            Act::Approve => pull.reviews.push(Review { by, approved: true, head: pull.head }),
            Act::RequestChanges(body) => {
                pull.comments.push(Comment { by: by.clone(), body, at: now() });
                pull.reviews.push(Review { by, approved: false, head: pull.head });
            }
            Act::Draft(draft) => pull.draft = draft,
            Act::Label(label) => pull.labels.push(label),
            Act::Merge(method) => {
                let order = merging::Order { head: pull.head, method, by: &by };
                merging::merge(&pulls, &repository, pull, &order)?;
                return pulls.get(number);
            }
            Act::Close(_) | Act::Reopen => {
                return Err(ForgeError::NotMergeable { why: "it is not in a state for that".to_owned() });
            }
        }
        pulls.put(&pull)?;
        Ok(pull)
    }
}
