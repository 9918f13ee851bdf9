//! Merging, pinned to a head, by hand or by GitLab itself.
//!
//! Source: docs.gitlab.com/api/merge_requests "Merge a merge request": 401 for whoever may not, 405 for
//! what cannot be merged as it stands, 406 (422 since 15.x) for conflicts, 409 when `sha` is not the head.
//! Since servers mix 405, 406 and 422, the request itself is read again to say which it is.

use fleetwright_core::Oid;
use fleetwright_core::shift::MergeMethod;
use fleetwright_forge::http::{About, Permission, Reply};
use fleetwright_forge::{Cost, Done, ForgeError};
use reqwest::Method;
use serde_json::json;

use crate::Inner;
use crate::effects::Change;
use crate::refusal::said;
use crate::wire::{MergeRequest, Project};

impl Inner {
    /// Merges, if the head is still the given one.
    pub(crate) async fn merge(
        &self,
        repo: &str,
        number: u64,
        (head, method): (Oid, MergeMethod),
    ) -> Result<Done, ForgeError> {
        let project = self.project(repo).await?;
        let squash = way(repo, &project, method)?;
        let what = format!("the merge of !{number}");
        let about = About { repo, what: &what };
        let change = Change {
            method: Method::PUT,
            path: format!("/merge_requests/{number}/merge"),
            body: json!({ "sha": head.to_string(), "squash": squash, "should_remove_source_branch": false }),
            cost: Cost::Write,
            permission: Permission::Pulls,
        };
        let reply = self.change(about, change).await?;
        let request: MergeRequest = match reply.is_success() {
            true => reply.json(repo)?,
            false => self.why_not(&reply, about, (number, head)).await?,
        };
        let Some(commit) = request.merged_as() else {
            return Err(self.not_merged(repo, &request));
        };
        // The merge is done; only its tree is still to be learnt, so a failure is no answer.
        let tree = self.commit_of(repo, commit).await.map_err(ForgeError::unknown)?.tree;
        Ok(Done::Merged { commit, tree })
    }

    /// It was taken, and is not merged: GitLab says why as the request's own error, or is still at it.
    fn not_merged(&self, repo: &str, request: &MergeRequest) -> ForgeError {
        let why = request.why_not();
        match request.merge_error.as_deref().unwrap_or_default() {
            "" => ForgeError::unknown(format!("GitLab has not merged it yet: {why}")),
            error if error.contains("not allowed") => {
                self.projects.forget(&repo.to_owned());
                ForgeError::Refused { repo: repo.to_owned(), why }
            }
            _ => ForgeError::NotMergeable { why },
        }
    }

    /// Has GitLab merge by itself: by its train where the project has one, else when the pipeline succeeds.
    pub(crate) async fn enqueue(
        &self,
        repo: &str,
        number: u64,
        (head, method): (Oid, MergeMethod),
    ) -> Result<Done, ForgeError> {
        let project = self.project(repo).await?;
        let squash = way(repo, &project, method)?;
        let what = format!("the automatic merge of !{number}");
        let about = About { repo, what: &what };
        let train = project.merge_trains_enabled == Some(true);
        let (method, path) = match train {
            true => (Method::POST, format!("/merge_trains/merge_requests/{number}")),
            false => (Method::PUT, format!("/merge_requests/{number}/merge")),
        };
        // `auto_merge` is the name since 17.11; the older one is still read, and older servers know only it.
        let older = if train { "when_pipeline_succeeds" } else { "merge_when_pipeline_succeeds" };
        let mut body = json!({ "sha": head.to_string(), "squash": squash, "auto_merge": true });
        body[older] = json!(true);
        let change = Change { method, path, body, cost: Cost::Write, permission: Permission::Pulls };
        let reply = self.change(about, change).await?;
        if reply.is_success() {
            return Ok(Done::Done);
        }
        let request = self.why_not(&reply, about, (number, head)).await?;
        let merged = request.merged_as().is_some();
        if merged { Ok(Done::Done) } else { Err(ForgeError::NotMergeable { why: request.why_not() }) }
    }

    /// Reads a request that was not merged, to say why; one that is merged already is a success.
    async fn why_not(
        &self,
        reply: &Reply,
        about: About<'_>,
        (number, head): (u64, Oid),
    ) -> Result<MergeRequest, ForgeError> {
        let said = said(reply);
        if reply.status == 409 && said.contains("SHA does not match") {
            return Err(ForgeError::HeadMoved);
        }
        if !matches!(reply.status, 400 | 401 | 405 | 406 | 409 | 422) || said.contains("moved projects") {
            return Err(self.refused(reply, about).await);
        }
        let request = self.request(about.repo, number).await?;
        if request.merged_as().is_some() {
            return if request.head() == head { Ok(request) } else { Err(ForgeError::HeadMoved) };
        }
        if request.head() != head {
            return Err(ForgeError::HeadMoved);
        }
        if reply.status == 401 {
            let why = format!(
                "the token's user may not merge into `{}`; let the role Developer merge there, or give the user \
                 the role Maintainer",
                request.target_branch
            );
            return Err(ForgeError::Refused { repo: about.repo.to_owned(), why });
        }
        let why = if request.is_open() { request.why_not() } else { format!("it is {}", request.state) };
        let said = format!("{why} ({} {said})", reply.status);
        Err(ForgeError::NotMergeable { why: said })
    }
}

/// Whether commits are squashed, if the project lets requests be merged that way.
fn way(repo: &str, project: &Project, method: MergeMethod) -> Result<bool, ForgeError> {
    let refuse = |why: String| Err(ForgeError::Refused { repo: repo.to_owned(), why });
    let (squash, style) =
        (project.squash_option.as_deref(), project.merge_method.as_deref().unwrap_or("merge"));
    match method {
        MergeMethod::Squash if squash == Some("never") => {
            refuse("the project does not allow squashing; set `merge.method: merge`, or `rebase`".to_owned())
        }
        MergeMethod::Squash => Ok(true),
        _ if squash == Some("always") => {
            refuse("the project squashes always; set `merge.method: squash`".to_owned())
        }
        MergeMethod::Merge if style == "ff" => refuse(
            "the project merges by fast-forward only; set `merge.method: rebase`, or `squash`".to_owned(),
        ),
        MergeMethod::Rebase if style != "ff" => refuse(format!(
            "the project's merge method is `{style}`, which leaves a merge commit; set `merge.method: merge`, or \
             its method to fast-forward"
        )),
        MergeMethod::Merge | MergeMethod::Rebase => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_that_the_project_forbids_is_refused_before_anything_is_sent() {
        let may = |style: &str, squash: &str, method| {
            let (style, squash) = (Some(style.to_owned()), Some(squash.to_owned()));
            way("x", &Project { merge_method: style, squash_option: squash, ..Project::default() }, method)
                .ok()
        };
        assert_eq!(may("merge", "default_off", MergeMethod::Merge), Some(false));
        assert_eq!(may("merge", "default_off", MergeMethod::Squash), Some(true));
        assert_eq!(may("merge", "default_off", MergeMethod::Rebase), None);
        assert_eq!(may("rebase_merge", "default_off", MergeMethod::Merge), Some(false));
        assert_eq!(may("ff", "default_on", MergeMethod::Rebase), Some(false));
        assert_eq!(may("ff", "default_on", MergeMethod::Merge), None);
        assert_eq!(may("ff", "never", MergeMethod::Squash), None);
        assert_eq!(may("ff", "always", MergeMethod::Rebase), None);
    }
}
