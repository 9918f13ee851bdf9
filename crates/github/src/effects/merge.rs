//! Merging, pinned to the head that was checked.

use fleetwright_core::Oid;
use fleetwright_core::shift::MergeMethod;
use fleetwright_forge::http::{Permission, Reply};
use fleetwright_forge::{Cost, Done, ForgeError};
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::Write;
use crate::commits;
use crate::fault::Deed;
use crate::hub::Hub;
use crate::repo::RepoName;
use crate::value::{is, oid, text};

pub(super) async fn merge(
    hub: &Hub,
    repo: RepoName<'_>,
    number: u64,
    how: (Oid, MergeMethod),
) -> Result<Done, ForgeError> {
    let (head, method) = how;
    let deed = Deed { repo: repo.full, what: "merge" };
    let path = format!("{}/pulls/{number}/merge", repo.path());
    let write = Write {
        deed,
        method: Method::PUT,
        path: &path,
        body: json!({ "sha": head.to_string(), "merge_method": word(method) }),
        cost: Cost::Write,
        permission: Permission::Pulls,
    };
    let reply = hub.api.write(&write).await?;
    if !reply.is_success() {
        return refused(hub, repo, number, (head, &reply)).await;
    }
    let said: Value = reply.json(repo.full)?;
    let commit = oid(&said, "/sha").ok_or_else(|| ForgeError::unknown("it merged and names no commit"))?;
    merged(hub, repo, commit).await
}

/// The method's word at GitHub.
pub(super) fn word(method: MergeMethod) -> &'static str {
    match method {
        MergeMethod::Merge => "merge",
        MergeMethod::Squash => "squash",
        MergeMethod::Rebase => "rebase",
    }
}

/// It is merged: what is left is the commit's tree. Where that cannot be read the next look tells.
async fn merged(hub: &Hub, repo: RepoName<'_>, commit: Oid) -> Result<Done, ForgeError> {
    match commits::commit(hub, repo, commit).await {
        Ok(seen) => Ok(Done::Merged { commit, tree: seen.tree }),
        Err(error) => {
            Err(ForgeError::unknown(format!("it merged as {commit}, whose tree is not told: {error}")))
        }
    }
}

/// What stands behind a refusal: it may be merged already, or somewhere else than was checked. GitHub
/// says "head branch was modified" at times with the head where it was.
async fn refused(
    hub: &Hub,
    repo: RepoName<'_>,
    number: u64,
    tried: (Oid, &Reply),
) -> Result<Done, ForgeError> {
    let (head, reply) = tried;
    let deed = Deed { repo: repo.full, what: "merge" };
    let said = reply.message();
    if !matches!(reply.status, 404 | 405 | 409 | 422) {
        return Err(hub.api.fault(reply, deed));
    }
    if said.to_lowercase().contains("not allowed on this repository") {
        let why = format!("{said}; set another `merge.method`, or allow this one in its settings");
        return Err(ForgeError::Refused { repo: repo.full.to_owned(), why });
    }
    let missing = || ForgeError::NotFound { what: format!("pull request {number} of {}", repo.full) };
    let pull =
        hub.api.look_for(deed, &format!("{}/pulls/{number}", repo.path())).await?.ok_or_else(missing)?;
    let now = oid(&pull, "/head/sha");
    match oid(&pull, "/merge_commit_sha").filter(|_| is(&pull, "/merged")) {
        Some(commit) if now == Some(head) => return merged(hub, repo, commit).await,
        Some(_) => return Err(ForgeError::HeadMoved),
        None => {}
    }
    if now.is_some_and(|now| now != head) {
        return Err(ForgeError::HeadMoved);
    }
    let why = match text(&pull, "/state") {
        Some("closed") => "it is closed".to_owned(),
        _ => said,
    };
    Err(ForgeError::NotMergeable { why })
}
