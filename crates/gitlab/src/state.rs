//! From GitLab's words of a merge request to the facts decisions are made from.

use fleetwright_core::Oid;
use fleetwright_core::pull::{PullRef, PullSeen, PullState};

use fleetwright_forge::Mark;

use crate::wire::MergeRequest;

impl MergeRequest {
    /// Where it is.
    pub(crate) fn place(&self) -> PullRef {
        PullRef { number: self.iid, url: self.web_url.clone() }
    }

    /// The head, where GitLab knows one.
    pub(crate) fn head(&self) -> Oid {
        self.sha.as_deref().and_then(|sha| sha.parse().ok()).unwrap_or(Oid::ZERO)
    }

    /// Whether it still stands. `locked` is a merge under way.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state.as_str(), "opened" | "locked")
    }

    /// The commit it left on the base branch, if it was merged.
    pub(crate) fn merged_as(&self) -> Option<Oid> {
        let commits = [&self.merge_commit_sha, &self.squash_commit_sha, &self.sha];
        let known = commits.into_iter().flatten().find(|sha| !sha.is_empty())?;
        known.parse().ok().filter(|_| self.state == "merged")
    }

    /// Who merged it.
    pub(crate) fn merged_by(&self) -> String {
        let by = self.merge_user.as_ref().or(self.merged_by.as_ref());
        by.map(|user| user.username.clone()).unwrap_or_default()
    }

    /// Whether the branch lies in the same project: a fork may have one of the same name.
    pub(crate) fn is_own_branch(&self) -> bool {
        self.source_project_id == self.target_project_id
    }

    /// Whether it merges without conflict.
    pub(crate) fn mergeable(&self) -> Option<bool> {
        match self.detailed_merge_status.as_deref() {
            Some("conflict" | "broken_status" | "commits_status") => return Some(false),
            Some("checking" | "unchecked" | "preparing" | "approvals_syncing") => return None,
            _ => {}
        }
        match self.merge_status.as_deref() {
            Some("can_be_merged") => Some(!self.has_conflicts),
            Some("cannot_be_merged") => Some(false),
            _ => None,
        }
    }

    /// Whether the project wants the branch rebased before it merges.
    pub(crate) fn is_behind(&self) -> bool {
        self.detailed_merge_status.as_deref() == Some("need_rebase")
    }

    /// Whether somebody's review asks for changes, where the project lets that stand in the way.
    pub(crate) fn asks_for_changes(&self) -> bool {
        self.detailed_merge_status.as_deref() == Some("requested_changes")
    }

    /// What else stands in the way, in GitLab's words. What other facts tell already is left out: checks,
    /// conflicts, drafts, changes that were asked for.
    pub(crate) fn blocked(&self) -> Option<String> {
        let status = self.detailed_merge_status.as_deref()?;
        let words = match status {
            "not_approved" => "an approval that the project's rules ask for is missing",
            "discussions_not_resolved" | "blocking_discussions_resolved" => "a thread is not resolved",
            "merge_request_blocked" | "blocked_status" => "another merge request has to be merged before",
            "external_status_checks" | "status_checks_must_pass" => "an external status check has not passed",
            "policies_denied" | "security_policy_violations" | "security_policies_evaluation" => {
                "a security policy denies it"
            }
            "jira_association" | "jira_association_missing" => "title or text name no Jira issue",
            "locked_paths" | "locked_lfs_files" => "a file it changes is locked",
            "title_regex" => "the title does not have the form the project asks for",
            "merge_time" => "it may not be merged before a set time",
            "mergeable" | "ci_must_pass" | "ci_still_running" | "draft_status" | "requested_changes"
            | "conflict" | "broken_status" | "commits_status" | "need_rebase" | "checking" | "unchecked"
            | "preparing" | "approvals_syncing" | "not_open" => return None,
            other => return Some(other.to_owned()),
        };
        Some(format!("{status}: {words}"))
    }

    /// What the request alone tells, with its state as given.
    pub(crate) fn seen(&self, state: PullState) -> PullSeen {
        PullSeen {
            draft: self.draft || self.work_in_progress,
            mergeable: self.mergeable(),
            behind: self.is_behind(),
            blocked: self.blocked(),
            changes_requested: self.asks_for_changes(),
            labels: self.labels.clone(),
            queued: self.is_open() && self.merge_when_pipeline_succeeds,
            ..PullSeen::bare(self.place(), state, self.head())
        }
    }

    /// What a list shows of it, in short.
    pub(crate) fn line(&self) -> String {
        let text = [
            self.state.as_str(),
            self.sha.as_deref().unwrap_or_default(),
            self.updated_at.as_str(),
            self.detailed_merge_status.as_deref().unwrap_or_default(),
            self.merge_status.as_deref().unwrap_or_default(),
            if self.has_conflicts { "conflicts" } else { "" },
            if self.merge_when_pipeline_succeeds { "queued" } else { "" },
            if self.draft || self.work_in_progress { "draft" } else { "" },
        ]
        .join(" ");
        format!("{text} {} {}", self.user_notes_count, self.labels.join(","))
    }

    /// The mark of what was read of it at `now`.
    pub(crate) fn mark(&self, seen: &PullSeen, now: i64) -> Mark {
        Mark::new(&self.line(), seen, moment(&self.updated_at).unwrap_or(now), now)
    }

    /// Why it cannot be merged as things stand, for people.
    pub(crate) fn why_not(&self) -> String {
        if let Some(error) = self.merge_error.as_deref().filter(|error| !error.is_empty()) {
            return error.to_owned();
        }
        match self.detailed_merge_status.as_deref().or(self.merge_status.as_deref()) {
            Some(status) => self.blocked().unwrap_or_else(|| format!("GitLab says `{status}`")),
            None => "GitLab does not say why".to_owned(),
        }
    }
}

/// A time as GitLab writes it, in milliseconds since 1970 UTC.
pub(crate) fn moment(text: &str) -> Option<i64> {
    Some(text.parse::<jiff::Timestamp>().ok()?.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(text: &str) -> MergeRequest {
        serde_json::from_str(text).unwrap()
    }

    /// The words are those of docs.gitlab.com/api/merge_requests "Merge status".
    #[test]
    fn merge_status_in_detail_is_told_apart() {
        let with = |status: &str| {
            request(&format!(r#"{{"detailed_merge_status":"{status}","merge_status":"can_be_merged"}}"#))
        };
        let facts = |status: &str| {
            let request = with(status);
            (
                request.mergeable(),
                request.is_behind(),
                request.blocked().is_some(),
                request.asks_for_changes(),
            )
        };
        assert_eq!(facts("mergeable"), (Some(true), false, false, false));
        assert_eq!(facts("conflict"), (Some(false), false, false, false));
        assert_eq!(facts("checking"), (None, false, false, false));
        assert_eq!(facts("need_rebase"), (Some(true), true, false, false));
        assert_eq!(facts("not_approved"), (Some(true), false, true, false));
        assert_eq!(facts("discussions_not_resolved"), (Some(true), false, true, false));
        assert_eq!(facts("requested_changes"), (Some(true), false, false, true));
        assert_eq!(facts("ci_must_pass"), (Some(true), false, false, false));
        assert_eq!(facts("a_word_of_tomorrow"), (Some(true), false, true, false), "unknown is never yes");
    }

    #[test]
    fn an_old_server_tells_by_merge_status_alone() {
        assert_eq!(request(r#"{"merge_status":"cannot_be_merged"}"#).mergeable(), Some(false));
        assert_eq!(request(r#"{"merge_status":"cannot_be_merged_recheck"}"#).mergeable(), None);
        assert_eq!(request(r#"{"merge_status":"unchecked"}"#).mergeable(), None);
        assert_eq!(request(r#"{"merge_status":"can_be_merged"}"#).mergeable(), Some(true));
    }
}
