//! What hostile files do: findings, and the rest of the repository is read.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::{declared, findings, read, version};

#[test]
fn merge_markers_stop_one_file_only() {
    let files = [("a/requirements.txt", "x==1\n<<<<<<< HEAD\ny==2\n"), ("requirements.txt", "z==3\n")];
    let inventory = read(&files);
    assert_eq!(findings(&inventory), ["a/requirements.txt:2 the file holds merge markers"]);
    assert_eq!(version(declared(&inventory, "requirements.txt", "z")), "3");
    assert_eq!(inventory.manifests.len(), 1);
}

#[test]
fn formats_of_another_version_are_refused() {
    let files = [
        ("a/uv.lock", "version = 2\n"),
        ("a/poetry.lock", "[metadata]\nlock-version = \"3.0\"\n"),
        ("a/pdm.lock", "[metadata]\nlock_version = \"5.0\"\n"),
        ("a/Pipfile.lock", "{\"_meta\": {\"pipfile-spec\": 7}, \"default\": {}}"),
        ("a/pylock.toml", "lock-version = \"2.0\"\n"),
        ("b/poetry.lock", ""),
    ];
    let inventory = read(&files);
    assert_eq!(
        findings(&inventory),
        [
            "a/Pipfile.lock:1 its format has version `7`; known are 6",
            "a/pdm.lock:1 its format has version `5.0`; known are 4.x",
            "a/poetry.lock:1 its format has version `3.0`; known are 1.x and 2.x",
            "a/pylock.toml:1 its format has version `2.0`; known are 1.0",
            "a/uv.lock:1 its format has version `2`; known are 1",
            "b/poetry.lock:1 its format has version `none`; known are 1.x and 2.x",
        ]
    );
    assert!(inventory.locks.is_empty());
}

#[test]
fn deep_nesting_is_a_finding() {
    let deep = format!("[project]\nname = \"a\"\nx = {}1{}\n", "[".repeat(100_000), "]".repeat(100_000));
    let json = format!("{{\"_meta\": {{\"pipfile-spec\": 6}}, \"default\": {}", "{\"a\":".repeat(100_000));
    let inventory =
        read(&[("pyproject.toml", &deep), ("Pipfile.lock", &json), ("requirements.txt", "z==3\n")]);
    assert_eq!(inventory.findings.len(), 2, "{:?}", findings(&inventory));
    assert_eq!(version(declared(&inventory, "requirements.txt", "z")), "3");
}

#[test]
fn one_bad_package_leaves_the_others() {
    let lock = "version = 1\n\n[[package]]\nname = \"a\"\nversion = \"1\"\n\n[[package]]\nname = \nversion = \"1\"\n\n[[package]]\nname = \"b c\"\nversion = \"1\"\n\n[[package]]\nname = \"d\"\nversion = \"2\"\n";
    let inventory = read(&[("uv.lock", lock)]);
    assert_eq!(inventory.locks[0].packages.len(), 2);
    assert_eq!(inventory.findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [8, 12]);
}

#[test]
fn findings_of_one_file_end_at_fifty() {
    let inventory = read(&[("requirements.txt", &"==\n".repeat(10_000))]);
    assert_eq!(inventory.findings.len(), 50);
}

#[test]
fn what_grows_with_the_square_is_limited() {
    let begin = Instant::now();
    let mut lock = String::from("version = 1\n");
    for at in 0..3_000 {
        let _ = write!(lock, "[[package]]\nname = \"a\"\nversion = \"{at}\"\ndependencies = [");
        lock.push_str(&"{ name = \"a\" }, ".repeat(10));
        lock.push_str("]\n");
    }
    let one_line = format!("[project]\nname = \"a\"\ndependencies = [{}]\n", "\"x\", ".repeat(50_000));
    let includes = "-r requirements-b.txt\n".repeat(20_000);
    let inventory = read(&[
        ("uv.lock", &lock),
        ("pyproject.toml", &one_line),
        ("requirements.txt", &includes),
        ("requirements-b.txt", &includes),
    ]);
    let told = findings(&inventory);
    assert!(
        told.iter().any(|one| one.starts_with("uv.lock:0 its packages need each other over 2000000")),
        "{told:?}"
    );
    assert!(told.iter().any(|one| one.contains("include over 2000 files")), "{told:?}");
    // Far above what is measured, far below what a square would take.
    assert!(begin.elapsed() < Duration::from_secs(60));
}
