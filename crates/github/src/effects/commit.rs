//! Commits that the forge makes and signs.

use fleetwright_core::Oid;
use fleetwright_forge::http::Permission;
use fleetwright_forge::{ApiFile, Done, Effect, ForgeError};
use serde_json::{Value, json};

use super::git_data;
use super::wanted::{Wanted, checked};
use crate::commits;
use crate::fault::Deed;
use crate::hub::Hub;
use crate::repo::RepoName;
use crate::value::oid;

/// The most bytes of files that go into one GraphQL request; more go by the git data API.
const MAX_GRAPH: usize = 16 << 20;

/// The most bytes of one file: what the API for blobs takes, with base64 on top.
const MAX_FILE: usize = 40 << 20;

/// The most files of one commit: more belong into a push.
const MAX_FILES: usize = 3_000;

const COMMIT: &str = "mutation($input: CreateCommitOnBranchInput!) { \
    createCommitOnBranch(input: $input) { commit { oid tree { oid } } } }";

pub(super) async fn commit(hub: &Hub, repo: RepoName<'_>, effect: &Effect) -> Result<Done, ForgeError> {
    let Effect::Commit { branch, expected, base, tree, message, files } = effect else {
        return Err(ForgeError::unknown("not an effect that makes a commit"));
    };
    let workflow = files.iter().any(|file| file.path.starts_with(".github/workflows/"));
    let wanted = Wanted {
        repo,
        branch,
        expected: *expected,
        base: *base,
        tree: *tree,
        message,
        files,
        permission: if workflow { Permission::Workflows } else { Permission::Contents },
    };
    check_sizes(&wanted)?;
    let tip = hub.git.tip(repo.full, branch).await?;
    if let Some(done) = done_already(hub, &wanted, tip).await? {
        return Ok(done);
    }
    let at_base = tip == Some(wanted.base);
    if tip != wanted.expected && !at_base {
        return Err(ForgeError::BranchMoved { branch: branch.clone(), actual: tip });
    }
    let plain = files.iter().all(|file| file.mode == "100644" || file.content.is_none());
    let small =
        files.iter().filter_map(|file| file.content.as_ref()).map(Vec::len).sum::<usize>() <= MAX_GRAPH;
    if hub.rest_only() || !plain || !small || !(tip.is_none() || at_base) {
        return git_data::commit(hub, &wanted, tip).await;
    }
    if tip.is_none() {
        git_data::create_branch(hub, &wanted, wanted.base).await?;
    }
    by_graph(hub, &wanted).await
}

fn check_sizes(wanted: &Wanted<'_>) -> Result<(), ForgeError> {
    let refuse = |why: String| Err(ForgeError::Refused { repo: wanted.repo.full.to_owned(), why });
    let large = |file: &&ApiFile| file.content.as_ref().is_some_and(|content| content.len() > MAX_FILE);
    if let Some(file) = wanted.files.iter().find(large) {
        return refuse(format!(
            "{} is larger than the {} MB the API takes; set `commit.sign` to another way",
            file.path,
            MAX_FILE >> 20
        ));
    }
    if wanted.files.len() > MAX_FILES {
        return refuse(format!(
            "a commit by the API has at most {MAX_FILES} files; set `commit.sign` to another way"
        ));
    }
    Ok(())
}

/// Whether the branch is there with this very tree and parent.
async fn done_already(hub: &Hub, wanted: &Wanted<'_>, tip: Option<Oid>) -> Result<Option<Done>, ForgeError> {
    let Some(tip) = tip.filter(|tip| Some(*tip) != wanted.expected && *tip != wanted.base) else {
        return Ok(None);
    };
    let seen = commits::commit(hub, wanted.repo, tip).await?;
    let same = seen.tree == wanted.tree && seen.parents == [wanted.base];
    Ok(same.then_some(Done::Committed(tip)))
}

async fn by_graph(hub: &Hub, wanted: &Wanted<'_>) -> Result<Done, ForgeError> {
    let deed = Deed { repo: wanted.repo.full, what: "commit" };
    let answered =
        hub.graph.mutate(deed, wanted.permission, COMMIT, json!({ "input": input(wanted) })).await?;
    if let Some(fault) = answered.faults.first() {
        let tip = hub.git.tip(wanted.repo.full, wanted.branch).await?;
        if let Some(done) = done_already(hub, wanted, tip).await? {
            return Ok(done);
        }
        return Err(match tip == Some(wanted.base) {
            true => ForgeError::Refused {
                repo: wanted.repo.full.to_owned(),
                why: format!("to commit: {}", fault.message),
            },
            false => ForgeError::BranchMoved { branch: wanted.branch.to_owned(), actual: tip },
        });
    }
    let made = answered.data.pointer("/createCommitOnBranch/commit").cloned().unwrap_or_default();
    let commit = oid(&made, "/oid").ok_or_else(|| ForgeError::unknown("the commit is not named"))?;
    checked(wanted, commit, oid(&made, "/tree/oid"))
}

fn input(wanted: &Wanted<'_>) -> Value {
    let (headline, body) = wanted.message.split_once('\n').unwrap_or((wanted.message, ""));
    let additions: Vec<Value> = wanted
        .files
        .iter()
        .filter_map(|file| {
            Some(json!({ "path": file.path, "contents": git_data::base64(file.content.as_ref()?) }))
        })
        .collect();
    let deletions: Vec<Value> = wanted
        .files
        .iter()
        .filter(|file| file.content.is_none())
        .map(|file| json!({ "path": file.path }))
        .collect();
    json!({
        "branch": { "repositoryNameWithOwner": wanted.repo.full, "branchName": wanted.branch },
        "expectedHeadOid": wanted.base.to_string(),
        "message": { "headline": headline, "body": body.trim_start_matches('\n') },
        "fileChanges": { "additions": additions, "deletions": deletions },
    })
}
