//! Repositories, one by one and of an owner.

use serde_json::{Value, json};

use super::pages;
use crate::gitea::shape::repo::full;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{AccountKind, Level, Scope};
use crate::model::repo::Repo;
use crate::world::Refusal;

/// `GET /orgs/{org}/repos`.
pub(super) fn of_org(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let name = call.param("org").to_owned();
    owned(call, &name, AccountKind::Organization)
}

/// `GET /users/{username}/repos`.
pub(super) fn of_user(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let name = call.param("username").to_owned();
    owned(call, &name, AccountKind::User)
}

fn owned(call: &Call<'_>, name: &str, kind: AccountKind) -> Result<Answer, Refusal> {
    let account = call.state.accounts.get(&name.to_lowercase()).filter(|account| account.kind == kind);
    let login = account.ok_or(Refusal::NotFound)?.login.clone();
    let grant = &call.access()?.credential.grant;
    let within = |repo: &&Repo| {
        let seen = !repo.settings.private || grant.reaches(&repo.owner, repo.id);
        !repo.gone && repo.owner == login && seen
    };
    let found: Vec<&Repo> = call.state.repos().filter(within).collect();
    Ok(pages::list(call, found, |repo| full(call.state, call.base, repo)))
}

/// `GET /repos/{owner}/{repo}`.
pub(super) fn one(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Metadata, Level::Read)?;
    Ok(Answer::ok(full(call.state, call.base, call.state.repo(id)?)))
}

/// `GET /repos/{owner}/{repo}/topics`.
pub(super) fn topics(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Metadata, Level::Read)?;
    let topics: Value = json!(call.state.repo(id)?.settings.topics);
    Ok(Answer::ok(json!({ "topics": topics })))
}
