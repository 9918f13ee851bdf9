//! Pull requests: listed, opened, looked at, changed.

use serde_json::Value;

use super::pages::Page;
use crate::github::shape::pull::{Detail, detail, full, simple};
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::model::pull::Pull;
use crate::world::{NewPull, PullEdit, Refusal};

/// The branch of `branch` or `owner:branch`; `None` for another owner's.
fn branch_of<'a>(text: &'a str, owner: &str) -> Option<&'a str> {
    match text.split_once(':') {
        Some((of, branch)) => of.eq_ignore_ascii_case(owner).then_some(branch),
        None => Some(text),
    }
}

/// `GET /repos/{owner}/{repo}/pulls`.
pub(super) fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Pulls, Level::Read)?;
    let repo = call.state.repo(id)?;
    let query = |name| call.request.query(name).map(str::to_owned);
    let (state, head, base) = (query("state"), query("head"), query("base"));
    let fits = |pull: &&Pull| {
        let state = match state.as_deref() {
            Some("all") => true,
            Some("closed") => !pull.is_open(),
            _ => pull.is_open(),
        };
        // GitHub takes a head without an owner for no filter at all.
        let head = head.as_deref().filter(|head| head.contains(':'));
        let head = head.is_none_or(|head| branch_of(head, &repo.owner) == Some(pull.head.as_str()));
        state && head && base.as_deref().is_none_or(|base| base == pull.base)
    };
    let mut pulls: Vec<&Pull> = call.state.seen_pulls(id).into_iter().filter(fits).collect();
    let key = |pull: &Pull| match call.request.query("sort") {
        Some("updated") => pull.updated_at,
        _ => i64::try_from(pull.number).unwrap_or(i64::MAX),
    };
    pulls.sort_by_key(|pull| std::cmp::Reverse(key(pull)));
    if call.request.query("direction") == Some("asc") {
        pulls.reverse();
    }
    Ok(Page::of(call).list(call, pulls, |pull| simple(call.state, call.base, repo, pull)))
}

/// A field the body must have.
fn needed(call: &Call<'_>, field: &'static str) -> Result<String, Refusal> {
    let missing = Refusal::Invalid { resource: "PullRequest", field, code: "missing_field", message: None };
    call.text(field).filter(|text| !text.trim().is_empty()).map(str::to_owned).ok_or(missing)
}

/// `POST /repos/{owner}/{repo}/pulls`.
pub(super) fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Pulls, Level::Write)?;
    let (head, base) = (needed(call, "head")?, needed(call, "base")?);
    let title = needed(call, "title")?;
    let owner = call.state.repo(id)?.owner.clone();
    let wrong = Refusal::Invalid { resource: "PullRequest", field: "head", code: "invalid", message: None };
    let head = branch_of(&head, &owner).ok_or(wrong)?.to_owned();
    let body = call.text("body").unwrap_or_default().to_owned();
    let draft = call.body.get("draft").and_then(Value::as_bool).unwrap_or(false);
    let by = call.login()?;
    let number = call.state.open_pull(id, &NewPull { head, base, title, body, draft, by })?;
    let detail = Detail { joins: None, ..detail(call.state, id, number) };
    let (repo, pull) = (call.state.repo(id)?, call.state.pull(id, number)?);
    let shown = full(call.state, call.base, (repo, pull), &detail);
    let place = shown["url"].as_str().unwrap_or_default().to_owned();
    Ok(Answer::json(201, shown).with("location", place))
}

/// `GET /repos/{owner}/{repo}/pulls/{pull_number}`.
pub(super) fn one(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Pulls, Level::Read)?;
    let number = call.number("pull_number")?;
    shown(call, id, number)
}

fn shown(call: &mut Call<'_>, id: u64, number: u64) -> Result<Answer, Refusal> {
    call.state.seen_pull(id, number)?;
    let detail = detail(call.state, id, number);
    let (repo, pull) = (call.state.repo(id)?, call.state.seen_pull(id, number)?);
    Ok(Answer::ok(full(call.state, call.base, (repo, pull), &detail)))
}

/// `PATCH /repos/{owner}/{repo}/pulls/{pull_number}`.
pub(super) fn edit(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Pulls, Level::Write)?;
    let number = call.number("pull_number")?;
    let by = call.login()?;
    let text = |name| call.text(name).map(str::to_owned);
    let open = match call.text("state") {
        Some("open") => Some(true),
        Some("closed") => Some(false),
        None => None,
        Some(_) => {
            let (resource, field) = ("PullRequest", "state");
            return Err(Refusal::Invalid { resource, field, code: "invalid", message: None });
        }
    };
    let edit = PullEdit { title: text("title"), body: text("body"), base: text("base"), open, draft: None };
    call.state.edit_pull(id, number, &edit, &by)?;
    // What was just written is answered, whatever other readers still see.
    let detail = detail(call.state, id, number);
    let (repo, pull) = (call.state.repo(id)?, call.state.pull(id, number)?);
    Ok(Answer::ok(full(call.state, call.base, (repo, pull), &detail)))
}
