//! Everything that is changed at the forge.

mod comment;
mod commit;
mod git_data;
mod merge;
mod open;
mod queue;
mod rerun;
mod wanted;
mod workflows;

use fleetwright_forge::http::Permission;
use fleetwright_forge::{Cost, Done, Effect, ForgeError, Moved};
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::Write;
use crate::fault::Deed;
use crate::hub::Hub;
use crate::repo::RepoName;
use crate::value::{string, text};

/// GitHub's cap on the text of a pull request, in characters.
const MAX_BODY: usize = 65_536;

/// Changes the outside.
pub(crate) async fn perform(hub: &Hub, repo: &str, effect: &Effect) -> Result<Done, ForgeError> {
    let repo = RepoName::new(repo)?;
    match effect {
        Effect::Push { branch, expected, head, objects } => {
            let permission = match workflows::are_touched(objects, *head) {
                true => Permission::Workflows,
                false => Permission::Contents,
            };
            let moved = Moved { branch, expected: *expected, head: *head, objects, permission };
            hub.git.push(repo.full, &moved).await.map(|()| Done::Done)
        }
        Effect::Commit { .. } => commit::commit(hub, repo, effect).await,
        Effect::OpenPull { .. } => open::open(hub, repo, effect).await,
        Effect::UpdatePull { number, title, body } => {
            let change = json!({ "title": title, "body": body });
            patch_pull(hub, repo, *number, "change a pull request", change).await
        }
        Effect::Comment { number, marker, body } => {
            comment::comment(hub, repo, *number, (marker, body)).await
        }
        Effect::Rerun { run, .. } => rerun::rerun(hub, repo, run).await,
        Effect::Enqueue { number, head, method } => {
            queue::enqueue(hub, repo, *number, (*head, *method)).await
        }
        Effect::Merge { number, head, method } => merge::merge(hub, repo, *number, (*head, *method)).await,
        Effect::ClosePull { number, reason } => close(hub, repo, *number, reason).await,
        Effect::DeleteBranch { branch, expected } => {
            hub.git.delete(repo.full, branch, *expected).await.map(|()| Done::Done)
        }
    }
}

async fn patch_pull(
    hub: &Hub,
    repo: RepoName<'_>,
    number: u64,
    what: &str,
    body: Value,
) -> Result<Done, ForgeError> {
    let path = format!("{}/pulls/{number}", repo.path());
    let write = Write {
        deed: Deed { repo: repo.full, what },
        method: Method::PATCH,
        path: &path,
        body,
        cost: Cost::Write,
        permission: Permission::Pulls,
    };
    hub.api.change(&write).await.map(|_| Done::Done)
}

/// Closes a pull request. The reason goes into its text, in the same request: a comment would count as
/// content, of which there is the least.
async fn close(hub: &Hub, repo: RepoName<'_>, number: u64, reason: &str) -> Result<Done, ForgeError> {
    let deed = Deed { repo: repo.full, what: "read pull requests" };
    let pull = hub.api.look_for(deed, &format!("{}/pulls/{number}", repo.path())).await?;
    let missing = || ForgeError::NotFound { what: format!("pull request {number} of {}", repo.full) };
    let pull = pull.ok_or_else(missing)?;
    if text(&pull, "/state") == Some("closed") {
        return Ok(Done::Done);
    }
    let mut change = json!({ "state": "closed" });
    let told = format!("\n\n> Closed: {}\n", reason.split_whitespace().collect::<Vec<_>>().join(" "));
    let body = string(&pull, "/body");
    if !reason.trim().is_empty() && !body.ends_with(&told) && body.len() + told.len() <= MAX_BODY {
        change["body"] = Value::String(body + &told);
    }
    patch_pull(hub, repo, number, "close a pull request", change).await
}
