//! `fleetwright demo`: what comes of every repository is data beside the sample fleet.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::world::{World, outside};

/// What came of every repository in a shift, in the words of `expected.json`.
fn outcome(world: &World, shift: &str) -> BTreeMap<String, String> {
    let config = ["--config", "demo/fleetwright.yaml"];
    let ask = |args: &[&str]| world.json(&[args, &config].concat());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut outcome: BTreeMap<String, String> = ask(&["shift", "targets", shift])
        .as_array()
        .unwrap()
        .iter()
        .map(|target| {
            let stage = text(&target["stage"]);
            let waiting = &target["waiting"];
            let word = match stage.as_str() {
                "failed" => format!("failed: {}", text(&target["detail"]["fault"]["class"])),
                "open" => format!("open: {}", text(&waiting["why"])),
                _ => stage,
            };
            (text(&target["target"]), word)
        })
        .collect();
    for repo in ask(&["repo", "list"]).as_array().unwrap() {
        let name = text(&repo["name"]);
        let of_it = |target: &String| target.split(':').next() == Some(name.as_str());
        if !outcome.keys().any(of_it) {
            let why = text(&ask(&["shift", "why", shift, &name])[0]["why"]);
            assert!(why.starts_with("left out: "), "{name}: {why}");
            outcome.insert(name, "left out".to_owned());
        }
    }
    outcome
}

fn expected() -> BTreeMap<String, BTreeMap<String, String>> {
    serde_json::from_str(fleetwright_demo::EXPECTED).unwrap()
}

#[test]
fn every_repository_comes_to_what_its_file_says_and_a_second_run_does_nothing() {
    let world = World::bare();
    let first = world.json(&["demo", "--dir", "demo"]);
    let shifts: Vec<&str> =
        first.as_array().unwrap().iter().map(|status| status["shift"].as_str().unwrap()).collect();
    assert_eq!(shifts, ["log4j", "container-baseline", "modernise-ci"]);
    for (shift, outcomes) in expected() {
        assert_eq!(outcome(&world, &shift), outcomes, "{shift}");
    }
    let before = outside(&world.path("demo/repos"));

    let second = world.done(&["demo", "--dir", "demo"]);
    assert!(second.stdout.starts_with("Going on with the fleet in demo (`--fresh` begins anew)."));
    assert_eq!(outside(&world.path("demo/repos")), before, "no new commit, no new pull request");
    for (shift, outcomes) in expected() {
        assert_eq!(outcome(&world, &shift), outcomes, "{shift}, again");
    }
    no_advice_leads_nowhere(&world, &second.stdout);
}

/// Every command the demo recommends can be pasted into a shell as it stands there.
fn no_advice_leads_nowhere(world: &World, stdout: &str) {
    let (_, advice) = stdout.split_once("Look around:  cd demo\n").unwrap();
    let commands: Vec<&str> =
        advice.lines().map(|line| line.trim().split("   ").next().unwrap().trim()).collect();
    assert_eq!(commands.len(), 12, "{advice}");
    for command in commands.into_iter().filter(|command| !command.ends_with(" init")) {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", command]).current_dir(world.path("demo")).env("FLEETWRIGHT_USER", "ann");
        let output = shell.output().unwrap();
        let code = output.status.code().unwrap();
        // What is affected still is no good news: that command says so.
        assert!(code == 0 || (code == 3 && command.contains(" advisories")), "{command}: {output:?}");
        assert!(!output.stdout.is_empty(), "{command}");
        if command.contains(" grep -l ") {
            // What was merged is known: only what could not be changed still has it.
            let left = String::from_utf8_lossy(&output.stdout);
            assert!(left.contains("acme/archived:") && !left.contains("acme/accounts:"), "{left}");
        }
    }
}

#[test]
fn fresh_begins_anew_and_a_foreign_folder_is_left_alone() {
    let world = World::bare();
    let text = world.done(&["demo", "--dir", "demo"]).stdout;
    assert!(text.starts_with("Wrote a sample fleet of 60 repositories into demo ("), "{text}");
    for (index, (_, outcomes)) in (2..).zip(expected()) {
        let merged = outcomes.values().filter(|outcome| *outcome == "merged").count();
        let (_, of_it) = text.split_once(&format!("== Shift {index} of 3: ")).unwrap();
        let words = of_it.lines().find(|line| line.trim_start().starts_with("merged ")).unwrap();
        assert_eq!(words.split_whitespace().nth(1), Some(merged.to_string().as_str()), "{words}");
    }
    world.write("demo/trace", "of the first run");
    world.done(&["demo", "--dir", "demo", "--fresh", "--quiet"]);
    assert!(!world.path("demo/trace").exists());

    world.write("foreign/thesis.txt", "ten years of work");
    for fresh in [&[][..], &["--fresh"]] {
        let refused = world.run(&[&["demo", "--dir", "foreign"], fresh].concat()).ends(4);
        assert_eq!(
            refused.stderr,
            "error: foreign is not a demo's folder\n  try: `--dir` with another one\n"
        );
    }
    assert!(world.path("foreign/thesis.txt").exists());
}

#[test]
fn a_folder_that_merely_has_a_configuration_is_not_a_demos() {
    let world = World::bare();
    world.write("mine/fleetwright.yaml", crate::world::CONFIG);
    world.write("mine/thesis.txt", "ten years of work");
    for fresh in [&[][..], &["--fresh"]] {
        world.run(&[&["demo", "--dir", "mine"], fresh].concat()).ends(4);
        assert!(world.path("mine/thesis.txt").exists());
    }
}
