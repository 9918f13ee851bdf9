//! Pull requests: searched, listed, opened, looked at, changed.

use serde_json::Value;

use super::pages;
use crate::gitea::shape::pull::{detail, full, hit};
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::model::pull::Pull;
use crate::world::{NewPull, PullEdit, Refusal};

/// `GET /repos/issues/search`: pull requests only, since there are no issues here.
pub(super) fn search(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let me = call.login()?;
    let grant = call.access()?.credential.grant.clone();
    let ours = call.request.query("created") == Some("true");
    let mut found: Vec<(u64, u64, u64)> = Vec::new();
    for repo in call.state.repos().filter(|repo| !repo.gone && grant.reaches(&repo.owner, repo.id)) {
        let seen = call.state.seen_pulls(repo.id).into_iter();
        let fits = seen.filter(|pull| (!ours || pull.author == me) && is_asked_for(call, pull));
        found.extend(fits.map(|pull| (pull.id, repo.id, pull.number)));
    }
    found.sort_unstable_by(|a, b| b.cmp(a));
    Ok(pages::list(call, found, |(_, repo, number)| {
        let known = call.state.repo(repo).and_then(|known| Ok((known, call.state.seen_pull(repo, number)?)));
        known.map_or(Value::Null, |(known, pull)| hit(call.state, call.base, known, pull))
    }))
}

fn is_asked_for(call: &Call<'_>, pull: &Pull) -> bool {
    match call.request.query("state") {
        Some("all") => true,
        Some("closed") => !pull.is_open(),
        _ => pull.is_open(),
    }
}

/// `GET /repos/{owner}/{repo}/pulls`.
pub(super) fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Pulls, Level::Read)?;
    let seen = call.state.seen_pulls(repo).into_iter().filter(|pull| is_asked_for(call, pull));
    let numbers: Vec<u64> = seen.map(|pull| pull.number).collect();
    let count = numbers.len();
    let mut page = Vec::new();
    for number in pages::cut(call, numbers) {
        let detail = detail(call.state, repo, number);
        let (known, pull) = (call.state.repo(repo)?, call.state.seen_pull(repo, number)?);
        page.push(full(call.state, call.base, (known, pull), &detail));
    }
    Ok(pages::numbered(call, count, page))
}

/// `GET /repos/{owner}/{repo}/pulls/{base}/{head}`: the newest from a branch.
pub(super) fn by_branches(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Pulls, Level::Read)?;
    let (base, head) = (call.param("base"), call.param("head"));
    let seen = call.state.seen_pulls(repo);
    let found = seen.into_iter().find(|pull| pull.base == base && pull.head == head);
    let number = found.ok_or(Refusal::NotFound)?.number;
    shown(call, repo, number)
}

/// `GET /repos/{owner}/{repo}/pulls/{index}`.
pub(super) fn one(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Pulls, Level::Read)?;
    let number = call.number("index")?;
    shown(call, repo, number)
}

fn shown(call: &mut Call<'_>, repo: u64, number: u64) -> Result<Answer, Refusal> {
    call.state.seen_pull(repo, number)?;
    let detail = detail(call.state, repo, number);
    let found = (call.state.repo(repo)?, call.state.seen_pull(repo, number)?);
    Ok(Answer::ok(full(call.state, call.base, found, &detail)))
}

/// What was just written is answered, whatever other readers still see.
fn answered(call: &mut Call<'_>, repo: u64, number: u64) -> Result<Answer, Refusal> {
    let detail = detail(call.state, repo, number);
    let found = (call.state.repo(repo)?, call.state.pull(repo, number)?);
    // A change is answered 201 as well; the source itself wonders why.
    Ok(Answer::json(201, full(call.state, call.base, found, &detail)))
}

/// A title without its mark of not being ready, and whether it had one.
fn ready(title: &str) -> (String, bool) {
    let lower = title.to_lowercase();
    let mark = ["wip:", "[wip]"].into_iter().find(|mark| lower.starts_with(mark));
    (mark.map_or(title, |mark| title[mark.len()..].trim_start()).to_owned(), mark.is_some())
}

fn needed(call: &Call<'_>, field: &'static str) -> Result<String, Refusal> {
    let missing = Refusal::Invalid { resource: "PullRequest", field, code: "missing", message: None };
    call.text(field).filter(|text| !text.trim().is_empty()).map(str::to_owned).ok_or(missing)
}

/// `POST /repos/{owner}/{repo}/pulls`.
pub(super) fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Pulls, Level::Write)?;
    let (head, base) = (needed(call, "head")?, needed(call, "base")?);
    let (title, draft) = ready(&needed(call, "title")?);
    let body = call.text("body").unwrap_or_default().to_owned();
    let (by, reviewers) = (call.login()?, call.texts("reviewers"));
    if let Some(nobody) =
        reviewers.iter().find(|name| !call.state.accounts.contains_key(&name.to_lowercase()))
    {
        let text = format!("user does not exist [uid: 0, name: {nobody}]");
        return Ok(crate::gitea::wording::message(404, &text));
    }
    let number = call.state.open_pull(repo, &NewPull { head, base, title, body, draft, by: by.clone() })?;
    for name in label_names(call, repo)? {
        call.state.label(repo, number, (&name, true), &by)?;
    }
    call.state.ask(
        repo,
        number,
        &reviewers.into_iter().filter(|name| *name != by).collect::<Vec<_>>(),
        &by,
    )?;
    answered(call, repo, number)
}

/// The labels whose numbers are asked for; one that is unknown is passed over.
fn label_names(call: &Call<'_>, repo: u64) -> Result<Vec<String>, Refusal> {
    let ids = call.body.get("labels").and_then(Value::as_array);
    let wanted: Vec<u64> = ids.into_iter().flatten().filter_map(Value::as_u64).collect();
    let labels = call.state.repo(repo)?.labels.values();
    Ok(labels.filter(|label| wanted.contains(&label.id)).map(|label| label.name.clone()).collect())
}

/// `PATCH /repos/{owner}/{repo}/pulls/{index}`.
pub(super) fn edit(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Pulls, Level::Write)?;
    let (number, by) = (call.number("index")?, call.login()?);
    let title = call.text("title").map(ready);
    let open = match call.text("state") {
        Some("open") => Some(true),
        Some("closed") => Some(false),
        _ => None,
    };
    let edit = PullEdit {
        draft: title.as_ref().map(|(_, draft)| *draft),
        title: title.map(|(title, _)| title),
        body: call.text("body").map(str::to_owned),
        base: call.text("base").map(str::to_owned),
        open,
    };
    call.state.edit_pull(repo, number, &edit, &by)?;
    answered(call, repo, number)
}

/// `POST /repos/{owner}/{repo}/pulls/{index}/requested_reviewers`.
pub(super) fn ask(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Pulls, Level::Write)?;
    let (number, by, who) = (call.number("index")?, call.login()?, call.texts("reviewers"));
    call.state.ask(repo, number, &who, &by)?;
    Ok(Answer::json(201, Value::Array(Vec::new())))
}
