//! A person wins: what they closed stays closed, what they pushed stays theirs, what they said holds.

use std::fs;

use fleetwright_testkit::faults::Fault;
use fleetwright_testkit::fleet::Small;

use crate::shifts;
use crate::world::{World, until};

const REPO: &str = "acme/app-01";
const BRANCH: &str = "fleetwright/open";
const OPEN: [&str; 4] = ["shift", "apply", "open.yaml", "--wait"];

fn states(world: &World, repo: &str) -> Vec<String> {
    world.pulls(repo).iter().map(|pull| pull["state"].as_str().unwrap().to_owned()).collect()
}

fn close(world: &World, repo: &str) {
    world.ends(&["repo", "pull", repo, "1", "close", "--as", "bob", "--text", "not now"], 0);
}

fn forget_everything(world: &World) {
    for file in ["fleet.db", "fleet.db-wal", "fleet.db-shm"] {
        let _ = fs::remove_file(world.path(".fleetwright").join(file));
    }
}

#[test]
fn a_closed_pull_request_stays_closed() {
    let world = shifts::open();
    close(&world, REPO);
    for _ in 0..2 {
        world.ends(&OPEN, 3);
        world.run(&["shift", "status", "open"]);
    }
    assert_eq!(states(&world, REPO), ["closed"]);
    assert_eq!(world.targets("open")[REPO], "vetoed closed by bob: not now");
}

#[test]
fn with_the_database_gone_open_work_is_adopted_and_a_no_stays_a_no() {
    let world = shifts::open();
    close(&world, REPO);
    close(&world, "acme/app-02");
    world.git("acme/app-02", &["branch", "-D", BRANCH]);
    world.ends(&["repo", "pull", "acme/app-03", "1", "merge", "--as", "bob"], 0);
    let before = world.end("open");
    forget_everything(&world);
    world.ends(&OPEN, 3);
    let after = world.end("open");
    assert_eq!(after.pulls, before.pulls, "no pull request is opened twice");
    assert_eq!(after.targets[REPO], "vetoed closed by bob: not now");
    assert_eq!(after.targets["acme/app-02"], "vetoed closed by bob: not now");
    assert_eq!(after.targets["acme/app-03"], "unchanged");
    assert_eq!(after.targets["acme/app-04"], before.targets["acme/app-04"]);
    assert!(!after.branches.contains_key("acme/app-02"), "a branch that a person removed is not made again");
}

#[test]
fn a_forged_marker_is_not_adopted() {
    let world = shifts::open();
    let path = world.path("repos/acme/app-01.forge/pulls/1.json");
    let text = fs::read_to_string(&path).unwrap();
    let (head, tail) = text.split_once("sig=").unwrap();
    fs::write(&path, format!("{head}sig=0000{}", &tail[4..])).unwrap();
    forget_everything(&world);
    world.ends(&OPEN, 3);
    let told = &world.targets("open")[REPO];
    assert!(told.starts_with("failed conflict"), "{told}");
    assert_eq!(states(&world, REPO), ["open"]);
}

#[test]
fn an_answer_while_our_own_is_in_doubt_is_heard() {
    let opened: Fault = "effect/open-pull:after:1".parse().unwrap();
    for (act, state, stage) in [("merge", "merged", "merged"), ("close", "closed", "vetoed closed by bob")] {
        let world = World::new(&[Small::new(REPO, &[("app.yaml", "image: app:1\n")])]);
        world.write("open.yaml", shifts::OPEN);
        assert!(world.disturbed(&OPEN, &opened).killed);
        world.ends(&["repo", "pull", REPO, "1", act, "--as", "bob"], 0);
        world.ends(&OPEN, 0);
        assert_eq!(states(&world, REPO), [state], "after {act}");
        assert_eq!(world.targets("open")[REPO], stage);
    }
}

#[test]
fn closing_closes_what_was_in_doubt() {
    for fault in [
        "effect/push:before:7",
        "effect/push:after:7",
        "effect/open-pull:before:7",
        "effect/open-pull:after:7",
    ] {
        let world = World::new(&fleetwright_testkit::fleet::twenty());
        world.write("open.yaml", shifts::OPEN);
        assert!(world.disturbed(&OPEN, &fault.parse().unwrap()).killed);
        world.ends(&["shift", "close", "open"], 0);
        let end = world.end("open");
        assert!(end.branches.is_empty(), "{fault}: {:#?}", end.branches);
        assert!(
            end.pulls.values().flatten().all(|pull| pull.ends_with(" closed")),
            "{fault}: {:#?}",
            end.pulls
        );
    }
}

#[test]
fn a_commit_by_hand_on_our_branch_is_left_alone() {
    let world = shifts::open();
    let theirs = world.person_pushes(REPO, BRANCH);
    world.ends(&OPEN, 3);
    assert_eq!(world.git(REPO, &["rev-parse", BRANCH]), theirs);
    assert_eq!(world.targets("open")[REPO], "open somebody else pushed to the branch: it is theirs now");
    world.run(&["shift", "merge", "open"]);
    assert_eq!(states(&world, REPO), ["open"], "what a person pushed is not merged by us");
    world.ends(&["shift", "close", "open"], 0);
    assert_eq!(states(&world, REPO), ["closed"]);
    assert_eq!(world.git(REPO, &["rev-parse", BRANCH]), theirs, "closed, and the person's commits are kept");
}

#[test]
fn a_branch_of_our_name_that_was_there_before_us_is_left_alone() {
    let world = World::new(&fleetwright_testkit::fleet::twenty());
    world.write("open.yaml", shifts::OPEN);
    let theirs = world.person_pushes(REPO, BRANCH);
    world.ends(&OPEN, 3);
    world.ends(&OPEN, 3);
    assert_eq!(world.git(REPO, &["rev-parse", BRANCH]), theirs);
    assert_eq!(states(&world, REPO), Vec::<String>::new());
    let told = &world.targets("open")[REPO];
    assert!(told.starts_with("failed conflict: the branch holds commits that are not ours"), "{told}");
}

#[test]
fn a_commit_by_hand_between_push_and_pull_request_is_left_alone() {
    let world = World::new(&[Small::new(REPO, &[("app.yaml", "image: app:1\n")])]);
    world.write("open.yaml", shifts::OPEN);
    assert!(world.disturbed(&OPEN, &"effect/push:after:1".parse().unwrap()).killed);
    let theirs = world.person_pushes(REPO, BRANCH);
    world.ends(&OPEN, 3);
    assert_eq!(world.git(REPO, &["rev-parse", BRANCH]), theirs);
    assert!(world.targets("open")[REPO].starts_with("failed conflict"), "{:?}", world.targets("open"));
}

/// A shift whose script takes its time, on two repositories.
fn slow() -> World {
    let files = [("app.yaml", "image: app:1\n")];
    let world = World::new(&[Small::new("acme/one", &files), Small::new("acme/two", &files)]);
    world.write("slow.yaml", shifts::SLOW);
    world.write("slow.sh", "#!/bin/sh\nsleep 5\necho done > done.txt\n");
    world
}

const SLOW: [&str; 4] = ["shift", "apply", "slow.yaml", "--wait"];

fn is_making(world: &World) -> bool {
    let points = world.points();
    points.iter().any(|point| point == "commit/control")
}

#[test]
fn a_stop_is_heard_within_a_second_and_survives_a_restart() {
    let world = slow();
    let running = world.command(&SLOW).spawn().unwrap();
    until("it runs", || is_making(&world));
    world.ends(&["shift", "stop", "slow"], 0);
    let begun = std::time::Instant::now();
    let ended = crate::world::Ended::from(running.wait_with_output().unwrap());
    assert_eq!(ended.code, Some(4), "{ended}");
    assert!(begun.elapsed().as_millis() < 1_000, "it took {:?}", begun.elapsed());
    world.ends(&SLOW, 4);
    assert_eq!(states(&world, "acme/one"), Vec::<String>::new());
    world.write("slow.sh", "#!/bin/sh\nsleep 0\necho done > done.txt\n");
    world.ends(&["shift", "resume", "slow"], 0);
    world.ends(&SLOW, 0);
    assert_eq!(states(&world, "acme/one"), ["open"]);
}

#[test]
fn a_pause_lets_nothing_out_and_survives_a_restart() {
    let world = slow();
    world.write("slow.sh", "#!/bin/sh\nsleep 2\necho done > done.txt\n");
    let running = world.command(&SLOW).spawn().unwrap();
    until("it runs", || is_making(&world));
    world.ends(&["shift", "pause", "slow"], 0);
    let ended = crate::world::Ended::from(running.wait_with_output().unwrap());
    assert_eq!(ended.code, Some(4), "{ended}");
    assert!(!world.points().iter().any(|point| point.starts_with("effect/")), "nothing leaves after a pause");
    world.ends(&SLOW, 4);
    world.ends(&["shift", "resume", "slow"], 0);
    world.ends(&SLOW, 0);
    assert_eq!(states(&world, "acme/two"), ["open"]);
}

#[test]
fn two_at_once_are_one_and_a_killed_one_is_followed_at_once() {
    let world = slow();
    let mut running = world.command(&SLOW).spawn().unwrap();
    until("it runs", || is_making(&world));
    let refused = world.ends(&SLOW, 4);
    let holder = format!("process {} of", running.id());
    assert!(refused.err.contains(&holder), "{refused}");
    running.kill().unwrap();
    running.wait().unwrap();
    let begun = std::time::Instant::now();
    world.write("slow.sh", "#!/bin/sh\necho done > done.txt\n");
    world.ends(&["shift", "apply", "slow.yaml", "--wait", "--amend"], 0);
    assert!(begun.elapsed().as_secs() < 10, "a dead holder's lease lasts 30 s, and nobody waits for it");
    assert_eq!(states(&world, "acme/one"), ["open"]);
}
