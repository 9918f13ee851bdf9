//! Checks of the local forge: commands on the merged tree, in the sandbox, kept by tree.

use std::fs;
use std::path::PathBuf;

use fleetwright_core::Oid;
use fleetwright_core::pull::{Check, PullSeen, PullState, Verdict};
use fleetwright_core::shift::content_digest;
use fleetwright_git::{RepoPath, Repository, plain};
use fleetwright_runner::{Cancel, Limits, Network, Order, Outcome, Sandbox};
use serde::{Deserialize, Serialize};

use crate::effects::tip;
use crate::merging::{Joined, join};
use crate::pull_file::{PullFile, replace};
use crate::{CheckSpec, Inner, access};
use fleetwright_forge::ForgeError;

/// What a check said of a tree.
#[derive(Debug, Serialize, Deserialize)]
struct CheckFile {
    name: String,
    run: String,
    verdict: Verdict,
    /// How it ended, for people.
    ended: String,
    log: String,
}

impl Inner {
    /// A pull request with its checks: those that are due are run now.
    pub(crate) fn seen(
        &self,
        repo: &str,
        repository: &Repository,
        pull: &PullFile,
    ) -> Result<PullSeen, ForgeError> {
        let mut seen = self.state_of(repo, repository, pull)?;
        if pull.state != PullState::Open {
            return Ok(seen);
        }
        let Some(base) = tip(repository, repo, &pull.base)? else { return Ok(seen) };
        let tree = match join(repository, base, seen.head).map_err(|error| access(repo, error))? {
            Joined::Conflict(_) => {
                seen.mergeable = Some(false);
                return Ok(seen);
            }
            Joined::Clean { tree, objects } => {
                repository.write_objects(&objects).map_err(|error| access(repo, error))?;
                tree
            }
        };
        seen.mergeable = Some(true);
        for spec in &self.checks {
            if let Some(check) = self.check(repo, repository, spec, (tree, base))? {
                seen.checks.push(check);
            }
        }
        Ok(seen)
    }

    fn check(
        &self,
        repo: &str,
        repository: &Repository,
        spec: &CheckSpec,
        (tree, base): (Oid, Oid),
    ) -> Result<Option<Check>, ForgeError> {
        let Some(verdict) = self.verdict(repo, repository, spec, tree)? else { return Ok(None) };
        let red_on_base = match verdict {
            Verdict::Red => {
                let base_tree = repository.tree_of(base).map_err(|error| access(repo, error))?;
                self.verdict(repo, repository, spec, base_tree)?.map(|verdict| verdict == Verdict::Red)
            }
            _ => None,
        };
        Ok(Some(Check { name: spec.name.clone(), verdict, red_on_base, required: None, run: None }))
    }

    /// What a check says of a tree; `None` where it is of no use. A tree is checked once.
    fn verdict(
        &self,
        repo: &str,
        repository: &Repository,
        spec: &CheckSpec,
        tree: Oid,
    ) -> Result<Option<Verdict>, ForgeError> {
        if let Some(path) = &spec.when {
            let path = RepoPath::new(path).map_err(|error| access(repo, error))?;
            if repository.find(tree, &path).map_err(|error| access(repo, error))?.is_none() {
                return Ok(None);
            }
        }
        let file = self.check_file(repo, spec, tree)?;
        if let Ok(text) = fs::read_to_string(&file)
            && let Ok(known) = serde_json::from_str::<CheckFile>(&text)
        {
            return Ok(Some(known.verdict));
        }
        let Some(sandbox) = (self.shelter)() else { return Ok(Some(Verdict::Skipped)) };
        let result = self.run(repository, spec, tree, &sandbox).map_err(|why| access(repo, why))?;
        let verdict = result.verdict;
        let text = serde_json::to_vec_pretty(&result).map_err(|error| access(repo, error))?;
        let folder = file.parent().map(fs::create_dir_all).transpose();
        folder.and_then(|_| replace(&file, &text)).map_err(|error| access(repo, error))?;
        Ok(Some(verdict))
    }

    fn check_file(&self, repo: &str, spec: &CheckSpec, tree: Oid) -> Result<PathBuf, ForgeError> {
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        let name: String = spec.name.chars().map(plain).collect();
        // The command is part of the name: another command is another check.
        let digest = &content_digest(spec.run.as_bytes())[..8];
        let folder = self.layout.folder(repo)?.join("checks").join(tree.to_string());
        Ok(folder.join(format!("{name}-{digest}.json")))
    }

    fn run(
        &self,
        repository: &Repository,
        spec: &CheckSpec,
        tree: Oid,
        sandbox: &Sandbox,
    ) -> Result<CheckFile, String> {
        let folder = tempfile::Builder::new()
            .prefix("check-")
            .tempdir_in(&self.scratch)
            .map_err(|error| format!("{}: {error}", self.scratch.display()))?;
        let checkout = folder.path().join("tree");
        plain::write_out(repository, Some(tree), &[], &checkout, plain::Limits::default())
            .map_err(|error| error.to_string())?;
        let order = Order {
            command: vec!["sh".to_owned(), "-c".to_owned(), spec.run.clone()],
            tree: checkout,
            cwd_in_tree: None,
            scripts: None,
            env: [("CI".to_owned(), "true".to_owned())].into(),
            network: Network::None,
            limits: Limits::default(),
        };
        let ended = sandbox.run(&order, &Cancel::new()).map_err(|error| error.to_string())?;
        let verdict = if ended.success() { Verdict::Green } else { Verdict::Red };
        Ok(CheckFile {
            name: spec.name.clone(),
            run: spec.run.clone(),
            verdict,
            ended: match ended.outcome {
                Outcome::Exited(code) => format!("exit code {code}"),
                other => format!("{other:?}"),
            },
            log: String::from_utf8_lossy(&ended.log).into_owned(),
        })
    }
}
