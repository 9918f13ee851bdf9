//! The Shift file: what a person writes to have many repositories changed.
//!
//! The format is `apiVersion: fleetwright/v1`, `kind: Shift`; [`read`] turns a parsed file into a
//! [`Shift`] and refuses what it does not know, with file, line and key.

mod read;
mod rollout;
mod schedule;
mod step;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use read::{is_branch, is_label, read};
pub use rollout::{Pace, Rollout, Window};
pub use schedule::{Schedule, Unselected};
pub use step::{
    DependencyStep, DocumentStep, FileStep, Lockfiles, Network, ReplaceStep, RewriteStep, RunStep, Step,
    StepKind, seconds,
};

/// A whole shift: the decoded file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Shift {
    /// Always `fleetwright/v1`.
    pub api_version: String,
    /// Always `Shift`.
    pub kind: String,
    /// Name, title and reason.
    pub metadata: Metadata,
    /// What is selected, changed, proposed and merged.
    pub spec: Spec,
}

/// Name, title and reason of a shift.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Metadata {
    /// A DNS label of at most 63 characters; part of the branch name.
    pub name: String,
    /// One line for people; the name when absent.
    #[serde(default)]
    pub title: Option<String>,
    /// Why, in Markdown; it opens every pull request.
    #[serde(default)]
    pub description: String,
}

/// What is selected, changed, proposed and merged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Spec {
    /// Who answers for the shift, as an entity reference such as `group:default/platform`.
    #[serde(default)]
    pub owner: String,
    /// Which repositories, or directories of them.
    #[serde(default)]
    pub targets: Targets,
    /// The change, step by step.
    pub steps: Vec<Step>,
    /// Steps that must pass before anything is pushed.
    #[serde(default)]
    pub verify: Vec<Step>,
    /// Branch, texts, labels and reviewers.
    #[serde(default)]
    pub pull_request: PullRequest,
    /// How fast, when and how urgently pull requests are opened.
    #[serde(default)]
    pub rollout: Rollout,
    /// When and how a pull request is merged.
    #[serde(default)]
    pub merge: Merge,
    /// When it begins anew by itself; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
}

/// Which repositories a shift may touch.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Targets {
    /// A CEL expression; true selects the repository.
    #[serde(default)]
    pub select: Option<String>,
    /// Repository names or globs (`acme/*`); empty means every repository in scope.
    #[serde(default)]
    pub repos: Vec<String>,
    /// A file with one name or glob a line, `#` comments; beside the shift file.
    #[serde(default)]
    pub file: Option<String>,
    /// A CEL expression; true leaves the repository out.
    #[serde(default)]
    pub exclude: Option<String>,
    /// At most so many repositories, in name order.
    #[serde(default)]
    pub limit: Option<usize>,
    /// One target per directory instead of one per repository.
    #[serde(default)]
    pub workspaces: Option<Workspaces>,
}

/// How a repository is divided into targets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Workspaces {
    /// A file name; every directory that holds such a file is a target.
    pub root_at_location_of: String,
}

/// Branch, texts, labels and reviewers of the pull requests.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PullRequest {
    /// The branch; `fleetwright/<name>` when absent.
    #[serde(default)]
    pub branch: Option<String>,
    /// A template for the title; the shift's title when absent.
    #[serde(default)]
    pub title: Option<String>,
    /// A template for the body; `{{ description }}` when absent.
    #[serde(default)]
    pub body: Option<String>,
    /// The commit's message and author.
    #[serde(default)]
    pub commit: Commit,
    /// Labels to put on the pull request.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Names to ask for a review; empty leaves it to the forge's own code-owner rule.
    #[serde(default)]
    pub reviewers: Vec<String>,
    /// Opens the pull request as a draft; a person must mark it ready.
    #[serde(default)]
    pub draft: bool,
    /// What happens to an open pull request when the shift changes.
    #[serde(default)]
    pub update: Update,
}

/// What happens to an open pull request when the shift changes. People's commits on its branch
/// are kept either way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Update {
    /// It gets the new change and the new texts.
    #[default]
    Replace,
    /// It stays as it was opened.
    Keep,
}

/// Who vouches for the commits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sign {
    /// Nobody.
    #[default]
    None,
    /// An SSH key of this machine.
    Ssh,
    /// A GPG key of this machine.
    Gpg,
    /// The forge, which makes the commits itself and marks them as verified.
    Forge,
}

/// The commit's message and author.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Commit {
    /// A template for the message; the pull request's title when absent.
    #[serde(default)]
    pub message: Option<String>,
    /// `Name <mail>`.
    #[serde(default = "Commit::default_author")]
    pub author: String,
    /// Adds a `Signed-off-by` line.
    #[serde(default)]
    pub signoff: bool,
    /// Who vouches for it.
    #[serde(default)]
    pub sign: Sign,
}

impl Commit {
    fn default_author() -> String {
        "Fleetwright <fleetwright@localhost>".to_owned()
    }

    /// The author's name and mail, from `Name <mail>`.
    pub fn author_parts(&self) -> Option<(&str, &str)> {
        let (name, rest) = self.author.split_once('<')?;
        let mail = rest.strip_suffix('>')?;
        let clean = |text: &str| !text.is_empty() && !text.contains(['<', '>', '\n', '\0']);
        (clean(name.trim()) && clean(mail)).then_some((name.trim(), mail))
    }
}

impl Default for Commit {
    fn default() -> Self {
        Commit { message: None, author: Self::default_author(), signoff: false, sign: Sign::None }
    }
}

/// When and how a pull request is merged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Merge {
    /// Merge without a person once every requirement holds.
    #[serde(default)]
    pub auto: bool,
    /// How the forge joins the branch.
    #[serde(default)]
    pub method: MergeMethod,
    /// What must hold first.
    #[serde(default)]
    pub require: Require,
}

/// How the forge joins the branch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MergeMethod {
    /// A commit with two parents.
    Merge,
    /// One commit with everything.
    #[default]
    Squash,
    /// The branch's commits, anew on top of the base.
    Rebase,
}

/// What must hold before a pull request may merge by itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Require {
    /// Which checks must be green.
    #[serde(default)]
    pub checks: RequiredChecks,
    /// What checks that were skipped or neutral are worth.
    #[serde(default)]
    pub skipped: SkippedChecks,
    /// How many people must have approved.
    #[serde(default)]
    pub approvals: u32,
}

/// What checks that were skipped or neutral are worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SkippedChecks {
    /// They prove nothing, so nothing merges.
    #[default]
    Block,
    /// They count as green.
    Pass,
}

/// Which checks must be green for exactly the head that merges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequiredChecks {
    /// Every check, and at least one: a repository without checks proves nothing.
    #[default]
    All,
    /// Those the base's protection asks for, and at least one.
    Required,
    /// None: also repositories without checks may merge.
    None,
}

/// A file that travels with the shift, so that scripts run anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// The content, as bytes.
    pub content: Vec<u8>,
    /// Whether it may be run.
    pub executable: bool,
}

/// The files that travel with a shift, by path beside the shift file.
pub type Scripts = BTreeMap<String, Script>;

impl Shift {
    /// The title for people.
    pub fn title(&self) -> &str {
        self.metadata.title.as_deref().unwrap_or(&self.metadata.name)
    }

    /// SHA-256 over what the shift does: all of the file and its scripts, but not whom it selects and
    /// not how fast: a pace may be changed between plan and apply.
    pub fn digest(&self, scripts: &Scripts) -> String {
        let spec = &self.spec;
        let what = (&spec.owner, &spec.steps, &spec.verify, &spec.pull_request, &spec.merge);
        fingerprint(&(&self.metadata, what, &spec.targets.workspaces, scripts))
    }

    /// SHA-256 over what decides a change: steps, verify steps and scripts.
    pub fn steps_digest(&self, scripts: &Scripts) -> String {
        fingerprint(&(&self.spec.steps, &self.spec.verify, scripts))
    }
}

/// SHA-256 over a value's JSON form, as 64 hex digits.
///
/// The types of this crate serialise in a fixed order, which makes equal values equal digests.
pub fn fingerprint<T: Serialize>(value: &T) -> String {
    let text = serde_json::to_vec(value).unwrap_or_default();
    hex(&Sha256::digest(&text))
}

/// SHA-256 of bytes, as 64 hex digits.
pub fn content_digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
