//! Having a check run again.

use fleetwright_forge::http::Permission;
use fleetwright_forge::{Cost, Done, ForgeError};
use reqwest::Method;
use serde_json::Value;

use crate::api::Write;
use crate::fault::Deed;
use crate::hub::Hub;
use crate::repo::RepoName;

/// `run` is what [`fleetwright_core::pull::Check::run`] said: the way, and the number. A job of GitHub
/// Actions is a check too, so where its own way is closed to us the common one may be open.
pub(super) async fn rerun(hub: &Hub, repo: RepoName<'_>, run: &str) -> Result<Done, ForgeError> {
    let known = run.split_once('/').and_then(|(way, id)| Some((way, id.parse::<u64>().ok()?)));
    let common = |id: u64| format!("{}/check-runs/{id}/rerequest", repo.path());
    match known {
        Some(("actions", id)) => {
            match ask(hub, repo, &format!("{}/actions/jobs/{id}/rerun", repo.path())).await {
                Err(ForgeError::NotFound { .. } | ForgeError::Refused { .. }) => {
                    ask(hub, repo, &common(id)).await
                }
                other => other,
            }
        }
        Some(("check", id)) => ask(hub, repo, &common(id)).await,
        _ => {
            let why = format!("`{run}` is no check that can run again");
            Err(ForgeError::Refused { repo: repo.full.to_owned(), why })
        }
    }
}

async fn ask(hub: &Hub, repo: RepoName<'_>, path: &str) -> Result<Done, ForgeError> {
    let write = Write {
        deed: Deed { repo: repo.full, what: "run a check again" },
        method: Method::POST,
        path,
        body: Value::Null,
        cost: Cost::Write,
        permission: Permission::Checks,
    };
    hub.api.change(&write).await.map(|_| Done::Done)
}
