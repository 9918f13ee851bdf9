//! Commits that GitLab makes, and signs where the server is set up to.
//!
//! Source: docs.gitlab.com/api/commits "Create a commit with multiple files and actions". It knows no lease
//! on the branch: a branch that must not exist is made by the commit itself, which GitLab refuses where
//! there is one. A branch that is there is moved by git, with an exact lease, to a commit made beside it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fleetwright_core::Oid;
use fleetwright_forge::http::{About, Permission, encoded};
use fleetwright_forge::{ApiFile, CommitSeen, Cost, Done, Effect, ForgeError, Moved};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Inner;
use crate::commits::read_oid;
use crate::effects::Change;
use crate::projects::project_path;
use crate::refusal::said;
use crate::wire::Commit;

/// A file as it is in the base.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Known {
    execute_filemode: bool,
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
    /// Has GitLab make a commit and moves a branch to it.
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
        let actions = self.actions(repo, planned).await?;
        let commit = match expected {
            None => self.make(repo, planned, actions).await?,
            Some(_) => {
                let beside = format!("{branch}.made");
                let beside = Planned { branch: &beside, ..planned };
                if let Some(left) = self.git.tip(repo, beside.branch).await? {
                    self.git.delete(repo, beside.branch, left).await?;
                }
                let commit = self.make(repo, beside, actions).await?;
                let moved = Moved {
                    branch,
                    expected: *expected,
                    head: commit,
                    objects: &[],
                    permission: Permission::Contents,
                };
                let moved = self.git.push(repo, &moved).await;
                // It is only a name; the next commit removes one that is left.
                let _ = self.git.delete(repo, beside.branch, commit).await;
                moved.map(|()| commit)?
            }
        };
        if is_planned(&self.commit_of(repo, commit).await.map_err(ForgeError::unknown)?, planned) {
            return Ok(Done::Committed(commit));
        }
        let why = format!("GitLab made commit {} with other files than planned", commit.short());
        Err(ForgeError::Refused { repo: repo.to_owned(), why })
    }

    /// What a commit says: by git where it can tell, else by the API.
    pub(crate) async fn commit_of(&self, repo: &str, commit: Oid) -> Result<CommitSeen, ForgeError> {
        match self.git.commit(repo, commit).await {
            Ok(Some(seen)) => Ok(seen),
            _ => self.commit_seen(repo, commit).await,
        }
    }

    async fn make(&self, repo: &str, planned: Planned<'_>, actions: Vec<Value>) -> Result<Oid, ForgeError> {
        let what = format!("a commit on {}", planned.branch);
        let about = About { repo, what: &what };
        let change = Change {
            method: Method::POST,
            path: "/repository/commits".to_owned(),
            body: json!({
                "branch": planned.branch,
                "start_sha": planned.base.to_string(),
                "commit_message": planned.message,
                "actions": actions,
            }),
            cost: Cost::Write,
            permission: Permission::Contents,
        };
        let reply = self.change(about, change).await?;
        if reply.is_success() {
            return read_oid(repo, &reply.json::<Commit>(repo)?.id);
        }
        // "A branch called 'x' already exists. Switch to that branch in order to make changes"
        if reply.status == 400 && said(&reply).contains("already exists. Switch to that branch") {
            let actual = self.git.tip(repo, planned.branch).await?;
            return Err(ForgeError::BranchMoved { branch: planned.branch.to_owned(), actual });
        }
        Err(self.refused(&reply, about).await)
    }

    /// GitLab wants to be told whether a file is new.
    async fn actions(&self, repo: &str, planned: Planned<'_>) -> Result<Vec<Value>, ForgeError> {
        let mut actions = Vec::new();
        for file in planned.files {
            let path = format!(
                "{}/repository/files/{}?ref={}",
                project_path(repo),
                encoded(&file.path),
                planned.base
            );
            let known = self.rest.find::<Known>(About { repo, what: &file.path }, &path).await?;
            actions.extend(steps(repo, file, known.as_ref())?);
        }
        Ok(actions)
    }
}

fn is_planned(seen: &CommitSeen, planned: Planned<'_>) -> bool {
    seen.tree == planned.tree && seen.parents == [planned.base]
}

fn steps(repo: &str, file: &ApiFile, known: Option<&Known>) -> Result<Vec<Value>, ForgeError> {
    let path = file.path.as_str();
    let Some(content) = &file.content else {
        return Ok(known.map(|_| json!({ "action": "delete", "file_path": path })).into_iter().collect());
    };
    let executable = match file.mode {
        "100644" => false,
        "100755" => true,
        mode => {
            let why =
                format!("{path}: GitLab's API makes files only, not mode {mode}; use `commit.sign: none`");
            return Err(ForgeError::Refused { repo: repo.to_owned(), why });
        }
    };
    let action = if known.is_some() { "update" } else { "create" };
    let content = STANDARD.encode(content);
    let mut steps =
        vec![json!({ "action": action, "file_path": path, "content": content, "encoding": "base64" })];
    if known.is_some_and(|known| known.execute_filemode) != executable {
        steps.push(json!({ "action": "chmod", "file_path": path, "execute_filemode": executable }));
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_script_is_made_and_then_made_executable() {
        let file = ApiFile { path: "run.sh".into(), mode: "100755", content: Some(b"x".to_vec()) };
        let actions = |known: Option<&Known>| {
            let steps = steps("x", &file, known).unwrap();
            steps.iter().map(|step| step["action"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(actions(None), ["create", "chmod"]);
        assert_eq!(actions(Some(&Known { execute_filemode: true })), ["update"]);
        assert_eq!(actions(Some(&Known { execute_filemode: false })), ["update", "chmod"]);
        let link = ApiFile { mode: "120000", ..file.clone() };
        assert!(matches!(steps("x", &link, None), Err(ForgeError::Refused { .. })));
        let gone = ApiFile { content: None, ..file };
        assert_eq!(steps("x", &gone, None), Ok(Vec::new()));
    }
}
