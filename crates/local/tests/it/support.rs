//! A local forge in a folder that goes away, with its people.

use std::fs;
use std::sync::Arc;

use async_trait::async_trait;
use fleetwright_core::Oid;
use fleetwright_forge::{Forge, Look};
use fleetwright_git::{Change, CommitSpec, Edit, Mode, Person, RepoPath, Repository, commit_object, push};
use fleetwright_local::person::Act;
use fleetwright_local::{CheckSpec, Layout, LocalForge};
use fleetwright_runner::Sandbox;
use fleetwright_testkit::contract::{Hands, README, SetCheck, Skill};
use tempfile::TempDir;

/// Who does what a person does.
pub(crate) const PERSON: &str = "ann";

/// What a folder of repositories cannot do, and why:
/// it makes no commits by an API (`Commits`: it takes pushes) and has no wire to lose an answer on
/// (`LostAnswers`: a crash between two files is what `testkit` kills the program for); its checks are
/// commands on a tree, so that nobody sets one, none is pending, and the same tree is never checked
/// twice (`Checks`, `Rerun`: `checks.rs` here plays with commands what the stories play by hand);
/// whoever may write its files may do everything (`Strangers`, `Readers`), by every method
/// (`MergeMethods`); a renamed folder leaves no trace of its old name (`Renames`); and folders have no
/// people (`Teams`).
pub(crate) const LACKS: [Skill; 9] = [
    Skill::Commits,
    Skill::LostAnswers,
    Skill::Checks,
    Skill::Rerun,
    Skill::Strangers,
    Skill::Readers,
    Skill::MergeMethods,
    Skill::Renames,
    Skill::Teams,
];

/// The forge and its people.
pub(crate) struct Place {
    pub(crate) forge: LocalForge,
    folder: TempDir,
}

impl Place {
    /// A forge with checks that run as we do.
    pub(crate) fn new(checks: Vec<CheckSpec>) -> Place {
        let folder = tempfile::tempdir().unwrap();
        let (root, scratch) = (folder.path().join("repos"), folder.path().join("scratch"));
        fs::create_dir_all(&root).unwrap();
        fs::create_dir_all(&scratch).unwrap();
        let shelter = Arc::new(|| Some(Sandbox::unsandboxed()));
        Place { forge: LocalForge::new("local", &root, checks, shelter, &scratch), folder }
    }

    fn layout(&self) -> &Layout {
        self.forge.layout()
    }

    fn act(&self, repo: &str, number: u64, act: Act) {
        self.forge.act(repo, number, PERSON, act).unwrap();
    }

    /// A folder that goes away with it.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// What is seen of a pull request.
    pub(crate) async fn look(&self, repo: &str, number: u64) -> fleetwright_core::pull::PullSeen {
        let look = Look { repo: repo.to_owned(), number, mark: None };
        self.forge.look(&[look]).await.remove(0).unwrap().expect("it is told")
    }
}

/// Puts a commit with one more file on a branch, which begins where `main` is if it is not there.
fn commit(repository: &Repository, branch: &str, (path, text): (&str, &str)) -> Oid {
    let at = repository.branch(branch).unwrap();
    let parent = at.or(repository.branch("main").unwrap());
    let change = Change::Put { mode: Mode::File, content: text.as_bytes().to_vec() };
    let edit = Edit { path: RepoPath::new(path).unwrap(), change };
    let built = repository.build(parent.map(|parent| repository.tree_of(parent).unwrap()), &[edit]).unwrap();
    let person = Person { name: PERSON.to_owned(), email: "ann@example.com".to_owned() };
    let commit = commit_object(&CommitSpec {
        tree: built.tree,
        parents: parent.into_iter().collect(),
        author: person.clone(),
        committer: person,
        time: 1_700_000_000,
        message: "by hand\n".to_owned(),
    })
    .unwrap();
    let tip = commit.oid;
    push(repository, &[built.objects, vec![commit]].concat(), branch, at, tip).unwrap();
    tip
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
        let path = self.layout().repository(&name).unwrap();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        commit(&Repository::init_bare(&path, "main").unwrap(), "main", README);
        name
    }

    async fn check(&self, _: &str, _: Oid, _: SetCheck<'_>) {
        unreachable!("stories that set checks are left out");
    }

    async fn review(&self, repo: &str, number: u64, approve: bool) {
        let act = if approve { Act::Approve } else { Act::RequestChanges("not so".to_owned()) };
        self.act(repo, number, act);
    }

    async fn say(&self, repo: &str, number: u64, (body, _): (&str, bool)) {
        self.act(repo, number, Act::Comment(body.to_owned()));
    }

    async fn label(&self, repo: &str, number: u64, label: &str) {
        self.act(repo, number, Act::Label(label.to_owned()));
    }

    async fn close(&self, repo: &str, number: u64, again: bool) {
        self.act(repo, number, if again { Act::Reopen } else { Act::Close(None) });
    }

    async fn push(&self, repo: &str, branch: &str, file: (&str, &str)) -> Oid {
        let path = self.layout().repository(repo).unwrap();
        commit(&Repository::open(&path).unwrap(), branch, file)
    }

    async fn lose_answers(&self, _: bool) {
        unreachable!("there is no wire");
    }

    async fn archive(&self, repo: &str) {
        let folder = self.layout().folder(repo).unwrap();
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("repo.json"), "{\"archived\":true}").unwrap();
    }

    async fn rename(&self, _: &str) -> String {
        unreachable!("a renamed folder leaves no trace");
    }

    async fn remove(&self, repo: &str) {
        fs::remove_dir_all(self.layout().repository(repo).unwrap()).unwrap();
        fs::remove_dir_all(self.layout().folder(repo).unwrap()).unwrap();
    }

    async fn forbid_squash(&self, _: &str) {
        unreachable!("every method is allowed");
    }
}
