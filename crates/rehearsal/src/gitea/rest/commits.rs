//! Commits, branches and files; commits made by request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleetwright_core::Oid;
use fleetwright_git::{Change, Edit, Mode, RepoPath};
use serde_json::{Value, json};

use crate::gitea::shape::commit::{commit as shown, short};
use crate::gitea::wording::message;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::world::{ApiCommit, Refusal};

fn commit_of(call: &Call<'_>, repo: u64, name: &str) -> Result<Oid, Refusal> {
    match name.parse::<Oid>() {
        Ok(oid) => {
            if call.state.open(repo)?.has(oid)? {
                Ok(oid)
            } else {
                Err(Refusal::NotFound)
            }
        }
        Err(_) => call.state.repo(repo)?.tip(name).ok_or(Refusal::NotFound),
    }
}

/// `GET /repos/{owner}/{repo}/git/commits/{sha}`.
pub(super) fn one(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Contents, Level::Read)?;
    let oid = commit_of(call, repo, call.param("sha"))?;
    let facts = call.state.open(repo)?.commit_info(oid)?;
    Ok(Answer::ok(shown(call.base, call.state.repo(repo)?, oid, &facts)))
}

/// `GET /repos/{owner}/{repo}/branches/{branch}`.
pub(super) fn branch(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Contents, Level::Read)?;
    let name = call.param("branch").to_owned();
    branch_shown(call, repo, &name, 200)
}

fn branch_shown(call: &Call<'_>, repo: u64, name: &str, status: u16) -> Result<Answer, Refusal> {
    let known = call.state.repo(repo)?;
    let oid = known.tip(name).ok_or(Refusal::NotFound)?;
    let facts = call.state.open(repo)?.commit_info(oid)?;
    let rules = known.rules_of(name);
    let contexts = rules.map(|rules| rules.checks.clone()).unwrap_or_default();
    Ok(Answer::json(
        status,
        json!({
            "name": name,
            "commit": short(call.base, known, oid, &facts),
            "protected": rules.is_some(),
            "required_approvals": rules.map_or(0, |rules| rules.approvals),
            "enable_status_check": !contexts.is_empty(),
            "status_check_contexts": contexts,
            "user_can_push": rules.is_none_or(|rules| !rules.no_push),
            "user_can_merge": true,
            "effective_branch_protection_name": if rules.is_some() { name } else { "" },
        }),
    ))
}

/// `POST /repos/{owner}/{repo}/branches`.
pub(super) fn make_branch(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Contents, Level::Write)?;
    let by = call.login()?;
    let name = call.text("new_branch_name").unwrap_or_default().to_owned();
    let default = call.state.repo(repo)?.default_branch.clone();
    let old = call.text("old_ref_name").or_else(|| call.text("old_branch_name")).unwrap_or(&default);
    let from = commit_of(call, repo, old)?;
    call.state.move_branch(repo, &name, (None, Some(from)), &by)?;
    branch_shown(call, repo, &name, 201)
}

/// `DELETE /repos/{owner}/{repo}/branches/{branch}`.
pub(super) fn remove_branch(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Contents, Level::Write)?;
    let (by, name) = (call.login()?, call.param("branch").to_owned());
    let tip = call.state.repo(repo)?.tip(&name).ok_or(Refusal::NotFound)?;
    call.state.move_branch(repo, &name, (Some(tip), None), &by)?;
    Ok(Answer::empty(204))
}

/// `GET /repos/{owner}/{repo}/contents/{filepath}`.
pub(super) fn contents(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Contents, Level::Read)?;
    let default = call.state.repo(repo)?.default_branch.clone();
    let oid = commit_of(call, repo, call.request.query("ref").unwrap_or(&default))?;
    let repository = call.state.open(repo)?;
    let path = RepoPath::new(call.param("filepath")).map_err(|_| Refusal::NotFound)?;
    let entry = repository.find(repository.tree_of(oid)?, &path)?.ok_or(Refusal::NotFound)?;
    let content = repository.blob(entry.oid, 16 << 20)?;
    Ok(Answer::ok(json!({
        "name": call.param("filepath").rsplit('/').next(),
        "path": call.param("filepath"),
        "sha": entry.oid,
        "last_commit_sha": oid,
        "type": if entry.mode == Mode::Symlink { "symlink" } else { "file" },
        "size": content.len(),
        "encoding": "base64",
        "content": STANDARD.encode(&content),
    })))
}

/// `POST /repos/{owner}/{repo}/contents`: several files in one commit.
pub(super) fn change_files(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Contents, Level::Write)?;
    let by = call.login()?;
    call.state.notice(repo, &by)?;
    let default = call.state.repo(repo)?.default_branch.clone();
    let mut branch = call.text("branch").filter(|name| !name.is_empty()).unwrap_or(&default).to_owned();
    let parent = call.state.repo(repo)?.tip(&branch).ok_or(Refusal::NotFound)?;
    let edits = match edits(call, repo, parent)? {
        Ok(edits) => edits,
        Err(answer) => return Ok(answer),
    };
    if let Some(new) = call.text("new_branch").filter(|name| !name.is_empty()).map(str::to_owned) {
        call.state.move_branch(repo, &new, (None, Some(parent)), &by)?;
        branch = new;
    }
    let message = call.text("message").unwrap_or_default().to_owned();
    let oid = call.state.commit(repo, &ApiCommit { branch, parent, edits, message, by })?;
    let facts = call.state.open(repo)?.commit_info(oid)?;
    let mut commit = shown(call.base, call.state.repo(repo)?, oid, &facts);
    commit["message"] = json!(facts.message);
    commit["tree"] = commit["commit"]["tree"].clone();
    Ok(Answer::json(201, json!({ "files": [], "commit": commit, "verification": { "verified": false } })))
}

/// The edits that the operations ask for (services/repository/files/update.go).
fn edits(call: &Call<'_>, repo: u64, parent: Oid) -> Result<Result<Vec<Edit>, Answer>, Refusal> {
    let repository = call.state.open(repo)?;
    let tree = repository.tree_of(parent)?;
    let mut edits: Vec<Edit> = Vec::new();
    for file in call.body.get("files").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| file.get(name).and_then(Value::as_str).unwrap_or_default();
        let Ok(path) = RepoPath::new(text("path")) else {
            return Ok(Err(message(422, "path is malformed")));
        };
        let known = repository.find(tree, &path)?;
        let Ok(content) = STANDARD.decode(text("content")) else {
            return Ok(Err(message(422, "illegal base64 data")));
        };
        let sha = known.as_ref().map(|entry| entry.oid.to_string());
        let change = match (text("operation"), &known) {
            ("create", None) => Change::Put { mode: Mode::File, content },
            ("create", Some(_)) => {
                let text = format!("repository file already exists [path: {}]", text("path"));
                return Ok(Err(message(422, &text)));
            }
            ("update" | "delete", _) if sha.as_deref() != Some(text("sha")) => {
                let text = format!(
                    "sha does not match [given: {}, expected: {}]",
                    text("sha"),
                    sha.unwrap_or_default()
                );
                return Ok(Err(message(422, &text)));
            }
            ("update", Some(entry)) => Change::Put { mode: entry.mode, content },
            ("delete", _) => Change::Delete,
            (other, _) => return Ok(Err(message(422, &format!("invalid operation: {other}")))),
        };
        edits.push(Edit { path, change });
    }
    Ok(Ok(edits))
}
