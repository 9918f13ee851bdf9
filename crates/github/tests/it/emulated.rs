//! The contract over a GitHub that nobody here wrote: npm `emulate`, by plain REST and by commits of the
//! forge's own. It is started by `crates/github/emulator/run.sh`.
//!
//! What it cannot do, and so is left out by name: git at all (branches are read by its references API
//! here), GraphQL, statuses, losing answers; it opens a second pull request from a branch, and one from
//! a branch that is not there; a pull request's head stays where it was when its branch moves; it does
//! not tell who closed one, knows no conflicts, lets strangers write and archived repositories change,
//! and forgets a repository's old name.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use fleetwright_core::Oid;
use fleetwright_core::pull::Verdict;
use fleetwright_forge::http::{self, Http, Plain, Secret};
use fleetwright_forge::{CommitSeen, Fetched, Forge, ForgeError, GitDoor, Moved, SystemClock, Unmetered};
use fleetwright_github::{GitHub, Mode, Settings};
use fleetwright_testkit::contract::{Bench, Hands, README, SetCheck, Skill, Way, play};
use reqwest::Url;
use serde_json::{Value, json};

/// What the emulator lacks.
const LACKS: [Skill; 10] = [
    Skill::Git,
    Skill::LostAnswers,
    Skill::Uniqueness,
    Skill::Heads,
    Skill::ClosedBy,
    Skill::Conflicts,
    Skill::Readers,
    Skill::Archives,
    Skill::Renames,
    Skill::Teams,
];

/// Who owns the repositories: a user, for the emulator lists no organisation's.
const OWNER: &str = "acme";

/// The emulator's API, asked by one of its people.
#[derive(Clone)]
struct Rest {
    client: reqwest::Client,
    url: String,
}

impl Rest {
    async fn ask(&self, who: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}{path}", self.url);
        let mut request = self.client.request(method.parse().unwrap(), url).bearer_auth(format!("ghp_{who}"));
        if !body.is_null() {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let reply = request.send().await.unwrap();
        let status = reply.status().as_u16();
        (status, serde_json::from_str(&reply.text().await.unwrap()).unwrap_or_default())
    }

    async fn done(&self, who: &str, method: &str, path: &str, body: Value) -> Value {
        let (status, said) = self.ask(who, method, path, body).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {said}");
        said
    }

    async fn tip(&self, repo: &str, branch: &str) -> Option<Oid> {
        let (status, said) =
            self.ask(OWNER, "GET", &format!("/repos/{repo}/git/ref/heads/{branch}"), Value::Null).await;
        (status == 200).then(|| said["object"]["sha"].as_str().unwrap().parse().unwrap())
    }
}

/// Branches by the references API: the emulator speaks no git.
struct References(Rest);

#[async_trait]
impl GitDoor for References {
    async fn head(&self, repo: &str) -> Result<Option<Oid>, ForgeError> {
        let (status, said) = self.0.ask(OWNER, "GET", &format!("/repos/{repo}"), Value::Null).await;
        if status != 200 {
            return Err(ForgeError::NotFound { what: repo.to_owned() });
        }
        Ok(self.0.tip(repo, said["default_branch"].as_str().unwrap()).await)
    }

    async fn tip(&self, repo: &str, branch: &str) -> Result<Option<Oid>, ForgeError> {
        Ok(self.0.tip(repo, branch).await)
    }

    async fn fetch(&self, repo: &str, _: &Path) -> Result<Fetched, ForgeError> {
        Err(ForgeError::access(repo, "the emulator speaks no git"))
    }

    async fn bring(&self, _: &str, _: &Path, _: &[Oid]) -> Result<(), ForgeError> {
        Ok(())
    }

    async fn commit(&self, _: &str, _: Oid) -> Result<Option<CommitSeen>, ForgeError> {
        Ok(None)
    }

    async fn push(&self, repo: &str, _: &Moved<'_>) -> Result<(), ForgeError> {
        Err(ForgeError::access(repo, "the emulator speaks no git"))
    }

    async fn delete(&self, repo: &str, _: &str, _: Oid) -> Result<(), ForgeError> {
        Err(ForgeError::access(repo, "the emulator speaks no git"))
    }
}

struct Emulator {
    rest: Rest,
    reader: Arc<dyn Forge>,
}

fn client(url: &str, who: &str) -> Http {
    let url = Url::parse(url).unwrap();
    let settings = http::Settings { url, authority: None, timeout: Duration::from_secs(10) };
    let tokens = Arc::new(Plain(Secret::new(format!("ghp_{who}"))));
    Http::new(&settings, tokens, Arc::new(Unmetered), Arc::new(SystemClock)).unwrap()
}

fn adapter(rest: &Rest, who: &str) -> GitHub {
    let http = client(&rest.url, who);
    let settings = Settings {
        name: "emulator".to_owned(),
        users: vec![OWNER.to_owned()],
        mention: "@fleetwright".to_owned(),
        mode: Mode::RestOnly,
        ..Settings::default()
    };
    GitHub::new(settings, &http, Arc::new(References(rest.clone())))
}

#[async_trait]
impl Hands for Emulator {
    fn lacks(&self) -> &[Skill] {
        &LACKS
    }

    fn person(&self) -> &str {
        "ann"
    }

    async fn make_repo(&self, name: &str) -> String {
        self.rest.done(OWNER, "POST", "/user/repos", json!({ "name": name, "private": false })).await;
        let repo = format!("{OWNER}/{name}");
        self.push(&repo, "main", README).await;
        for who in ["fleet-bot", "ann"] {
            let path = format!("/repos/{repo}/collaborators/{who}");
            self.rest.done(OWNER, "PUT", &path, json!({ "permission": "push" })).await;
        }
        repo
    }

    async fn check(&self, repo: &str, commit: Oid, check: SetCheck<'_>) {
        let listed = format!("/repos/{repo}/commits/{commit}/check-runs");
        let listed = self.rest.done(OWNER, "GET", &listed, Value::Null).await;
        let known = listed["check_runs"].as_array().unwrap().iter().find(|run| run["name"] == check.name);
        let mut body = match check.verdict {
            Verdict::Pending => json!({ "status": "in_progress" }),
            Verdict::Green => json!({ "status": "completed", "conclusion": "success" }),
            Verdict::Red => json!({ "status": "completed", "conclusion": "failure" }),
            Verdict::Skipped => json!({ "status": "completed", "conclusion": "skipped" }),
            Verdict::Neutral => json!({ "status": "completed", "conclusion": "neutral" }),
        };
        let (method, path) = match known {
            Some(known) => ("PATCH", format!("/repos/{repo}/check-runs/{}", known["id"])),
            None => {
                body["name"] = json!(check.name);
                body["head_sha"] = json!(commit.to_string());
                ("POST", format!("/repos/{repo}/check-runs"))
            }
        };
        self.rest.done(OWNER, method, &path, body).await;
    }

    async fn review(&self, repo: &str, number: u64, approve: bool) {
        let event = if approve { "APPROVE" } else { "REQUEST_CHANGES" };
        let path = format!("/repos/{repo}/pulls/{number}/reviews");
        self.rest.done("ann", "POST", &path, json!({ "event": event, "body": "a review" })).await;
    }

    async fn say(&self, repo: &str, number: u64, (body, stranger): (&str, bool)) {
        let who = if stranger { "eve" } else { "ann" };
        let path = format!("/repos/{repo}/issues/{number}/comments");
        self.rest.done(who, "POST", &path, json!({ "body": body })).await;
    }

    async fn label(&self, repo: &str, number: u64, label: &str) {
        let path = format!("/repos/{repo}/issues/{number}/labels");
        self.rest.done("ann", "POST", &path, json!({ "labels": [label] })).await;
    }

    async fn close(&self, repo: &str, number: u64, again: bool) {
        let state = if again { "open" } else { "closed" };
        self.rest
            .done("ann", "PATCH", &format!("/repos/{repo}/pulls/{number}"), json!({ "state": state }))
            .await;
    }

    async fn push(&self, repo: &str, branch: &str, (path, text): (&str, &str)) -> Oid {
        if branch != "main" && self.rest.tip(repo, branch).await.is_none() {
            let main = self.rest.tip(repo, "main").await.unwrap();
            let body = json!({ "ref": format!("refs/heads/{branch}"), "sha": main.to_string() });
            self.rest.done(OWNER, "POST", &format!("/repos/{repo}/git/refs"), body).await;
        }
        let at = format!("/repos/{repo}/contents/{path}");
        let (_, old) = self.rest.ask(OWNER, "GET", &format!("{at}?ref={branch}"), Value::Null).await;
        let mut body = json!({ "message": "by hand", "branch": branch, "content": base64(text) });
        if old["sha"].is_string() {
            body["sha"] = old["sha"].clone();
        }
        let said = self.rest.done(OWNER, "PUT", &at, body).await;
        said["commit"]["sha"].as_str().unwrap().parse().unwrap()
    }

    async fn lose_answers(&self, _: bool) {}

    async fn archive(&self, repo: &str) {
        self.rest.done(OWNER, "PATCH", &format!("/repos/{repo}"), json!({ "archived": true })).await;
    }

    async fn rename(&self, repo: &str) -> String {
        self.rest.done(OWNER, "PATCH", &format!("/repos/{repo}"), json!({ "name": "another-name" })).await;
        format!("{OWNER}/another-name")
    }

    async fn remove(&self, repo: &str) {
        self.rest.done(OWNER, "DELETE", &format!("/repos/{repo}"), Value::Null).await;
    }

    async fn forbid_squash(&self, repo: &str) {
        let body = json!({ "allow_squash_merge": false });
        self.rest.done(OWNER, "PATCH", &format!("/repos/{repo}"), body).await;
    }

    fn reader(&self) -> Option<Arc<dyn Forge>> {
        Some(self.reader.clone())
    }
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[tokio::test]
#[ignore = "needs the emulator: crates/github/emulator/run.sh"]
#[allow(clippy::print_stdout, reason = "what was left out is to be seen")]
async fn emulated_rest_keeps_the_contract() {
    let url = std::env::var("EMULATOR_URL").expect("run.sh says where the emulator is");
    let rest = Rest { client: client(&url, OWNER).raw().clone(), url };
    let hands = Emulator { reader: Arc::new(adapter(&rest, "eve")), rest: rest.clone() };
    let bench =
        Bench { forge: Arc::new(adapter(&rest, "fleet-bot")), hands: Arc::new(hands), way: Way::Commit };
    let played = play(&bench).await;
    println!("{} stories hold; left out: {:?}", played.held.len(), played.left_out);
    assert!(played.held.len() >= 20, "{:?}", played.held);
}
