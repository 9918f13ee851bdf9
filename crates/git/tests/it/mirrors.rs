//! Mirrors, judged by git.

use std::fs;

use fleetwright_git::{GitError, Incoming, Limits, Repository, mirror_bytes, refresh_mirror};

use crate::support::{Scratch, commit_files, fsck, git, git_with, open, put};

#[test]
fn a_mirror_follows_its_source() {
    let scratch = Scratch::new();
    let bare = scratch.with_files("r.git", &[("a", b"1"), ("d/b", b"2"), ("d/e/c*", b"3")]);
    commit_files(&bare, "main", &[("a", b"one"), ("d/b", b"2"), ("d/e/c*", b"3")]);
    let mirror = scratch.path("cache/r");
    let source = open(&bare);
    let cold = refresh_mirror(&mirror, &source).unwrap();
    assert!(cold.moved);
    assert_eq!((cold.copied_objects, cold.head.clone()), (3 + 3 + 1, source.head().unwrap()));
    assert_eq!(git(&mirror, &["rev-list", "--all"]), cold.head.commit.unwrap().to_string());
    fsck(&mirror);
    let warm = refresh_mirror(&mirror, &source).unwrap();
    assert_eq!((warm.moved, warm.copied_objects, warm.tree), (false, 0, cold.tree));
    for round in 0..70 {
        commit_files(&bare, "main", &[("a", format!("{round}").as_bytes()), ("d/b", b"2"), ("d/e/c*", b"3")]);
        let next = refresh_mirror(&mirror, &source).unwrap();
        assert!(next.moved && next.copied_objects <= 7, "{next:?}");
        let opened = open(&mirror);
        assert_eq!(
            opened.list(next.tree.unwrap(), Limits::default()).unwrap(),
            source.list(next.tree.unwrap(), Limits::default()).unwrap()
        );
    }
    fsck(&mirror);
    assert!(mirror_bytes(&mirror).unwrap() < 100_000);
    git(&bare, &["branch", "-m", "main", "trunk"]);
    let renamed = refresh_mirror(&mirror, &source).unwrap();
    assert_eq!(renamed.head.branch, "trunk");
    assert_eq!(git(&mirror, &["for-each-ref", "--format=%(refname)"]), "refs/heads/trunk");
    fsck(&mirror);
    git(&bare, &["gc", "-q", "--prune=now"]);
    fs::remove_dir_all(&mirror).unwrap();
    assert_eq!(mirror_bytes(&mirror).unwrap(), 0);
    assert!(refresh_mirror(&mirror, &open(&bare)).unwrap().moved);
    fsck(&mirror);
}

#[test]
fn an_unborn_branch_makes_an_empty_mirror() {
    let scratch = Scratch::new();
    let source = Repository::init_bare(&scratch.path("r.git"), "trunk").unwrap();
    let mirror = scratch.path("m");
    let empty = refresh_mirror(&mirror, &source).unwrap();
    assert_eq!((empty.head.commit, empty.tree), (None, None));
    fsck(&mirror);
    commit_files(source.path(), "trunk", &[("a", b"1")]);
    assert!(refresh_mirror(&mirror, &source).unwrap().tree.is_some());
    fsck(&mirror);
}

#[test]
fn a_mirror_heals_from_any_interruption() {
    let scratch = Scratch::new();
    let bare = scratch.with_files("r.git", &[("a", b"1"), ("d/b", b"2")]);
    let source = open(&bare);
    let mirror = scratch.path("m");
    refresh_mirror(&mirror, &source).unwrap();
    let mut files = Vec::new();
    collect(&mirror, &mut files);
    for file in &files {
        if file.ends_with("fleetwright-mirror") {
            continue;
        }
        for damage in ["remove", "empty"] {
            match damage {
                "remove" => fs::remove_file(file).unwrap(),
                _ => {
                    let _ = fs::remove_file(file);
                    fs::write(file, b"").unwrap();
                }
            }
            let healed = refresh_mirror(&mirror, &source).unwrap();
            let opened = open(&mirror);
            let tree = opened.tree_of(opened.head().unwrap().commit.unwrap()).unwrap();
            assert_eq!(Some(tree), healed.tree, "{damage} {}", file.display());
            fsck(&mirror);
        }
    }
    let other = scratch.path("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("precious"), b"x").unwrap();
    assert!(matches!(refresh_mirror(&other, &source), Err(GitError::NotARepository { .. })));
    assert!(other.join("precious").exists());
}

fn collect(folder: &std::path::Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

#[test]
fn a_hundred_thousand_files_are_mirrored_and_listed() {
    let scratch = Scratch::new();
    let source = Repository::init_bare(&scratch.path("r.git"), "main").unwrap();
    let names: Vec<String> = (0..100_000).map(|at| format!("d{}/e{}/f{at}", at % 100, at % 7)).collect();
    let edits: Vec<_> = names.iter().map(|name| put(name, name.as_bytes())).collect();
    let built = source.build(None, &edits).unwrap();
    source.write_objects(&built.objects).unwrap();
    let commit = git(source.path(), &["commit-tree", "-m", "x", &built.tree.to_string()]);
    source.update_branch("main", None, Some(commit.parse().unwrap())).unwrap();
    let mirror = scratch.path("m");
    let refreshed = refresh_mirror(&mirror, &source).unwrap();
    assert_eq!(refreshed.copied_objects, built.objects.len() + 1);
    let listed = open(&mirror).list(built.tree, Limits::default()).unwrap();
    assert_eq!(listed.len(), 100_000);
    let few = Limits { entries: 99_999, ..Limits::default() };
    assert!(matches!(open(&mirror).list(built.tree, few), Err(GitError::Limit { .. })));
    fsck(&mirror);
}

#[test]
fn an_interrupted_pack_leaves_the_mirror_as_it_was() {
    use crate::wire::fetch;
    let scratch = Scratch::new();
    let bare = scratch.with_files("r.git", &[("a", b"1"), ("d/b", b"2")]);
    let mirror = scratch.path("m");
    let take = |cut: Option<usize>| {
        let head = open(&bare).head().unwrap();
        let incoming = Incoming::begin(&mirror, &head).unwrap();
        let pack = incoming.want().unwrap().map_or_else(Vec::new, |want| fetch(&bare, want));
        let end = cut.unwrap_or(pack.len()).min(pack.len());
        match pack.is_empty() {
            true => incoming.settle(),
            false => incoming.take(&mut &pack[..end]),
        }
    };
    for cut in [0, 11, 12, 40, 200] {
        assert!(matches!(take(Some(cut)), Err(GitError::Pack { .. })), "{cut}");
    }
    let first = take(None).unwrap();
    commit_files(&bare, "main", &[("a", b"one"), ("d/b", b"2")]);
    assert!(take(Some(150)).is_err());
    // A crash leaves what had landed; it is swept.
    fs::create_dir_all(mirror.join("incoming/objects/pack")).unwrap();
    fs::write(mirror.join("incoming/objects/pack/pack-1.pack"), b"PACK").unwrap();
    assert_eq!(open(&mirror).head().unwrap(), first.head);
    fsck(&mirror);
    let second = take(None).unwrap();
    assert!(second.moved && second.head != first.head && !mirror.join("incoming").exists());
    fsck(&mirror);
    git(&bare, &["branch", "-m", "main", "trunk"]);
    let renamed = take(None).unwrap();
    assert_eq!((renamed.moved, renamed.copied_objects), (true, 0));
    assert_eq!(git(&mirror, &["for-each-ref", "--format=%(refname)"]), "refs/heads/trunk");
    let other = scratch.path("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("precious"), b"x").unwrap();
    for begin in [Incoming::begin, Incoming::anew] {
        assert!(matches!(begin(&other, &renamed.head), Err(GitError::NotARepository { .. })));
    }
    assert!(other.join("precious").exists());
}

#[test]
fn a_pack_of_more_or_less_than_the_tip_does_not_pass_as_it_is() {
    let scratch = Scratch::new();
    let bare = scratch.with_files("r.git", &[("a", b"1"), ("d/b", b"2")]);
    commit_files(&bare, "side", &[("unrelated", b"3")]);
    let head = open(&bare).head().unwrap();
    let tip = head.commit.unwrap().to_string();
    let mirror = scratch.path("m");
    let pack = |objects: &str| git_with(&bare, &["pack-objects", "--stdout", "-q"], objects.as_bytes());
    let more = git(&bare, &["rev-list", "--objects", "--no-object-names", "--all"]);
    let taken = Incoming::begin(&mirror, &head).unwrap().take(&mut &pack(&more)[..]).unwrap();
    assert_eq!(taken.copied_objects, 5);
    assert_eq!(git(&mirror, &["count-objects", "-v"]).lines().nth(2), Some("in-pack: 5"), "only the tip");
    fsck(&mirror);
    fs::remove_dir_all(&mirror).unwrap();
    let all = git(&bare, &["rev-list", "--objects", "--no-object-names", "main"]);
    for left_out in all.lines() {
        let less: String = all.lines().filter(|oid| *oid != left_out).map(|oid| format!("{oid}\n")).collect();
        let error = Incoming::begin(&mirror, &head).unwrap().take(&mut &pack(&less)[..]).unwrap_err();
        assert!(matches!(error, GitError::MissingObject { .. }), "{left_out} {tip}: {error}");
        assert_eq!(open(&mirror).head().unwrap().commit, None);
    }
}

#[test]
fn hostile_trees_do_not_land() {
    let scratch = Scratch::new();
    let bare = scratch.bare("r.git");
    let blob = git(&bare, &["hash-object", "-w", "--stdin"]);
    for (mode, name) in
        [("100644", ".git"), ("100644", ".GiT"), ("100644", "git~1"), ("120000", ".gitmodules")]
    {
        let mut tree = format!("{mode} {name}\0").into_bytes();
        tree.extend_from_slice(blob.parse::<fleetwright_core::Oid>().unwrap().as_bytes());
        let tree = git_with(&bare, &["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], &tree);
        let tree = String::from_utf8(tree).unwrap();
        let commit = git(&bare, &["commit-tree", "-m", "x", tree.trim()]);
        git(&bare, &["update-ref", "refs/heads/main", &commit]);
        let head = open(&bare).head().unwrap();
        let mirror = scratch.path("m");
        let incoming = Incoming::begin(&mirror, &head).unwrap();
        let pack = crate::wire::fetch(&bare, incoming.want().unwrap().unwrap());
        let error = incoming.take(&mut &pack[..]).unwrap_err();
        assert!(matches!(error, GitError::HostileName(_)), "{name}: {error}");
        assert_eq!(open(&mirror).head().unwrap().commit, None);
        assert!(!mirror.join("incoming").exists());
    }
}
