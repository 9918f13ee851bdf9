//! Opening a pull request: exactly one request that creates content.

use fleetwright_core::pull::PullRef;
use fleetwright_forge::http::{Permission, Reply};
use fleetwright_forge::{Cost, Done, Effect, ForgeError};
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::Write;
use crate::fault::Deed;
use crate::hub::Hub;
use crate::repo::RepoName;
use crate::value::{escape, list, number, string, text};

pub(super) async fn open(hub: &Hub, repo: RepoName<'_>, effect: &Effect) -> Result<Done, ForgeError> {
    let Effect::OpenPull { branch, title, body, labels, reviewers, draft } = effect else {
        return Err(ForgeError::unknown("not an effect that opens a pull request"));
    };
    let base = hub.default_branch(repo, false).await?;
    let content = json!({ "title": title, "body": body, "head": branch, "base": base, "draft": draft });
    let mut reply = create(hub, repo, content.clone()).await?;
    if reply.status == 422 && names_field(&reply, "base") {
        // Nothing was created: the default branch has another name than it was listed with.
        let now = hub.default_branch(repo, true).await?;
        if now != base {
            let content =
                json!({ "base": now, "title": title, "body": body, "head": branch, "draft": draft });
            reply = create(hub, repo, content).await?;
        }
    }
    let deed = Deed { repo: repo.full, what: "open a pull request" };
    if !reply.is_success() {
        return Err(refusal(hub, deed, (repo, branch), &reply).await);
    }
    let pull: Value = reply.json(repo.full)?;
    // An answer of success without a number: it may be there, and is looked for.
    let number = number(&pull, "/number").ok_or_else(|| ForgeError::unknown("the answer has no number"))?;
    add(hub, repo, number, (labels, reviewers)).await;
    Ok(Done::Opened(PullRef { number, url: string(&pull, "/html_url") }))
}

async fn create(hub: &Hub, repo: RepoName<'_>, body: Value) -> Result<Reply, ForgeError> {
    let path = format!("{}/pulls", repo.path());
    let write = Write {
        deed: Deed { repo: repo.full, what: "open a pull request" },
        method: Method::POST,
        path: &path,
        body,
        cost: Cost::Content,
        permission: Permission::Pulls,
    };
    hub.api.write(&write).await
}

fn names_field(reply: &Reply, field: &str) -> bool {
    let said: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    list(&said, "/errors").any(|error| text(error, "/field") == Some(field))
}

async fn refusal(hub: &Hub, deed: Deed<'_>, at: (RepoName<'_>, &str), reply: &Reply) -> ForgeError {
    let (repo, branch) = at;
    let said = reply.message();
    if reply.status == 422 && said.contains("pull request already exists") {
        return match open_from(hub, deed, repo, branch).await {
            Ok(Some(number)) => ForgeError::AlreadyOpen { number },
            Ok(None) => ForgeError::unknown("there is one already, and it is not found"),
            Err(error) => error,
        };
    }
    if reply.status == 422 && names_field(reply, "head") && !said.contains("No commits between") {
        return ForgeError::NotFound { what: format!("branch {branch} of {}", repo.full) };
    }
    hub.api.fault(reply, deed)
}

/// The open pull request from a branch.
async fn open_from(
    hub: &Hub,
    deed: Deed<'_>,
    repo: RepoName<'_>,
    branch: &str,
) -> Result<Option<u64>, ForgeError> {
    let query = format!("state=open&head={}:{}", escape(repo.owner), escape(branch));
    let open = hub.api.read(deed, &format!("{}/pulls?{query}", repo.path())).await?;
    let from = |pull: &&Value| text(pull, "/head/ref") == Some(branch);
    Ok(list(&open, "").find(from).and_then(|pull| number(pull, "/number")))
}

/// Labels and reviewers, where the shift asks for them: requests of their own, after the pull request is
/// there. What fails is noted; the pull request stands.
async fn add(hub: &Hub, repo: RepoName<'_>, number: u64, wanted: (&[String], &[String])) {
    let (labels, reviewers) = wanted;
    if !labels.is_empty() {
        let path = format!("{}/issues/{number}/labels", repo.path());
        let body = json!({ "labels": labels });
        note(hub, repo, number, ("add labels", Cost::Write, &path, body)).await;
    }
    if !reviewers.is_empty() {
        let path = format!("{}/pulls/{number}/requested_reviewers", repo.path());
        let (teams, people): (Vec<&String>, Vec<&String>) =
            reviewers.iter().partition(|name| name.contains('/'));
        let teams: Vec<&str> = teams.iter().filter_map(|team| team.rsplit('/').next()).collect();
        let body = json!({ "reviewers": people, "team_reviewers": teams });
        note(hub, repo, number, ("ask for a review", Cost::Content, &path, body)).await;
    }
}

async fn note(hub: &Hub, repo: RepoName<'_>, number: u64, asked: (&str, Cost, &str, Value)) {
    let (what, cost, path, body) = asked;
    let write = Write {
        deed: Deed { repo: repo.full, what },
        method: Method::POST,
        path,
        body,
        cost,
        permission: Permission::Pulls,
    };
    if let Err(error) = hub.api.change(&write).await {
        hub.complain(format!("{}#{number}: to {what}: {error}", repo.full));
    }
}
