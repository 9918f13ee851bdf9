//! Users and who may write.

use serde_json::json;

use super::pages;
use crate::gitea::shape::user::user;
use crate::gitea::wording::message;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{AccountKind, Level, Scope};
use crate::world::Refusal;

/// `GET /version`.
pub(super) fn version(_: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::ok(json!({ "version": "1.25.4" })))
}

/// `GET /user`.
pub(super) fn me(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::ok(user(call.base, &call.state.account(&call.login()?))))
}

/// `GET /users/{username}`.
pub(super) fn one(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let account = call.state.accounts.get(&call.param("username").to_lowercase());
    Ok(Answer::ok(user(call.base, account.ok_or(Refusal::NotFound)?)))
}

/// `GET /repos/{owner}/{repo}/assignees`: those who can write.
pub(super) fn assignees(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Metadata, Level::Read)?;
    let all = call.state.accounts.values().filter(|account| account.kind != AccountKind::Organization);
    let found: Vec<_> = all.filter(|account| call.state.may_write(repo, &account.login)).cloned().collect();
    Ok(pages::list(call, found, |account| user(call.base, &account)))
}

/// `GET /repos/{owner}/{repo}/collaborators/{collaborator}/permission`: for administrators, and of oneself.
pub(super) fn permission(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Metadata, Level::Read)?;
    let login = call.param("collaborator").to_owned();
    let administers = call.access()?.credential.grant.allows(Scope::Administration, Level::Write);
    if !administers && login != call.login()? {
        let text = "Only admins can query all permissions, repo admins can query all repo permissions, \
            collaborators can query only their own";
        return Ok(message(403, text));
    }
    let account = call.state.accounts.get(&login.to_lowercase()).ok_or(Refusal::NotFound)?;
    let word = if call.state.may_write(repo, &login) { "write" } else { "read" };
    Ok(Answer::ok(json!({ "permission": word, "role_name": word, "user": user(call.base, account) })))
}
