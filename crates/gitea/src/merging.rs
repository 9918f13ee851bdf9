//! Merging, pinned to a head, by hand or by Gitea itself.
//!
//! Source: routers/api/v1/repo/pull.go "MergePullRequest" of go-gitea/gitea: 405 for whoever may not, a
//! merged, unfinished or unready pull request, or a way of merging that is off; 409 for conflicts and
//! "head out of date"; 404 for a closed one; 200 or 201 without a body otherwise.

use fleetwright_core::Oid;
use fleetwright_core::shift::MergeMethod;
use fleetwright_forge::http::{About, Reply};
use fleetwright_forge::{Done, ForgeError};
use reqwest::Method;
use serde_json::json;

use crate::Inner;
use crate::effects::Change;
use crate::wire::{Pull, Repository};

impl Inner {
    /// Merges, if the head is still the given one.
    pub(crate) async fn merge(
        &self,
        repo: &str,
        number: u64,
        (head, method): (Oid, MergeMethod),
    ) -> Result<Done, ForgeError> {
        let way = way(repo, &self.repo(repo).await?, method)?;
        let what = format!("the merge of #{number}");
        let about = About { repo, what: &what };
        let body =
            json!({ "Do": way, "head_commit_id": head.to_string(), "delete_branch_after_merge": false });
        let change = Change::of_pull(Method::POST, format!("/pulls/{number}/merge"), body);
        let reply = self.change(about, change).await?;
        let pull = match reply.is_success() {
            // The merge is done; what it made is still to be learnt, so a failure is no answer.
            true => self.pull(repo, number).await.map_err(ForgeError::unknown)?,
            false => self.why_not(&reply, about, (number, head)).await?,
        };
        let Some(commit) = pull.merged_as() else {
            return Err(ForgeError::unknown("Gitea merged it and does not say as which commit"));
        };
        let tree = self.commit_of(repo, commit).await.map_err(ForgeError::unknown)?.tree;
        Ok(Done::Merged { commit, tree })
    }

    /// Has Gitea merge when its checks have passed. It knows no head then: what is pushed later is merged
    /// too, if it passes; so the head is looked at right before, and Gitea forgets the plan on a push.
    pub(crate) async fn enqueue(
        &self,
        repo: &str,
        number: u64,
        (head, method): (Oid, MergeMethod),
    ) -> Result<Done, ForgeError> {
        let way = way(repo, &self.repo(repo).await?, method)?;
        let what = format!("the automatic merge of #{number}");
        let about = About { repo, what: &what };
        if self.pull(repo, number).await?.head() != head {
            return Err(ForgeError::HeadMoved);
        }
        let body =
            json!({ "Do": way, "head_commit_id": head.to_string(), "merge_when_checks_succeed": true });
        let change = Change::of_pull(Method::POST, format!("/pulls/{number}/merge"), body);
        let reply = self.change(about, change).await?;
        // "pull request is already scheduled to auto merge when checks succeed"
        if reply.is_success() || (reply.status == 409 && reply.message().contains("already scheduled")) {
            return Ok(Done::Done);
        }
        self.why_not(&reply, about, (number, head)).await.map(|_| Done::Done)
    }

    /// Reads a pull request that was not merged, to say why; one that is merged already is a success.
    async fn why_not(
        &self,
        reply: &Reply,
        about: About<'_>,
        (number, head): (u64, Oid),
    ) -> Result<Pull, ForgeError> {
        let said = reply.message();
        let lower = said.to_lowercase();
        if reply.status == 409 && lower.contains("head out of date") {
            return Err(ForgeError::HeadMoved);
        }
        if !matches!(reply.status, 404 | 405 | 409) {
            return Err(self.refused(reply, about));
        }
        let refused = |why: String| Err(ForgeError::Refused { repo: about.repo.to_owned(), why });
        if lower.contains("not allowed to merge") {
            return refused(format!("{said}; let the token's user merge into the protected branch"));
        }
        if lower.contains("is not allowed an allowed merge style")
            || lower.contains("requires signed commits")
        {
            return refused(said);
        }
        let pull = self.pull(about.repo, number).await?;
        if pull.merged {
            return if pull.head() == head { Ok(pull) } else { Err(ForgeError::HeadMoved) };
        }
        if pull.is_open() && pull.head() != head {
            return Err(ForgeError::HeadMoved);
        }
        let why = match (pull.is_open(), reply.status, said.as_str()) {
            (false, ..) => "it is closed".to_owned(),
            // A conflict comes as what git said, without a message.
            (_, 409, said) if said.starts_with("status ") => "it has conflicts with the base".to_owned(),
            (.., said) => said.to_owned(),
        };
        Err(ForgeError::NotMergeable { why })
    }
}

/// Gitea's word for a way of merging, if the repository has it.
fn way(repo: &str, settings: &Repository, method: MergeMethod) -> Result<&'static str, ForgeError> {
    let (word, may) = match method {
        MergeMethod::Merge => ("merge", settings.allow_merge_commits),
        MergeMethod::Squash => ("squash", settings.allow_squash_merge),
        MergeMethod::Rebase => ("rebase", settings.allow_rebase),
    };
    if may == Some(false) {
        let why = format!("its settings do not allow to `{word}`; set another `merge.method`");
        return Err(ForgeError::Refused { repo: repo.to_owned(), why });
    }
    Ok(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_that_is_off_is_refused_before_anything_is_sent() {
        let settings = Repository { allow_rebase: Some(false), ..Repository::default() };
        assert_eq!(way("x", &settings, MergeMethod::Squash), Ok("squash"));
        assert!(matches!(way("x", &settings, MergeMethod::Rebase), Err(ForgeError::Refused { .. })));
    }
}
