//! Reading, editing and committing, compared with git.

use std::collections::BTreeMap;

use fleetwright_core::Oid;
use fleetwright_git::{
    Change, CommitSpec, Edit, GitError, Limits, Mode, Person, Repository, commit_object, name, push,
};
use proptest::prelude::*;

use crate::support::{self, Scratch, commit_files, delete, fsck, git, oid, open, path, put};

fn spec(tree: Oid, parents: Vec<Oid>) -> CommitSpec {
    let person = |name: &str, email: &str| Person { name: name.to_owned(), email: email.to_owned() };
    CommitSpec {
        tree,
        parents,
        author: person("A", "a@example.com"),
        committer: person("C", "c@example.com"),
        time: 1_700_000_000,
        message: "change".to_owned(),
    }
}

#[test]
fn listing_is_gits() {
    let scratch = Scratch::new();
    let files: &[(&str, &[u8])] = &[
        ("a.txt", b"1"),
        ("a/b.txt", b"2"),
        ("a0", b"3"),
        ("run.sh*", b"#!"),
        ("link@", b"a.txt"),
        ("d/e/f/g", b""),
    ];
    let bare = scratch.with_files("r.git", files);
    for packed in [false, true] {
        if packed {
            git(&bare, &["gc", "-q"]);
        }
        let repository = open(&bare);
        let head = repository.head().unwrap();
        assert_eq!(head.branch, "main");
        let tree = repository.tree_of(head.commit.unwrap()).unwrap();
        let listed: Vec<String> = repository
            .list(tree, Limits::default())
            .unwrap()
            .iter()
            .map(|entry| format!("{:06o} {} {}\t{}", entry.mode.bits(), "blob", entry.oid, entry.path))
            .collect();
        assert_eq!(listed.join("\n"), git(&bare, &["ls-tree", "-r", "main"]));
        let found = repository.find(tree, &path("a/b.txt")).unwrap().unwrap();
        assert_eq!(repository.blob(found.oid, 10).unwrap(), b"2");
        assert!(repository.find(tree, &path("a")).unwrap().is_none());
        assert!(repository.find(tree, &path("a.txt/x")).unwrap().is_none());
        assert!(repository.find(tree, &path("zz")).unwrap().is_none());
        let small = repository.blob(found.oid, 0).unwrap_err();
        assert!(matches!(small, GitError::TooLarge { size: 1, limit: 0, .. }), "{small}");
        assert!(matches!(repository.blob(tree, 1000).unwrap_err(), GitError::WrongKind { .. }));
        assert!(matches!(repository.blob(Oid::ZERO, 9).unwrap_err(), GitError::MissingObject { .. }));
    }
}

#[test]
fn a_commit_pushed_is_what_git_would_have_made() {
    let scratch = Scratch::new();
    let bare =
        scratch.with_files("r.git", &[("pom.xml", b"<v>1</v>\n"), ("src/Main.java", b"class Main {}\n")]);
    let repository = open(&bare);
    let base = repository.head().unwrap().commit.unwrap();
    let tree = repository.tree_of(base).unwrap();
    let edits = [put("pom.xml", b"<v>2</v>\n"), put("docs/new.md", b"hello"), delete("src/Main.java")];
    let built = repository.build(Some(tree), &edits).unwrap();
    assert!(!repository.has(built.tree).unwrap(), "build writes nothing");
    let commit = commit_object(&spec(built.tree, vec![base])).unwrap();
    let mut objects = built.objects.clone();
    objects.push(commit.clone());

    push(&repository, &objects, "fleetwright/x", None, commit.oid).unwrap();
    let by_git =
        git(&bare, &["commit-tree", &built.tree.to_string(), "-p", &base.to_string(), "-m", "change"]);
    assert_eq!(commit.oid.to_string(), by_git);
    assert_eq!(git(&bare, &["rev-parse", "fleetwright/x"]), by_git);
    assert_eq!(git(&bare, &["ls-tree", "-r", "--name-only", "fleetwright/x"]), "docs/new.md\npom.xml");
    fsck(&bare);

    let info = repository.commit_info(commit.oid).unwrap();
    assert_eq!((info.author.as_str(), info.author_email.as_str()), ("A", "a@example.com"));
    assert_eq!((info.time, info.message.as_str(), info.parents), (1_700_000_000, "change\n", vec![base]));

    let again = push(&repository, &objects, "fleetwright/x", None, commit.oid).unwrap_err();
    assert!(
        matches!(again, GitError::RefMoved { actual: Some(actual), .. } if actual == commit.oid),
        "{again}"
    );
    let orphan = commit_object(&spec(built.tree, vec![oid(&"1".repeat(40))])).unwrap();
    let lost = push(&repository, std::slice::from_ref(&orphan), "y", None, orphan.oid).unwrap_err();
    assert!(matches!(lost, GitError::MissingObject { .. }), "{lost}");
    assert_eq!(repository.branch("y").unwrap(), None);
}

#[test]
fn many_objects_become_one_pack() {
    let scratch = Scratch::new();
    let path = scratch.path("r.git");
    let repository = Repository::init_bare(&path, "trunk").unwrap();
    assert_eq!(repository.head().unwrap().commit, None);
    let edits: Vec<Edit> =
        (0..300).map(|at| put(&format!("d{}/f{at}", at % 7), "text ".repeat(at * 30).as_bytes())).collect();
    let built = repository.build(None, &edits).unwrap();
    let commit = commit_object(&spec(built.tree, vec![])).unwrap();
    let mut objects = built.objects;
    objects.push(commit.clone());
    push(&repository, &objects, "trunk", None, commit.oid).unwrap();
    assert_eq!(git(&path, &["count-objects", "-v"]).lines().next(), Some("count: 0"));
    assert_eq!(repository.list(built.tree, Limits::default()).unwrap().len(), 300);
    let found = repository.find(built.tree, &support::path("d1/f197")).unwrap().unwrap();
    assert_eq!(repository.blob(found.oid, 1 << 20).unwrap().len(), 197 * 30 * 5);
    fsck(&path);
    assert_eq!(git(&path, &["rev-list", "--count", "HEAD"]), "1");
}

#[test]
fn edits_that_do_not_fit_are_refused() {
    let scratch = Scratch::new();
    let bare = scratch.with_files("r.git", &[("a/b", b"1"), ("c", b"2")]);
    let repository = open(&bare);
    let tree = repository.tree_of(repository.head().unwrap().commit.unwrap()).unwrap();
    let gitmodules = Edit {
        path: path("x/.gitmodules"),
        change: Change::Put { mode: Mode::Symlink, content: b"/etc".to_vec() },
    };
    let absent =
        Edit { path: path("n"), change: Change::PutOid { mode: Mode::File, oid: oid(&"1".repeat(40)) } };
    for edits in [
        vec![delete("x")],
        vec![delete("a")],
        vec![put("a", b"")],
        vec![put("c/d", b"")],
        vec![put("n", b""), put("n", b"1")],
        vec![put("n", b""), put("n/m", b"1")],
        vec![gitmodules],
        vec![absent],
    ] {
        assert!(repository.build(Some(tree), &edits).is_err(), "{edits:?}");
    }
    let swapped = repository
        .build(Some(tree), &[delete("a/b"), put("a", b"f"), delete("c"), put("c/d", b"g")])
        .unwrap();
    assert_eq!(
        swapped.tree,
        support::tree_by_git(
            &bare,
            Some(tree),
            &[delete("a/b"), put("a", b"f"), delete("c"), put("c/d", b"g")]
        )
    );
    let emptied = repository.build(Some(tree), &[delete("a/b"), delete("c")]).unwrap();
    assert_eq!(emptied.tree.to_string(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    let same = repository.build(Some(tree), &[put("c", b"2")]).unwrap();
    assert_eq!((same.tree, same.objects.len()), (tree, 0));
}

#[test]
fn history_is_gits() {
    let scratch = Scratch::new();
    let bare = scratch.with_files("r.git", &[("a", b"0")]);
    let base = commit_files(&bare, "main", &[("a", b"1")]);
    git(&bare, &["branch", "side", "main"]);
    let ours = commit_files(&bare, "main", &[("a", b"2")]);
    let theirs = commit_files(&bare, "side", &[("a", b"3")]);
    let tree = git(&bare, &["rev-parse", "main^{tree}"]);
    let merge = oid(&git(
        &bare,
        &["commit-tree", &tree, "-p", &ours.to_string(), "-p", &theirs.to_string(), "-m", "m"],
    ));
    git(&bare, &["branch", "merged", &merge.to_string()]);
    let unrelated = oid(&git(&bare, &["commit-tree", &tree, "-m", "root"]));
    let repository = open(&bare);
    assert_eq!(repository.merge_base(ours, theirs).unwrap(), Some(base));
    assert_eq!(repository.merge_base(ours, merge).unwrap(), Some(ours));
    assert_eq!(repository.merge_base(merge, theirs).unwrap(), Some(theirs));
    assert_eq!(repository.merge_base(merge, unrelated).unwrap(), None);
    assert_eq!(repository.commits_between(base, ours).unwrap(), vec![ours]);
    assert_eq!(repository.commits_between(ours, theirs).unwrap(), vec![theirs]);
    assert_eq!(repository.commits_between(ours, ours).unwrap(), vec![]);
    for (from, to) in [(base, merge), (theirs, merge), (merge, base), (unrelated, merge)] {
        let mut by_git: Vec<Oid> =
            git(&bare, &["rev-list", &format!("{from}..{to}")]).lines().map(oid).collect();
        let mut between = repository.commits_between(from, to).unwrap();
        by_git.sort();
        between.sort();
        assert_eq!(between, by_git);
    }
}

fn any_edits() -> impl Strategy<Value = BTreeMap<String, Option<(bool, Vec<u8>)>>> {
    let name = prop::sample::select(vec!["a", "b", "a.b", "a0", "B", "é", "x-y", "a-"]);
    let path = prop::collection::vec(name, 1..4).prop_map(|names| names.join("/"));
    let change = prop::option::weighted(0.75, (any::<bool>(), prop::collection::vec(any::<u8>(), 0..4)));
    prop::collection::btree_map(path, change, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever git's index makes of random edits, `build` makes too, or says why not.
    #[test]
    fn random_edits_make_gits_tree(first in any_edits(), second in any_edits()) {
        let scratch = Scratch::new();
        let bare = scratch.bare("r.git");
        let repository = open(&bare);
        let mut tree = None;
        for edits in [first, second] {
            let edits: Vec<Edit> = edits
                .into_iter()
                .map(|(at, change)| match change {
                    Some((executable, content)) => Edit {
                        path: path(&at),
                        change: Change::Put { mode: if executable { Mode::Executable } else { Mode::File }, content },
                    },
                    None => delete(&at),
                })
                .collect();
            let Ok(built) = repository.build(tree, &edits) else { continue };
            prop_assert_eq!(built.tree, support::tree_by_git(&bare, tree, &edits));
            for object in &built.objects {
                prop_assert_eq!(object.oid, name(object.kind, &object.data).unwrap());
            }
            repository.write_objects(&built.objects).unwrap();
            tree = Some(built.tree);
        }
    }
}
