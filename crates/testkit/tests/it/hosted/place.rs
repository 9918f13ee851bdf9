//! A rehearsal forge in this process, and the real program on it in processes of their own.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use fleetwright_core::Oid;
use fleetwright_git::Repository;
use fleetwright_rehearsal::gitea::Gitea;
use fleetwright_rehearsal::github::GitHub;
use fleetwright_rehearsal::gitlab::GitLab;
use fleetwright_rehearsal::http::dialect::Dialect;
use fleetwright_rehearsal::model::pull::{Pull, PullState};
use fleetwright_rehearsal::model::repo::RepoSettings;
use fleetwright_rehearsal::script::{Act, CiCheck, CiScript};
use fleetwright_rehearsal::world::{RepoSpec, Settings};
use fleetwright_testkit::rehearsed::{OWNER, Rehearsed};
use fleetwright_testkit::told_time::{CLOCK, TimeServer};
use tokio::runtime::Runtime;

use crate::world::{Ended, World};

/// Who speaks.
pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

/// How a forge is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    GitHub,
    GitLab,
    Gitea,
}

impl Tongue {
    fn dialect(self) -> Arc<dyn Dialect> {
        match self {
            Tongue::GitHub => Arc::new(GitHub),
            Tongue::GitLab => Arc::new(GitLab),
            Tongue::Gitea => Arc::new(Gitea::default()),
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Tongue::GitHub => "github",
            Tongue::GitLab => "gitlab",
            Tongue::Gitea => "gitea",
        }
    }
}

/// A forge, and a fleet on it.
pub(crate) struct Place {
    pub(crate) forge: Rehearsed,
    pub(crate) world: World,
    time: TimeServer,
}

/// What webhooks are signed with.
pub(crate) const SECRET: &str = "a-secret-of-webhooks";

/// What every ordinary repository holds.
pub(crate) const APP: &str = "# the service\nimage: app:1   # pinned\nreplicas: 2\n";

/// The shift that sets the image, with what else its file says.
pub(crate) fn shift(more: &str) -> String {
    format!("{SHIFT}{more}")
}

const SHIFT: &str = r#"apiVersion: fleetwright/v1
kind: Shift
metadata: { name: bump, title: Use app 2 }
spec:
  targets: { select: 'repo.hasFile("app.yaml")' }
  steps:
    - yaml: { files: [app.yaml], set: { image: "app:2" } }
"#;

/// A check that takes a minute.
pub(crate) fn check(name: &str, change: impl FnOnce(&mut CiCheck)) -> CiCheck {
    let mut check = CiCheck::new(name);
    change(&mut check);
    check
}

/// A check of some repositories.
pub(crate) fn ci(repos: &str, check: CiCheck) -> CiScript {
    CiScript { repos: format!("{OWNER}/{repos}"), checks: vec![check] }
}

impl Place {
    /// A forge without a repository.
    pub(crate) fn new(tongue: Tongue, set: impl FnOnce(&mut Settings)) -> Place {
        let forge = RUNTIME.block_on(Rehearsed::new(tongue.dialect(), set));
        let time = RUNTIME.block_on(TimeServer::new(forge.world().clone())).unwrap();
        let mut world = World::new(&[]);
        world.env.insert(CLOCK, time.address.clone());
        world.env.insert("FORGE_TOKEN", forge.token.clone());
        world.env.insert("HOOK_SECRET", SECRET.to_owned());
        let config = format!(
            "forges:\n  - {{ name: hub, type: {}, url: {}, orgs: [{OWNER}], auth: {{ token: {{ env: FORGE_TOKEN }} }}, \
             webhook: {{ secret: {{ env: HOOK_SECRET }} }} }}\n",
            tongue.word(),
            forge.forge.url
        );
        world.write("fleetwright.yaml", &config);
        Place { forge, world, time }
    }

    /// From now on the program's clock is so many milliseconds ahead of the forge's, or behind it.
    pub(crate) fn set_clock_wrong_by(&mut self, ahead: i64) {
        let world = self.forge.world().clone();
        self.time = RUNTIME.block_on(TimeServer::wrong_by(world, ahead)).unwrap();
        self.world.env.insert(CLOCK, self.time.address.clone());
    }

    /// A forge with ordinary repositories whose check `build` passes, and the fleet synchronised.
    pub(crate) fn with(tongue: Tongue, repos: &[&str]) -> Place {
        let place = Place::new(tongue, |settings| settings.ci = vec![ci("*", CiCheck::new("build"))]);
        repos.iter().for_each(|repo| place.make(repo, &[("app.yaml", APP)]));
        place.world.ends(&["repo", "sync"], 0);
        place
    }

    /// Makes a repository.
    pub(crate) fn make(&self, name: &str, files: &[(&str, &str)]) {
        self.make_with(name, files, RepoSettings::default());
    }

    /// Makes a repository with settings of its own.
    pub(crate) fn make_with(&self, name: &str, files: &[(&str, &str)], settings: RepoSettings) {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        let spec = RepoSpec { name: full(name), files, settings, ..RepoSpec::default() };
        self.forge.world().lock().make_repo(&spec).unwrap();
    }

    /// Applies the shift in `shift.yaml` and waits.
    pub(crate) fn apply(&self) -> Ended {
        self.world.run(&["shift", "apply", "shift.yaml", "--wait"])
    }

    /// Lets time pass, in seconds.
    pub(crate) fn pass(&self, seconds: i64) {
        self.forge.pass(seconds * 1_000);
    }

    /// Where a target stands, and why.
    pub(crate) fn stands(&self, shift: &str, repo: &str) -> String {
        let mut targets = self.world.targets(shift);
        targets.remove(&full(repo)).unwrap_or_else(|| panic!("{repo} is no target: {targets:#?}"))
    }

    /// The pull requests of a repository.
    pub(crate) fn pulls(&self, repo: &str) -> Vec<Pull> {
        let id = self.forge.id(&full(repo));
        let state = self.forge.world().lock();
        state.repo(id).unwrap().pulls.values().cloned().collect()
    }

    /// The only pull request of a repository.
    pub(crate) fn pull(&self, repo: &str) -> Pull {
        let mut pulls = self.pulls(repo);
        assert_eq!(pulls.len(), 1, "{repo}: {pulls:#?}");
        pulls.remove(0)
    }

    /// A person does something to the first pull request of a repository.
    pub(crate) fn act(&self, repo: &str, act: &Act) {
        self.forge.act(&full(repo), self.first(repo), act);
    }

    /// Somebody says something below the first pull request of a repository.
    pub(crate) fn say(&self, repo: &str, body: &str, by: &str) {
        let (id, number) = (self.forge.id(&full(repo)), self.first(repo));
        self.forge.world().lock().comment(id, number, body, by).unwrap();
        // Two comments within a second have no order at a forge.
        self.pass(1);
    }

    fn first(&self, repo: &str) -> u64 {
        self.pulls(repo).first().unwrap_or_else(|| panic!("{repo} has no pull request")).number
    }

    /// Changes what is set for a repository.
    pub(crate) fn set(&self, repo: &str, set: impl FnOnce(&mut RepoSettings)) {
        let id = self.forge.id(&full(repo));
        self.forge.world().lock().set_repo(id, set).unwrap();
    }

    /// A person writes a file on a branch.
    pub(crate) fn write(&self, repo: &str, branch: &str, file: (&str, &str)) -> Oid {
        self.forge.write(&full(repo), branch, file, fleetwright_testkit::rehearsed::PERSON)
    }

    /// A file at the tip of a branch.
    pub(crate) fn file(&self, repo: &str, branch: &str, path: &str) -> String {
        let id = self.forge.id(&full(repo));
        let folder = self.forge.world().lock().repo(id).unwrap().folder.clone();
        crate::world::git(&folder, &["show", &format!("refs/heads/{branch}:{path}")])
    }

    /// Whether a file is at the tip of a branch.
    pub(crate) fn has(&self, repo: &str, branch: &str, path: &str) -> bool {
        let id = self.forge.id(&full(repo));
        let folder = self.forge.world().lock().repo(id).unwrap().folder.clone();
        !crate::world::git(&folder, &["ls-tree", &format!("refs/heads/{branch}"), path]).is_empty()
    }

    /// What a shift left behind.
    pub(crate) fn end(&self, shift: &str) -> Left {
        let mut left = Left { targets: self.world.targets(shift), ..Left::default() };
        let state = self.forge.world().lock();
        for repo in state.repos() {
            let repository = Repository::open(&repo.folder).unwrap();
            if let Some(tip) = repository.head().unwrap().commit {
                left.trees.insert(repo.name.clone(), repository.tree_of(tip).unwrap().to_string());
            }
            let branches = repository.branches().unwrap().into_iter().map(|(name, _)| name);
            let others: Vec<String> = branches.filter(|name| *name != repo.default_branch).collect();
            if !others.is_empty() {
                left.branches.insert(repo.name.clone(), others);
            }
            let pulls: Vec<String> = repo.pulls.values().map(told).collect();
            if !pulls.is_empty() {
                left.pulls.insert(repo.name.clone(), pulls);
            }
        }
        left
    }
}

fn told(pull: &Pull) -> String {
    let state = match &pull.state {
        PullState::Open => "open",
        PullState::Closed { .. } => "closed",
        PullState::Merged { .. } => "merged",
    };
    format!("{} with {} comments {state}", pull.head, pull.comments.len())
}

/// A repository's name with its owner.
pub(crate) fn full(name: &str) -> String {
    format!("{OWNER}/{name}")
}

/// Everything that must be the same whatever happened on the way.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Left {
    /// The tree of each default branch.
    pub(crate) trees: BTreeMap<String, String>,
    /// Each pull request there ever was.
    pub(crate) pulls: BTreeMap<String, Vec<String>>,
    /// Every branch besides the default one.
    pub(crate) branches: BTreeMap<String, Vec<String>>,
    /// Where each target stands, and why.
    pub(crate) targets: BTreeMap<String, String>,
}
