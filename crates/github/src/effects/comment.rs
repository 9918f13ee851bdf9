//! One comment of ours, found by its marker and replaced.

use fleetwright_forge::http::Permission;
use fleetwright_forge::{Cost, Done, ForgeError};
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::Write;
use crate::fault::Deed;
use crate::hub::Hub;
use crate::repo::RepoName;
use crate::value::{number, text, there};

/// The most pages of comments that are looked through.
const PAGES: usize = 20;

pub(super) async fn comment(
    hub: &Hub,
    repo: RepoName<'_>,
    pull: u64,
    said: (&str, &str),
) -> Result<Done, ForgeError> {
    let (marker, body) = said;
    let deed = Deed { repo: repo.full, what: "comment" };
    let all = format!("{}/issues/{pull}/comments", repo.path());
    let comments = hub.api.list(deed, &all, "", PAGES).await?;
    let marked: Vec<&Value> = comments
        .iter()
        .filter(|comment| text(comment, "/body").is_some_and(|body| body.contains(marker)))
        .collect();
    let own = if marked.is_empty() { None } else { hub.own().await };
    let old = marked.into_iter().find(|comment| is_ours(comment, own.as_deref()));
    let (method, path, cost) = match old {
        Some(old) if text(old, "/body") == Some(body) => return Ok(Done::Done),
        Some(old) => {
            let id = number(old, "/id").ok_or_else(|| ForgeError::unknown("a comment has no number"))?;
            (Method::PATCH, format!("{}/issues/comments/{id}", repo.path()), Cost::Write)
        }
        None => (Method::POST, all, Cost::Content),
    };
    let body = json!({ "body": body });
    let write = Write { deed, method, path: &path, body, cost, permission: Permission::Pulls };
    hub.api.change(&write).await.map(|_| Done::Done)
}

/// Whether a comment is ours: anybody could copy a marker into theirs, and theirs is never changed.
/// Where our name is not known, only what an app wrote can be ours.
fn is_ours(comment: &Value, own: Option<&str>) -> bool {
    match own {
        Some(own) => text(comment, "/user/login").is_some_and(|login| login.eq_ignore_ascii_case(own)),
        None => there(comment, "/performed_via_github_app") || text(comment, "/user/type") == Some("Bot"),
    }
}
