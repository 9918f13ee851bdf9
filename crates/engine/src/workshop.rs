//! What is changed, and where the commands that change it run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use fleetwright_core::Oid;
use fleetwright_core::event::TargetName;
use fleetwright_core::repo::RepoFacts;
use fleetwright_core::secret::Keyring;
use fleetwright_runner::{Limits, Sandbox};
use fleetwright_selector::Asked;
use fleetwright_store::RepoRow;

use crate::config::Tools;
use crate::deps::Answers;
use crate::know::{Elsewhere, Known, Owned, Poms};

/// Where commands run.
#[derive(Debug, Clone)]
pub struct Workshop {
    /// The sandbox; `None` where no step needs one.
    pub sandbox: Option<Sandbox>,
    /// Why there is none where one may come to be needed; empty elsewhere.
    pub closed: String,
    /// What one command may use.
    pub limits: Limits,
    /// A folder for trees, on memory if possible.
    pub scratch: PathBuf,
    /// The secrets that no change may carry.
    pub keyring: Keyring,
    /// The folder with the files that travel with the shift.
    pub scripts: Option<PathBuf>,
    /// POMs that are published elsewhere.
    pub poms: Arc<Poms>,
    /// What the tools of ecosystems get.
    pub tools: Tools,
    /// Versions that a tool found to be there, each as `package version`.
    pub there: Arc<Mutex<BTreeSet<String>>>,
}

/// What is changed.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// The shift's name.
    pub shift: &'a str,
    /// Repository and directory.
    pub name: &'a TargetName,
    /// The repository's forge.
    pub forge: &'a str,
    /// What is known of the repository.
    pub facts: &'a RepoFacts,
    /// The commit that is changed.
    pub base: Oid,
    /// Its tree.
    pub base_tree: Oid,
    /// The repository's mirror.
    pub mirror: &'a Path,
    /// Its components as the catalog knows them, never none; one of which nothing is known where it was
    /// not asked.
    pub(crate) components: Vec<Arc<Owned>>,
    /// A word for what it reads of other repositories; empty where that was not asked.
    pub(crate) elsewhere: String,
    /// What is known of dependencies, as far as it was asked.
    pub(crate) answers: Option<Arc<Answers>>,
}

impl<'a> Subject<'a> {
    /// One target of a repository as it was last read; `None` while it has no commit.
    pub fn of(shift: &'a str, name: &'a TargetName, repo: &'a RepoRow, mirror: &'a Path) -> Option<Self> {
        let (base, base_tree) = repo.head.zip(repo.tree)?;
        let (forge, facts, components) = (&repo.forge, &repo.facts, vec![Arc::default()]);
        let elsewhere = String::new();
        Some(Subject {
            shift,
            name,
            forge,
            facts,
            base,
            base_tree,
            mirror,
            components,
            elsewhere,
            answers: None,
        })
    }

    /// The same, with what is known of the repository of this row.
    pub(crate) fn with_known(mut self, known: Option<&Known>, repo: i64) -> Self {
        if let Some(known) = known {
            self.components = known.components(repo, &self.name.dir);
            self.answers = Some(known.answers());
        }
        self
    }

    /// The same, with what the repository of this row reads of others.
    pub(crate) fn with_elsewhere(mut self, elsewhere: &Elsewhere, repo: i64) -> Self {
        elsewhere.word(repo).clone_into(&mut self.elsewhere);
        self
    }

    /// Whether the target, as it was last read, depends on what is asked.
    ///
    /// # Errors
    /// Why that cannot be told.
    pub(crate) fn depends(&self, asked: &Asked) -> Result<bool, String> {
        let answers = self.answers.as_ref().ok_or("dependencies are not known here")?;
        answers.holds(
            asked,
            (self.forge, &self.name.repo),
            (Some(self.mirror), self.base_tree, &self.name.dir),
        )
    }
}
