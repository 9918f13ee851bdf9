//! People act as their scripts say.

use fleetwright_git::{Change, Edit, Mode, RepoPath};

use super::branches::ApiCommit;
use super::merging::MergeOrder;
use super::pulls::PullEdit;
use super::refusal::Refusal;
use super::state::State;
use crate::model::account::AccountKind;
use crate::script::Act;

impl State {
    /// A person acts on a pull request, if it still stands. What the forge refuses a person is
    /// nobody's fault.
    pub(crate) fn person_acts(&mut self, script: usize, repo: u64, number: u64) {
        let Some(person) = self.settings.people.get(script).cloned() else { return };
        if self.pull(repo, number).is_ok_and(crate::model::pull::Pull::is_open) {
            self.add_account(&person.who, AccountKind::User);
            let _ = self.act(repo, number, &person.act, &person.who);
        }
    }

    /// Whether somebody may write to a repository.
    pub fn may_write(&self, repo: u64, login: &str) -> bool {
        let known = self.accounts.get(&login.to_lowercase());
        let person = known.is_some_and(|account| account.kind != AccountKind::Organization);
        let outside = self.settings.outsiders.iter().any(|name| name.eq_ignore_ascii_case(login));
        person && !outside && self.repo(repo).is_ok()
    }

    /// Somebody does something to a pull request.
    ///
    /// # Errors
    /// What the forge refuses.
    pub fn act(&mut self, repo: u64, number: u64, act: &Act, by: &str) -> Result<(), Refusal> {
        match act {
            Act::Review(state, body) => self.review(repo, number, (*state, body), by).map(drop),
            Act::Comment(body) => self.comment(repo, number, body, by).map(drop),
            Act::Close => self.close_pull(repo, number, by),
            Act::Label(name) => self.label(repo, number, (name, true), by),
            Act::Unlabel(name) => self.label(repo, number, (name, false), by),
            Act::Draft(draft) => {
                let edit = PullEdit { draft: Some(*draft), ..PullEdit::default() };
                self.edit_pull(repo, number, &edit, by)
            }
            Act::Merge(method) => self.merge_pull(repo, number, &MergeOrder::new(*method, by)).map(drop),
            Act::Push { path, content } => {
                let pull = self.pull(repo, number)?;
                let (branch, parent) = (pull.head.clone(), pull.head_oid);
                let path = RepoPath::new(path).map_err(|error| Refusal::Git(error.to_string()))?;
                let change = Change::Put { mode: Mode::File, content: content.clone().into_bytes() };
                let (edits, message) = (vec![Edit { path, change }], "a person's change".to_owned());
                self.commit(repo, &ApiCommit { branch, parent, edits, message, by: by.to_owned() }).map(drop)
            }
        }
    }
}
