//! What a forge says may hold secrets: none of it is kept as it was said.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use fleetwright_core::Oid;
use fleetwright_core::pull::PullSeen;
use fleetwright_core::secret::Keyring;
use fleetwright_engine::config::Config;
use fleetwright_engine::fleet::{Fleet, Isolation, Seams};
use fleetwright_engine::progress::Progress;
use fleetwright_forge::{
    CommitSeen, Done, Effect, Fetched, Forge, ForgeError, Found, Listed, Look, Standing,
};
use fleetwright_testkit::planted::{Dice, FORMATS, Search, WAYS, secret, written};

use crate::{CONFIG, caller, count};

/// What the forge says, one text after the other.
static WORDS: LazyLock<Mutex<Vec<String>>> = LazyLock::new(Mutex::default);

/// How many texts were said.
static SAID: AtomicUsize = AtomicUsize::new(0);

/// A forge that opens nothing and says why, at length.
struct Talker(Arc<dyn Forge>);

#[async_trait]
impl Forge for Talker {
    fn name(&self) -> &str {
        self.0.name()
    }

    async fn repos(&self) -> Result<Vec<Listed>, ForgeError> {
        self.0.repos().await
    }

    async fn head(&self, repo: &str) -> Result<Option<Oid>, ForgeError> {
        self.0.head(repo).await
    }

    async fn fetch(&self, repo: &str, mirror: &Path) -> Result<Fetched, ForgeError> {
        self.0.fetch(repo, mirror).await
    }

    async fn bring(&self, repo: &str, mirror: &Path, commits: &[Oid]) -> Result<(), ForgeError> {
        self.0.bring(repo, mirror, commits).await
    }

    async fn tip(&self, repo: &str, branch: &str) -> Result<Option<Oid>, ForgeError> {
        self.0.tip(repo, branch).await
    }

    async fn commit(&self, repo: &str, commit: Oid) -> Result<CommitSeen, ForgeError> {
        self.0.commit(repo, commit).await
    }

    async fn look(&self, pulls: &[Look]) -> Vec<Result<Option<PullSeen>, ForgeError>> {
        self.0.look(pulls).await
    }

    async fn find(&self, branches: &[(String, String)]) -> Vec<Result<Vec<Found>, ForgeError>> {
        self.0.find(branches).await
    }

    async fn standing(&self, repos: &[String]) -> Vec<Result<Vec<Standing>, ForgeError>> {
        self.0.standing(repos).await
    }

    fn pace(&self, open: u64) -> Duration {
        self.0.pace(open)
    }

    async fn perform(&self, repo: &str, effect: &Effect) -> Result<Done, ForgeError> {
        let Effect::OpenPull { .. } = effect else { return self.0.perform(repo, effect).await };
        let number = SAID.fetch_add(1, Ordering::Relaxed);
        let words = WORDS.lock().unwrap();
        let why = words[number % words.len()].clone();
        drop(words);
        Err(match number % 3 {
            0 => ForgeError::Refused { repo: repo.to_owned(), why },
            1 => ForgeError::Access { repo: repo.to_owned(), why },
            _ => ForgeError::Unknown { why },
        })
    }
}

/// Keeps what is said while a shift runs.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Progress for Notes {
    fn note(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_forge_says_is_kept_without_its_secrets() {
    const REPOS: usize = FORMATS * WAYS;
    let folder = tempfile::tempdir().unwrap();
    fleetwright_demo::generate(&folder.path().join("repos"), REPOS, 10).unwrap();
    fs::write(folder.path().join("fleetwright.yaml"), CONFIG).unwrap();
    let (mut dice, mut search, keyring) = (Dice::new(9), Search::default(), Keyring::default());
    for number in 0..REPOS {
        let one = secret(&mut dice, number);
        // One that no format knows, as a configured password is.
        let other = dice.letters("abcdefghijkXYZ!?+&= ", 30);
        keyring.keep(&other);
        let text = [written(&mut dice, number / FORMATS, &one), written(&mut dice, number, &other)];
        [one, other].iter().for_each(|secret| search.add(secret));
        WORDS.lock().unwrap().push(format!("it says {} and {}", text[0].replace('\n', "\\n"), text[1]));
    }
    let seams =
        Seams { forge: |inner| Arc::new(Talker(inner)), keyring: keyring.clone(), ..Seams::default() };
    let config = Config::read(&folder.path().join("fleetwright.yaml")).unwrap();
    let fleet = Arc::new(Fleet::open(config, Isolation::Sandboxed, seams).await.unwrap());
    let path = folder.path().join("talk.yaml");
    let head = "apiVersion: fleetwright/v1\nkind: Shift\nmetadata: { name: talk }\nspec:\n";
    let steps = "  steps: [{ yaml: { files: [deploy/app.yaml], set: { spec.replicas: 41 } } }]\n";
    let select = "  targets: { select: 'repo.hasFile(\"deploy/*.yaml\")' }\n";
    fs::write(&path, format!("{head}{select}{steps}")).unwrap();
    let loaded = fleetwright_engine::load::Loaded::read(&path).unwrap();
    let notes = Arc::new(Notes::default());
    let caller =
        fleetwright_engine::command::Caller { progress: Arc::clone(&notes) as Arc<dyn Progress>, ..caller() };
    let apply = fleetwright_engine::command::Apply {
        loaded,
        amend: false,
        follow: fleetwright_engine::command::Follow::Once,
    };
    apply.apply(&fleet, &caller).await.unwrap();
    assert!(SAID.load(Ordering::Relaxed) >= REPOS);
    assert!(count(&fleet, "talk", "failed").await > u64::try_from(REPOS / 2).unwrap());
    let told = fleet.store.counts("talk").await.unwrap();
    assert!(told.iter().any(|count| count.reason.contains("it says ***")), "{told:?}");
    // What is told while it runs is masked where it is shown.
    let notes = notes.0.lock().unwrap().join("\n");
    assert!(!search.found(notes.as_bytes()).is_empty(), "nothing was told");
    assert_eq!(search.found(keyring.text(&notes).as_bytes()), [""; 0]);
    drop(fleet);
    for name in ["fleet.db", "fleet.db-wal"] {
        let bytes = fs::read(folder.path().join(".fleetwright").join(name)).unwrap_or_default();
        assert_eq!(search.found(&bytes), [""; 0], "{name}");
    }
}
