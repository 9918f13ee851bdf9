//! The contract over the rehearsal forge's GitHub, by GraphQL and by plain REST, by pushes and by
//! commits of the forge's own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use fleetwright_core::Oid;
use fleetwright_core::pull::Verdict;
use fleetwright_forge::http::git::GitHttp;
use fleetwright_forge::http::{self, Http, Plain, Secret, Tokens};
use fleetwright_forge::{Clock, Forge, Unmetered};
use fleetwright_git::{Change, Edit, Mode as FileMode, RepoPath};
use fleetwright_github::{AppKey, AppTokens, GitHub, GitOverHttps, Mode, Settings, git_url};
use fleetwright_rehearsal::faults::Faults;
use fleetwright_rehearsal::model::account::{Credential, Grant, Level, Reach, Scope, TokenKind};
use fleetwright_rehearsal::model::app::{App, Installation};
use fleetwright_rehearsal::model::check::{CheckKind, Conclusion};
use fleetwright_rehearsal::model::pull::ReviewState;
use fleetwright_rehearsal::model::repo::Method;
use fleetwright_rehearsal::script::Act;
use fleetwright_rehearsal::world::{ApiCommit, PullEdit, RepoSpec, Settings as WorldSettings};
use fleetwright_rehearsal::{Handle, World, github, serve};
use fleetwright_testkit::contract::{Bench, Hands, README, SetCheck, Skill, Way, play};
use reqwest::Url;

/// Everybody may write there.
const LACKS: [Skill; 1] = [Skill::Strangers];

/// Who does what a person does.
const PERSON: &str = "ann";

/// A rehearsal forge, and who plays its people.
struct Place {
    forge: Handle,
    reader: Arc<dyn Forge>,
    _folder: tempfile::TempDir,
}

/// The world's own time.
struct WorldClock(World);

#[async_trait]
impl Clock for WorldClock {
    fn now(&self) -> i64 {
        self.0.now()
    }

    async fn sleep_until(&self, until: i64) {
        self.0.advance_to(until);
    }
}

fn client(forge: &Handle, tokens: Arc<dyn Tokens>) -> Http {
    let url = Url::parse(&forge.url).unwrap();
    let settings = http::Settings { url, authority: None, timeout: Duration::from_secs(10) };
    Http::new(&settings, tokens, Arc::new(Unmetered), Arc::new(WorldClock(forge.world.clone()))).unwrap()
}

fn adapter(forge: &Handle, mode: Mode, tokens: Arc<dyn Tokens>) -> GitHub {
    let url = Url::parse(&forge.url).unwrap();
    let http = client(forge, tokens);
    let git = GitOverHttps::new(GitHttp::new(http.raw().clone()), &http, git_url(&url));
    let settings = Settings {
        name: "github".to_owned(),
        orgs: vec!["acme".to_owned()],
        mention: "@fleetwright".to_owned(),
        mode,
        ..Settings::default()
    };
    GitHub::new(settings, &http, Arc::new(git))
}

/// Tokens of an app that is installed at `acme` and was given what the adapter asks for.
fn app_tokens(forge: &Handle) -> AppTokens {
    let pem = include_str!("keys/pkcs1.pem");
    let write = [Scope::Contents, Scope::Pulls, Scope::Checks];
    let read = [Scope::Metadata, Scope::Statuses];
    let scopes = write.map(|scope| (scope, Level::Write)).into_iter();
    let scopes = scopes.chain(read.map(|scope| (scope, Level::Read))).collect();
    let installation =
        Installation { id: 5, account: "acme".to_owned(), reach: Reach::All, scopes, minted: 0 };
    let key = github::public_key(pem).unwrap();
    forge.world.lock().add_app(App {
        id: 77,
        slug: "fleet".to_owned(),
        key,
        installations: vec![installation],
    });
    let clock = Arc::new(WorldClock(forge.world.clone()));
    let key = AppKey::new("77", pem, clock).unwrap();
    AppTokens::new(&client(forge, Arc::new(key)), None)
}

/// Who we are at the forge.
#[derive(Clone, Copy, PartialEq, Eq)]
enum As {
    Person,
    App,
}

async fn bench(mode: Mode, way: Way, who: As) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let world = World::in_virtual_time(WorldSettings::new(folder.path().join("repos")));
    let token = world.lock().add_full_token("fleet-bot");
    let read = BTreeMap::from([
        (Scope::Metadata, Level::Read),
        (Scope::Contents, Level::Read),
        (Scope::Pulls, Level::Read),
    ]);
    let reader = Credential {
        login: "reader".to_owned(),
        kind: TokenKind::FineGrained,
        grant: Grant { reach: Reach::All, scopes: read },
        expires: None,
    };
    world.lock().add_token("github_pat_reader", reader);
    let forge = serve(world, Arc::new(github::GitHub)).await.unwrap();
    let tokens: Arc<dyn Tokens> = match who {
        As::Person => Arc::new(Plain(Secret::new(token))),
        As::App => Arc::new(app_tokens(&forge)),
    };
    let us = Arc::new(adapter(&forge, mode, tokens));
    let reader = Arc::new(adapter(&forge, mode, Arc::new(Plain(Secret::new("github_pat_reader")))));
    let place = Place { forge, reader, _folder: folder };
    Bench { forge: us, hands: Arc::new(place), way }
}

impl Place {
    fn id(&self, repo: &str) -> u64 {
        self.forge.world.lock().repo_named(repo).unwrap()
    }

    fn act(&self, repo: &str, number: u64, act: &Act) {
        let repo = self.id(repo);
        self.forge.world.lock().act(repo, number, act, PERSON).unwrap();
    }
}

#[async_trait]
impl Hands for Place {
    fn lacks(&self) -> &[Skill] {
        &LACKS
    }

    fn person(&self) -> &str {
        PERSON
    }

    async fn make_repo(&self, name: &str) -> String {
        let name = format!("acme/{name}");
        let files = vec![(README.0.to_owned(), README.1.to_owned())];
        let spec = RepoSpec { name: name.clone(), files, ..RepoSpec::default() };
        self.forge.world.lock().make_repo(&spec).unwrap();
        name
    }

    async fn check(&self, repo: &str, commit: Oid, check: SetCheck<'_>) {
        let repo = self.id(repo);
        let kind = if check.status { CheckKind::Status } else { CheckKind::Run };
        let conclusion = match check.verdict {
            Verdict::Pending => None,
            Verdict::Green => Some(Conclusion::Success),
            Verdict::Red => Some(Conclusion::Failure),
            Verdict::Skipped => Some(Conclusion::Skipped),
            Verdict::Neutral => Some(Conclusion::Neutral),
        };
        self.forge.world.lock().report(repo, commit, (check.name, kind), conclusion).unwrap();
    }

    async fn review(&self, repo: &str, number: u64, approve: bool) {
        let state = if approve { ReviewState::Approved } else { ReviewState::ChangesRequested };
        self.act(repo, number, &Act::Review(state, "a review".to_owned()));
    }

    async fn say(&self, repo: &str, number: u64, (body, stranger): (&str, bool)) {
        let repo = self.id(repo);
        let by = if stranger { "stranger" } else { PERSON };
        self.forge.world.lock().comment(repo, number, body, by).unwrap();
    }

    async fn label(&self, repo: &str, number: u64, label: &str) {
        self.act(repo, number, &Act::Label(label.to_owned()));
    }

    async fn close(&self, repo: &str, number: u64, again: bool) {
        let repo = self.id(repo);
        let edit = PullEdit { open: Some(again), ..PullEdit::default() };
        self.forge.world.lock().edit_pull(repo, number, &edit, PERSON).unwrap();
    }

    async fn push(&self, repo: &str, branch: &str, (path, text): (&str, &str)) -> Oid {
        let repo = self.id(repo);
        let mut state = self.forge.world.lock();
        let parent = match state.repo(repo).unwrap().tip(branch) {
            Some(tip) => tip,
            None => {
                let main = state.repo(repo).unwrap().tip("main").unwrap();
                state.move_branch(repo, branch, (None, Some(main)), PERSON).unwrap();
                main
            }
        };
        let change = Change::Put { mode: FileMode::File, content: text.as_bytes().to_vec() };
        let edits = vec![Edit { path: RepoPath::new(path).unwrap(), change }];
        let (branch, message, by) = (branch.to_owned(), "by hand".to_owned(), PERSON.to_owned());
        state.commit(repo, &ApiCommit { branch, parent, edits, message, by }).unwrap()
    }

    async fn lose_answers(&self, lost: bool) {
        let faults = Faults { lost_answers: f64::from(u8::from(lost)), ..Faults::default() };
        self.forge.world.lock().set_faults(faults);
    }

    async fn archive(&self, repo: &str) {
        let repo = self.id(repo);
        self.forge.world.lock().archive_repo(repo, true).unwrap();
    }

    async fn rename(&self, repo: &str) -> String {
        let id = self.id(repo);
        self.forge.world.lock().rename_repo(id, "another-name").unwrap();
        "acme/another-name".to_owned()
    }

    async fn remove(&self, repo: &str) {
        let repo = self.id(repo);
        self.forge.world.lock().remove_repo(repo).unwrap();
    }

    async fn forbid_squash(&self, repo: &str) {
        let repo = self.id(repo);
        let set = |settings: &mut fleetwright_rehearsal::model::repo::RepoSettings| {
            settings.methods.retain(|method| *method != Method::Squash);
        };
        self.forge.world.lock().set_repo(repo, set).unwrap();
    }

    fn reader(&self) -> Option<Arc<dyn Forge>> {
        Some(self.reader.clone())
    }

    /// GitHub tells whole seconds: what comes within the same one looks the same.
    async fn settle(&self) {
        let now = self.forge.world.now();
        self.forge.world.advance_to(now + 10_000);
    }
}

async fn keeps(mode: Mode, way: Way, who: As) {
    let played = play(&bench(mode, way, who).await).await;
    assert_eq!(played.left_out, [("who_may_give_orders_is_told", Skill::Strangers)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rest_and_pushes_keep_the_contract() {
    keeps(Mode::RestOnly, Way::Push, As::Person).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rest_and_its_commits_keep_the_contract() {
    keeps(Mode::RestOnly, Way::Commit, As::Person).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_and_pushes_keep_the_contract() {
    keeps(Mode::GraphQl, Way::Push, As::Person).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_and_its_commits_keep_the_contract() {
    keeps(Mode::GraphQl, Way::Commit, As::Person).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_keeps_the_contract() {
    keeps(Mode::GraphQl, Way::Push, As::App).await;
}
