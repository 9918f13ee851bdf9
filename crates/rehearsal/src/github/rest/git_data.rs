//! The git database: references, commits, trees, blobs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleetwright_core::Oid;
use fleetwright_git::{
    Change, CommitSpec, Edit, Kind, Limits, Mode, Object, Person, RepoPath, commit_object,
};
use serde_json::{Value, json};

use super::pages::Page;
use crate::github::shape::commit::plain;
use crate::github::shape::node::node;
use crate::github::shape::repo;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::world::Refusal;

/// The largest blob that is given out, in bytes (GitHub docs, "Get a blob": 100 MB).
pub(super) const MAX_BLOB: u64 = 100 << 20;

fn invalid(field: &'static str) -> Refusal {
    Refusal::Invalid { resource: "Reference", field, code: "invalid", message: None }
}

fn reference(call: &Call<'_>, id: u64, branch: &str, oid: Oid) -> Result<Value, Refusal> {
    let own = repo::url(call.base, call.state.repo(id)?);
    Ok(json!({
        "ref": format!("refs/heads/{branch}"),
        "node_id": node("REF", &[&id.to_string(), branch]),
        "url": format!("{own}/git/refs/heads/{branch}"),
        "object": { "type": "commit", "sha": oid, "url": format!("{own}/git/commits/{oid}") },
    }))
}

/// The branch of `heads/…` in the path.
fn branch(call: &Call<'_>) -> Result<String, Refusal> {
    let name = call.param("ref");
    let name = name.strip_prefix("refs/").unwrap_or(name);
    name.strip_prefix("heads/").map(str::to_owned).ok_or(Refusal::NotFound)
}

/// `GET /repos/{owner}/{repo}/git/ref/{ref}`.
pub(super) fn get_ref(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Read)?;
    let branch = branch(call)?;
    let oid = call.state.repo(id)?.tip(&branch).ok_or(Refusal::NotFound)?;
    Ok(Answer::ok(reference(call, id, &branch, oid)?))
}

/// `GET /repos/{owner}/{repo}/git/matching-refs/{ref}`.
pub(super) fn matching(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Read)?;
    let start = branch(call).unwrap_or_default();
    let branches = call.state.repo(id)?.branches.iter().filter(|(name, _)| name.starts_with(&start));
    let shown: Result<Vec<Value>, Refusal> =
        branches.map(|(name, oid)| reference(call, id, name, *oid)).collect();
    Ok(Answer::ok(Value::Array(shown?)))
}

fn sha(call: &Call<'_>, field: &'static str) -> Result<Oid, Refusal> {
    call.text(field).and_then(|text| text.parse().ok()).ok_or_else(|| invalid(field))
}

/// `POST /repos/{owner}/{repo}/git/refs`.
pub(super) fn create_ref(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Write)?;
    let name = call.text("ref").unwrap_or_default().to_owned();
    let branch = name.strip_prefix("refs/heads/").ok_or_else(|| invalid("ref"))?.to_owned();
    let oid = sha(call, "sha")?;
    if !call.state.open(id)?.has(oid)? {
        return Err(Refusal::Malformed("Object does not exist".to_owned()));
    }
    let by = call.login()?;
    call.state.move_branch(id, &branch, (None, Some(oid)), &by)?;
    Ok(Answer::json(201, reference(call, id, &branch, oid)?))
}

/// `PATCH /repos/{owner}/{repo}/git/refs/{ref}`.
pub(super) fn update_ref(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Write)?;
    let (branch, oid) = (branch(call)?, sha(call, "sha")?);
    let by = call.login()?;
    let before = call.state.repo(id)?.tip(&branch).ok_or(Refusal::NoReference)?;
    if !call.state.open(id)?.has(oid)? {
        return Err(Refusal::Malformed("Object does not exist".to_owned()));
    }
    if call.state.repo(id)?.rules_of(&branch).is_some() {
        return Err(Refusal::Protected(branch));
    }
    let force = call.body.get("force").and_then(Value::as_bool).unwrap_or(false);
    if !force && !call.state.is_behind(id, before, oid)? {
        return Err(Refusal::NotFastForward);
    }
    call.state.move_branch(id, &branch, (Some(before), Some(oid)), &by)?;
    Ok(Answer::ok(reference(call, id, &branch, oid)?))
}

/// `DELETE /repos/{owner}/{repo}/git/refs/{ref}`.
pub(super) fn delete_ref(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Write)?;
    let (branch, by) = (branch(call)?, call.login()?);
    let before = call.state.repo(id)?.tip(&branch).ok_or(Refusal::NoReference)?;
    if call.state.repo(id)?.default_branch == branch {
        return Err(Refusal::Protected(branch));
    }
    call.state.move_branch(id, &branch, (Some(before), None), &by)?;
    Ok(Answer::empty(204))
}

/// `GET /repos/{owner}/{repo}/git/commits/{commit_sha}`.
pub(super) fn get_commit(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Read)?;
    let oid: Oid = call.param("commit_sha").parse().map_err(|_| Refusal::NotFound)?;
    let facts = call.state.open(id)?.commit_info(oid).map_err(|_| Refusal::NotFound)?;
    Ok(Answer::ok(plain(call.base, call.state.repo(id)?, oid, &facts)))
}

/// `POST /repos/{owner}/{repo}/git/commits`.
pub(super) fn create_commit(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Write)?;
    let tree = sha(call, "tree")?;
    let parents: Vec<Oid> = call.texts("parents").iter().filter_map(|text| text.parse().ok()).collect();
    let by = call.login()?;
    let author = &call.body["author"];
    let text = |field: &str| author[field].as_str().map(str::to_owned);
    let author = Person {
        name: text("name").unwrap_or_else(|| by.clone()),
        email: text("email").unwrap_or_else(|| format!("{by}@users.noreply.github.com")),
    };
    let (time, message) = (call.state.now() / 1_000, call.text("message").unwrap_or_default().to_owned());
    let git = call.state.open(id)?;
    let spec = CommitSpec { tree, parents, committer: author.clone(), author, time, message };
    let commit = commit_object(&spec)?;
    let oid = commit.oid;
    git.write_objects(&[commit])?;
    let facts = git.commit_info(oid)?;
    Ok(Answer::json(201, plain(call.base, call.state.repo(id)?, oid, &facts)))
}

/// `POST /repos/{owner}/{repo}/git/blobs`.
pub(super) fn create_blob(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Write)?;
    let text = call.text("content").unwrap_or_default();
    let content = match call.text("encoding") {
        Some("base64") => {
            let packed: String = text.split_whitespace().collect();
            STANDARD
                .decode(packed)
                .map_err(|_| Refusal::Malformed("content is not valid Base64".to_owned()))?
        }
        _ => text.as_bytes().to_vec(),
    };
    let blob = Object::new(Kind::Blob, content)?;
    let oid = blob.oid;
    call.state.open(id)?.write_objects(&[blob])?;
    let url = format!("{}/git/blobs/{oid}", repo::url(call.base, call.state.repo(id)?));
    Ok(Answer::json(201, json!({ "url": url, "sha": oid })))
}

/// `GET /repos/{owner}/{repo}/git/blobs/{file_sha}`.
pub(super) fn get_blob(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Read)?;
    let oid: Oid = call.param("file_sha").parse().map_err(|_| Refusal::NotFound)?;
    let content = call.state.open(id)?.blob(oid, MAX_BLOB).map_err(|_| Refusal::NotFound)?;
    let url = format!("{}/git/blobs/{oid}", repo::url(call.base, call.state.repo(id)?));
    Ok(Answer::ok(json!({
        "sha": oid,
        "node_id": node("B", &[&id.to_string(), &oid.to_string()]),
        "size": content.len(),
        "url": url,
        "content": STANDARD.encode(content),
        "encoding": "base64",
    })))
}

fn mode(text: &str) -> Option<Mode> {
    [Mode::File, Mode::Executable, Mode::Symlink, Mode::Submodule]
        .into_iter()
        .find(|mode| format!("{:06o}", mode.bits()) == text)
}

/// One entry of a tree to make.
fn entry(one: &Value) -> Result<Edit, Refusal> {
    let wrong = |what: &str| Refusal::Malformed(format!("tree.{what} is not valid"));
    let path = RepoPath::new(one["path"].as_str().unwrap_or_default()).map_err(|_| wrong("path"))?;
    let kept = mode(one["mode"].as_str().unwrap_or("100644"));
    let change = match (one["content"].as_str(), one.get("sha")) {
        (Some(text), _) => {
            Change::Put { mode: kept.ok_or_else(|| wrong("mode"))?, content: text.as_bytes().to_vec() }
        }
        (None, Some(Value::Null)) => Change::Delete,
        (None, sha) => {
            let oid = sha.and_then(Value::as_str).and_then(|text| text.parse().ok());
            Change::PutOid { mode: kept.ok_or_else(|| wrong("mode"))?, oid: oid.ok_or_else(|| wrong("sha"))? }
        }
    };
    Ok(Edit { path, change })
}

/// `POST /repos/{owner}/{repo}/git/trees`.
pub(super) fn create_tree(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Write)?;
    let git = call.state.open(id)?;
    let base = match call.text("base_tree").map(str::parse::<Oid>) {
        // A commit stands for its tree.
        Some(Ok(oid)) => Some(git.tree_of(oid).unwrap_or(oid)),
        Some(Err(_)) => return Err(Refusal::Malformed("base_tree is not valid".to_owned())),
        None => None,
    };
    let list = call.body["tree"].as_array().cloned().unwrap_or_default();
    let edits: Result<Vec<Edit>, Refusal> = list.iter().map(entry).collect();
    let built = git.build(base, &edits?)?;
    git.write_objects(&built.objects)?;
    Ok(Answer::json(201, tree(call, id, built.tree, false)?))
}

/// `GET /repos/{owner}/{repo}/git/trees/{tree_sha}`.
pub(super) fn get_tree(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Read)?;
    let name = call.param("tree_sha").to_owned();
    let git = call.state.open(id)?;
    let oid = call.state.repo(id)?.tip(&name).or_else(|| name.parse().ok()).ok_or(Refusal::NotFound)?;
    let oid = git.tree_of(oid).unwrap_or(oid);
    let recursive = call.request.query("recursive").is_some();
    Ok(Answer::ok(tree(call, id, oid, recursive)?))
}

fn tree(call: &Call<'_>, id: u64, oid: Oid, recursive: bool) -> Result<Value, Refusal> {
    let git = call.state.open(id)?;
    let entries = git.list(oid, Limits::default()).map_err(|_| Refusal::NotFound)?;
    let own = repo::url(call.base, call.state.repo(id)?);
    let mut shown: Vec<Value> = Vec::new();
    let mut folders: Vec<String> = Vec::new();
    for entry in &entries {
        let path = entry.path.to_string();
        if !recursive && let Some((folder, _)) = path.split_once('/') {
            if folders.last().is_none_or(|last| last != folder) {
                folders.push(folder.to_owned());
            }
            continue;
        }
        shown.push(json!({
            "path": path,
            "mode": format!("{:06o}", entry.mode.bits()),
            "type": if entry.mode == Mode::Submodule { "commit" } else { "blob" },
            "sha": entry.oid,
            "size": git.blob(entry.oid, MAX_BLOB).map_or(0, |blob| blob.len()),
            "url": format!("{own}/git/blobs/{}", entry.oid),
        }));
    }
    for folder in folders {
        let below = format!("{folder}/");
        let edits = entries.iter().filter_map(|entry| {
            let path = RepoPath::new(entry.path.to_string().strip_prefix(&below)?).ok()?;
            Some(Edit { path, change: Change::PutOid { mode: entry.mode, oid: entry.oid } })
        });
        // Built anew, a folder has the name it had.
        let sha = git.build(None, &edits.collect::<Vec<_>>())?.tree;
        let url = format!("{own}/git/trees/{sha}");
        shown.push(json!({ "path": folder, "mode": "040000", "type": "tree", "sha": sha, "url": url }));
    }
    Ok(json!({ "sha": oid, "url": format!("{own}/git/trees/{oid}"), "tree": shown, "truncated": false }))
}

/// `GET /repos/{owner}/{repo}/branches`.
pub(super) fn branches(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.repo(Scope::Contents, Level::Read)?;
    let known = call.state.repo(id)?;
    let own = repo::url(call.base, known);
    let all: Vec<(&String, &Oid)> = known.branches.iter().collect();
    let shown = |(name, oid): (&String, &Oid)| {
        let url = format!("{own}/commits/{oid}");
        json!({ "name": name, "commit": { "sha": oid, "url": url }, "protected": known.rules_of(name).is_some() })
    };
    Ok(Page::of(call).list(call, all, shown))
}
