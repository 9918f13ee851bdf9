//! Commits: what they say, and those that Gitea makes and signs where it is set up to.
//!
//! Source: <https://gitea.com/api/swagger> "repoChangeFiles", "repoCreateBranch". A change of files begins at a
//! branch's tip and knows no lease. So it is made on a branch of its own that begins at the base, and the
//! real one is moved to it by git, with an exact lease.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fleetwright_core::Oid;
use fleetwright_forge::http::{About, Permission, encoded};
use fleetwright_forge::{ApiFile, CommitSeen, Cost, Done, Effect, ForgeError, Moved};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Inner;
use crate::effects::Change;
use crate::repos::repo_path;
use crate::state::{moment, read_oid};
use crate::wire::{Changed, Commit};

/// A file as it is in the base.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Known {
    sha: String,
}

/// What the commit shall be.
#[derive(Clone, Copy)]
struct Planned<'a> {
    branch: &'a str,
    base: Oid,
    tree: Oid,
    message: &'a str,
    files: &'a [ApiFile],
}

impl Inner {
    /// What a commit says: by git where it can tell, else by the API.
    pub(crate) async fn commit_of(&self, repo: &str, commit: Oid) -> Result<CommitSeen, ForgeError> {
        if let Ok(Some(seen)) = self.git.commit(repo, commit).await {
            return Ok(seen);
        }
        let path =
            format!("{}/git/commits/{commit}?stat=false&verification=false&files=false", repo_path(repo));
        let what = format!("commit {}", commit.short());
        let told: Commit = self.rest.read(About { repo, what: &what }, &path).await?;
        let parents =
            told.parents.iter().map(|parent| read_oid(repo, &parent.sha)).collect::<Result<_, _>>()?;
        let time = moment(&told.commit.committer.date).unwrap_or_default() / 1_000;
        let tree = read_oid(repo, &told.commit.tree.sha)?;
        Ok(CommitSeen { time, tree, parents, message: told.commit.message })
    }

    /// Has Gitea make a commit and moves a branch to it.
    pub(crate) async fn commit_by_api(&self, repo: &str, effect: &Effect) -> Result<Done, ForgeError> {
        let Effect::Commit { branch, expected, base, tree, message, files } = effect else {
            return Err(ForgeError::unknown("not an effect that commits"));
        };
        let planned = Planned { branch, base: *base, tree: *tree, message, files };
        let actual = self.git.tip(repo, branch).await?;
        if let Some(tip) = actual
            && is_planned(&self.commit_of(repo, tip).await?, planned)
        {
            return Ok(Done::Committed(tip));
        }
        if actual != *expected {
            return Err(ForgeError::BranchMoved { branch: branch.clone(), actual });
        }
        let changes = self.changes(repo, planned).await?;
        let beside = format!("{branch}.made");
        let beside = Planned { branch: &beside, ..planned };
        if let Some(left) = self.git.tip(repo, beside.branch).await? {
            self.git.delete(repo, beside.branch, left).await?;
        }
        let commit = self.make(repo, beside, changes).await?;
        let is_right = match self.commit_of(repo, commit).await {
            Ok(made) => Ok(is_planned(&made, planned)),
            Err(error) => Err(ForgeError::unknown(error)),
        };
        let moved = match is_right {
            Ok(true) => {
                let moved = Moved {
                    branch,
                    expected: *expected,
                    head: commit,
                    objects: &[],
                    permission: Permission::Contents,
                };
                self.git.push(repo, &moved).await
            }
            Ok(false) => {
                let why = format!("Gitea made commit {} with other files than planned", commit.short());
                Err(ForgeError::Refused { repo: repo.to_owned(), why })
            }
            Err(error) => Err(error),
        };
        // It is only a name; the next commit removes one that is left.
        let _ = self.git.delete(repo, beside.branch, commit).await;
        moved.map(|()| Done::Committed(commit))
    }

    async fn make(&self, repo: &str, planned: Planned<'_>, files: Vec<Value>) -> Result<Oid, ForgeError> {
        let what = format!("a commit on {}", planned.branch);
        let about = About { repo, what: &what };
        let change = |path: &str, body: Value| Change {
            method: Method::POST,
            path: path.to_owned(),
            body,
            cost: Cost::Write,
            permission: Permission::Contents,
        };
        let base = json!({ "new_branch_name": planned.branch, "old_ref_name": planned.base.to_string() });
        let reply = self.change(about, change("/branches", base)).await?;
        if !reply.is_success() {
            return Err(self.refused(&reply, about));
        }
        let body = json!({ "branch": planned.branch, "message": planned.message, "files": files });
        let reply = self.change(about, change("/contents", body)).await?;
        match reply.is_success() {
            true => read_oid(repo, &reply.json::<Changed>(repo)?.commit.sha),
            false => Err(self.refused(&reply, about)),
        }
    }

    /// Gitea wants to be told which blob a file is now.
    async fn changes(&self, repo: &str, planned: Planned<'_>) -> Result<Vec<Value>, ForgeError> {
        let mut changes = Vec::new();
        for file in planned.files {
            let parts: Vec<String> = file.path.split('/').map(encoded).collect();
            let path = format!("{}/contents/{}?ref={}", repo_path(repo), parts.join("/"), planned.base);
            let known = self.rest.find::<Known>(About { repo, what: &file.path }, &path).await?;
            changes.extend(change_of(repo, file, known.as_ref())?);
        }
        Ok(changes)
    }
}

fn is_planned(seen: &CommitSeen, planned: Planned<'_>) -> bool {
    seen.tree == planned.tree && seen.parents == [planned.base]
}

fn change_of(repo: &str, file: &ApiFile, known: Option<&Known>) -> Result<Option<Value>, ForgeError> {
    let path = file.path.as_str();
    let Some(content) = &file.content else {
        return Ok(known.map(|known| json!({ "operation": "delete", "path": path, "sha": known.sha })));
    };
    // A file that is there keeps its mode, whatever it is; the commit's tree is compared in the end.
    if file.mode != "100644" && (known.is_none() || file.mode != "100755") {
        let why = format!(
            "{path}: Gitea's API makes plain files only, not mode {}; use `commit.sign: none`",
            file.mode
        );
        return Err(ForgeError::Refused { repo: repo.to_owned(), why });
    }
    let content = STANDARD.encode(content);
    Ok(Some(match known {
        Some(known) => json!({ "operation": "update", "path": path, "content": content, "sha": known.sha }),
        None => json!({ "operation": "create", "path": path, "content": content }),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_changed_or_removed_as_it_is_in_the_base() {
        let known = Known { sha: "b10b".into() };
        let file = ApiFile { path: "a".into(), mode: "100644", content: Some(b"x".to_vec()) };
        let told = |file: &ApiFile, known: Option<&Known>| {
            change_of("x", file, known)
                .unwrap()
                .map(|change| change["operation"].as_str().unwrap().to_owned())
        };
        assert_eq!(told(&file, None).as_deref(), Some("create"));
        assert_eq!(told(&file, Some(&known)).as_deref(), Some("update"));
        let gone = ApiFile { content: None, ..file.clone() };
        assert_eq!((told(&gone, Some(&known)).as_deref(), told(&gone, None)), (Some("delete"), None));
        let script = ApiFile { mode: "100755", ..file };
        assert!(change_of("x", &script, None).is_err(), "it would come out as a plain file");
    }
}
