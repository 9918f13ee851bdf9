//! Files: read, written and removed one at a time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleetwright_core::Oid;
use fleetwright_git::{Change, Edit, Entry, Limits, Mode, RepoPath};
use serde_json::{Value, json};

use super::checks::commit_of;
use super::git_data::MAX_BLOB;
use crate::github::shape::commit::plain;
use crate::github::shape::repo;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::world::{ApiCommit, Refusal};

/// The commit to read from: `ref`, or the default branch.
fn place(call: &Call<'_>, id: u64) -> Result<(String, Oid), Refusal> {
    let name = match call.request.query("ref") {
        Some(name) => name.to_owned(),
        None => call.state.repo(id)?.default_branch.clone(),
    };
    let oid = commit_of(call, id, &name).map_err(|_| Refusal::NotFound)?;
    Ok((name, oid))
}

/// What every entry tells.
fn shown(
    call: &Call<'_>,
    id: u64,
    (path, at): (&str, &str),
    (sha, size, kind): (Oid, usize, &str),
) -> Result<Value, Refusal> {
    let known = call.state.repo(id)?;
    let url = format!("{}/contents/{path}?ref={at}", repo::url(call.base, known));
    let html = format!("{}/{}/blob/{at}/{path}", call.base, known.full_name());
    let below = if kind == "dir" { "trees" } else { "blobs" };
    let git = format!("{}/git/{below}/{sha}", repo::url(call.base, known));
    let raw = if kind == "file" {
        json!(format!("{}/{}/raw/{at}/{path}", call.base, known.full_name()))
    } else {
        Value::Null
    };
    Ok(json!({
        "name": path.rsplit('/').next().unwrap_or(path),
        "path": path,
        "sha": sha,
        "size": size,
        "url": url,
        "html_url": html,
        "git_url": git,
        "download_url": raw,
        "type": kind,
        "_links": { "self": url, "git": git, "html": html },
    }))
}

/// `GET /repos/{owner}/{repo}/contents/{path}`.
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Read)?;
    let (at, commit) = place(call, id)?;
    let path = call.param("path").trim_matches('/').to_owned();
    let git = call.state.open(id)?;
    let tree = git.tree_of(commit)?;
    let found = RepoPath::new(&path).ok().and_then(|path| git.find(tree, &path).ok().flatten());
    let Some(entry) = found else { return folder(call, id, (&path, &at), tree) };
    let content = git.blob(entry.oid, MAX_BLOB)?;
    if call.request.header("accept").is_some_and(|accept| accept.contains("raw")) {
        return Ok(Answer::bytes(200, "application/vnd.github.raw+json; charset=utf-8", content));
    }
    let mut answer = shown(call, id, (&path, &at), (entry.oid, content.len(), "file"))?;
    answer["content"] = json!(STANDARD.encode(content));
    answer["encoding"] = json!("base64");
    Ok(Answer::ok(answer))
}

fn folder(call: &Call<'_>, id: u64, (path, at): (&str, &str), tree: Oid) -> Result<Answer, Refusal> {
    let git = call.state.open(id)?;
    let below = if path.is_empty() { String::new() } else { format!("{path}/") };
    let all: Vec<Entry> = git.list(tree, Limits::default())?;
    let mut list: Vec<Value> = Vec::new();
    let mut folders: Vec<String> = Vec::new();
    for entry in &all {
        let whole = entry.path.to_string();
        let Some(rest) = whole.strip_prefix(&below) else { continue };
        match rest.split_once('/') {
            Some((name, _)) => {
                let name = format!("{below}{name}");
                if !folders.contains(&name) {
                    list.push(shown(call, id, (&name, at), (entry.oid, 0, "dir"))?);
                    folders.push(name);
                }
            }
            None => {
                let size = git.blob(entry.oid, MAX_BLOB).map_or(0, |blob| blob.len());
                list.push(shown(call, id, (&whole, at), (entry.oid, size, "file"))?);
            }
        }
    }
    if list.is_empty() && !path.is_empty() {
        Err(Refusal::NotFound)
    } else {
        Ok(Answer::ok(Value::Array(list)))
    }
}

/// `PUT /repos/{owner}/{repo}/contents/{path}`.
pub(super) fn put(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let packed: String = call.text("content").unwrap_or_default().split_whitespace().collect();
    let content =
        STANDARD.decode(packed).map_err(|_| Refusal::Malformed("content is not valid Base64".to_owned()))?;
    change(call, Change::Put { mode: Mode::File, content })
}

/// `DELETE /repos/{owner}/{repo}/contents/{path}`.
pub(super) fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    change(call, Change::Delete)
}

fn change(call: &mut Call<'_>, change: Change) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Write)?;
    let path = call.param("path").to_owned();
    if path.starts_with(".github/workflows/") {
        call.repo(Scope::Workflows, Level::Write)?;
    }
    let branch = match call.text("branch") {
        Some(name) => name.to_owned(),
        None => call.state.repo(id)?.default_branch.clone(),
    };
    let parent = call.state.repo(id)?.tip(&branch).ok_or(Refusal::NotFound)?;
    if call.state.repo(id)?.rules_of(&branch).is_some() {
        return Err(Refusal::Protected(branch));
    }
    let git = call.state.open(id)?;
    let at = RepoPath::new(&path)
        .map_err(|_| Refusal::Malformed("path contains a malformed path component".to_owned()))?;
    let before = git.find(git.tree_of(parent)?, &at)?.map(|entry| entry.oid);
    let given: Option<Oid> = call.text("sha").and_then(|text| text.parse().ok());
    match (before, given) {
        (Some(_), None) => {
            let message = "Invalid request.\n\n\"sha\" wasn't supplied.".to_owned();
            return Err(Refusal::Malformed(message));
        }
        // GitHub: "<path> does not match <sha>", with 409.
        (before, Some(given)) if before != Some(given) => return Err(Refusal::Stale { path, given }),
        _ => {}
    }
    let removes = change == Change::Delete;
    let message = call.text("message").unwrap_or("Update").to_owned();
    let order = ApiCommit {
        branch: branch.clone(),
        parent,
        edits: vec![Edit { path: at.clone(), change }],
        message,
        by: call.login()?,
    };
    let commit = call.state.commit(id, &order)?;
    let git = call.state.open(id)?;
    let facts = git.commit_info(commit)?;
    let entry = git.find(facts.tree, &at)?;
    let content = match entry {
        Some(entry) if !removes => shown(call, id, (&path, &branch), (entry.oid, 0, "file"))?,
        _ => Value::Null,
    };
    let body =
        json!({ "content": content, "commit": plain(call.base, call.state.repo(id)?, commit, &facts) });
    Ok(Answer::json(if before.is_none() { 201 } else { 200 }, body))
}
