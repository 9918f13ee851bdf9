//! Asking the forge to merge by itself: by its queue where there is one, else by auto-merge.

use fleetwright_core::Oid;
use fleetwright_core::shift::MergeMethod;
use fleetwright_forge::http::Permission;
use fleetwright_forge::{Done, ForgeError};
use serde_json::{Value, json};

use super::merge;
use crate::fault::Deed;
use crate::graph::{Fields, GraphFault};
use crate::hub::Hub;
use crate::repo::RepoName;
use crate::sweep::Sweep;
use crate::value::{is, oid, text, there};

const AUTO: &str = "mutation($id: ID!, $head: GitObjectID!, $method: PullRequestMergeMethod!) { \
    enablePullRequestAutoMerge(input: {pullRequestId: $id, expectedHeadOid: $head, mergeMethod: $method}) { \
    clientMutationId } }";

const QUEUE: &str = "mutation($id: ID!, $head: GitObjectID!) { \
    enqueuePullRequest(input: {pullRequestId: $id, expectedHeadOid: $head}) { clientMutationId } }";

pub(super) async fn enqueue(
    hub: &Hub,
    repo: RepoName<'_>,
    number: u64,
    how: (Oid, MergeMethod),
) -> Result<Done, ForgeError> {
    let (head, method) = how;
    if hub.rest_only() {
        return Err(hub.needs_graphql(repo.full, "have the forge merge by itself"));
    }
    let pull = read(hub, repo, number).await?;
    if oid(&pull, "/headRefOid") != Some(head) {
        return Err(ForgeError::HeadMoved);
    }
    match text(&pull, "/state") {
        // Merged meanwhile: the merge knows how to tell that.
        Some("MERGED") => return merge::merge(hub, repo, number, how).await,
        Some("OPEN") => {}
        _ => return Err(ForgeError::NotMergeable { why: "it is closed".to_owned() }),
    }
    if is(&pull, "/isInMergeQueue") || there(&pull, "/autoMergeRequest") {
        return Ok(Done::Done);
    }
    let queue = is(&pull, "/isMergeQueueEnabled");
    let mut variables = json!({ "id": text(&pull, "/id"), "head": head.to_string() });
    if !queue {
        variables["method"] = json!(merge::word(method).to_uppercase());
    }
    let deed = Deed { repo: repo.full, what: "have the forge merge by itself" };
    let mutation = if queue { QUEUE } else { AUTO };
    let answered = hub.graph.mutate(deed, Permission::Pulls, mutation, variables).await?;
    match answered.faults.first() {
        None => Ok(Done::Done),
        // There is nothing to wait for.
        Some(fault) if is_ready(fault) => merge::merge(hub, repo, number, how).await,
        Some(fault) => Err(refusal(hub, repo, number, (head, fault)).await),
    }
}

async fn read(hub: &Hub, repo: RepoName<'_>, number: u64) -> Result<Value, ForgeError> {
    let select = |fields: &Fields, _: usize| {
        format!(
            "pullRequest(number: {number}) {{ id state headRefOid {} {} {} }}",
            fields.optional("isMergeQueueEnabled", "isMergeQueueEnabled"),
            fields.optional("isInMergeQueue", "isInMergeQueue"),
            fields.optional("autoMergeRequest", "autoMergeRequest { enabledAt }"),
        )
    };
    let sweep = Sweep { graph: &hub.graph, batch: &hub.details, what: "read pull requests", select: &select };
    let missing = || ForgeError::NotFound { what: format!("pull request {number} of {}", repo.full) };
    let answer = sweep.ask(&[repo]).await.pop().ok_or_else(missing)??;
    answer.get("pullRequest").filter(|pull| !pull.is_null()).cloned().ok_or_else(missing)
}

/// Auto-merge is refused where nothing stands in the way of a merge.
fn is_ready(fault: &GraphFault) -> bool {
    let said = fault.message.to_lowercase();
    said.contains("clean status") || said.contains("unstable status")
}

async fn refusal(hub: &Hub, repo: RepoName<'_>, number: u64, tried: (Oid, &GraphFault)) -> ForgeError {
    let (head, fault) = tried;
    match read(hub, repo, number).await {
        Ok(pull) if oid(&pull, "/headRefOid") != Some(head) => return ForgeError::HeadMoved,
        Err(error) => return error,
        Ok(_) => {}
    }
    let why = fault.message.clone();
    let lower = why.to_lowercase();
    let forbidden = ["not allowed", "not enabled", "not accessible", "permission"];
    if fault.kind == "FORBIDDEN" || forbidden.iter().any(|words| lower.contains(words)) {
        return ForgeError::Refused { repo: repo.full.to_owned(), why };
    }
    ForgeError::NotMergeable { why }
}
