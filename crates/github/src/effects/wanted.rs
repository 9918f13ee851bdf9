//! A commit that the forge is to make, and the one request all ways of making it share.

use fleetwright_core::Oid;
use fleetwright_forge::http::Permission;
use fleetwright_forge::{ApiFile, Cost, Done, ForgeError};
use reqwest::Method;
use serde_json::Value;

use crate::api::Write;
use crate::fault::Deed;
use crate::hub::Hub;
use crate::repo::RepoName;

/// A commit to be made.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) repo: RepoName<'a>,
    pub(super) branch: &'a str,
    pub(super) expected: Option<Oid>,
    pub(super) base: Oid,
    pub(super) tree: Oid,
    pub(super) message: &'a str,
    pub(super) files: &'a [ApiFile],
    pub(super) permission: Permission,
}

/// The commit is what was asked for, or it is refused.
pub(super) fn checked(wanted: &Wanted<'_>, commit: Oid, tree: Option<Oid>) -> Result<Done, ForgeError> {
    if tree == Some(wanted.tree) {
        return Ok(Done::Committed(commit));
    }
    let why = format!("the commit {commit} that the forge made holds another tree than was asked for");
    Err(ForgeError::Refused { repo: wanted.repo.full.to_owned(), why })
}

/// A request of the git data API.
pub(super) async fn post(
    hub: &Hub,
    wanted: &Wanted<'_>,
    part: &str,
    body: Value,
) -> Result<Value, ForgeError> {
    let path = format!("{}/git/{part}", wanted.repo.path());
    let write = Write {
        deed: Deed { repo: wanted.repo.full, what: "commit" },
        method: Method::POST,
        path: &path,
        body,
        cost: Cost::Write,
        permission: wanted.permission,
    };
    hub.api.change(&write).await
}
