//! Making repositories, and adopting those that are there.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use fleetwright_git::{Change, CommitSpec, Edit, Mode, Person, RepoPath, Repository, commit_object};

use super::event::Event;
use super::refusal::Refusal;
use super::state::State;
use crate::model::account::{Account, AccountKind};
use crate::model::repo::{Repo, RepoSettings};

/// A repository to make.
#[derive(Debug, Clone, Default)]
pub struct RepoSpec {
    /// Owner and name.
    pub name: String,
    /// Files and what is in them; without any, it has no commit.
    pub files: Vec<(String, String)>,
    /// Its default branch; empty: `main`.
    pub branch: String,
    /// What is set for it.
    pub settings: RepoSettings,
}

/// So many small repositories of one owner, each with the files a small service has.
pub fn small_repos(owner: &str, count: usize) -> Vec<RepoSpec> {
    let one = |n: usize| {
        let name = format!("{owner}/service-{n:05}");
        let file = |path: &str, text: String| (path.to_owned(), text);
        let files = vec![
            file("README.md", format!("# service-{n:05}\n\nA small service.\n")),
            file(
                "app.yaml",
                format!("name: service-{n:05}\nimage: registry.example/app:1.{}.0\nreplicas: 2\n", n % 7),
            ),
            file(
                "package.json",
                format!("{{\n  \"name\": \"service-{n:05}\",\n  \"version\": \"1.0.{}\"\n}}\n", n % 10),
            ),
            file("src/main.js", format!("// service {n}\nconsole.log(\"service {n}\");\n")),
            file(".github/workflows/build.yml", "on: [push, pull_request]\njobs: {}\n".to_owned()),
        ];
        let topics = vec![if n.is_multiple_of(2) { "even" } else { "odd" }.to_owned()];
        let settings =
            RepoSettings { topics, language: Some("JavaScript".to_owned()), ..RepoSettings::default() };
        RepoSpec { name, files, branch: String::new(), settings }
    };
    (1..=count).map(one).collect()
}

impl State {
    /// Makes a repository with one commit.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for a name that is no `owner/name` or taken, [`Refusal::Git`].
    pub fn make_repo(&mut self, spec: &RepoSpec) -> Result<u64, Refusal> {
        let branch = if spec.branch.is_empty() { "main" } else { &spec.branch };
        let folder = self.settings.folder.join(format!("{}.git", spec.name));
        fs::create_dir_all(&folder).map_err(|error| Refusal::Git(error.to_string()))?;
        let repository = Repository::init_bare(&folder, branch)?;
        let time = self.now() / 1_000;
        if !spec.files.is_empty() {
            write_first(&repository, branch, spec, time)?;
        }
        self.add_repo(&spec.name, &folder, spec.settings.clone())
    }

    /// Takes in every bare repository below the world's folder: `owner/name` or `owner/name.git`.
    ///
    /// # Errors
    /// [`Refusal::Git`] for a folder that cannot be read.
    pub fn adopt(&mut self) -> Result<Vec<u64>, Refusal> {
        let root = self.settings.folder.clone();
        let mut found = Vec::new();
        for owner in folders(&root)? {
            for name in folders(&root.join(&owner))? {
                let folder = root.join(&owner).join(&name);
                let full = format!("{owner}/{}", name.strip_suffix(".git").unwrap_or(&name));
                if folder.join("HEAD").is_file() && !self.names.contains_key(&full.to_lowercase()) {
                    found.push(self.add_repo(&full, &folder, RepoSettings::default())?);
                }
            }
        }
        Ok(found)
    }

    fn add_repo(&mut self, full: &str, folder: &Path, settings: RepoSettings) -> Result<u64, Refusal> {
        let bad = |code| Refusal::Invalid { resource: "Repository", field: "name", code, message: None };
        let (owner, name) = full.rsplit_once('/').ok_or_else(|| bad("invalid"))?;
        if self.repo_named(full).is_ok() {
            return Err(bad("already_exists"));
        }
        let repository = Repository::open(folder)?;
        let now = self.now();
        self.add_account(owner, AccountKind::Organization);
        let id = self.next_id();
        let repo = Repo {
            id,
            owner: owner.to_owned(),
            name: name.to_owned(),
            folder: folder.to_owned(),
            default_branch: repository.head()?.branch,
            settings,
            gone: false,
            branches: repository.branches()?.into_iter().collect(),
            labels: BTreeMap::new(),
            pulls: BTreeMap::new(),
            last_number: 0,
            checks: HashMap::new(),
            created_at: now,
            pushed_at: now,
            bytes: 4_096,
        };
        self.names.insert(full.to_lowercase(), id);
        self.repos.insert(id, repo);
        self.check_base(id)?;
        self.tell(&Event::Repository { repo: id, action: "created", before: full.to_owned() });
        Ok(id)
    }

    /// Makes an account, unless there is one of that name.
    pub fn add_account(&mut self, login: &str, kind: AccountKind) {
        if !self.accounts.contains_key(&login.to_lowercase()) {
            let id = self.next_id();
            self.accounts.insert(login.to_lowercase(), Account::new(id, login, kind));
        }
    }

    /// Gives a repository another name, or with `owner/name` another owner as well; the old one leads there.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn rename_repo(&mut self, repo: u64, name: &str) -> Result<(), Refusal> {
        let before = self.repo(repo)?.full_name();
        let name = match name.rsplit_once('/') {
            Some((owner, name)) => {
                self.add_account(owner, AccountKind::Organization);
                self.repo_mut(repo)?.owner = owner.to_owned();
                name
            }
            None => name,
        };
        self.repo_mut(repo)?.name = name.to_owned();
        let after = self.repo(repo)?.full_name().to_lowercase();
        self.names.insert(after, repo);
        self.tell(&Event::Repository { repo, action: "renamed", before });
        Ok(())
    }

    /// Makes a repository read-only, or not.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn archive_repo(&mut self, repo: u64, archived: bool) -> Result<(), Refusal> {
        let before = self.repo(repo)?.full_name();
        self.repo_mut(repo)?.settings.archived = archived;
        let action = if archived { "archived" } else { "unarchived" };
        self.tell(&Event::Repository { repo, action, before });
        Ok(())
    }

    /// Removes a repository; its folder stays.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn remove_repo(&mut self, repo: u64) -> Result<(), Refusal> {
        let before = self.repo(repo)?.full_name();
        self.tell(&Event::Repository { repo, action: "deleted", before });
        self.repo_mut(repo)?.gone = true;
        Ok(())
    }

    /// Changes what is set for a repository.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn set_repo(&mut self, repo: u64, set: impl FnOnce(&mut RepoSettings)) -> Result<(), Refusal> {
        set(&mut self.repo_mut(repo)?.settings);
        Ok(())
    }
}

fn folders(root: &Path) -> Result<Vec<String>, Refusal> {
    let failed = |error: std::io::Error| Refusal::Git(format!("{}: {error}", root.display()));
    let mut names = Vec::new();
    for entry in fs::read_dir(root).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.path().is_dir() {
            names.extend(entry.file_name().into_string().ok());
        }
    }
    names.sort();
    Ok(names)
}

fn write_first(repository: &Repository, branch: &str, spec: &RepoSpec, time: i64) -> Result<(), Refusal> {
    let mut edits = Vec::new();
    for (path, text) in &spec.files {
        let path = RepoPath::new(path).map_err(|error| Refusal::Git(error.to_string()))?;
        edits.push(Edit {
            path,
            change: Change::Put { mode: Mode::File, content: text.clone().into_bytes() },
        });
    }
    let built = repository.build(None, &edits)?;
    let author = Person { name: "Ada".to_owned(), email: "ada@example.com".to_owned() };
    let commit = commit_object(&CommitSpec {
        tree: built.tree,
        parents: Vec::new(),
        author: author.clone(),
        committer: author,
        time,
        message: "first".to_owned(),
    })?;
    let mut objects = built.objects;
    let tip = commit.oid;
    objects.push(commit);
    repository.write_objects(&objects)?;
    Ok(repository.update_branch(branch, None, Some(tip))?)
}
