//! Having a check run again.

use fleetwright_forge::http::Permission;
use fleetwright_forge::{Cost, Done, ForgeError};
use reqwest::Method;
use serde_json::Value;

use crate::api::Write;
use crate::fault::Deed;
use crate::hub::Hub;
use crate::repo::RepoName;

/// `run` is what [`fleetwright_core::pull::Check::run`] said: the way, and the number.
pub(super) async fn rerun(hub: &Hub, repo: RepoName<'_>, run: &str) -> Result<Done, ForgeError> {
    let deed = Deed { repo: repo.full, what: "run a check again" };
    let known = run.split_once('/').and_then(|(way, id)| Some((way, id.parse::<u64>().ok()?)));
    let path = match known {
        Some(("actions", id)) => format!("{}/actions/jobs/{id}/rerun", repo.path()),
        Some(("check", id)) => format!("{}/check-runs/{id}/rerequest", repo.path()),
        _ => {
            let why = format!("`{run}` is no check that can run again");
            return Err(ForgeError::Refused { repo: repo.full.to_owned(), why });
        }
    };
    let write = Write {
        deed,
        method: Method::POST,
        path: &path,
        body: Value::Null,
        cost: Cost::Write,
        permission: Permission::Checks,
    };
    hub.api.change(&write).await.map(|_| Done::Done)
}
