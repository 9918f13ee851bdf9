//! Pull requests that another tool opened, looked after by a shift.

use serde_json::json;

use crate::story::{REPLACE, three};
use crate::world::{CONFIG, World};

/// A fleet where another tool has open pull requests from `tool/fix`, and a shift of ours that runs and has
/// nothing to do of its own.
fn tended() -> World {
    let world = three();
    world.write("elsewhere.yaml", format!("database: sqlite:.elsewhere/fleet.db\n{CONFIG}"));
    let spec = REPLACE.replace("auto: true", "auto: false");
    let file = world.shift("tool", &format!("  pullRequest: {{ branch: tool/fix }}\n{spec}"));
    world.done(&["--config", "elsewhere.yaml", "shift", "apply", &file, "--wait"]);
    let file = world.shift("tend", "  steps: [{ run: exit 64 }]\n  merge: { auto: true }\n");
    world.done(&["shift", "apply", &file]);
    world
}

#[test]
fn they_merge_once_somebody_approved_and_their_branch_stays_theirs() {
    let world = tended();
    let said = world.done(&["shift", "adopt", "tend", "--branch", "tool/fix"]).stdout;
    assert!(said.ends_with("tend: 2 pull requests adopted\nNext: fleetwright shift status tend\n"), "{said}");
    world.done(&["shift", "status", "tend"]);
    let waits = ["acme/a adopted: 0 of 1 approvals", "acme/b adopted: 0 of 1 approvals"];
    assert_eq!(world.stages("tend")[..2], waits);
    world.done(&["repo", "pull", "acme/a", "1", "approve", "--as", "bea"]);
    world.done(&["shift", "status", "tend"]);
    assert_eq!(world.pull("acme/a", 1)["state"], "merged");
    assert_eq!(world.stages("tend")[..2], ["acme/a merged", "acme/b adopted: 0 of 1 approvals"]);
    assert!(!world.git("acme/a", &["for-each-ref", "refs/heads/tool/fix"]).is_empty(), "not ours to remove");
    let log = world.json(&["shift", "logs", "tend", "acme/a"]);
    let events = log[0]["events"].as_array().unwrap().iter();
    let told: Vec<&str> = events.map(|logged| logged["what"].as_str().unwrap()).collect();
    assert!(told.contains(&"pull.adopted") && told.contains(&"pull.merged"), "{told:?}");
}

#[test]
fn their_authors_go_on_and_the_new_head_is_what_counts() {
    let world = tended();
    world.done(&["shift", "adopt", "tend", "--pull", "acme/b#1"]);
    world.done(&["repo", "pull", "acme/b", "1", "approve", "--as", "bea"]);
    let theirs = world.commit("acme/b", "tool/fix", &[("100644", "more.txt", Some(b"more\n"))]);
    world.done(&["shift", "status", "tend"]);
    // The approval was of another head.
    assert_eq!(world.stages("tend")[1], "acme/b adopted: 0 of 1 approvals");
    assert_eq!(world.json(&["shift", "targets", "tend"])[1]["detail"]["head"], json!(theirs));
    world.done(&["repo", "pull", "acme/b", "1", "approve", "--as", "bea"]);
    world.done(&["shift", "status", "tend"]);
    assert_eq!(world.stages("tend")[1], "acme/b merged");
    assert_eq!(world.text("acme/b", "main", "more.txt"), "more\n");
}

#[test]
fn closing_the_shift_lets_them_go() {
    let world = tended();
    world.done(&["shift", "adopt", "tend", "--branch", "tool/fix", "--repo", "acme/b"]);
    let before = world.outside();
    world.done(&["shift", "close", "tend"]);
    assert_eq!(world.outside(), before);
    let why = "acme/b dropped: let go by ann with `shift close`; the pull request stays";
    assert_eq!(world.stages("tend")[1], why);
}

#[test]
fn a_person_who_closes_one_has_said_no() {
    let world = tended();
    world.done(&["shift", "adopt", "tend", "--pull", "acme/a#1"]);
    world.done(&["repo", "pull", "acme/a", "1", "close", "--reason", "no", "--as", "bea"]);
    world.done(&["shift", "status", "tend"]);
    assert_eq!(world.stages("tend")[0], "acme/a vetoed: closed by bea: no");
    let again = world.run(&["shift", "adopt", "tend", "--pull", "acme/a#1"]).ends(3);
    assert!(again.stderr.contains("acme/a#1: not adopted: it is closed"), "{}", again.stderr);
}

#[test]
fn what_stands_already_is_not_taken_twice() {
    let world = tended();
    let file = world.shift("other", "  steps: [{ run: exit 64 }]\n");
    world.done(&["shift", "plan", &file]);
    world.done(&["shift", "adopt", "tend", "--pull", "acme/a#1"]);
    for (shift, pull, why) in [
        ("tend", "acme/a#1", "the shift `tend` looks after it"),
        ("other", "acme/a#1", "the shift `tend` looks after it"),
        ("tend", "acme/b#9", "there is no such pull request"),
    ] {
        let said = world.run(&["shift", "adopt", shift, "--pull", pull]).ends(3).stderr;
        assert_eq!(said, format!("{pull}: not adopted: {why}\n"));
    }
    let said = world.run(&["shift", "adopt", "tend", "--pull", "acme/a"]).ends(2).stderr;
    assert_eq!(said, "error: `acme/a` is no pull request\n  try: `--pull 'acme/app#12'`, with quotes\n");
    world.run(&["shift", "adopt", "tend"]).ends(2);
    world.run(&["shift", "adopt", "tend", "--pull", "acme/zz#1"]).ends(2);
    let twice = world.json(&["shift", "adopt", "other", "--pull", "acme/b#1"]);
    assert_eq!(twice["adopted"][0]["number"], 1);
}
