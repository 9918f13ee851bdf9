//! What people say while a shift is under way: no, yes, not now, again.

use crate::story::{REPLACE, three};
use crate::world::World;

/// A shift whose pull requests wait for a person.
fn waiting() -> (World, String) {
    let world = three();
    let file = world.shift("swap", &REPLACE.replace("auto: true", "auto: false"));
    world.done(&["shift", "apply", &file, "--wait"]);
    (world, file)
}

#[test]
fn a_closed_pull_request_stays_closed_until_it_is_asked_for_by_name() {
    let (world, file) = waiting();
    world.done(&["repo", "pull", "acme/a", "1", "close", "--reason", "not this year", "--as", "bea"]);
    for args in
        [&["status", "swap"][..], &["apply", &file], &["retry", "swap", "--failed"], &["status", "swap"]]
    {
        world.done(&[&["shift"], args].concat());
        assert_eq!(world.pull("acme/a", 1)["state"], "closed", "{args:?}");
        assert!(!world.path("repos/acme/a.forge/pulls/2.json").exists(), "{args:?}");
    }
    assert_eq!(world.stages("swap")[0], "acme/a vetoed: closed by bea: not this year");
    assert_eq!(
        world.done(&["shift", "why", "swap", "acme/a"]).stdout,
        "acme/a: selected: every repository is in scope; pull request 1 was closed by a person: closed by \
         bea: not this year\n"
    );
    let said = world.done(&["shift", "retry", "swap", "--target", "acme/a"]).stdout;
    assert_eq!(said, "swap: 1 target queued\nNext: fleetwright shift status swap\n");
    world.done(&["shift", "status", "swap"]);
    assert_eq!(world.pull("acme/a", 2)["state"], "open");
    assert_eq!(world.pull("acme/a", 1)["state"], "closed");
}

#[test]
fn a_branch_with_a_persons_commit_is_left_alone() {
    let (world, file) = waiting();
    let theirs = world.commit("acme/a", "fleetwright/swap", &[("100644", "x.txt", Some(b"mine\n"))]);
    world.done(&["shift", "apply", &file]);
    world.done(&["shift", "merge", "swap"]);
    assert_eq!(world.git("acme/a", &["rev-parse", "fleetwright/swap"]), theirs);
    assert_eq!(world.pull("acme/a", 1)["state"], "open");
    assert_eq!(world.pull("acme/b", 1)["state"], "merged");
    let stage = &world.stages("swap")[0];
    assert_eq!(stage, "acme/a open: somebody else pushed to the branch: it is theirs now");
}

#[test]
fn a_foreign_branch_of_the_same_name_is_a_conflict_of_that_target_alone() {
    let world = three();
    let theirs = world.commit("acme/a", "fleetwright/swap", &[("100644", "x.txt", Some(b"mine\n"))]);
    let file = world.shift("swap", REPLACE);
    world.run(&["shift", "apply", &file, "--wait"]).ends(3);
    assert_eq!(world.git("acme/a", &["rev-parse", "fleetwright/swap"]), theirs);
    assert_eq!(
        world.stages("swap")[..2],
        [
            "acme/a failed: conflict: the branch holds commits that are not ours: delete or rename it",
            "acme/b merged"
        ]
    );
    // The remedy that was named works.
    world.git("acme/a", &["branch", "-D", "fleetwright/swap"]);
    world.done(&["shift", "retry", "swap", "--failed"]);
    world.done(&["shift", "status", "swap"]);
    assert_eq!(world.stages("swap")[0], "acme/a merged");
}

#[test]
fn failed_targets_are_made_again_once_the_cause_is_gone() {
    let world = three();
    world.repo("acme/d", &[("x.txt", "old\n"), ("broken.yaml", "a: [\n")]);
    let spec = REPLACE.replace("steps: [", "steps: [{ yaml: { files: [broken.yaml], set: { a: 1 } } }, ");
    let file = world.shift("swap", &spec.replace("auto: true", "auto: true, require: { checks: none }"));
    world.run(&["shift", "apply", &file, "--wait"]).ends(3);
    assert!(world.stages("swap")[3].starts_with("acme/d failed: script: step 1 (yaml): broken.yaml: "));
    world.commit("acme/d", "main", &[("100644", "broken.yaml", Some(b"a: 0\n"))]);
    assert_eq!(
        world.done(&["shift", "retry", "swap", "--failed"]).stdout,
        "swap: 1 target queued\nNext: fleetwright shift status swap\n"
    );
    world.done(&["shift", "status", "swap"]);
    assert_eq!(world.stages("swap")[3], "acme/d merged");
    assert_eq!(world.text("acme/d", "main", "broken.yaml"), "a: 1\n");
    assert_eq!(
        world.done(&["shift", "retry", "swap", "--failed"]).stdout,
        "swap: 0 targets queued\nNothing there failed. What is open, merged or under way stays as it is.\n"
    );
    let usage = world.run(&["shift", "retry", "swap"]).ends(2);
    assert_eq!(usage.stderr, "error: which targets?\n  try: `--failed`, or `--target REPO`\n");
}

#[test]
fn merge_is_a_persons_word_and_close_takes_everything_back() {
    let (world, _) = waiting();
    let merged = world.done(&["shift", "merge", "swap", "--target", "acme/a"]).stdout;
    assert!(merged.starts_with("swap: 1 target looked at\n"), "{merged}");
    assert_eq!(world.pull("acme/a", 1)["state"], "merged");
    assert_eq!(world.pull("acme/b", 1)["state"], "open");
    let closed = world.done(&["shift", "close", "swap"]).stdout;
    assert_eq!(closed, "swap: 1 target closed\n");
    assert_eq!(world.pull("acme/b", 1)["state"], "closed");
    assert_eq!(world.git("acme/b", &["for-each-ref", "--format=%(refname)"]), "refs/heads/main");
    assert_eq!(world.text("acme/b", "main", "y.txt"), "so old\nand old\n");
    assert!(world.stages("swap")[1].starts_with("acme/b dropped: "));
    assert_eq!(world.json(&["shift", "status", "swap"])["control"], "stopped");
}

#[test]
fn red_checks_do_not_merge_even_by_a_persons_word() {
    let world = three();
    world.commit("acme/a", "main", &[("100644", "test.sh", Some(b"grep -q old x.txt\n"))]);
    world.commit("acme/b", "main", &[("100644", "test.sh", Some(b"exit 1\n"))]);
    let file = world.shift("swap", REPLACE);
    world.done(&["shift", "apply", &file, "--wait"]);
    let stages = [
        "acme/a open: checks went red by the change: test",
        "acme/b open: blocked by the base, which is red without the change: test",
        "acme/c unchanged",
    ];
    assert_eq!(world.stages("swap"), stages);
    world.done(&["shift", "merge", "swap"]);
    assert_eq!(world.stages("swap"), stages);
}

#[test]
fn a_paused_shift_says_so_with_exit_code_4_until_it_is_resumed() {
    let world = three();
    let file = world.shift("swap", REPLACE);
    world.done(&["shift", "plan", &file]);
    let told = world.done(&["shift", "pause", "swap"]).stdout;
    assert_eq!(told, "swap is paused: nothing new leaves this machine; what runs now may end\n");
    let before = world.outside();
    let refused = world.run(&["shift", "apply", &file]).ends(4);
    assert_eq!(refused.stderr, "error: the shift `swap` is paused\n  try: `fleetwright shift resume swap`\n");
    assert_eq!(world.outside(), before);
    world.done(&["shift", "resume", "swap"]);
    world.done(&["shift", "apply", &file, "--wait"]);
    assert_eq!(world.stages("swap")[..2], ["acme/a merged", "acme/b merged"]);
}

#[test]
fn a_stopped_shift_can_be_resumed_too() {
    let (world, file) = waiting();
    world.done(&["shift", "stop", "swap"]);
    world.run(&["shift", "apply", &file]).ends(4);
    let before = world.outside();
    world.done(&["shift", "status", "swap"]);
    assert_eq!(world.outside(), before);
    assert_eq!(world.json(&["shift", "resume", "swap"])["control"], "running");
    world.done(&["shift", "merge", "swap"]);
    assert_eq!(world.pull("acme/b", 1)["state"], "merged");
}

#[test]
fn what_people_do_to_a_pull_request_is_in_its_file() {
    let (world, _) = waiting();
    let pull = |args: &[&str]| world.json(&[&["repo", "pull", "acme/a", "1"], args].concat());
    pull(&["comment", "-m", "why?", "--as", "bea"]);
    pull(&["request-changes", "-m", "no", "--as", "bea"]);
    pull(&["label", "-m", "later"]);
    let seen = pull(&["draft"]);
    assert_eq!(seen, world.pull("acme/a", 1));
    assert_eq!(seen["comments"].as_array().unwrap().len(), 2);
    assert_eq!((&seen["labels"][0], &seen["draft"]), (&"later".into(), &true.into()));
    world.done(&["shift", "merge", "swap", "--target", "acme/a"]);
    assert_eq!(world.pull("acme/a", 1)["state"], "open", "changes were asked for");
    let closed = world.done(&["repo", "pull", "acme/a", "1", "close"]).stdout;
    assert!(closed.starts_with("#1 Do swap (closed)\nfleetwright/swap -> main\n\nBecause.\n"), "{closed}");
    let again = world.run(&["repo", "pull", "acme/a", "1", "close"]).ends(2);
    assert!(again.stderr.contains("it is not in a state for that"), "{}", again.stderr);
    let missing = world.run(&["repo", "pull", "acme/a", "7"]).ends(2);
    assert_eq!(missing.stderr, "error: acme/a has no pull request 7\n");
}

#[test]
fn a_merge_by_hand_is_seen_and_the_branch_is_gone() {
    let (world, _) = waiting();
    world.done(&["repo", "pull", "acme/a", "1", "merge", "--as", "bea"]);
    assert_eq!(world.text("acme/a", "main", "x.txt"), "new\n");
    world.done(&["shift", "status", "swap"]);
    assert_eq!(world.stages("swap")[0], "acme/a merged");
    assert_eq!(world.git("acme/a", &["for-each-ref", "--format=%(refname)"]), "refs/heads/main");
}
