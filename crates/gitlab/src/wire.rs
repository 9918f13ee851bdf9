//! What GitLab's API answers, as far as it is read.
//!
//! Sources: docs.gitlab.com/api/ "Projects", "Merge requests", "Merge request approvals", "Notes",
//! "Commits", "Pipelines", "Members", "Users", "Repositories". Fields that came with a later version, or
//! that only a paid tier has, are optional: a self-managed server may be years old.

use serde::Deserialize;

/// A user, wherever one is named.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct User {
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) username: String,
}

/// A group below a group ("Groups", "List descendant groups").
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Group {
    pub(crate) id: u64,
    pub(crate) full_path: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) avatar_url: Option<String>,
    pub(crate) parent_id: Option<u64>,
}

/// Somebody who is directly in a group ("Members", "List all members of a group or project").
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct GroupMember {
    pub(crate) username: String,
    pub(crate) name: String,
    /// `active`, `blocked`, `awaiting` and others.
    pub(crate) state: String,
    /// Told to administrators and, of their own people, to owners.
    pub(crate) email: Option<String>,
    pub(crate) public_email: Option<String>,
    pub(crate) avatar_url: Option<String>,
}

/// A project, as a list or a question for one shows it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Project {
    pub(crate) id: u64,
    pub(crate) path_with_namespace: String,
    pub(crate) default_branch: Option<String>,
    pub(crate) empty_repo: bool,
    pub(crate) archived: bool,
    pub(crate) topics: Vec<String>,
    /// The name of `topics` before 14.0.
    pub(crate) tag_list: Vec<String>,
    pub(crate) last_activity_at: Option<String>,
    pub(crate) repository_access_level: Option<String>,
    pub(crate) statistics: Option<Statistics>,
    /// `merge`, `rebase_merge` or `ff`.
    pub(crate) merge_method: Option<String>,
    /// `never`, `always`, `default_on` or `default_off`.
    pub(crate) squash_option: Option<String>,
    pub(crate) only_allow_merge_if_pipeline_succeeds: bool,
    /// Only a paid tier has it.
    pub(crate) merge_trains_enabled: Option<bool>,
}

/// Sizes in bytes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Statistics {
    pub(crate) repository_size: u64,
}

/// A merge request, as a list or a question for one shows it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct MergeRequest {
    pub(crate) iid: u64,
    pub(crate) project_id: u64,
    pub(crate) source_project_id: Option<u64>,
    pub(crate) target_project_id: Option<u64>,
    pub(crate) web_url: String,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    /// `opened`, `closed`, `locked` or `merged`.
    pub(crate) state: String,
    pub(crate) source_branch: String,
    pub(crate) author: User,
    pub(crate) target_branch: String,
    pub(crate) draft: bool,
    /// The name of `draft` before 13.2.
    pub(crate) work_in_progress: bool,
    pub(crate) labels: Vec<String>,
    /// The head; none when the source branch is gone and was never read.
    pub(crate) sha: Option<String>,
    pub(crate) merge_commit_sha: Option<String>,
    pub(crate) squash_commit_sha: Option<String>,
    pub(crate) merge_status: Option<String>,
    pub(crate) detailed_merge_status: Option<String>,
    pub(crate) has_conflicts: bool,
    pub(crate) merge_error: Option<String>,
    pub(crate) merge_when_pipeline_succeeds: bool,
    pub(crate) user_notes_count: u64,
    pub(crate) updated_at: String,
    pub(crate) closed_at: Option<String>,
    pub(crate) closed_by: Option<User>,
    /// Since 14.7; `merged_by` before.
    pub(crate) merge_user: Option<User>,
    pub(crate) merged_by: Option<User>,
    pub(crate) reviewers: Vec<User>,
    pub(crate) references: References,
    pub(crate) head_pipeline: Option<Pipeline>,
    pub(crate) diff_refs: Option<DiffRefs>,
}

/// How a merge request is written in texts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct References {
    /// Such as `acme/tools/app!12`.
    pub(crate) full: String,
}

/// Between which commits a merge request's change lies.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DiffRefs {
    /// Where the branch left the base.
    pub(crate) base_sha: Option<String>,
}

/// A pipeline.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Pipeline {
    pub(crate) id: u64,
    /// The commit it ran on: the head, or a merge made to try it.
    pub(crate) sha: String,
    pub(crate) status: String,
}

/// A job of a pipeline, or a status that something outside set on a commit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Status {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) status: String,
    pub(crate) allow_failure: bool,
    pub(crate) pipeline_id: Option<u64>,
    /// Where it is shown; a job's is within the server.
    pub(crate) target_url: Option<String>,
    /// The pipeline, where a job is listed as one.
    pub(crate) pipeline: Option<Pipeline>,
}

/// A comment, or what GitLab noted by itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Note {
    pub(crate) id: u64,
    pub(crate) body: String,
    pub(crate) author: User,
    pub(crate) created_at: String,
    pub(crate) system: bool,
}

/// Who approved.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Approvals {
    pub(crate) approved_by: Vec<Approval>,
}

/// One approval.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Approval {
    pub(crate) user: User,
    /// Since 17.7.
    pub(crate) approved_at: Option<String>,
}

/// A head that a merge request had.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Version {
    pub(crate) head_commit_sha: String,
    pub(crate) created_at: String,
}

/// A reviewer and what he said.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Reviewer {
    pub(crate) state: String,
}

/// A member of a project, by himself or by a group.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Member {
    pub(crate) access_level: u64,
}

/// A commit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Commit {
    pub(crate) id: String,
    pub(crate) parent_ids: Vec<String>,
    pub(crate) message: String,
    pub(crate) committed_date: String,
}

/// An entry of a directory.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TreeEntry {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) mode: String,
}

/// A branch.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Branch {
    pub(crate) commit: Commit,
}
