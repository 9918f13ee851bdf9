//! A forge, a plain client and a git for tests.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use fleetwright_rehearsal::github::GitHub;
use fleetwright_rehearsal::world::{RepoSpec, Settings};
use fleetwright_rehearsal::{Handle, World, serve};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A forge with one repository `acme/app` and a token that may do everything.
pub(crate) struct Place {
    pub(crate) forge: Handle,
    pub(crate) token: String,
    pub(crate) folder: TempDir,
    client: reqwest::Client,
}

/// An answer.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn message(&self) -> &str {
        self.body["message"].as_str().unwrap_or_default()
    }
}

/// The files of `acme/app`.
pub(crate) fn app() -> RepoSpec {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    RepoSpec {
        name: "acme/app".to_owned(),
        files: vec![file("app.yaml", "image: app:1\n"), file(".github/workflows/ci.yml", "on: push\n")],
        ..RepoSpec::default()
    }
}

impl Place {
    /// A forge in virtual time, as set up by `set`.
    pub(crate) async fn new(set: impl FnOnce(&mut Settings)) -> Place {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::new(folder.path().join("repos"));
        set(&mut settings);
        let world = World::in_virtual_time(settings);
        let token = {
            let mut state = world.lock();
            state.make_repo(&app()).unwrap();
            state.add_full_token("fleet-bot")
        };
        let forge = serve(world, Arc::new(GitHub)).await.unwrap();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Place { forge, token, folder, client }
    }

    pub(crate) fn world(&self) -> &World {
        &self.forge.world
    }

    /// Sends a request with a token.
    pub(crate) async fn with(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Value,
    ) -> Result<Got, reqwest::Error> {
        let url =
            if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.forge.url) };
        let mut request = self.client.request(method.parse().unwrap(), url).bearer_auth(token);
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        let reply = request.send().await?;
        let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
        let text = reply.text().await?;
        Ok(Got { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::Null), text })
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: Value) -> Got {
        self.with(&self.token, method, path, body).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Got {
        self.ask("GET", path, Value::Null).await
    }

    /// Where git finds a repository, token and all.
    pub(crate) fn git_url(&self, token: &str) -> String {
        format!(
            "{}/acme/app.git",
            self.forge.url.replace("http://", &format!("http://x-access-token:{token}@"))
        )
    }

    /// Clones `acme/app` once and gives the folder.
    pub(crate) async fn clone(&self) -> PathBuf {
        let to = self.folder.path().join("clone");
        if !to.exists() {
            let done = git(self.folder.path(), &["clone", "-q", &self.git_url(&self.token), "clone"]).await;
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        to
    }

    /// Writes a file on a branch and pushes it; what git said.
    pub(crate) async fn push(&self, branch: &str, path: &str, text: &str) -> Output {
        self.push_as(&self.token, branch, (path, text)).await
    }

    pub(crate) async fn push_as(&self, token: &str, branch: &str, (path, text): (&str, &str)) -> Output {
        let clone = self.clone().await;
        git(&clone, &["checkout", "-q", "-B", branch]).await;
        let file = clone.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
        git(&clone, &["add", "."]).await;
        git(&clone, &["commit", "-q", "-m", "change"]).await;
        git(&clone, &["push", &self.git_url(token), branch]).await
    }

    /// Opens a pull request from a branch.
    pub(crate) async fn open(&self, branch: &str) -> Got {
        let body = json!({ "title": "Change", "head": branch, "base": "main", "body": "why" });
        self.ask("POST", "/repos/acme/app/pulls", body).await
    }

    /// The number of `acme/app`.
    pub(crate) fn app(&self) -> u64 {
        self.world().lock().repo_named("acme/app").unwrap()
    }
}

/// Runs git without anybody's configuration.
pub(crate) async fn git(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("git");
    command.current_dir(folder).args(arguments);
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Ada").env(format!("GIT_{who}_EMAIL"), "ada@example.com");
        command.env(format!("GIT_{who}_DATE"), "2026-01-01T00:00:00Z");
    }
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// What git said of an error.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
