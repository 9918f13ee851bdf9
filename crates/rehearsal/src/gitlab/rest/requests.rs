//! Merge requests: listed, opened, looked at, changed.

use serde_json::{Value, json};

use super::pages;
use super::place::{project, request};
use crate::gitlab::shape::request::{basic, brief, detail, full, state_word};
use crate::gitlab::shape::time::time;
use crate::history::Happened;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::model::pull::Pull;
use crate::world::{NewPull, PullEdit, Refusal};

/// `GET /merge_requests`: those of the token's user, unless `scope` says otherwise.
pub(super) fn ours(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let me = call.login()?;
    let grant = call.access()?.credential.grant.clone();
    let all = call.request.query("scope") == Some("all");
    let mut places = Vec::new();
    for repo in call.state.repos().filter(|repo| !repo.gone && grant.reaches(&repo.owner, repo.id)) {
        let seen = call.state.seen_pulls(repo.id).into_iter();
        let fits = seen.filter(|pull| (all || pull.author == me) && is_asked_for(call, pull));
        places.extend(fits.map(|pull| (pull.id, repo.id, pull.number)));
    }
    places.sort_unstable();
    Ok(listed(call, places.into_iter().map(|(_, repo, number)| (repo, number)).collect()))
}

/// `GET /projects/{id}/merge_requests`.
pub(super) fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = project(call, Scope::Pulls, Level::Read)?;
    let seen = call.state.seen_pulls(repo).into_iter().filter(|pull| is_asked_for(call, pull));
    let mut places: Vec<(u64, u64)> = seen.map(|pull| (repo, pull.number)).collect();
    places.sort_unstable();
    Ok(listed(call, places))
}

/// Whether a request is one of those the query asks for.
fn is_asked_for(call: &Call<'_>, pull: &Pull) -> bool {
    let query = |name| call.request.query(name);
    let state = query("state").is_none_or(|state| state == "all" || state == state_word(pull));
    let source = query("source_branch").is_none_or(|branch| branch == pull.head);
    let target = query("target_branch").is_none_or(|branch| branch == pull.base);
    let author = query("author_username").is_none_or(|author| author == pull.author);
    state && source && target && author
}

/// A page of requests, given oldest first.
fn listed(call: &mut Call<'_>, mut places: Vec<(u64, u64)>) -> Answer {
    if call.request.query("sort") != Some("asc") {
        places.reverse();
    }
    let count = places.len();
    let mut page = Vec::new();
    for (repo, number) in pages::cut(call, places) {
        let detail = brief(call.state, repo, number);
        let found = call.state.repo(repo).and_then(|known| Ok((known, call.state.seen_pull(repo, number)?)));
        page.extend(found.map(|found| basic(call.state, call.base, found, &detail)));
    }
    pages::numbered(call, count, page)
}

/// `GET /projects/{id}/merge_requests/{iid}`.
pub(super) fn one(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (repo, number) = request(call, Level::Read)?;
    let detail = detail(call.state, repo, number);
    let found = (call.state.repo(repo)?, call.state.seen_pull(repo, number)?);
    Ok(Answer::ok(full(call.state, call.base, found, &detail)))
}

/// What was just written is answered, whatever other readers still see.
pub(super) fn answered(
    call: &mut Call<'_>,
    (repo, number): (u64, u64),
    status: u16,
) -> Result<Answer, Refusal> {
    let detail = detail(call.state, repo, number);
    let found = (call.state.repo(repo)?, call.state.pull(repo, number)?);
    Ok(Answer::json(status, full(call.state, call.base, found, &detail)))
}

/// A title without its mark of not being ready, and whether it had one.
fn ready(title: &str) -> (String, bool) {
    let marks = ["draft:", "[draft]", "(draft)"];
    let lower = title.to_lowercase();
    let mark = marks.into_iter().find(|mark| lower.starts_with(mark));
    (mark.map_or(title, |mark| title[mark.len()..].trim_start()).to_owned(), mark.is_some())
}

fn needed(call: &Call<'_>, field: &'static str) -> Result<String, Refusal> {
    let missing = Refusal::Invalid { resource: "MergeRequest", field, code: "missing", message: None };
    call.text(field).filter(|text| !text.trim().is_empty()).map(str::to_owned).ok_or(missing)
}

/// `POST /projects/{id}/merge_requests`.
pub(super) fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = project(call, Scope::Pulls, Level::Write)?;
    let (head, base) = (needed(call, "source_branch")?, needed(call, "target_branch")?);
    let (title, draft) = ready(&needed(call, "title")?);
    let body = call.text("description").unwrap_or_default().to_owned();
    let by = call.login()?;
    let number = call.state.open_pull(repo, &NewPull { head, base, title, body, draft, by: by.clone() })?;
    for label in labels(call) {
        call.state.label(repo, number, (&label, true), &by)?;
    }
    let ids = call.body.get("reviewer_ids").and_then(Value::as_array).cloned().unwrap_or_default();
    let asked: Vec<u64> = ids.iter().filter_map(Value::as_u64).collect();
    let accounts = call.state.accounts.values().filter(|account| asked.contains(&account.id));
    let names: Vec<String> =
        accounts.map(|account| account.login.clone()).filter(|name| *name != by).collect();
    call.state.ask(repo, number, &names, &by)?;
    answered(call, (repo, number), 201)
}

/// Labels come as one text with commas, or as a list.
fn labels(call: &Call<'_>) -> Vec<String> {
    match call.text("labels") {
        Some(text) => {
            text.split(',').map(str::trim).filter(|label| !label.is_empty()).map(str::to_owned).collect()
        }
        None => call.texts("labels"),
    }
}

/// `PUT /projects/{id}/merge_requests/{iid}`.
pub(super) fn edit(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (repo, number) = request(call, Level::Write)?;
    let by = call.login()?;
    let title = call.text("title").map(ready);
    let open = match call.text("state_event") {
        Some("close") => Some(false),
        Some("reopen") => Some(true),
        _ => None,
    };
    let edit = PullEdit {
        draft: title.as_ref().map(|(_, draft)| *draft),
        title: title.map(|(title, _)| title),
        body: call.text("description").map(str::to_owned),
        base: call.text("target_branch").map(str::to_owned),
        open,
    };
    call.state.edit_pull(repo, number, &edit, &by)?;
    answered(call, (repo, number), 200)
}

/// `GET /projects/{id}/merge_requests/{iid}/versions`: every head it had, the newest first.
pub(super) fn versions(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (repo, number) = request(call, Level::Read)?;
    let pull = call.state.seen_pull(repo, number)?;
    let mut heads = Vec::new();
    for entry in call.state.history().entries() {
        if let Happened::Moved { repo: at, branch, to: Some(to), .. } = &entry.what
            && (*at, branch) == (repo, &pull.head)
        {
            heads.push((entry.at.max(pull.created_at), *to));
        }
    }
    heads.reverse();
    let shown = |(at, head): (i64, fleetwright_core::Oid)| {
        json!({
            "id": 100 + number,
            "head_commit_sha": head,
            "base_commit_sha": pull.base_oid,
            "start_commit_sha": pull.base_oid,
            "created_at": time(at),
            "merge_request_id": pull.id,
            "state": "collected",
            "real_size": "1",
        })
    };
    Ok(pages::list(call, heads, shown))
}
