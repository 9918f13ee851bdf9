//! Branches, with git looking on.

use std::sync::atomic::{AtomicUsize, Ordering};

use fleetwright_git::{GitError, Repository};

use crate::support::{Scratch, commit_files, fsck, git, open};

#[test]
fn a_branch_moves_only_from_where_it_is() {
    let scratch = Scratch::new();
    let bare = scratch.with_files("r.git", &[("a", b"1")]);
    let repository = open(&bare);
    let first = repository.head().unwrap().commit.unwrap();
    let second = commit_files(&bare, "main", &[("a", b"2")]);
    for packed in [false, true] {
        repository.update_branch("f/x/y", None, Some(first)).unwrap();
        if packed {
            git(&bare, &["pack-refs", "--all"]);
        }
        assert_eq!(repository.branch("f/x/y").unwrap(), Some(first));
        let moved = repository.update_branch("f/x/y", None, Some(second)).unwrap_err();
        assert!(matches!(moved, GitError::RefMoved { actual: Some(actual), .. } if actual == first));
        assert!(repository.update_branch("f/x/y", Some(second), None).is_err());
        assert!(repository.update_branch("f/x", None, Some(first)).is_err(), "clashes with the folder");
        assert!(repository.update_branch("f/x/y/z", None, Some(first)).is_err(), "clashes with the branch");
        repository.update_branch("f/x/y", Some(first), Some(second)).unwrap();
        assert_eq!(git(&bare, &["rev-parse", "f/x/y"]), second.to_string());
        repository.update_branch("f/x/y", Some(second), None).unwrap();
        assert_eq!(repository.branch("f/x/y").unwrap(), None);
        assert_eq!(git(&bare, &["for-each-ref", "--format=%(refname)"]), "refs/heads/main");
        repository.update_branch("f", None, Some(first)).unwrap();
        repository.update_branch("f", Some(first), None).unwrap();
        fsck(&bare);
    }
    assert!(repository.update_branch("../../config", None, Some(first)).is_err());
    git(&bare, &["tag", "-a", "v1", "-m", "t"]);
    git(&bare, &["branch", "b", "main"]);
    git(&bare, &["pack-refs", "--all"]);
    git(&bare, &["branch", "-f", "b", &first.to_string()]);
    let branches = repository.branches().unwrap();
    assert_eq!(branches, vec![("b".to_owned(), first), ("main".to_owned(), second)]);
    repository.update_branch("b", Some(first), None).unwrap();
    assert_eq!(git(&bare, &["for-each-ref", "--format=%(refname)"]), "refs/heads/main\nrefs/tags/v1");
    fsck(&bare);
}

#[test]
fn of_many_writers_one_wins() {
    let scratch = Scratch::new();
    let bare = scratch.with_files("r.git", &[("a", b"1")]);
    let shared = open(&bare);
    let commit = shared.head().unwrap().commit.unwrap();
    let won = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for round in 0..20 {
                    let branch = format!("race/{round}");
                    match shared.update_branch(&branch, None, Some(commit)) {
                        Ok(()) => won.fetch_add(1, Ordering::Relaxed),
                        Err(GitError::RefMoved { .. }) => 0,
                        Err(other) => panic!("{other}"),
                    };
                }
            });
        }
    });
    assert_eq!(won.load(Ordering::Relaxed), 20);
    assert_eq!(shared.branches().unwrap().len(), 21);
}

#[test]
fn a_new_repository_pleases_git() {
    let scratch = Scratch::new();
    let path = scratch.path("new.git");
    Repository::init_bare(&path, "trunk").unwrap();
    assert_eq!(git(&path, &["symbolic-ref", "HEAD"]), "refs/heads/trunk");
    assert_eq!(git(&path, &["rev-parse", "--is-bare-repository"]), "true");
    fsck(&path);
    assert!(Repository::init_bare(&path, "trunk").is_err());
    assert!(Repository::init_bare(&scratch.path("x"), "a..b").is_err());
}
