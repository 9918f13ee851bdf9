//! From a plan to merged pull requests, and what happens when the world moves meanwhile.

use std::fs;

use serde_json::Value;

use crate::world::{GREEN, World, git};

/// Replaces a word, and merges by itself.
pub(crate) const REPLACE: &str =
    "  steps: [{ name: swap, replace: { files: ['*.txt'], pattern: old, with: new } }]
  merge: { auto: true }
";

/// Two repositories that change and one that does not.
pub(crate) fn three() -> World {
    let world = World::new();
    world.repo("acme/a", &[("x.txt", "old\n"), ("test.sh", GREEN)]);
    world.repo("acme/b", &[("y.txt", "so old\nand old\n"), ("test.sh", GREEN)]);
    world.repo("acme/c", &[("z.txt", "young\n"), ("test.sh", GREEN)]);
    world
}

fn tree_of(plan: &Value, target: &str) -> String {
    let targets = plan["targets"].as_array().unwrap();
    let found = targets.iter().find(|found| found["target"] == target).unwrap();
    found["detail"]["change"]["tree"].as_str().unwrap().to_owned()
}

#[test]
fn a_plan_pushes_nothing_and_apply_does_exactly_what_it_showed() {
    let world = three();
    let file = world.shift("swap", REPLACE);
    let before = world.outside();
    let plan = world.json(&["shift", "plan", &file, "--out", "patches"]);
    assert_eq!(world.outside(), before);
    assert_eq!((plan["selected"].as_u64(), &plan["leftOut"]), (Some(3), &serde_json::json!([])));
    let made = "made: planned only: nothing is pushed before `shift apply`";
    let told = [format!("acme/a {made}"), format!("acme/b {made}"), "acme/c unchanged".to_owned()];
    assert_eq!(world.stages("swap"), told);

    let applied = world.done(&["shift", "apply", &file, "--wait"]);
    assert!(applied.stdout.starts_with("Doing what was planned.\nswap: Do swap (running)\n"));
    for repo in ["acme/a", "acme/b"] {
        assert_eq!(world.git(repo, &["rev-parse", "main^{tree}"]), tree_of(&plan, repo));
        assert_eq!(world.pull(repo, 1)["state"], "merged");
        assert_eq!(world.git(repo, &["for-each-ref", "--format=%(refname)"]), "refs/heads/main");
    }
    assert_eq!(world.text("acme/b", "main", "y.txt"), "so new\nand new\n");
    assert_eq!(world.stages("swap"), ["acme/a merged", "acme/b merged", "acme/c unchanged"]);
}

#[test]
fn patches_apply_with_git_to_exactly_the_stored_tree() {
    let world = World::new();
    let files: &[(&str, &str, Option<&[u8]>)] = &[
        ("100644", "x.txt", Some(b"old\n")),
        ("100644", "gone.txt", Some(b"to be deleted\n")),
        ("100644", "was.md", Some(b"a line\nto be\nrenamed\n")),
        ("100644", "no-newline.txt", Some(b"old without an end")),
        ("100644", "crlf.txt", Some(b"old\r\nlines\r\n")),
        ("100644", "logo.png", Some(b"\x89PNG\0\x01\x02\x03")),
        ("100644", "with space/and ä.txt", Some(b"old\n")),
        ("120000", "link", Some(b"x.txt")),
    ];
    world.repo_of("acme/odd", files);
    world.script(
        "edit.sh",
        "#!/bin/sh\nprintf '\\000\\377' >> logo.png; ln -sf logo.png link; chmod +x crlf.txt; mkdir deep; echo hi > deep/new\n",
    );
    let file = world.shift(
        "odd",
        "  steps:
    - replace: { files: ['**/*.txt'], pattern: old, with: new }
    - file: { path: gone.txt, delete: true }
    - file: { path: was.md, rename: docs/is.md }
    - run: ./edit.sh
",
    );
    let plan = world.json(&["shift", "plan", &file, "--out", "patches"]);
    let patches: Vec<_> = fs::read_dir(world.path("patches")).unwrap().collect();
    assert_eq!(patches.len(), 1);
    let patch = world.path("patches/acme__odd.patch");
    let repo = world.bare_repo("acme/odd");
    git(&repo, &["read-tree", "main"], b"");
    git(&repo, &["apply", "--cached", patch.to_str().unwrap()], b"");
    assert_eq!(world.git("acme/odd", &["write-tree"]), tree_of(&plan, "acme/odd"));
    assert_eq!(world.git("acme/odd", &["diff", "--cached", "--name-only", "main"]).lines().count(), 9);
}

#[test]
fn without_wait_status_goes_on_from_the_database() {
    let world = three();
    let spec = REPLACE.replace("auto: true", "auto: true, require: { approvals: 1 }");
    let file = world.shift("swap", &spec);
    world.done(&["shift", "apply", &file]);
    let stages = world.stages("swap");
    assert!(stages[0].starts_with("acme/a open: "), "{stages:?}");
    world.done(&["repo", "pull", "acme/a", "1", "approve", "--as", "bea"]);
    // Only what the database knows: nothing is looked at.
    world.done(&["shift", "status", "swap", "--offline"]);
    assert_eq!(world.stages("swap"), stages);
    let status = world.json(&["shift", "status", "swap"]);
    assert_eq!(status["control"], "running");
    let after = world.stages("swap");
    assert_eq!(after[0], "acme/a merged");
    assert_eq!(after[1], stages[1]);
}

#[test]
fn a_base_that_moved_is_planned_again_and_said_so() {
    let world = three();
    let file = world.shift("swap", REPLACE);
    world.done(&["shift", "plan", &file]);
    // A person clones, commits and pushes, with nothing but git.
    let clone = world.path("clone");
    let origin = world.bare_repo("acme/a");
    git(&world.path(""), &["clone", "-q", origin.to_str().unwrap(), clone.to_str().unwrap()], b"");
    fs::write(clone.join("more.txt"), "an old hand\n").unwrap();
    git(&clone, &["add", "."], b"");
    git(&clone, &["commit", "-q", "-m", "More"], b"");
    git(&clone, &["push", "-q", "origin", "main"], b"");

    let applied = world.done(&["shift", "apply", &file, "--wait", "-v"]);
    assert_eq!(world.text("acme/a", "main", "more.txt"), "an new hand\n");
    assert_eq!(world.text("acme/a", "main", "x.txt"), "new\n");
    let logs = world.json(&["shift", "logs", "swap", "acme/a"]).to_string();
    assert!(logs.contains("base moved") || applied.stderr.contains("moved"), "{logs}\n{applied:?}");
    let untouched = world.json(&["shift", "logs", "swap", "acme/b"]).to_string();
    assert!(!untouched.contains("moved"), "{untouched}");
}

#[test]
fn a_second_run_makes_no_commit_no_push_no_pull_request_and_no_transformation() {
    let world = three();
    world.script("swap.sh", "#!/bin/sh\nsed -i s/old/new/ *.txt; head -c 8 /dev/urandom | od -An -tx1\n");
    let file = world.shift("swap", "  steps: [{ name: swap, run: ./swap.sh }]\n  merge: { auto: true }\n");
    world.done(&["shift", "apply", &file, "--wait"]);
    let merged = ["acme/a merged", "acme/b merged", "acme/c unchanged"];
    assert_eq!(world.stages("swap"), merged);
    // The first run over the merged trees proves that the steps find nothing more to do.
    world.done(&["shift", "apply", &file, "--wait"]);
    let state = || {
        let repos = ["acme/a", "acme/b", "acme/c"];
        let logs = repos.map(|repo| world.done(&["shift", "logs", "swap", repo]).stdout);
        (world.outside(), logs, world.stages("swap"))
    };
    let before = state();
    assert!(before.1.iter().all(|log| log.contains("== swap\n")), "the script leaves a trace: {before:?}");
    for args in [&["plan", &file][..], &["apply", &file, "--wait"], &["apply", &file], &["status", "swap"]] {
        world.done(&[&["shift"], args].concat());
        assert_eq!(state(), before, "after {args:?}");
    }
    assert_eq!(before.2, merged);
}

#[test]
fn a_merge_that_a_person_undid_is_not_made_again_behind_their_back_but_by_the_next_round() {
    let world = three();
    let file = world.shift("swap", REPLACE);
    world.done(&["shift", "apply", &file, "--wait"]);
    world.commit("acme/a", "main", &[("100644", "x.txt", Some(b"old again\n"))]);
    world.done(&["shift", "status", "swap"]);
    assert_eq!(world.text("acme/a", "main", "x.txt"), "old again\n");
    world.done(&["shift", "apply", &file, "--wait"]);
    assert_eq!(world.text("acme/a", "main", "x.txt"), "new again\n");
    assert_eq!(world.pull("acme/a", 2)["state"], "merged");
}
