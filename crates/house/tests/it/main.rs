//! The rules of the house, run on the workspace itself.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::process::Command;

use fleetwright_house::source::{SourceFile, read_all, root};
use fleetwright_house::{Broken, circles, dependencies, floors, licences::Lists, names, shape};

/// Fails with one line per broken rule.
fn hold(broken: &[Broken]) {
    let lines: Vec<String> = broken.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "\n{}\n", lines.join("\n"));
}

fn every_file(rule: fn(&SourceFile) -> Vec<Broken>) {
    let files = read_all(&root()).unwrap();
    assert!(files.len() > 100, "the workspace has more files than {}", files.len());
    hold(&files.iter().flat_map(rule).collect::<Vec<_>>());
}

#[test]
fn crates_use_lower_floors_only() {
    hold(&floors::check(&root()).unwrap());
}

#[test]
fn imports_go_one_way() {
    hold(&circles::check(&read_all(&root()).unwrap()));
}

#[test]
fn files_say_what_they_are() {
    every_file(shape::first_line);
}

#[test]
fn files_are_short() {
    every_file(shape::length);
}

#[test]
fn allowed_lints_have_reasons() {
    every_file(shape::reasons);
}

#[test]
fn production_does_not_know_of_tests() {
    every_file(shape::test_gates);
}

#[test]
fn unsafe_is_listed_and_explained() {
    every_file(shape::unsafe_blocks);
}

#[test]
fn files_and_modules_are_named() {
    every_file(names::files);
}

#[test]
fn types_are_named() {
    every_file(names::types);
}

#[test]
fn dependencies_are_used_and_explained() {
    hold(&dependencies::check(&root(), &read_all(&root()).unwrap()).unwrap());
}

#[test]
fn dependencies_are_allowed() {
    let lists = Lists::read(&std::fs::read_to_string(root().join("deny.toml")).unwrap()).unwrap();
    let cargo = |arguments: &[&str]| {
        let ran = Command::new(env!("CARGO")).current_dir(root()).args(arguments).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).unwrap()
    };
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    // Only what is built here: the other platforms' crates may not be on this machine.
    let shown =
        cargo(&["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform", host]);
    hold(&lists.check(&shown).unwrap());
}
