//! The bench that stories are played on: an adapter, its people, and the steps that stories share.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use fleetwright_core::Oid;
use fleetwright_core::pull::{PullRef, PullSeen};
use fleetwright_forge::{ApiFile, Done, Effect, Forge, ForgeError, Found, Look};
use fleetwright_git::{Change, CommitSpec, Edit, Mode, Object, Person, RepoPath, Repository, commit_object};

use super::hands::{Hands, Skill};

/// The one file of a fresh repository: its path and content.
pub const README: (&str, &str) = ("README.md", "# small\n");

/// How branches are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By a push.
    Push,
    /// By commits of the forge's own.
    Commit,
}

/// A forge under test.
pub struct Bench {
    /// The adapter.
    pub forge: Arc<dyn Forge>,
    /// Its people and machines.
    pub hands: Arc<dyn Hands>,
    /// How branches are made.
    pub way: Way,
}

pub(crate) type Playing<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// A story: a name, what it needs, and how it goes. Its repository bears its name.
pub(crate) struct Story {
    pub(crate) name: &'static str,
    pub(crate) needs: &'static [Skill],
    pub(crate) play: for<'a> fn(&'a Bench, &'a str) -> Playing<'a>,
}

/// Makes a [`Story`] of an async function.
macro_rules! story {
    ($name:ident $(, $skill:ident)*) => {
        $crate::contract::bench::Story {
            name: stringify!($name),
            needs: &[$($crate::contract::hands::Skill::$skill),*],
            play: |bench, repo| Box::pin($name(bench, repo)),
        }
    };
}
pub(crate) use story;

/// A commit that is yet to be at the forge.
pub(crate) struct Made {
    pub(crate) commit: Oid,
    pub(crate) tree: Oid,
    pub(crate) objects: Vec<Object>,
    pub(crate) files: Vec<ApiFile>,
}

/// A commit on `base` that adds one file beside [`README`].
pub(crate) fn make(base: Oid, path: &str, text: &str) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let repository = Repository::init_bare(&folder.path().join("r.git"), "main").unwrap();
    let put = |path: &str, text: &str| {
        let change = Change::Put { mode: Mode::File, content: text.as_bytes().to_vec() };
        Edit { path: RepoPath::new(path).unwrap(), change }
    };
    let first = repository.build(None, &[put(README.0, README.1)]).unwrap();
    repository.write_objects(&first.objects).unwrap();
    let built = repository.build(Some(first.tree), &[put(path, text)]).unwrap();
    let person = Person { name: "fleet".to_owned(), email: "fleet@example.com".to_owned() };
    let commit = commit_object(&CommitSpec {
        tree: built.tree,
        parents: vec![base],
        author: person.clone(),
        committer: person,
        time: 1_700_000_000,
        message: format!("{path}: changed\n"),
    })
    .unwrap();
    let files =
        vec![ApiFile { path: path.to_owned(), mode: "100644", content: Some(text.as_bytes().to_vec()) }];
    let (tree, oid) = (built.tree, commit.oid);
    Made { commit: oid, tree, objects: [built.objects, vec![commit]].concat(), files }
}

/// The file that stories change.
pub(crate) const APP: &str = "app.txt";

impl Bench {
    pub(crate) async fn head(&self, repo: &str) -> Oid {
        self.forge.head(repo).await.unwrap().expect("there is a commit")
    }

    pub(crate) async fn perform(&self, repo: &str, effect: &Effect) -> Result<Done, ForgeError> {
        self.forge.perform(repo, effect).await
    }

    /// The effect that puts a branch with one changed file on the tip of the default branch.
    pub(crate) async fn branching(&self, repo: &str, branch: &str, text: &str) -> (Effect, Made) {
        let base = self.head(repo).await;
        let made = make(base, APP, text);
        let branch = branch.to_owned();
        let effect = match self.way {
            Way::Push => {
                Effect::Push { branch, expected: None, head: made.commit, objects: made.objects.clone() }
            }
            Way::Commit => Effect::Commit {
                branch,
                expected: None,
                base,
                tree: made.tree,
                message: "app.txt: changed\n".to_owned(),
                files: made.files.clone(),
            },
        };
        (effect, made)
    }

    /// Makes such a branch; its tip and that commit's tree.
    pub(crate) async fn branch(&self, repo: &str, branch: &str, text: &str) -> (Oid, Oid) {
        let (effect, made) = self.branching(repo, branch, text).await;
        let head = match self.perform(repo, &effect).await.unwrap() {
            Done::Committed(commit) => commit,
            _ => made.commit,
        };
        self.hands.settle().await;
        (head, made.tree)
    }

    /// Opens a pull request from a fresh branch `fleet/x`; it and its head.
    pub(crate) async fn open(&self, repo: &str) -> (PullRef, Oid) {
        let (head, _) = self.branch(repo, BRANCH, "changed\n").await;
        let Done::Opened(pull) = self.perform(repo, &opening()).await.unwrap() else {
            panic!("opening opens")
        };
        self.hands.settle().await;
        (pull, head)
    }

    pub(crate) async fn look(&self, repo: &str, number: u64) -> PullSeen {
        self.try_look(repo, number, None).await.unwrap().expect("there is something to tell")
    }

    pub(crate) async fn try_look(
        &self,
        repo: &str,
        number: u64,
        mark: Option<&str>,
    ) -> Result<Option<PullSeen>, ForgeError> {
        let look = Look { repo: repo.to_owned(), number, mark: mark.map(str::to_owned) };
        let mut answers = self.forge.look(&[look]).await;
        assert_eq!(answers.len(), 1, "one answer for each question");
        answers.remove(0)
    }

    pub(crate) async fn find(&self, repo: &str, branch: &str) -> Vec<Found> {
        let mut answers = self.forge.find(&[(repo.to_owned(), branch.to_owned())]).await;
        assert_eq!(answers.len(), 1, "one answer for each question");
        answers.remove(0).unwrap()
    }
}

/// The branch that stories open pull requests from.
pub(crate) const BRANCH: &str = "fleet/x";

/// What the pull requests of stories say.
pub(crate) const BODY: &str = "Why, and how to stop it.\n\n<!-- fleetwright x -->";

pub(crate) fn opening() -> Effect {
    Effect::OpenPull {
        branch: BRANCH.to_owned(),
        title: "Change the app".to_owned(),
        body: BODY.to_owned(),
        labels: Vec::new(),
        reviewers: Vec::new(),
        draft: false,
    }
}
