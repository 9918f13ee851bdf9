//! Small fleets: bare repositories of a few files, as the local forge wants them.

use std::path::Path;

use fleetwright_git::{
    Change, CommitSpec, Edit, GitError, Mode, Person, RepoPath, Repository, commit_object,
};

/// When the first commits were made: 2026-01-01, in seconds since 1970 UTC.
const FIRST: i64 = 1_767_225_600;

/// A repository to be.
#[derive(Debug, Clone, Default)]
pub struct Small {
    /// Owner and name, such as `acme/app`.
    pub name: String,
    /// The default branch; `main` when empty.
    pub branch: String,
    /// Paths and contents; without any the repository has no commit.
    pub files: Vec<(String, String)>,
}

impl Small {
    /// A repository with these files on `main`.
    pub fn new(name: &str, files: &[(&str, &str)]) -> Small {
        let owned = |(path, content): &(&str, &str)| ((*path).to_owned(), (*content).to_owned());
        Small { name: name.to_owned(), branch: String::new(), files: files.iter().map(owned).collect() }
    }

    /// Writes it below the local forge's folder. The same bytes every time.
    ///
    /// # Errors
    /// [`GitError`] where it is there already, cannot be written, or a path is not allowed.
    pub fn write(&self, root: &Path) -> Result<(), GitError> {
        let branch = if self.branch.is_empty() { "main" } else { &self.branch };
        let repository = Repository::init_bare(&root.join(format!("{}.git", self.name)), branch)?;
        if self.files.is_empty() {
            return Ok(());
        }
        let mut edits = Vec::new();
        for (path, content) in &self.files {
            let change = Change::Put { mode: Mode::File, content: content.clone().into_bytes() };
            let path = RepoPath::new(path).map_err(GitError::from)?;
            edits.push(Edit { path, change });
        }
        let built = repository.build(None, &edits)?;
        let person = Person { name: "Ann".to_owned(), email: "ann@example.com".to_owned() };
        let commit = commit_object(&CommitSpec {
            tree: built.tree,
            parents: Vec::new(),
            author: person.clone(),
            committer: person,
            time: FIRST,
            message: "Begin".to_owned(),
        })?;
        repository.write_objects(&built.objects)?;
        repository.write_objects(std::slice::from_ref(&commit))?;
        repository.update_branch(branch, None, Some(commit.oid))
    }
}

/// Twenty repositories, one of each kind that a shift over `app.yaml` meets: 15 ordinary ones, one
/// with two directories to change, one that is as wished already, one whose file is broken, one
/// without such a file, and one without a commit.
pub fn twenty() -> Vec<Small> {
    const OLD: &str = "# the service\nimage: app:1   # pinned\nreplicas: 2\n";
    let mut fleet: Vec<Small> = (1..=15)
        .map(|number| {
            let readme = format!("# app {number}\n");
            let name = format!("acme/app-{number:02}");
            Small::new(&name, &[("app.yaml", OLD), ("README.md", &readme), ("src/main.txt", "x\n")])
        })
        .collect();
    fleet[14].branch = "trunk".to_owned();
    fleet.push(Small::new(
        "acme/mono",
        &[("api/app.yaml", OLD), ("web/app.yaml", OLD), ("web/src/index.txt", "x\n")],
    ));
    fleet.push(Small::new("acme/done", &[("app.yaml", "image: app:2\n")]));
    fleet.push(Small::new("acme/broken", &[("app.yaml", "image: [app:1\n")]));
    fleet.push(Small::new("acme/other", &[("README.md", "# nothing to do\n")]));
    fleet.push(Small::new("acme/empty", &[]));
    fleet
}
