//! Bare repositories made and judged by the git binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fleetwright_core::Oid;
use fleetwright_git::{
    Change, CommitSpec, Edit, Mode, Object, Person, RepoPath, Repository, commit_object, push,
};

/// The git binary, deaf to the machine's configuration.
pub(crate) fn git_command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("HOME", "/nonexistent");
    command.stdin(Stdio::null());
    command
}

/// Runs git; its output as one trimmed text.
pub(crate) fn git(folder: &Path, args: &[&str]) -> String {
    let output = git_command(folder).args(args).output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// Asserts that git finds nothing to complain about.
pub(crate) fn fsck(folder: &Path) {
    let output = git_command(folder).args(["fsck", "--strict", "--full"]).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let mut lines = said.lines();
    let fine =
        lines.all(|line| ["dangling", "unreachable", "notice:"].iter().any(|word| line.contains(word)));
    assert!(output.status.success() && fine, "{said}");
}

fn spec(tree: Oid, parents: Vec<Oid>, message: &str) -> CommitSpec {
    let person = Person { name: "A".to_owned(), email: "a@example.com".to_owned() };
    CommitSpec {
        tree,
        parents,
        author: person.clone(),
        committer: person,
        time: 1_700_000_000,
        message: message.to_owned(),
    }
}

/// A commit on `base` that puts these files, with the objects that `repository` lacks.
pub(crate) fn change(
    repository: &Repository,
    base: Option<Oid>,
    files: &[(&str, &[u8])],
    message: &str,
) -> (Oid, Vec<Object>) {
    let tree = base.map(|base| repository.tree_of(base).unwrap());
    let put = |(path, content): &(&str, &[u8])| Edit {
        path: RepoPath::new(path).unwrap(),
        change: Change::Put { mode: Mode::File, content: content.to_vec() },
    };
    let edits: Vec<Edit> = files.iter().map(put).collect();
    let built = repository.build(tree, &edits).unwrap();
    let commit = commit_object(&spec(built.tree, base.into_iter().collect(), message)).unwrap();
    let oid = commit.oid;
    (oid, [built.objects, vec![commit]].concat())
}

/// A bare repository with these files on `main`.
pub(crate) fn bare(root: &Path, name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let path = root.join(name);
    let repository = Repository::init_bare(&path, "main").unwrap();
    let (commit, objects) = change(&repository, None, files, "first");
    push(&repository, &objects, "main", None, commit).unwrap();
    path
}

/// Adds a commit to `main`, as somebody else would.
pub(crate) fn advance(path: &Path, files: &[(&str, &[u8])]) -> Oid {
    let repository = Repository::open(path).unwrap();
    let base = repository.head().unwrap().commit;
    let (commit, objects) = change(&repository, base, files, "next");
    push(&repository, &objects, "main", base, commit).unwrap();
    commit
}

pub(crate) fn hook(path: &Path, name: &str, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let file = path.join("hooks").join(name);
    std::fs::create_dir_all(path.join("hooks")).unwrap();
    std::fs::write(&file, script).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
}
