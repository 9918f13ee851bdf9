//! Projects, one by one and of a group with its subgroups.

use serde_json::json;

use super::pages;
use super::place::project;
use crate::gitlab::shape::project::full;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::model::repo::Repo;
use crate::world::Refusal;

/// `GET /groups/{id}/projects`.
pub(super) fn of_group(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let group = call.param("id").to_lowercase();
    let below = call.request.query("include_subgroups") == Some("true");
    let grant = call.access()?.credential.grant.clone();
    let is_in = |owner: &str| {
        let owner = owner.to_lowercase();
        owner == group || below && owner.strip_prefix(&group).is_some_and(|rest| rest.starts_with('/'))
    };
    if !call.state.repos().any(|repo| is_in(&repo.owner)) && !call.state.accounts.contains_key(&group) {
        return Err(Refusal::NotFound);
    }
    let within = |repo: &&Repo| {
        let seen = !repo.settings.private || grant.reaches(&repo.owner, repo.id);
        !repo.gone && seen && is_in(&repo.owner)
    };
    // Repositories are kept by number, which is the order asked for.
    let found: Vec<&Repo> = call.state.repos().filter(within).collect();
    Ok(pages::list(call, found, |repo| full(call.state, call.base, repo)))
}

/// `GET /projects/{id}`.
pub(super) fn one(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = project(call, Scope::Metadata, Level::Read)?;
    Ok(Answer::ok(full(call.state, call.base, call.state.repo(id)?)))
}

/// `GET /projects/{id}/languages`: shares in percent.
pub(super) fn languages(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = project(call, Scope::Metadata, Level::Read)?;
    let shares = match call.state.repo(id)?.settings.language.as_deref() {
        Some(language) => json!({ "Makefile": 3.5, language: 96.5 }),
        None => json!({}),
    };
    Ok(Answer::ok(shares))
}
