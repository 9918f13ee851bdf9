//! Patches and merges, with `git apply` and `git merge-tree` as oracles.

use fleetwright_core::Oid;
use fleetwright_git::{Change, Edit, Kind, Merged, Mode, Object, diff};
use proptest::prelude::*;

use crate::support::{Scratch, commit_files, delete, git, git_command, git_with, oid, open, path, put};

fn tree(bare: &std::path::Path, rev: &str) -> Oid {
    oid(&git(bare, &["rev-parse", &format!("{rev}^{{tree}}")]))
}

/// What `git apply` makes of a patch on a tree, in a throw-away index.
fn applied(bare: &std::path::Path, base: Oid, patch: &[u8]) -> Oid {
    use std::io::Write as _;
    let scratch = tempfile::tempdir().unwrap();
    let index = scratch.path().join("index");
    let file = scratch.path().join("patch");
    std::fs::File::create(&file).unwrap().write_all(patch).unwrap();
    let run = |args: &[&str]| {
        let output = git_command(bare).env("GIT_INDEX_FILE", &index).args(args).output().unwrap();
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "git {args:?}: {words}\n{}", String::from_utf8_lossy(patch));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["read-tree", &base.to_string()]);
    if !patch.is_empty() {
        run(&["apply", "--cached", "--whitespace=nowarn", file.to_str().unwrap()]);
    }
    oid(&run(&["write-tree"]))
}

fn long() -> String {
    (0..100).map(|line| format!("line {line}\n")).collect()
}

/// Every way a file can change, on the files of `git_applies_the_patch`.
fn every_change(blob: Oid) -> Vec<Edit> {
    let edit = |at: &str, mode, content: &[u8]| Edit {
        path: path(at),
        change: Change::Put { mode, content: content.to_vec() },
    };
    let by_oid = |at: &str, mode, oid| Edit { path: path(at), change: Change::PutOid { mode, oid } };
    let changed = long()
        .replace("line 3\n", "")
        .replace("line 50\n", "line fifty\nmore\n")
        .replace("line 55\n", "l55\n");
    let binary =
        b"\0\x01\x03new and rather longer than one line of base 85 could ever hold, I think \xff\xfe";
    vec![
        put("a", b"1\ntwo\n3"),
        edit("run", Mode::File, b"#!/bin/bash\n"),
        put("bin", binary),
        edit("link", Mode::Symlink, b"nowhere"),
        delete("gone"),
        put("long", changed.as_bytes()),
        put("no-newline", b"end\n"),
        put("d/was-link", b"a file now\n"),
        put("sp ace", b"2\n"),
        put("new \"quoted\"\t\x01", b"n\n"),
        put("new/\u{fc}", b""),
        edit("new/tool", Mode::Executable, b"\0tool"),
        put("crlf", b"1\r\n3\r\n"),
        delete("moved"),
        by_oid("moved-here", Mode::Executable, blob),
        by_oid("sub", Mode::Submodule, blob),
        edit("empty", Mode::Executable, b""),
    ]
}

#[test]
fn git_applies_the_patch() {
    let scratch = Scratch::new();
    let long = long();
    let files: &[(&str, &[u8])] = &[
        ("a", b"1\n2\n3\n"),
        ("run*", b"#!/bin/sh\n"),
        ("bin", b"\0\x01\x02old"),
        ("link@", b"a"),
        ("gone", b"x\n"),
        ("long", long.as_bytes()),
        ("no-newline", b"end"),
        ("d/was-link@", b"../a"),
        ("empty", b""),
        ("sp ace", b"1\n"),
        ("crlf", b"1\r\n2\r\n"),
        ("moved", b"m\n"),
    ];
    let bare = scratch.with_files("r.git", files);
    let repository = open(&bare);
    let base = tree(&bare, "main");
    let edits = every_change(repository.find(base, &path("moved")).unwrap().unwrap().oid);
    let built = repository.build(Some(base), &edits).unwrap();
    let patch = diff::patch(&repository, Some(base), &edits).unwrap();
    assert_eq!(applied(&bare, base, &patch.text), built.tree, "{}", String::from_utf8_lossy(&patch.text));
    let changed = |at: &str| patch.files.iter().find(|file| file.path == path(at)).unwrap();
    assert_eq!((changed("a").added, changed("a").removed, changed("bin").binary), (2, 2, true));
    let hunk = patch.hunks.iter().find(|hunk| hunk.path == path("a")).unwrap();
    assert_eq!(hunk.removed.join("|"), "2|3");

    repository.write_objects(&built.objects).unwrap();
    let between = repository.edits_between(Some(base), Some(built.tree)).unwrap();
    assert_eq!(diff::patch(&repository, Some(base), &between).unwrap(), patch);
    assert_eq!(
        diff::patch(&repository, Some(base), &[put("a", b"1\n2\n3\n")]).unwrap(),
        diff::Patch::default()
    );
    let [from, to] = [base, built.tree].map(|oid| oid.to_string());
    let numstat = git(&bare, &["diff-tree", "-r", "--no-renames", "--numstat", &from, &to, "--", "long"]);
    assert_eq!(numstat, format!("{}\t{}\tlong", changed("long").added, changed("long").removed));
}

type Files<'a> = Vec<(&'a str, &'a [u8])>;

/// The files `keep`, `d/x`, `bin` and `f`, some of them replaced (`None`: gone), and more.
fn files<'a>(f: &'a [u8], changes: &[(&'a str, Option<&'a [u8]>)]) -> Files<'a> {
    let mut files: Files<'a> = vec![("f", f), ("keep", b"k"), ("d/x", b"x"), ("bin", b"\0a")];
    for (path, content) in changes {
        let plain = path.trim_end_matches('*');
        files.retain(|(old, _)| *old != plain && !old.starts_with(&format!("{plain}/")));
        files.extend(content.map(|content| (*path, content)));
    }
    files
}

fn lines(changed: &[(usize, &str)]) -> Vec<u8> {
    let mut lines: Vec<String> = (0..30).map(|line| format!("line {line}")).collect();
    for (at, text) in changed {
        lines[*at] = (*text).to_owned();
    }
    lines.join("\n").into_bytes()
}

#[test]
fn merges_are_gits() {
    let [f0, f1, f2, f3] =
        [vec![], vec![(2, "ours")], vec![(20, "theirs")], vec![(2, "theirs too")]].map(|c| lines(&c));
    let new: &[u8] = b"same";
    let cases = [
        (files(&f1, &[]), files(&f2, &[("keep", None), ("new/y", Some(b"y"))]), true),
        (files(&f1, &[]), files(&f3, &[]), false),
        (files(b"", &[("f*", Some(&f1)), ("bin", Some(b"\0b"))]), files(&f2, &[("keep*", Some(b"k"))]), true),
        (files(&f0, &[("bin", Some(b"\0b"))]), files(&f2, &[("bin", Some(b"\0c"))]), false),
        (files(&f0, &[("f", None)]), files(&f2, &[]), false),
        (files(&f1, &[("n", Some(b"1"))]), files(&f1, &[("n/m", Some(b"2"))]), false),
        (files(&f1, &[("n", Some(new))]), files(&f1, &[("d", Some(b"a file now")), ("n", Some(new))]), true),
        (files(&f0, &[("n", Some(b"1"))]), files(&f0, &[("n", Some(b"2"))]), false),
    ];
    for (number, (ours, theirs, clean)) in cases.iter().enumerate() {
        let scratch = Scratch::new();
        let bare = scratch.with_files("r.git", &files(&f0, &[]));
        git(&bare, &["branch", "theirs", "main"]);
        let start = oid(&git(&bare, &["rev-parse", "main"]));
        let ours = commit_files(&bare, "main", ours);
        let theirs = commit_files(&bare, "theirs", theirs);
        let repository = open(&bare);
        let merged = repository.merge(start, ours, theirs).unwrap();
        let by_git =
            git_command(&bare).args(["merge-tree", "--write-tree", "main", "theirs"]).output().unwrap();
        assert_eq!(by_git.status.success(), *clean, "case {number}");
        match merged {
            Merged::Clean { tree, objects } => {
                assert!(clean, "case {number}");
                assert_eq!(tree, oid(&String::from_utf8(by_git.stdout).unwrap()), "case {number}");
                repository.write_objects(&objects).unwrap();
                assert!(repository.has(tree).unwrap());
            }
            Merged::Conflict { paths } => assert!(!clean && !paths.is_empty(), "case {number}: {paths:?}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any text to any other text, with and without final newlines.
    #[test]
    fn any_patch_applies(before in "([ab\\-+ ]{0,3}\n){0,12}[ab]?", after in "([ab\\-+ ]{0,3}\n){0,12}[ab]?") {
        let scratch = Scratch::new();
        let bare = scratch.bare("r.git");
        let repository = open(&bare);
        let start = repository.build(None, &[put("f", before.as_bytes()), put("g", b"")]).unwrap();
        repository.write_objects(&start.objects).unwrap();
        let edits = [put("f", after.as_bytes())];
        let end = repository.build(Some(start.tree), &edits).unwrap();
        let patch = diff::patch(&repository, Some(start.tree), &edits).unwrap();
        prop_assert_eq!(applied(&bare, start.tree, &patch.text), end.tree);
    }
}

#[test]
fn objects_are_named_as_git_names_them() {
    let scratch = Scratch::new();
    let bare = scratch.bare("r.git");
    for content in [b"".as_slice(), b"x", &[0; 100_000]] {
        let by_git = String::from_utf8(git_with(&bare, &["hash-object", "--stdin"], content)).unwrap();
        assert_eq!(Object::new(Kind::Blob, content.to_vec()).unwrap().oid, oid(&by_git));
    }
}
