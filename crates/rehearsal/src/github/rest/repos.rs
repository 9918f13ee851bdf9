//! Repositories: listed and looked at.

use serde_json::{Value, json};

use super::pages::Page;
use crate::github::shape::repo::{full, minimal};
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope, TokenKind};
use crate::model::repo::Repo;
use crate::world::Refusal;

/// Every repository of an owner that a token can see.
fn owned<'a>(call: &'a Call<'_>, owner: Option<&str>) -> Result<Vec<&'a Repo>, Refusal> {
    let grant = &call.access()?.credential.grant;
    let fits = |repo: &&Repo| owner.is_none_or(|owner| repo.owner.eq_ignore_ascii_case(owner));
    let seen = |repo: &&Repo| !repo.settings.private || grant.reaches(&repo.owner, repo.id);
    Ok(call.state.repos().filter(|repo| !repo.gone).filter(fits).filter(seen).collect())
}

fn listed(call: &mut Call<'_>, owner: &str) -> Result<Answer, Refusal> {
    let repos = owned(call, Some(owner))?;
    Ok(Page::of(call).list(call, repos, |repo| minimal(call.state, call.base, repo)))
}

/// `GET /orgs/{org}/repos`.
pub(super) fn of_org(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let org = call.param("org").to_owned();
    if !call.state.repos().any(|repo| repo.owner.eq_ignore_ascii_case(&org)) {
        return Err(Refusal::NotFound);
    }
    listed(call, &org)
}

/// `GET /users/{username}/repos`.
pub(super) fn of_user(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let user = call.param("username").to_owned();
    listed(call, &user)
}

/// `GET /installation/repositories`, for installation tokens only.
pub(super) fn of_installation(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let access = call.access()?;
    let TokenKind::Installation { .. } = access.credential.kind else {
        return Err(Refusal::Forbidden(Scope::Metadata));
    };
    let grant = access.credential.grant.clone();
    let mine: Vec<&Repo> =
        owned(call, None)?.into_iter().filter(|repo| grant.reaches(&repo.owner, repo.id)).collect();
    let (page, count) = (Page::of(call), mine.len());
    let shown: Vec<Value> =
        page.cut(mine).into_iter().map(|repo| full(call.state, call.base, repo)).collect();
    let body = json!({ "total_count": count, "repository_selection": "selected", "repositories": shown });
    Ok(page.linked(call, count, Answer::ok(body)))
}

/// `GET /repos/{owner}/{repo}`.
pub(super) fn one(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Metadata, Level::Read)?;
    Ok(Answer::ok(full(call.state, call.base, call.state.repo(id)?)))
}

/// `GET /repositories/{repository_id}`, where a renamed repository leads.
pub(super) fn by_id(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let name = call.state.repo(call.number("repository_id")?)?.full_name();
    let id = call.state.allowed(call.access()?, &name, Scope::Metadata, Level::Read)?;
    Ok(Answer::ok(full(call.state, call.base, call.state.repo(id)?)))
}

/// `GET /user/repos`.
pub(super) fn of_caller(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repos = owned(call, None)?;
    Ok(Page::of(call).list(call, repos, |repo| full(call.state, call.base, repo)))
}

/// `GET /repos/{owner}/{repo}/languages`: bytes by language.
pub(super) fn languages(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Metadata, Level::Read)?;
    let repo = call.state.repo(id)?;
    let all = repo.settings.language.iter().map(|name| (name.clone(), json!(repo.bytes)));
    Ok(Answer::ok(Value::Object(all.collect())))
}

/// `GET /repos/{owner}/{repo}/topics`.
pub(super) fn topics(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Metadata, Level::Read)?;
    Ok(Answer::ok(json!({ "names": call.state.repo(id)?.settings.topics })))
}

/// `GET /search/repositories`, by words and `org:`, `user:`, `topic:`.
pub(super) fn search(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let asked = call.request.query("q").unwrap_or_default().to_lowercase();
    let fits = |repo: &&Repo| {
        asked.split_whitespace().all(|word| match word.split_once(':') {
            Some(("org" | "user", owner)) => repo.owner.eq_ignore_ascii_case(owner),
            Some(("topic", topic)) => repo.settings.topics.iter().any(|one| one == topic),
            Some(("archived", word)) => repo.settings.archived == (word == "true"),
            Some(_) => true,
            None => repo.name.to_lowercase().contains(word),
        })
    };
    let found: Vec<&Repo> = owned(call, None)?.into_iter().filter(fits).collect();
    let (page, count) = (Page::of(call), found.len());
    let scored = |repo: &Repo| {
        let mut shown = minimal(call.state, call.base, repo);
        shown["score"] = json!(1.0);
        shown
    };
    let shown: Vec<Value> = page.cut(found).into_iter().map(scored).collect();
    let body = json!({ "total_count": count, "incomplete_results": false, "items": shown });
    Ok(page.linked(call, count, Answer::ok(body)))
}
