//! What Gitea's API answers, as far as it is read. Forgejo's is the same.
//!
//! Source: modules/structs of go-gitea/gitea, from which its Swagger description is made. Fields that came
//! later than 1.17 are optional.

use serde::Deserialize;

/// A user or organisation, wherever one is named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) login: String,
}

/// A team of an organisation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OrgTeam {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: String,
}

/// Somebody in a team.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TeamMember {
    pub(crate) login: String,
    pub(crate) full_name: String,
    /// One that only the server knows where its owner keeps his own private.
    pub(crate) email: String,
    pub(crate) avatar_url: String,
}

/// A repository.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Repository {
    pub(crate) id: u64,
    pub(crate) owner: User,
    pub(crate) full_name: String,
    pub(crate) empty: bool,
    pub(crate) archived: bool,
    pub(crate) default_branch: String,
    pub(crate) language: String,
    /// In KiB.
    pub(crate) size: u64,
    /// Since 1.22.
    pub(crate) topics: Option<Vec<String>>,
    pub(crate) updated_at: String,
    pub(crate) has_code: Option<bool>,
    pub(crate) allow_merge_commits: Option<bool>,
    pub(crate) allow_rebase: Option<bool>,
    pub(crate) allow_squash_merge: Option<bool>,
}

/// A repository's topics, where they are a question of their own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Topics {
    pub(crate) topics: Vec<String>,
}

/// A pull request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Pull {
    pub(crate) number: u64,
    pub(crate) html_url: String,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) labels: Vec<Label>,
    /// Who opened it.
    pub(crate) user: User,
    /// `open` or `closed`.
    pub(crate) state: String,
    pub(crate) draft: bool,
    pub(crate) comments: u64,
    /// False while it is being found out, and for drafts.
    pub(crate) mergeable: bool,
    pub(crate) merged: bool,
    pub(crate) merge_commit_sha: Option<String>,
    pub(crate) merged_by: Option<User>,
    pub(crate) base: Side,
    pub(crate) head: Side,
    pub(crate) merge_base: String,
    pub(crate) updated_at: String,
    pub(crate) closed_at: Option<String>,
    /// Since 1.18.
    pub(crate) requested_reviewers: Option<Vec<User>>,
}

/// One side of a pull request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Side {
    /// The branch.
    #[serde(rename = "ref")]
    pub(crate) branch: String,
    pub(crate) sha: String,
    pub(crate) repo_id: i64,
}

/// A label.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Label {
    pub(crate) id: u64,
    pub(crate) name: String,
}

/// A pull request as a search for issues shows it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Hit {
    pub(crate) number: u64,
    pub(crate) state: String,
    pub(crate) title: String,
    pub(crate) comments: u64,
    pub(crate) labels: Vec<Label>,
    pub(crate) updated_at: String,
    pub(crate) repository: HitRepository,
}

/// The repository of a [`Hit`].
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct HitRepository {
    pub(crate) full_name: String,
}

/// All statuses of a commit, the newest of each context.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Combined {
    pub(crate) total_count: usize,
    /// `null` where there are none.
    pub(crate) statuses: Option<Vec<Status>>,
}

/// A status of a commit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Status {
    /// The word is under `status`; a combined one's is under `state`.
    pub(crate) status: String,
    pub(crate) context: String,
}

/// A review.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Review {
    pub(crate) user: Option<User>,
    pub(crate) state: String,
    pub(crate) commit_id: String,
    pub(crate) stale: bool,
    pub(crate) official: bool,
    pub(crate) dismissed: bool,
}

/// A comment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) body: String,
    pub(crate) user: Option<User>,
    pub(crate) created_at: String,
}

/// Something that happened to an issue or pull request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Happening {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) user: Option<User>,
    pub(crate) created_at: String,
}

/// A branch and what protects it, as everybody who reads it is told.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Branch {
    pub(crate) protected: bool,
    pub(crate) enable_status_check: bool,
    /// Globs.
    pub(crate) status_check_contexts: Option<Vec<String>>,
    pub(crate) required_approvals: u64,
}

/// What a collaborator may.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Permission {
    pub(crate) permission: String,
}

/// A commit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Commit {
    pub(crate) sha: String,
    pub(crate) commit: CommitText,
    pub(crate) parents: Vec<Named>,
}

/// What a commit says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CommitText {
    pub(crate) message: String,
    pub(crate) tree: Named,
    pub(crate) committer: Signature,
}

/// An object, by its name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Named {
    pub(crate) sha: String,
}

/// When something was committed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Signature {
    pub(crate) date: String,
}

/// What a change of files left.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Changed {
    pub(crate) commit: Named,
}

/// What the server is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Version {
    pub(crate) version: String,
}
