//! The shifts: they are read, the script does what `expected.json` says of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use fleetwright_core::shift::{self, Shift};
use fleetwright_core::source::Source;
use fleetwright_core::stage::Stage;
use fleetwright_demo::{EXPECTED, SHIFTS, write_definitions};
use tempfile::TempDir;

use crate::support::{FLEET, TREELESS, checkout, git};

type Outcomes = BTreeMap<String, String>;

fn expected(shift: &str) -> Outcomes {
    let mut all: BTreeMap<String, Outcomes> = serde_json::from_str(EXPECTED).unwrap();
    all.remove(shift).unwrap()
}

fn definitions() -> (TempDir, Vec<Shift>) {
    let folder = tempfile::tempdir().unwrap();
    write_definitions(folder.path()).unwrap();
    let read = |name: &&str| {
        let text = fs::read_to_string(folder.path().join("shifts").join(name)).unwrap();
        let source = Source::parse(name, &text).unwrap();
        shift::read(&source).unwrap_or_else(|error| panic!("{error}"))
    };
    let shifts = SHIFTS.iter().map(read).collect();
    (folder, shifts)
}

#[test]
fn the_shifts_are_read() {
    let (_folder, shifts) = definitions();
    let names: Vec<&str> = shifts.iter().map(|shift| shift.metadata.name.as_str()).collect();
    assert_eq!(names, ["log4j", "container-baseline", "modernise-ci"]);
    assert!(shifts.iter().all(|shift| shift.spec.merge.auto));
    assert_eq!(shifts[2].spec.steps[0].run.as_ref().unwrap().command[2], "./modernise.sh");
}

#[test]
fn the_configuration_names_the_fleet_and_its_check() {
    let (written, _) = definitions();
    let text = fs::read_to_string(written.path().join("fleetwright.yaml")).unwrap();
    let forge = &Source::parse("fleetwright.yaml", &text).unwrap().value()["forges"][0];
    assert_eq!((&forge["type"], &forge["root"]), (&"local".into(), &"./repos".into()));
    assert_eq!(forge["checks"][0]["when"], "test.sh");
    for (folder, name) in [("advisories", "GHSA-jfh8-c2jp-5v3q.json"), ("maven", "org/slf4j/slf4j-api")] {
        assert!(text.contains(&format!("./{folder}\n")) && written.path().join(folder).join(name).exists());
    }
}

#[test]
fn every_repository_has_an_outcome_in_known_words() {
    for shift in ["container-baseline", "modernise-ci"] {
        let outcomes = expected(shift);
        let told: BTreeSet<&str> = outcomes.keys().map(|name| name.split(':').next().unwrap()).collect();
        let there: BTreeSet<&str> = FLEET.repos.iter().map(|repo| repo.name.as_str()).collect();
        assert_eq!(told, there, "{shift}");
        for (target, outcome) in &outcomes {
            let word = outcome.split(':').next().unwrap();
            assert!(word == "left out" || Stage::WORDS.contains(&word), "{target}: {outcome}");
        }
    }
}

/// The script's exit code in a plain copy of a tree, with the outputs it wrote.
fn modernise(script: &Path, tree: &Path) -> (i32, String) {
    let outputs = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new("sh");
    command.arg(script).current_dir(tree).env("FLEETWRIGHT_OUTPUT", outputs.path());
    let code = command.output().unwrap().status.code().unwrap();
    (code, fs::read_to_string(outputs.path()).unwrap())
}

fn green(tree: &Path) -> Option<bool> {
    let test = tree.join("test.sh");
    test.exists().then(|| Command::new("sh").arg(&test).current_dir(tree).output().unwrap().status.success())
}

/// What must become of a selected repository, found out by hand.
fn outcome(script: &Path, repo: &str) -> String {
    let tree = checkout(&FLEET.path(repo));
    let base = green(tree.path());
    let workflow = tree.path().join(".github/workflows/ci.yml");
    let before = fs::read(&workflow).ok();
    let (code, outputs) = modernise(script, tree.path());
    match code {
        0 if fs::read(&workflow).ok() == before => {
            assert_eq!(outputs, "edits=0\n", "{repo}");
            return "unchanged".to_owned();
        }
        0 => assert!(outputs.starts_with("edits=") && outputs != "edits=0\n", "{repo}: {outputs}"),
        64 => return "notApplicable".to_owned(),
        _ => return "failed: script".to_owned(),
    }
    let after = fs::read(&workflow).unwrap();
    assert_eq!(modernise(script, tree.path()), (0, "edits=0\n".to_owned()), "{repo}: twice");
    assert_eq!(fs::read(&workflow).unwrap(), after, "{repo}: twice");
    match (base, green(tree.path())) {
        (_, None) => "open: noChecks",
        (_, Some(true)) => "merged",
        (Some(false), Some(false)) => "open: baseRed",
        (_, Some(false)) => "open: checksRed",
    }
    .to_owned()
}

#[test]
fn the_script_does_to_every_repository_what_is_expected() {
    let (folder, _) = definitions();
    let script = folder.path().join("shifts/modernise.sh");
    for (repo, expected) in expected("modernise-ci") {
        let left_out =
            TREELESS.contains(&repo.as_str()) || ["acme/archived", "acme/no-bots"].contains(&repo.as_str());
        assert_eq!(left_out, expected == "left out", "{repo}");
        if !left_out {
            assert_eq!(outcome(&script, &repo), expected, "{repo}");
        }
    }
}

#[test]
fn the_script_keeps_windows_line_endings() {
    let (folder, _) = definitions();
    let tree = checkout(&FLEET.path("payments/crlf-files"));
    modernise(&folder.path().join("shifts/modernise.sh"), tree.path());
    let text = fs::read_to_string(tree.path().join(".github/workflows/ci.yml")).unwrap();
    assert!(text.contains("permissions:\r\n  contents: read\r\n\r\njobs:\r\n"), "{text}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{text}");
}

#[test]
fn the_baseline_selects_services_and_only_those() {
    for (target, outcome) in expected("container-baseline") {
        let (repo, dir) = target.split_once(':').unwrap_or((&target, ""));
        if TREELESS.contains(&repo) {
            continue;
        }
        let dir = if dir.is_empty() { String::new() } else { format!("{dir}/") };
        let tree = git(&FLEET.path(repo), &["ls-tree", "-r", "--name-only", "HEAD"]);
        let has = |path: &str| tree.lines().any(|line| line == format!("{dir}{path}"));
        let selected = has("Dockerfile") && has("deploy/deployment.yaml");
        let barred = ["acme/archived", "acme/no-bots"].contains(&repo);
        assert_eq!(selected && !barred, outcome != "left out", "{target}");
    }
}

#[test]
fn what_was_done_by_hand_is_what_the_baseline_would_write() {
    let (_folder, shifts) = definitions();
    let file = shifts[1].spec.steps.iter().find_map(|step| step.file.as_ref()).unwrap();
    let tree = checkout(&FLEET.path("payments/already-changed"));
    assert_eq!(file.content, fs::read_to_string(tree.path().join(&file.path)).ok());
    for path in ["Dockerfile", "deploy/deployment.yaml", "deploy/service.yaml"] {
        let text = fs::read_to_string(tree.path().join(path)).unwrap();
        assert!(!text.contains("docker.acme.example"), "{path}");
    }
}
