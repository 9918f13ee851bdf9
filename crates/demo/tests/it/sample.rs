//! The sample fleet as a whole.

use std::collections::BTreeSet;

use fleetwright_demo::{DemoError, REPOS, write_fleet};

use crate::support::{FLEET, Fleet, TREELESS, git, snapshot, try_git};

#[test]
fn there_are_sixty_of_several_owners_each_with_its_reason() {
    let names: BTreeSet<&str> = FLEET.repos.iter().map(|repo| repo.name.as_str()).collect();
    assert_eq!((names.len(), REPOS), (60, 60));
    let owners: BTreeSet<&str> = names.iter().map(|name| name.split_once('/').unwrap().0).collect();
    assert_eq!(owners, BTreeSet::from(["acme", "data", "mobile", "payments", "platform"]));
    assert!(FLEET.repos.iter().all(|repo| repo.about.len() > 10 && !repo.about.contains('\n')));
    assert!(FLEET.repos.is_sorted_by_key(|repo| &repo.name));
}

#[test]
fn git_finds_no_fault_in_any_but_the_corrupt_one() {
    for repo in FLEET.repos.iter().filter(|repo| repo.name != "platform/corrupt-head") {
        let said = git(&FLEET.path(&repo.name), &["fsck", "--strict", "--full", "--no-dangling"]);
        assert!(said.is_empty() || repo.name == "platform/empty", "{}: {said}", repo.name);
    }
}

#[test]
fn every_byte_is_the_same_the_second_time() {
    let again = Fleet::write();
    assert!(snapshot(FLEET.root()) == snapshot(again.root()));
    // 2026-01-05 09:00 UTC and two times nine days.
    assert_eq!(
        git(&FLEET.path("acme/accounts"), &["log", "-1", "--format=%at %ct"]),
        "1769158800 1769158800"
    );
}

#[test]
fn a_fleet_is_never_written_over_another() {
    let fleet = Fleet::write();
    let error = write_fleet(fleet.root()).unwrap_err();
    assert!(matches!(&error, DemoError::Repository { repo, .. } if repo == "acme/accounts"), "{error}");
}

#[test]
fn histories_and_files_are_those_of_small_repositories() {
    for repo in FLEET.repos.iter().filter(|repo| !TREELESS.contains(&repo.name.as_str())) {
        let path = FLEET.path(&repo.name);
        let commits: usize = git(&path, &["rev-list", "--count", "HEAD"]).parse().unwrap();
        assert!((2..=3).contains(&commits), "{}: {commits} commits", repo.name);
        let files = git(&path, &["ls-tree", "-r", "--name-only", "HEAD"]).lines().count();
        assert!((8..=17).contains(&files), "{}: {files} files", repo.name);
    }
}

#[test]
fn no_placeholder_is_left() {
    for repo in FLEET.repos.iter().filter(|repo| !TREELESS.contains(&repo.name.as_str())) {
        let found = try_git(&FLEET.path(&repo.name), &["grep", "-IE", "@[A-Z]+@", "HEAD"]);
        assert_eq!((found.status.code(), String::from_utf8_lossy(&found.stdout).as_ref()), (Some(1), ""));
        let paths = git(&FLEET.path(&repo.name), &["ls-tree", "-r", "--name-only", "HEAD"]);
        assert!(!paths.contains('@'), "{paths}");
    }
}
