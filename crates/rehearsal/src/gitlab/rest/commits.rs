//! Commits, branches, files and directories; commits made by request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleetwright_core::Oid;
use fleetwright_git::{Change, Edit, Limits, Mode, RepoPath};
use serde_json::{Value, json};

use super::pages;
use super::place::project;
use crate::gitlab::shape::commit::commit as shown;
use crate::gitlab::shape::tree::{Row, directory};
use crate::gitlab::wording::message;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::world::{ApiCommit, Refusal};

/// The commit that a name, a branch or nothing (the default branch) stands for.
fn commit_of(call: &Call<'_>, repo: u64, name: Option<&str>) -> Result<Oid, Refusal> {
    let known = call.state.repo(repo)?;
    let name = name.filter(|name| !name.is_empty()).unwrap_or(&known.default_branch);
    if let Ok(oid) = name.parse::<Oid>() {
        return if call.state.open(repo)?.has(oid)? { Ok(oid) } else { Err(Refusal::NotFound) };
    }
    known.tip(name).ok_or(Refusal::NotFound)
}

/// `GET /projects/{id}/repository/commits/{sha}`.
pub(super) fn one(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = project(call, Scope::Contents, Level::Read)?;
    let oid = commit_of(call, repo, Some(call.param("sha")))?;
    let facts = call.state.open(repo)?.commit_info(oid)?;
    Ok(Answer::ok(shown(call.base, call.state.repo(repo)?, oid, &facts)))
}

/// `GET /projects/{id}/repository/tree`.
pub(super) fn tree(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = project(call, Scope::Contents, Level::Read)?;
    let oid = commit_of(call, repo, call.request.query("ref"))?;
    let repository = call.state.open(repo)?;
    let entries = repository.list(repository.tree_of(oid)?, Limits::default())?;
    let rows = directory(&entries)?;
    // Directories come first, then files, each in the order of their names.
    let (mut all, files): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.kind == "tree");
    all.extend(files);
    Ok(pages::list(
        call,
        all,
        |row| json!({ "id": row.id, "name": row.name, "type": row.kind, "path": row.name, "mode": row.mode }),
    ))
}

/// `GET /projects/{id}/repository/branches/{branch}`.
pub(super) fn branch(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = project(call, Scope::Contents, Level::Read)?;
    let name = call.param("branch").to_owned();
    let known = call.state.repo(repo)?;
    let oid = known.tip(&name).ok_or(Refusal::NotFound)?;
    let facts = call.state.open(repo)?.commit_info(oid)?;
    Ok(Answer::ok(json!({
        "name": name,
        "merged": false,
        "protected": known.rules_of(&name).is_some(),
        "default": name == known.default_branch,
        "developers_can_push": false,
        "developers_can_merge": false,
        "can_push": true,
        "web_url": format!("{}/{}/-/tree/{name}", call.base, known.full_name()),
        "commit": shown(call.base, known, oid, &facts),
    })))
}

/// `GET /projects/{id}/repository/files/{file_path}`.
pub(super) fn file(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = project(call, Scope::Contents, Level::Read)?;
    let oid = commit_of(call, repo, call.request.query("ref"))?;
    let repository = call.state.open(repo)?;
    let path = RepoPath::new(call.param("file_path")).map_err(|_| Refusal::NotFound)?;
    let entry = repository.find(repository.tree_of(oid)?, &path)?.ok_or(Refusal::NotFound)?;
    let content = repository.blob(entry.oid, 16 << 20)?;
    Ok(Answer::ok(json!({
        "file_name": call.param("file_path").rsplit('/').next(),
        "file_path": call.param("file_path"),
        "size": content.len(),
        "encoding": "base64",
        "content": STANDARD.encode(&content),
        "ref": call.request.query("ref"),
        "blob_id": entry.oid,
        "commit_id": oid,
        "last_commit_id": oid,
        "execute_filemode": entry.mode == Mode::Executable,
    })))
}

/// `POST /projects/{id}/repository/commits`.
pub(super) fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = project(call, Scope::Contents, Level::Write)?;
    let by = call.login()?;
    call.state.notice(repo, &by)?;
    let branch = call.text("branch").unwrap_or_default().to_owned();
    let start = call.text("start_sha").map(|sha| commit_of(call, repo, Some(sha))).transpose()?;
    let tip = call.state.repo(repo)?.tip(&branch);
    let parent = match (start, tip) {
        (Some(_), Some(_)) => {
            let text = format!(
                "A branch called '{branch}' already exists. Switch to that branch in order to make changes"
            );
            return Ok(message(400, text));
        }
        (Some(start), None) => {
            call.state.move_branch(repo, &branch, (None, Some(start)), &by)?;
            start
        }
        (None, Some(tip)) => tip,
        (None, None) => {
            return Ok(message(400, "You can only create or edit files when you are on a branch"));
        }
    };
    let made = edits(call, repo, parent).and_then(|edits| match edits {
        Ok(edits) => {
            let message = call.text("commit_message").unwrap_or_default().to_owned();
            let order = ApiCommit { branch: branch.clone(), parent, edits, message, by: by.clone() };
            call.state.commit(repo, &order).map(Ok)
        }
        Err(answer) => Ok(Err(answer)),
    });
    if !matches!(made, Ok(Ok(_))) && start.is_some() {
        // Nothing is left of a commit that was not made.
        call.state.move_branch(repo, &branch, (Some(parent), None), &by)?;
    }
    match made? {
        Ok(oid) => {
            let facts = call.state.open(repo)?.commit_info(oid)?;
            Ok(Answer::json(201, shown(call.base, call.state.repo(repo)?, oid, &facts)))
        }
        Err(answer) => Ok(answer),
    }
}

type Told = Result<Vec<Edit>, Answer>;

/// The edits that the actions ask for, in the order given.
fn edits(call: &Call<'_>, repo: u64, parent: Oid) -> Result<Told, Refusal> {
    let repository = call.state.open(repo)?;
    let tree = repository.tree_of(parent)?;
    let mut edits: Vec<Edit> = Vec::new();
    for action in call.body.get("actions").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| action.get(name).and_then(Value::as_str).unwrap_or_default();
        let Ok(path) = RepoPath::new(text("file_path")) else {
            return Ok(Err(message(400, "Invalid path")));
        };
        let known = repository.find(tree, &path)?;
        let written = edits.iter().position(|edit| edit.path == path);
        let executable = action.get("execute_filemode").and_then(Value::as_bool).unwrap_or_default();
        let old_mode = known.as_ref().map_or(Mode::File, |entry| entry.mode);
        let content = match text("encoding") {
            "base64" => STANDARD.decode(text("content")).unwrap_or_default(),
            _ => text("content").as_bytes().to_vec(),
        };
        let exists = known.is_some() || written.is_some();
        let change = match (text("action"), exists) {
            ("create", true) => return Ok(Err(message(400, "A file with this name already exists"))),
            ("update" | "delete" | "chmod", false) => {
                return Ok(Err(message(400, "A file with this name doesn't exist")));
            }
            ("create", false) => Change::Put { mode: Mode::File, content },
            ("update", true) => Change::Put { mode: old_mode, content },
            ("delete", true) => Change::Delete,
            ("chmod", true) => {
                let mode = if executable { Mode::Executable } else { Mode::File };
                let content = match (written.map(|at| &edits[at].change), &known) {
                    (Some(Change::Put { content, .. }), _) => content.clone(),
                    (_, Some(entry)) => repository.blob(entry.oid, 64 << 20)?,
                    _ => Vec::new(),
                };
                Change::Put { mode, content }
            }
            _ => return Ok(Err(message(400, "action does not have a valid value"))),
        };
        edits.retain(|edit| edit.path != path);
        edits.push(Edit { path, change });
    }
    Ok(Ok(edits))
}
