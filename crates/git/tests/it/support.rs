//! Scratch repositories made and judged by the git binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fleetwright_core::Oid;
use fleetwright_git::{Change, Edit, Mode, RepoPath, Repository};
use tempfile::TempDir;

/// A folder that goes away, with helpers around the git binary.
pub(crate) struct Scratch {
    pub(crate) root: TempDir,
}

/// The git binary, deaf to the machine's configuration, with fixed names and dates.
pub(crate) fn git_command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    for (key, value) in [
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("HOME", "/nonexistent"),
        ("GIT_AUTHOR_NAME", "A"),
        ("GIT_AUTHOR_EMAIL", "a@example.com"),
        ("GIT_AUTHOR_DATE", "1700000000 +0000"),
        ("GIT_COMMITTER_NAME", "C"),
        ("GIT_COMMITTER_EMAIL", "c@example.com"),
        ("GIT_COMMITTER_DATE", "1700000000 +0000"),
    ] {
        command.env(key, value);
    }
    command
}

/// Runs git, feeding `input`; panics with its words where it fails.
pub(crate) fn git_with(folder: &Path, args: &[&str], input: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut child = git_command(folder)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feeder = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?} in {}: {words}", folder.display());
    output.stdout
}

/// Runs git; its output as one trimmed line of text.
pub(crate) fn git(folder: &Path, args: &[&str]) -> String {
    String::from_utf8(git_with(folder, args, b"")).unwrap().trim_end().to_owned()
}

/// Parses an object name out of git's output.
pub(crate) fn oid(text: &str) -> Oid {
    text.trim().parse().unwrap()
}

impl Scratch {
    pub(crate) fn new() -> Self {
        Scratch { root: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// A bare repository `name`, empty.
    pub(crate) fn bare(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        git(self.root.path(), &["init", "-q", "--bare", "-b", "main", path.to_str().unwrap()]);
        path
    }

    /// A bare repository with one commit of these files on `main`.
    pub(crate) fn with_files(&self, name: &str, files: &[(&str, &[u8])]) -> PathBuf {
        let path = self.bare(name);
        commit_files(&path, "main", files);
        path
    }
}

/// Adds one commit with exactly these files to a branch, through `git fast-import`. `name*` is executable, `name@` a
/// symbolic link.
pub(crate) fn commit_files(bare: &Path, branch: &str, files: &[(&str, &[u8])]) -> Oid {
    let mut stream =
        format!("commit refs/heads/{branch}\ncommitter C <c@example.com> 1700000000 +0000\ndata 1\nx")
            .into_bytes();
    let parent = git_command(bare)
        .args(["rev-parse", "-q", "--verify", &format!("refs/heads/{branch}")])
        .output()
        .unwrap();
    if parent.status.success() {
        stream.extend_from_slice(format!("\nfrom refs/heads/{branch}^0").as_bytes());
    }
    stream.extend_from_slice(b"\ndeleteall\n");
    for (path, content) in files {
        let (path, mode) = match path.as_bytes().last() {
            Some(b'*') => (&path[..path.len() - 1], "100755"),
            Some(b'@') => (&path[..path.len() - 1], "120000"),
            _ => (*path, "100644"),
        };
        stream.extend_from_slice(format!("M {mode} inline {path}\ndata {}\n", content.len()).as_bytes());
        stream.extend_from_slice(content);
        stream.push(b'\n');
    }
    git_with(bare, &["fast-import", "--quiet", "--force"], &stream);
    oid(&git(bare, &["rev-parse", &format!("refs/heads/{branch}")]))
}

pub(crate) fn path(text: &str) -> RepoPath {
    RepoPath::new(text).unwrap()
}

pub(crate) fn put(at: &str, content: &[u8]) -> Edit {
    Edit { path: path(at), change: Change::Put { mode: Mode::File, content: content.to_vec() } }
}

pub(crate) fn delete(at: &str) -> Edit {
    Edit { path: path(at), change: Change::Delete }
}

/// The tree that git itself makes of `base` and the edits, in a throw-away index.
pub(crate) fn tree_by_git(bare: &Path, base: Option<Oid>, edits: &[Edit]) -> Oid {
    let index = tempfile::tempdir().unwrap();
    let run = |args: &[&str], input: &[u8]| {
        use std::io::Write as _;
        let mut child = git_command(bare)
            .env("GIT_INDEX_FILE", index.path().join("index"))
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "git {args:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    if let Some(base) = base {
        run(&["read-tree", &base.to_string()], b"");
    }
    let mut removed = Vec::new();
    let mut added = Vec::new();
    for edit in edits {
        let (mode, oid) = match &edit.change {
            Change::Delete => {
                removed.extend_from_slice(format!("0 {} 0\t", Oid::ZERO).as_bytes());
                removed.extend_from_slice(edit.path.as_bytes());
                removed.push(0);
                continue;
            }
            Change::Put { mode, content } => (*mode, oid(&run(&["hash-object", "-w", "--stdin"], content))),
            Change::PutOid { mode, oid } => (*mode, *oid),
        };
        added.extend_from_slice(format!("{:o} {oid} 0\t", mode.bits()).as_bytes());
        added.extend_from_slice(edit.path.as_bytes());
        added.push(0);
    }
    run(&["update-index", "-z", "--index-info"], &removed);
    run(&["update-index", "-z", "--index-info"], &added);
    oid(&run(&["write-tree"], b""))
}

/// Asserts that git finds nothing to complain about.
pub(crate) fn fsck(bare: &Path) {
    let output = git_command(bare).args(["fsck", "--strict", "--full"]).output().unwrap();
    let words =
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    let bad: Vec<&str> = words
        .lines()
        .filter(|line| {
            !line.contains("dangling") && !line.contains("unreachable") && !line.contains("notice:")
        })
        .collect();
    assert!(output.status.success() && bad.is_empty(), "{words}");
}

pub(crate) fn open(path: &Path) -> Repository {
    Repository::open(path).unwrap()
}
