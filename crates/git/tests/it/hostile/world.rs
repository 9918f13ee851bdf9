//! A good repository to spoil, a place outside that must stay as it is, and the way through the crate.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use fleetwright_core::Oid;
use fleetwright_git::plain::{self, read_back, write_out};
use fleetwright_git::{
    CommitSpec, GitError, Kind, Limits, Object, Person, Repository, commit_object, diff, push, refresh_mirror,
};

use super::Case;
use crate::support::put;

/// What must come of a hostile repository.
#[derive(Clone, Copy)]
pub(super) enum Expected {
    /// Everything works and has no effect outside.
    Right,
    /// An error whose words contain this.
    Refused(&'static str),
}

/// What the files outside hold; it must not turn up anywhere.
const SECRET: &str = "canary 6f1d9a";
/// One way through, in a debug build on a busy machine. A release build takes a tenth.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) struct World {
    root: tempfile::TempDir,
    /// The repository.
    pub(super) bare: PathBuf,
    /// A folder with a `secret`, a program `run` that would leave a trace, and a `fifo` that blocks who reads it.
    pub(super) outside: PathBuf,
}

pub(super) fn blob(content: &[u8]) -> Object {
    Object::new(Kind::Blob, content.to_vec()).unwrap()
}

/// A tree object of any entries, in the order given: octal mode, name, object.
pub(super) fn tree(entries: &[(&str, &[u8], Oid)]) -> Object {
    let mut data = Vec::new();
    for (mode, name, oid) in entries {
        data.extend_from_slice(mode.as_bytes());
        data.push(b' ');
        data.extend_from_slice(name);
        data.push(0);
        data.extend_from_slice(oid.as_bytes());
    }
    Object::new(Kind::Tree, data).unwrap()
}

impl World {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let world = World { bare: root.path().join("repo.git"), outside: root.path().join("outside"), root };
        fs::create_dir_all(world.outside.join("objects")).unwrap();
        fs::write(world.outside.join("secret"), SECRET).unwrap();
        let program = world.outside.join("run");
        fs::write(&program, format!("#!/bin/sh\ntouch {}\n", world.root.path().join("executed").display()))
            .unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        world.fifo(&world.outside.join("fifo"));
        let repository = Repository::init_bare(&world.bare, "main").unwrap();
        let built =
            repository.build(None, &[put("README", b"hello\n"), put("src/a", b"a\n"), put("src/b", b"b\n")]);
        let built = built.unwrap();
        world.commit(&built.objects, built.tree);
        world
    }

    pub(super) fn fifo(&self, at: &Path) {
        assert!(std::process::Command::new("mkfifo").arg(at).status().unwrap().success());
    }

    /// Makes `tree` the tip of `main`.
    pub(super) fn commit(&self, objects: &[Object], tree: Oid) -> Oid {
        let repository = Repository::open(&self.bare).unwrap();
        let person = Person { name: "A".to_owned(), email: "a@example.com".to_owned() };
        let commit = commit_object(&CommitSpec {
            tree,
            parents: vec![],
            author: person.clone(),
            committer: person,
            time: 1_700_000_000,
            message: "x".to_owned(),
        });
        let commit = commit.unwrap();
        repository.write_objects(objects).unwrap();
        repository.write_objects(std::slice::from_ref(&commit)).unwrap();
        let at = repository.branch("main").unwrap();
        repository.update_branch("main", at, Some(commit.oid)).unwrap();
        commit.oid
    }

    /// The tree of one root with these entries, on top of `objects`, as the tip of `main`.
    pub(super) fn plant(&self, entries: &[(&str, &[u8], Oid)], objects: &[Object]) {
        let root = tree(entries);
        let oid = root.oid;
        let mut all = objects.to_vec();
        all.push(root);
        self.commit(&all, oid);
    }

    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.bare.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(super) fn add_config(&self, lines: &str) {
        let lines = lines.replace("RUN", self.outside.join("run").to_str().unwrap());
        let lines = lines.replace("OUTSIDE", self.outside.to_str().unwrap());
        self.write("config", format!("{}{lines}\n", fs::read_to_string(self.bare.join("config")).unwrap()));
    }

    /// Replaces a file or folder of the repository by a link.
    pub(super) fn link(&self, name: &str, target: &Path) {
        let path = self.bare.join(name);
        let _ = fs::remove_dir_all(&path);
        let _ = fs::remove_file(&path);
        std::os::unix::fs::symlink(target, path).unwrap();
    }

    /// The tip of `main`.
    pub(super) fn tip(&self) -> Oid {
        Repository::open(&self.bare).unwrap().head().unwrap().commit.unwrap()
    }

    /// The file of a loose object.
    pub(super) fn loose(&self, oid: Oid) -> String {
        let hex = oid.to_string();
        format!("objects/{}/{}", &hex[..2], &hex[2..])
    }
}

/// Everything the crate does with a repository it was given.
fn go_through(bare: &Path, root: &Path) -> Result<(), GitError> {
    let repository = Repository::open(bare)?;
    repository.branches()?;
    let head = repository.head()?;
    let mirror = root.join("mirror");
    refresh_mirror(&mirror, &repository)?;
    let Some(commit) = head.commit else {
        return Ok(());
    };
    let tree = repository.tree_of(commit)?;
    let mirror = Repository::open(&mirror)?;
    for (number, repository) in [&repository, &mirror].into_iter().enumerate() {
        let entries = repository.list(tree, Limits::default())?;
        let folder = root.join(format!("work{number}"));
        write_out(repository, Some(tree), &[], &folder, plain::Limits::default())?;
        let edits = read_back(repository, Some(tree), &folder, plain::Limits::default())?;
        assert!(edits.is_empty(), "{edits:?}");
        let edits = [put("zz/new", b"new\n")];
        diff::patch(repository, Some(tree), &edits)?;
        let built = repository.build(Some(tree), &edits)?;
        repository.merge(tree, tree, commit)?;
        assert!(built.objects.len() <= 3 && entries.len() <= 200_000);
    }
    let built = repository.build(Some(tree), &[put("zz/new", b"new\n")])?;
    let person = Person { name: "A".to_owned(), email: "a@example.com".to_owned() };
    let message = "new".to_owned();
    let spec = CommitSpec {
        tree: built.tree,
        parents: vec![commit],
        author: person.clone(),
        committer: person,
        time: 1,
        message,
    };
    let new = commit_object(&spec)?;
    let mut objects = built.objects;
    objects.push(new.clone());
    push(&repository, &objects, "fleetwright/x", None, new.oid)
}

/// Plays every case and reports all that went wrong at once.
pub(super) fn play(cases: &[Case]) {
    let failures: Vec<String> = cases.iter().filter_map(|case| one(case).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn one((name, expected, spoil): &Case) -> Result<(), String> {
    let world = World::new();
    spoil(&world);
    let before = snapshot(&world.outside);
    let (send, receive) = mpsc::channel();
    let (bare, root) = (world.bare.clone(), world.root.path().to_owned());
    let start = Instant::now();
    let thread = std::thread::spawn(move || {
        let result = go_through(&bare, &root);
        let _ = send.send(result.map_err(|error| error.to_string()));
    });
    let result = match receive.recv_timeout(PATIENCE) {
        Ok(result) => result,
        Err(_) if thread.is_finished() => return Err(format!("{name}: panicked")),
        Err(_) => return Err(format!("{name}: still running after {:?}", start.elapsed())),
    };
    if world.root.path().join("executed").exists() {
        return Err(format!("{name}: ran a program"));
    }
    if snapshot(&world.outside) != before {
        return Err(format!("{name}: wrote outside"));
    }
    for place in ["mirror", "work0", "work1"] {
        if leaks(&world.root.path().join(place)) {
            return Err(format!("{name}: the secret turned up in {place}"));
        }
    }
    match (expected, result) {
        (Expected::Right, Ok(())) => Ok(()),
        (Expected::Refused(word), Err(words)) if words.contains(word) && !words.contains(SECRET) => Ok(()),
        (Expected::Refused(_), Ok(())) => Err(format!("{name}: was not refused")),
        (_, Err(words)) => Err(format!("{name}: unexpected: {words}")),
    }
}

/// Names, kinds and contents of a folder.
fn snapshot(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = fs::symlink_metadata(&path).unwrap().file_type();
        if kind.is_dir() {
            found.extend(snapshot(&path));
            found.push((path, vec![]));
        } else {
            let content = if kind.is_file() { fs::read(&path).unwrap() } else { vec![] };
            found.push((path, content));
        }
    }
    found.sort();
    found
}

fn leaks(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.map(|entry| entry.unwrap().path()).any(|path| {
        let kind = fs::symlink_metadata(&path).unwrap().file_type();
        let holds = || fs::read(&path).unwrap().windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
        (kind.is_dir() && leaks(&path)) || (kind.is_file() && holds())
    })
}
