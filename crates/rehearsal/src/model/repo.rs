//! A repository and its rules.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use fleetwright_core::Oid;

use super::check::Check;
pub use super::method::Method;
use super::pull::Pull;

/// What the default branch asks of a pull request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Checks that must be good, by name.
    pub checks: Vec<String>,
    /// How many approvals.
    pub approvals: usize,
    /// Whether the branch must hold the tip of the base.
    pub strict: bool,
    /// Whether merges go through the merge queue only.
    pub queue: bool,
    /// Whether nobody may push to it directly.
    pub no_push: bool,
}

/// What is set for a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepoSettings {
    /// One line.
    pub description: Option<String>,
    /// Its topics.
    pub topics: Vec<String>,
    /// Its main language.
    pub language: Option<String>,
    /// Whether it can only be read.
    pub archived: bool,
    /// Whether it is not for everybody.
    pub private: bool,
    /// The methods that are allowed.
    pub methods: Vec<Method>,
    /// Whether the forge merges by itself when asked.
    pub auto_merge: bool,
    /// Whether a merged branch goes away.
    pub delete_branch_on_merge: bool,
    /// What the default branch asks for.
    pub rules: Option<Rules>,
    /// How the names of other branches begin that take no push of anybody.
    pub closed: Option<String>,
}

impl Default for RepoSettings {
    fn default() -> RepoSettings {
        RepoSettings {
            description: None,
            topics: Vec::new(),
            language: None,
            archived: false,
            private: true,
            methods: vec![Method::Merge, Method::Squash, Method::Rebase],
            auto_merge: true,
            delete_branch_on_merge: false,
            rules: None,
            closed: None,
        }
    }
}

/// A label of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The forge's number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Six hexadecimal digits.
    pub color: String,
    /// What it means.
    pub description: Option<String>,
}

/// A repository.
#[derive(Debug)]
pub struct Repo {
    /// The forge's number.
    pub id: u64,
    /// Who owns it.
    pub owner: String,
    /// Its name below the owner.
    pub name: String,
    /// Its bare repository.
    pub folder: PathBuf,
    /// Its default branch.
    pub default_branch: String,
    /// What is set for it.
    pub settings: RepoSettings,
    /// Whether it was removed.
    pub gone: bool,
    /// Branches and their tips, as of the last look at the folder.
    pub branches: BTreeMap<String, Oid>,
    /// Its labels, by name.
    pub labels: BTreeMap<String, Label>,
    /// Pull requests by number.
    pub pulls: BTreeMap<u64, Pull>,
    /// The last number given to a pull request or issue.
    pub last_number: u64,
    /// Checks by commit, in the order they were begun.
    pub checks: HashMap<Oid, Vec<Check>>,
    /// When it was made, in milliseconds since 1970 UTC.
    pub created_at: i64,
    /// When somebody last pushed.
    pub pushed_at: i64,
    /// Its size in bytes, roughly.
    pub bytes: u64,
}

impl Repo {
    /// Owner and name, such as `acme/payments`.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The tip of a branch.
    pub fn tip(&self, branch: &str) -> Option<Oid> {
        self.branches.get(branch).copied()
    }

    /// What a branch asks for: only the default branch has rules.
    pub fn rules_of(&self, branch: &str) -> Option<&Rules> {
        self.settings.rules.as_ref().filter(|_| branch == self.default_branch)
    }
}
