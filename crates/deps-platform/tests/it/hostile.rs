//! What hostile files do: findings, and the rest of the repository is read.

use std::fmt::Write as _;

use super::{findings, read};

#[test]
fn bad_files_leave_the_others() {
    let deep = format!("kind: x\nimage: y\na: {}1{}\n", "[".repeat(5_000), "]".repeat(5_000));
    let hcl = format!("a = {}1{}\n", "[".repeat(5_000), "]".repeat(5_000));
    let files = [
        ("a/Dockerfile", "FROM a:1\n<<<<<<< HEAD\n"),
        ("b.yaml", &deep),
        ("compose.yml", "services: {a: [}\n"),
        ("c.tf", &hcl),
        ("Dockerfile", "FROM a:1\n"),
    ];
    let inventory = read(&files);
    let told = findings(&inventory);
    assert_eq!(told.len(), 4, "{told:?}");
    assert_eq!(told[0], "a/Dockerfile:2 the file holds merge markers");
    assert_eq!(inventory.manifests.len(), 1);
}

#[test]
fn aliases_that_double_cost_nothing() {
    let mut text = String::from("kind: x\napiVersion: v1\nimage: y\na0: &a0 [x, x]\n");
    for at in 1..60 {
        let _ = writeln!(text, "a{at}: &a{at} [*a{0}, *a{0}, *a{0}]", at - 1);
    }
    assert!(read(&[("bomb.yaml", &text)]).manifests.is_empty());
}

#[test]
fn arguments_that_double_are_cut() {
    let mut text = String::from("ARG A0=aaaaaaaaaa\n");
    for at in 1..60 {
        let _ = writeln!(text, "ARG A{at}=$A{0}$A{0}$A{0}", at - 1);
    }
    let inventory = read(&[("Dockerfile", &(text + "FROM x:$A59\n"))]);
    assert!(inventory.manifests[0].declared[0].version.known().is_none());
}
