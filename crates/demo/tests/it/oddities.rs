//! Each difficult repository is difficult in the way its name says.

use std::fs;

use fleetwright_git::Repository;

use crate::support::{FLEET, git, git_bytes, try_git};

fn file(repo: &str, path: &str) -> Vec<u8> {
    git_bytes(&FLEET.path(repo), &["cat-file", "blob", &format!("HEAD:{path}")])
}

fn modes(repo: &str) -> String {
    git(&FLEET.path(repo), &["ls-tree", "-r", "HEAD"])
}

fn repo_json(repo: &str) -> serde_json::Value {
    let path = FLEET.root().join(format!("{repo}.forge/repo.json"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn the_empty_one_has_no_commit() {
    let path = FLEET.path("platform/empty");
    assert!(!try_git(&path, &["rev-parse", "--verify", "HEAD"]).status.success());
    assert_eq!(Repository::open(&path).unwrap().head().unwrap().commit, None);
}

#[test]
fn the_corrupt_one_cannot_be_read() {
    let path = FLEET.path("platform/corrupt-head");
    assert!(!try_git(&path, &["rev-parse", "HEAD"]).status.success());
    let read = Repository::open(&path).and_then(|repository| repository.head());
    assert!(read.is_err());
}

#[test]
fn the_one_with_another_default_branch_has_no_main() {
    let path = FLEET.path("data/trunk");
    assert_eq!(git(&path, &["symbolic-ref", "--short", "HEAD"]), "trunk");
    assert_eq!(git(&path, &["branch", "--list", "--format=%(refname:short)"]), "trunk");
    assert!(String::from_utf8(file("data/trunk", ".github/workflows/ci.yml")).unwrap().contains("[trunk]"));
}

#[test]
fn carriage_returns_are_in_every_text_but_the_script() {
    for path in ["Dockerfile", "deploy/deployment.yaml", ".github/workflows/ci.yml", "pom.xml"] {
        let text = String::from_utf8(file("payments/crlf-files", path)).unwrap();
        assert!(text.lines().count() > 3);
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{path}");
    }
    assert!(!file("payments/crlf-files", "test.sh").contains(&b'\r'));
}

#[test]
fn binary_files_are_binary_and_the_large_one_is_large() {
    assert!(file("mobile/binary-files", "assets/icon.png").starts_with(b"\x89PNG"));
    assert!(file("mobile/binary-files", "lib/legacy.jar").contains(&0));
    assert_eq!(file("data/five-megabyte-file", "models/vectors.bin").len(), 5 << 20);
}

#[test]
fn links_and_the_submodule_are_entries_of_their_own_kind() {
    let links = modes("acme/symlinks");
    assert!(
        links.lines().any(|line| line.starts_with("120000") && line.ends_with("\tdeploy/production.yaml"))
    );
    assert_eq!(file("acme/symlinks", "config/local.env"), b"/etc/acme/local.env");
    let module = modes("platform/git-submodule");
    assert!(
        module.lines().any(|line| line.starts_with("160000 commit") && line.ends_with("\tvendor/protocols"))
    );
    let named = git(
        &FLEET.path("platform/git-submodule"),
        &["config", "--blob", "HEAD:.gitmodules", "submodule.vendor/protocols.path"],
    );
    assert_eq!(named, "vendor/protocols");
}

#[test]
fn the_monorepo_has_four_services() {
    let tree = modes("acme/monorepo");
    assert_eq!(tree.lines().filter(|line| line.ends_with("/Dockerfile")).count(), 4);
    assert_eq!(tree.lines().filter(|line| line.ends_with("/deploy/deployment.yaml")).count(), 4);
    assert!(!tree.lines().any(|line| line.ends_with("\tDockerfile")));
}

#[test]
fn what_cannot_be_edited_cannot_be() {
    let broken = String::from_utf8(file("data/broken-yaml", "deploy/deployment.yaml")).unwrap();
    assert!(fleetwright_core::source::Source::parse("deployment.yaml", &broken).is_err(), "{broken}");
    let latin = file("mobile/not-utf8", "deploy/deployment.yaml");
    assert!(String::from_utf8(latin.clone()).is_err() && !latin.contains(&0));
}

#[test]
fn the_forge_says_who_is_left_alone() {
    assert_eq!(repo_json("acme/archived")["archived"], true);
    assert_eq!(repo_json("acme/no-bots")["topics"][0], "no-bots");
}
