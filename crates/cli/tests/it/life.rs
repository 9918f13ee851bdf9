//! The life of a pull request until it is merged: renewed, kept, handed over, told what to do.

use crate::story::{REPLACE, three};
use crate::world::{GREEN, World};

/// A shift over one repository whose pull request waits for a person.
fn waiting() -> (World, String) {
    let world = World::new();
    world.repo("acme/a", &[("x.txt", "old\n"), ("y.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"), ("test.sh", GREEN)]);
    let file = world.shift("swap", &REPLACE.replace("auto: true", "auto: false"));
    world.done(&["shift", "apply", &file, "--wait"]);
    (world, file)
}

fn say(world: &World, text: &str) {
    world.done(&["repo", "pull", "acme/a", "1", "comment", "--reason", text, "--as", "bea"]);
    world.done(&["shift", "status", "swap"]);
}

#[test]
fn a_conflict_is_mended_by_making_the_change_anew() {
    let (world, _) = waiting();
    let before = world.git("acme/a", &["rev-parse", "fleetwright/swap"]);
    world.commit("acme/a", "main", &[("100644", "x.txt", Some(b"older, and old\n"))]);
    world.done(&["shift", "status", "swap"]);
    assert_eq!(world.text("acme/a", "fleetwright/swap", "x.txt"), "newer, and new\n");
    assert_ne!(world.git("acme/a", &["rev-parse", "fleetwright/swap"]), before);
    let parent = world.git("acme/a", &["rev-parse", "fleetwright/swap^"]);
    assert_eq!(parent, world.git("acme/a", &["rev-parse", "main"]), "one commit on the base as it is now");
    world.done(&["shift", "merge", "swap"]);
    assert_eq!(world.stages("swap"), ["acme/a merged"]);
    assert!(!world.path("repos/acme/a.forge/pulls/2.json").exists(), "the same pull request all along");
}

#[test]
fn a_base_that_moved_without_a_conflict_costs_no_push() {
    let (world, _) = waiting();
    let before = world.git("acme/a", &["rev-parse", "fleetwright/swap"]);
    world.commit("acme/a", "main", &[("100644", "other.md", Some(b"x\n"))]);
    world.done(&["repo", "sync"]);
    world.done(&["shift", "status", "swap"]);
    assert_eq!(world.git("acme/a", &["rev-parse", "fleetwright/swap"]), before);
}

#[test]
fn an_amended_shift_renews_open_pull_requests_in_place_or_keeps_them() {
    for (update, expected) in [("replace", "newest\n"), ("keep", "new\n")] {
        let (world, _) = waiting();
        let spec = format!(
            "{}  pullRequest: {{ update: {update}, title: Better }}\n",
            REPLACE.replace("auto: true", "auto: false").replace("with: new", "with: newest")
        );
        let file = world.shift("swap", &spec);
        world.done(&["shift", "apply", &file, "--amend"]);
        assert_eq!(world.text("acme/a", "fleetwright/swap", "x.txt"), expected, "{update}");
        let title = if update == "replace" { "Better" } else { "Do swap" };
        assert_eq!(world.pull("acme/a", 1)["title"], title);
        assert!(!world.path("repos/acme/a.forge/pulls/2.json").exists());
    }
}

#[test]
fn other_texts_alone_cost_no_push() {
    let (world, _) = waiting();
    let before = world.git("acme/a", &["rev-parse", "fleetwright/swap"]);
    let spec =
        format!("{}  pullRequest: {{ title: Better }}\n", REPLACE.replace("auto: true", "auto: false"));
    let file = world.shift("swap", &spec);
    world.done(&["shift", "apply", &file, "--amend"]);
    assert_eq!(world.pull("acme/a", 1)["title"], "Better");
    assert_eq!(world.git("acme/a", &["rev-parse", "fleetwright/swap"]), before);
}

#[test]
fn a_pull_request_that_is_no_longer_needed_is_closed() {
    let (world, file) = waiting();
    world.commit("acme/a", "main", &[("100644", "x.txt", Some(b"new\n"))]);
    world.done(&["shift", "apply", &file]);
    assert_eq!(world.pull("acme/a", 1)["state"], "closed");
    assert_eq!(world.pull("acme/a", 1)["reason"], "the repository no longer needs this change");
    assert_eq!(world.stages("swap"), ["acme/a unchanged"]);
    assert_eq!(world.git("acme/a", &["branch", "--list", "fleetwright/*"]), "", "the branch goes with it");
}

#[test]
fn commits_of_people_are_kept_when_the_change_is_made_anew() {
    let (world, _) = waiting();
    let theirs = world.commit("acme/a", "fleetwright/swap", &[("100644", "mine.txt", Some(b"mine\n"))]);
    world.commit("acme/a", "main", &[("100644", "x.txt", Some(b"older, and old\n"))]);
    world.done(&["shift", "status", "swap"]);
    assert_eq!(world.text("acme/a", "fleetwright/swap", "x.txt"), "newer, and new\n");
    assert_eq!(world.text("acme/a", "fleetwright/swap", "mine.txt"), "mine\n");
    let kept = world.git("acme/a", &["merge-base", "--is-ancestor", &theirs, "fleetwright/swap"]);
    assert_eq!(kept, "", "their commit itself is still there");
    // What people put in is not what was planned: no machine merges it, at nobody's word.
    world.done(&["shift", "merge", "swap"]);
    assert_eq!(world.stages("swap"), ["acme/a open: commits of people are in it: a person merges this one"]);
}

#[test]
fn commits_of_people_that_meet_the_change_are_handed_over_with_one_note() {
    let (world, _) = waiting();
    let theirs = world.commit("acme/a", "fleetwright/swap", &[("100644", "x.txt", Some(b"mine\n"))]);
    world.commit("acme/a", "main", &[("100644", "x.txt", Some(b"older, and old\n"))]);
    for _ in 0..3 {
        world.done(&["shift", "status", "swap"]);
    }
    assert_eq!(world.git("acme/a", &["rev-parse", "fleetwright/swap"]), theirs, "never overwritten");
    let pull = world.pull("acme/a", 1);
    let comments = pull["comments"].as_array().unwrap();
    assert_eq!(comments.len(), 1, "{comments:?}");
    assert!(comments[0]["body"].as_str().unwrap().contains("- `x.txt`"), "{comments:?}");
    // A person may let go of them.
    say(&world, "@fleetwright recreate");
    assert_eq!(world.text("acme/a", "fleetwright/swap", "x.txt"), "newer, and new\n");
    world.done(&["shift", "merge", "swap"]);
    assert_eq!(world.stages("swap"), ["acme/a merged"]);
}

#[test]
fn words_in_comments_are_obeyed_once() {
    let (world, file) = waiting();
    say(&world, "I thought about it.\n@fleetwright hold");
    assert_eq!(world.stages("swap"), ["acme/a open: held by bea"]);
    say(&world, "@fleetwright merge");
    assert_eq!(world.stages("swap"), ["acme/a open: held by bea"], "hold stands above merge");
    say(&world, "@fleetwright unhold");
    assert_eq!(world.stages("swap"), ["acme/a merged"]);
    let told = world.json(&["shift", "logs", "swap"]);
    let told: Vec<_> =
        told["events"].as_array().unwrap().iter().filter(|event| event["what"] == "pull.told").collect();
    assert_eq!(told.len(), 3, "{told:#?}");
    assert_eq!(told[0]["detail"]["by"], "bea");
    world.done(&["shift", "apply", &file]);
    assert_eq!(world.stages("swap"), ["acme/a merged"]);
}

#[test]
fn a_no_by_comment_keeps_its_word_and_its_day() {
    for (word, reason) in [("close", "close"), ("never", "never"), ("not-now 2999-01-01", "not-now")] {
        let (world, file) = waiting();
        say(&world, &format!("@fleetwright {word}"));
        world.done(&["shift", "apply", &file]);
        assert_eq!(world.stages("swap"), [format!("acme/a vetoed: closed by bea: {reason}")]);
        assert_eq!(world.pull("acme/a", 1)["state"], "closed");
        assert!(!world.path("repos/acme/a.forge/pulls/2.json").exists());
    }
    // A day that has come is no no any more.
    let (world, file) = waiting();
    say(&world, "@fleetwright not-now 2001-01-01");
    assert!(world.stages("swap")[0].contains("vetoed"), "{:?}", world.stages("swap"));
    world.done(&["shift", "apply", &file]);
    assert_eq!(world.pull("acme/a", 2)["state"], "open");
}

#[test]
fn the_repositorys_own_file_may_only_narrow() {
    let world = three();
    let own = |repo: &str, text: &str| {
        world.commit(repo, "main", &[("100644", ".fleetwright.yml", Some(text.as_bytes()))]);
    };
    own("acme/a", "ignore: [sw*]\n");
    own("acme/b", "automerge: false\n");
    let file = world.shift("swap", REPLACE);
    world.done(&["shift", "apply", &file, "--wait"]);
    let why = world.done(&["shift", "why", "swap", "acme/a"]).stdout;
    assert_eq!(why, "acme/a: left out: its own .fleetwright.yml says no: ignore: sw*\n");
    assert_eq!(world.stages("swap")[0], "acme/b open: a person merges this one (merge.auto is off)");
    // A file that cannot be read is taken for a no, also when it comes later.
    own("acme/b", "automerge: yes please\n");
    world.done(&["repo", "sync"]);
    world.done(&["shift", "merge", "swap"]);
    let stage = &world.stages("swap")[0];
    assert!(
        stage.starts_with("acme/b open: the repository's .fleetwright.yml says no: it cannot be read"),
        "{stage}"
    );
}
