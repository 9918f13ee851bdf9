//! A rehearsal forge for an adapter's tests: served, in virtual time, with its people.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use fleetwright_core::Oid;
use fleetwright_core::pull::Verdict;
use fleetwright_forge::http::{self, Http, Plain, Secret};
use fleetwright_forge::{Clock, Forge, Meter, Unmetered};
use fleetwright_git::{Change, Edit, Mode, RepoPath};
use fleetwright_rehearsal::faults::Faults;
use fleetwright_rehearsal::http::dialect::Dialect;
use fleetwright_rehearsal::model::account::{AccountKind, Credential, Grant, Level, Reach, Scope, TokenKind};
use fleetwright_rehearsal::model::check::{CheckKind, Conclusion};
use fleetwright_rehearsal::model::method::Method;
use fleetwright_rehearsal::model::pull::ReviewState;
use fleetwright_rehearsal::model::repo::RepoSettings;
use fleetwright_rehearsal::model::team::Team;
use fleetwright_rehearsal::script::Act;
use fleetwright_rehearsal::world::{ApiCommit, PullEdit, RepoSpec, Settings};
use fleetwright_rehearsal::{Handle, World, serve};
use reqwest::Url;

use crate::contract::{Hands, README, SetCheck, Skill};

/// Who does what a person does.
pub const PERSON: &str = "ann";

/// Who may say something and not write.
pub const STRANGER: &str = "stranger";

/// The owner of every repository.
pub const OWNER: &str = "acme";

/// The time of a world, as adapters ask for it: waiting lets it pass at once.
pub struct WorldClock(pub World);

#[async_trait]
impl Clock for WorldClock {
    fn now(&self) -> i64 {
        self.0.now()
    }

    async fn sleep_until(&self, until: i64) {
        self.0.advance_to(until);
    }
}

/// A rehearsal forge that is served.
pub struct Rehearsed {
    /// The forge.
    pub forge: Handle,
    /// A token that may do everything.
    pub token: String,
    /// One that may only read.
    pub reading: String,
    folder: tempfile::TempDir,
}

impl Rehearsed {
    /// A forge in virtual time that speaks a dialect, set up by `set`.
    pub async fn new(dialect: Arc<dyn Dialect>, set: impl FnOnce(&mut Settings)) -> Rehearsed {
        // In memory where that is possible: hundreds are made and thrown away.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let mut settings = Settings::new(folder.path().join("repos"));
        settings.outsiders = vec![STRANGER.to_owned()];
        set(&mut settings);
        let world = World::in_virtual_time(settings);
        let scopes = [Scope::Metadata, Scope::Contents, Scope::Pulls, Scope::Statuses, Scope::Issues];
        let scopes: BTreeMap<Scope, Level> = scopes.into_iter().map(|scope| (scope, Level::Read)).collect();
        let reader = Credential {
            login: "reader".to_owned(),
            kind: TokenKind::Personal,
            grant: Grant { reach: Reach::All, scopes },
            expires: None,
        };
        let (token, reading) = {
            let mut state = world.lock();
            state.add_account(PERSON, AccountKind::User);
            state.add_account(STRANGER, AccountKind::User);
            state.add_token("a-reading-token", reader);
            (state.add_full_token("fleet-bot"), "a-reading-token".to_owned())
        };
        let forge = serve(world, dialect).await.unwrap();
        Rehearsed { forge, token, reading, folder }
    }

    /// The world behind it.
    pub fn world(&self) -> &World {
        &self.forge.world
    }

    /// A folder that goes away with it.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A client of the API below `prefix`, such as `/api/v4`.
    pub fn http(&self, prefix: &str, token: &str) -> Http {
        self.http_with(prefix, token, Arc::new(Unmetered))
    }

    /// The same with a meter.
    pub fn http_with(&self, prefix: &str, token: &str, meter: Arc<dyn Meter>) -> Http {
        let url = Url::parse(&format!("{}{prefix}", self.forge.url)).unwrap();
        let settings = http::Settings { url, authority: None, timeout: Duration::from_secs(10) };
        let tokens = Arc::new(Plain(Secret::new(token)));
        let clock = Arc::new(WorldClock(self.world().clone()));
        Http::new(&settings, tokens, meter, clock).unwrap()
    }

    /// A repository's number.
    pub fn id(&self, repo: &str) -> u64 {
        self.world().lock().repo_named(repo).unwrap()
    }

    /// Makes a repository whose `main` has one commit with [`README`].
    pub fn make(&self, name: &str) -> String {
        let name = format!("{OWNER}/{name}");
        let files = vec![(README.0.to_owned(), README.1.to_owned())];
        let spec = RepoSpec { name: name.clone(), files, ..RepoSpec::default() };
        self.world().lock().make_repo(&spec).unwrap();
        name
    }

    /// Writes a file on a branch, which is made if it is not there; the new tip.
    pub fn write(&self, repo: &str, branch: &str, (path, text): (&str, &str), by: &str) -> Oid {
        let repo = self.id(repo);
        let mut state = self.world().lock();
        let parent = match state.repo(repo).unwrap().tip(branch) {
            Some(tip) => tip,
            None => {
                let main = state.repo(repo).unwrap().tip("main").unwrap();
                state.move_branch(repo, branch, (None, Some(main)), by).unwrap();
                main
            }
        };
        let change = Change::Put { mode: Mode::File, content: text.as_bytes().to_vec() };
        let edits = vec![Edit { path: RepoPath::new(path).unwrap(), change }];
        let (branch, message, by) = (branch.to_owned(), "by hand".to_owned(), by.to_owned());
        state.commit(repo, &ApiCommit { branch, parent, edits, message, by }).unwrap()
    }

    /// Makes a team of [`OWNER`], or makes it anew.
    pub fn team(&self, slug: &str, below: Option<&str>, people: &[&str]) {
        self.world().lock().put_team(Team {
            id: 0,
            org: OWNER.to_owned(),
            slug: slug.to_owned(),
            name: format!("The {slug}"),
            description: format!("What {slug} does"),
            parent: below.map(str::to_owned),
            members: people.iter().map(|login| (*login).to_owned()).collect(),
        });
    }

    /// Somebody does something to a pull request.
    pub fn act(&self, repo: &str, number: u64, act: &Act) {
        let repo = self.id(repo);
        self.world().lock().act(repo, number, act, PERSON).unwrap();
    }

    /// Lets a second pass.
    pub fn pass(&self, milliseconds: i64) {
        let now = self.world().now();
        self.world().advance_to(now + milliseconds);
    }

    /// How many requests of a kind were answered, such as `POST /projects/{id}/merge_requests`.
    pub fn calls(&self, kind: &str) -> u64 {
        self.world().counts().calls.get(kind).copied().unwrap_or_default()
    }
}

/// Who plays the people of a rehearsal forge in the contract's stories.
pub struct Players {
    /// The forge.
    pub place: Arc<Rehearsed>,
    /// The same with the token that may only read.
    pub reader: Arc<dyn Forge>,
    /// What the forge or its dialect cannot do.
    pub lacks: Vec<Skill>,
}

#[async_trait]
impl Hands for Players {
    fn lacks(&self) -> &[Skill] {
        &self.lacks
    }

    fn person(&self) -> &str {
        PERSON
    }

    async fn make_repo(&self, name: &str) -> String {
        self.place.make(name)
    }

    async fn check(&self, repo: &str, commit: Oid, check: SetCheck<'_>) {
        let repo = self.place.id(repo);
        let kind = if check.status { CheckKind::Status } else { CheckKind::Run };
        let conclusion = match check.verdict {
            Verdict::Pending => None,
            Verdict::Green => Some(Conclusion::Success),
            Verdict::Red => Some(Conclusion::Failure),
            Verdict::Skipped => Some(Conclusion::Skipped),
            Verdict::Neutral => Some(Conclusion::Neutral),
        };
        self.place.world().lock().report(repo, commit, (check.name, kind), conclusion).unwrap();
    }

    async fn review(&self, repo: &str, number: u64, approve: bool) {
        let state = if approve { ReviewState::Approved } else { ReviewState::ChangesRequested };
        self.place.act(repo, number, &Act::Review(state, "a review".to_owned()));
    }

    async fn say(&self, repo: &str, number: u64, (body, stranger): (&str, bool)) {
        let repo = self.place.id(repo);
        let by = if stranger { STRANGER } else { PERSON };
        self.place.world().lock().comment(repo, number, body, by).unwrap();
    }

    async fn label(&self, repo: &str, number: u64, label: &str) {
        self.place.act(repo, number, &Act::Label(label.to_owned()));
    }

    async fn close(&self, repo: &str, number: u64, again: bool) {
        let repo = self.place.id(repo);
        let edit = PullEdit { open: Some(again), ..PullEdit::default() };
        self.place.world().lock().edit_pull(repo, number, &edit, PERSON).unwrap();
    }

    async fn push(&self, repo: &str, branch: &str, file: (&str, &str)) -> Oid {
        self.place.write(repo, branch, file, PERSON)
    }

    async fn lose_answers(&self, lost: bool) {
        let faults = Faults { lost_answers: f64::from(u8::from(lost)), ..Faults::default() };
        self.place.world().lock().set_faults(faults);
    }

    async fn archive(&self, repo: &str) {
        let repo = self.place.id(repo);
        self.place.world().lock().archive_repo(repo, true).unwrap();
    }

    async fn rename(&self, repo: &str) -> String {
        let id = self.place.id(repo);
        self.place.world().lock().rename_repo(id, "another-name").unwrap();
        format!("{OWNER}/another-name")
    }

    async fn remove(&self, repo: &str) {
        let repo = self.place.id(repo);
        self.place.world().lock().remove_repo(repo).unwrap();
    }

    async fn forbid_squash(&self, repo: &str) {
        let repo = self.place.id(repo);
        let set = |settings: &mut RepoSettings| settings.methods.retain(|method| *method != Method::Squash);
        self.place.world().lock().set_repo(repo, set).unwrap();
    }

    async fn make_team(&self, slug: &str, below: Option<&str>, people: &[&str]) {
        self.place.team(slug, below, people);
    }

    fn reader(&self) -> Option<Arc<dyn Forge>> {
        Some(self.reader.clone())
    }

    /// Long enough that no adapter takes the last change for one of just now: forges tell whole seconds.
    async fn settle(&self) {
        self.place.pass(10_000);
    }
}
