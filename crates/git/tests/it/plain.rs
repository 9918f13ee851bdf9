//! Working folders: written, changed by a script, read back; `git add` on the same folder is the oracle.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use fleetwright_core::Oid;
use fleetwright_git::plain::{Limits, read_back, write_out};
use fleetwright_git::{Change, Edit, GitError, Mode, Repository};

use crate::support::{Scratch, git, git_command, oid, open, path, put};

fn tip(repository: &Repository) -> Oid {
    repository.tree_of(repository.head().unwrap().commit.unwrap()).unwrap()
}

/// The tree `git add --all` makes of a folder on top of `base`.
fn added_by_git(bare: &Path, base: Oid, folder: &Path) -> Oid {
    let index = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let output = git_command(folder)
            .env("GIT_INDEX_FILE", index.path().join("index"))
            .env("GIT_DIR", bare)
            .env("GIT_WORK_TREE", folder)
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["read-tree", &base.to_string()]);
    run(&["-c", "core.bare=false", "add", "--all", "."]);
    oid(&run(&["write-tree"]))
}

fn write(folder: &Path, name: &str, content: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// What a script might do, good and bad.
fn play_script(folder: &Path) {
    write(folder, "a.txt", "2\r\n");
    fs::set_permissions(folder.join("d/e/f"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::remove_file(folder.join("link")).unwrap();
    symlink("/etc/passwd", folder.join("link")).unwrap();
    fs::remove_dir_all(folder.join("gone")).unwrap();
    write(folder, "gone", "a file where a folder was");
    for ignored in ["y.log", "build/new", "node_modules/p/q.js", "d/z.log", "vendor/lib.js"] {
        write(folder, ignored, "ignored");
    }
    write(folder, "keep.log", "kept");
    write(folder, "x.log", "changed");
    write(folder, "build/tracked", "changed too");
    write(folder, "new/.gitignore", "/only-here\n*.tmp\n");
    write(folder, "new/only-here", "ignored");
    write(folder, "new/sub/only-here", "not ignored");
    write(folder, "new/sub/a.tmp", "ignored");
    write(folder, ".git/config", "[core]\n\tfsmonitor = touch /tmp/never\n");
    fs::set_permissions(folder.join("new/sub/only-here"), fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn what_a_script_leaves_is_read_back() {
    let scratch = Scratch::new();
    let bare = scratch.with_files(
        "r.git",
        &[
            ("a.txt", b"1\r\n"),
            ("run.sh*", b"#!/bin/sh\n"),
            ("link@", b"../outside"),
            ("d/e/f", b"deep"),
            (".gitignore", b"*.log\n/build/\n!keep.log\nnode_modules\n"),
            ("build/tracked", b"t"),
            ("x.log", b"tracked log"),
            (".gitattributes", b"* text eol=crlf\n"),
            ("gone/file", b"g"),
            ("vendor/.gitignore", b"*\n!.gitignore\n"),
        ],
    );
    let repository = open(&bare);
    let tree = tip(&repository);
    let folder = scratch.path("work");
    write_out(&repository, Some(tree), &[], &folder, Limits::default()).unwrap();
    assert_eq!(fs::read(folder.join("a.txt")).unwrap(), b"1\r\n");
    assert_eq!(fs::read_link(folder.join("link")).unwrap(), Path::new("../outside"));
    assert_ne!(fs::metadata(folder.join("run.sh")).unwrap().permissions().mode() & 0o100, 0);
    assert_eq!(read_back(&repository, Some(tree), &folder, Limits::default()).unwrap(), vec![]);

    play_script(&folder);
    let edits = read_back(&repository, Some(tree), &folder, Limits::default()).unwrap();
    let mut names: Vec<String> = edits.iter().map(|edit| edit.path.to_string()).collect();
    names.sort();
    assert_eq!(
        names,
        [
            "a.txt",
            "build/tracked",
            "d/e/f",
            "gone",
            "gone/file",
            "keep.log",
            "link",
            "new/.gitignore",
            "new/sub/only-here",
            "x.log"
        ]
    );
    fs::remove_dir_all(folder.join(".git")).unwrap();
    // Line ends are not converted here, as a filter could be anything; git is told the same.
    fs::create_dir_all(bare.join("info")).unwrap();
    fs::write(bare.join("info/attributes"), "* -text\n").unwrap();
    let built = repository.build(Some(tree), &edits).unwrap();
    assert_eq!(built.tree, added_by_git(&bare, tree, &folder));
    let mode_only = edits.iter().find(|edit| edit.path == path("d/e/f")).unwrap();
    assert!(matches!(mode_only.change, Change::PutOid { mode: Mode::Executable, .. }));
}

#[test]
fn an_overlay_is_written_over_the_tree() {
    let scratch = Scratch::new();
    let bare = scratch.with_files("r.git", &[("a", b"1"), ("d/b", b"2")]);
    let repository = open(&bare);
    let tree = tip(&repository);
    let edits = [
        put("a", b"new"),
        Edit { path: path("d/b"), change: Change::Delete },
        Edit { path: path("s"), change: Change::PutOid { mode: Mode::Submodule, oid: tree } },
    ];
    let folder = scratch.path("work");
    write_out(&repository, Some(tree), &edits, &folder, Limits::default()).unwrap();
    assert_eq!(fs::read(folder.join("a")).unwrap(), b"new");
    assert!(!folder.join("d").exists() && folder.join("s").is_dir());
    let read = read_back(&repository, Some(tree), &folder, Limits::default()).unwrap();
    assert_eq!(read, edits[..2].to_vec(), "an empty folder is nothing to git");
    let again = write_out(&repository, Some(tree), &[], &folder, Limits::default()).unwrap_err();
    assert!(matches!(again, GitError::Folder { .. }), "{again}");

    let built = repository.build(Some(tree), &edits).unwrap();
    repository.write_objects(&built.objects).unwrap();
    assert_eq!(read_back(&repository, Some(built.tree), &folder, Limits::default()).unwrap(), vec![]);
    write(&folder, "s/inside", "x");
    let inside = read_back(&repository, Some(built.tree), &folder, Limits::default()).unwrap_err();
    assert!(inside.to_string().contains("submodule"), "{inside}");
}

#[test]
fn odd_folders_are_refused() {
    let scratch = Scratch::new();
    let bare = scratch.with_files("r.git", &[("a", b"1")]);
    let repository = open(&bare);
    let tree = tip(&repository);
    type Trick = fn(&Path);
    let tricks: &[(&str, Trick)] = &[
        ("hard link", |folder| fs::hard_link(folder.join("a"), folder.join("b")).unwrap()),
        ("setuid", |folder| {
            fs::set_permissions(folder.join("a"), fs::Permissions::from_mode(0o4755)).unwrap()
        }),
        ("fifo", |folder| {
            let path = folder.join("fifo");
            assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
        }),
        ("socket", |folder| drop(std::os::unix::net::UnixListener::bind(folder.join("socket")).unwrap())),
        (".git", |folder| write(folder, "sub/.git/config", "[core]")),
        (".git", |folder| write(folder, ".GIT/config", "[core]")),
        (".git", |folder| write(folder, "d/.git", "gitdir: /")),
        (".git", |folder| write(folder, "git~1", "")),
        ("backslash", |folder| write(folder, "a\\b", "")),
        (".gitmodules", |folder| symlink("a", folder.join(".gitmodules")).unwrap()),
        ("bytes in a file", |folder| fs::File::create(folder.join("big")).unwrap().set_len(1 << 40).unwrap()),
        ("levels", |folder| fs::create_dir_all(folder.join("d/".repeat(200))).unwrap()),
        ("entries", |folder| (0..1100).for_each(|at| write(folder, &format!("f{at}"), ""))),
        ("bytes in the working folder", |folder| {
            (0..5).for_each(|at| write(folder, &format!("f{at}"), &"x".repeat(900_000)))
        }),
    ];
    for (number, (word, trick)) in tricks.iter().enumerate() {
        let folder = scratch.path(&format!("work{number}"));
        let limits = Limits { entries: 1000, bytes: 4_000_000, ..Limits::default() };
        write_out(&repository, Some(tree), &[], &folder, limits).unwrap();
        trick(&folder);
        let refused = read_back(&repository, Some(tree), &folder, limits).expect_err(word).to_string();
        assert!(refused.contains(word), "{word}: {refused}");
    }
}

#[test]
fn links_out_of_the_folder_are_data() {
    let scratch = Scratch::new();
    let bare = scratch.with_files("r.git", &[("d/f", b"1")]);
    let repository = open(&bare);
    let tree = tip(&repository);
    let outside = scratch.path("outside");
    write(&outside, "f", "canary");
    let folder = scratch.path("work");
    write_out(&repository, Some(tree), &[], &folder, Limits::default()).unwrap();
    fs::remove_dir_all(folder.join("d")).unwrap();
    symlink(&outside, folder.join("d")).unwrap();
    let edits = read_back(&repository, Some(tree), &folder, Limits::default()).unwrap();
    assert_eq!(edits.len(), 2);
    assert!(
        matches!(&edits[0].change, Change::Put { mode: Mode::Symlink, content } if content == outside.as_os_str().as_encoded_bytes())
    );
    assert_eq!(edits[1].change, Change::Delete);
    let built = repository.build(Some(tree), &edits).unwrap();
    repository.write_objects(&built.objects).unwrap();
    assert_eq!(git(&bare, &["ls-tree", "-r", "--name-only", &built.tree.to_string()]), "d");
    let linked = scratch.path("linked");
    symlink(&outside, &linked).unwrap();
    assert!(
        write_out(&repository, Some(tree), &[], &linked, Limits::default()).is_err(),
        "a link is no fresh folder"
    );
    assert!(read_back(&repository, Some(tree), &linked, Limits::default()).is_err());
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}
