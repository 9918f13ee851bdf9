//! The process dies, or an answer is lost, at every point there is: nothing is lost, nothing is double.

use std::time::{Duration, Instant};

use crate::shifts;
use crate::story::Story;

const APPLY: [&str; 4] = ["shift", "apply", "image.yaml", "--wait"];

fn all(name: &str, story: &Story, points: impl Fn(&str) -> bool) {
    let (faults, begun) = (story.faults(points), Instant::now());
    let due = story.disturb_all(&faults);
    eprintln!("{name}: {due} of {} faults came due, {:.1?}", faults.len(), begun.elapsed());
    // How writes share commits differs from run to run, so the last one of a kind may not come.
    assert!(due * 3 >= faults.len() * 2, "{name}: only {due} of {} faults came due", faults.len());
}

#[test]
fn a_declarative_shift_survives_every_fault() {
    let story = Story::new(shifts::image("squash"), "image", &APPLY);
    assert_eq!(story.end.pulls.values().flatten().count(), 17);
    assert!(story.end.pulls.values().flatten().all(|pull| pull.ends_with(" merged")), "{:#?}", story.end);
    assert!(story.end.branches.is_empty(), "{:#?}", story.end);
    all("image", &story, |_| true);
}
#[test]
fn a_script_with_a_check_survives_every_fault_of_effects() {
    let story = Story::new(shifts::script(), "script", &["shift", "apply", "script.yaml", "--wait"]);
    assert_eq!(story.end.pulls.values().flatten().filter(|pull| pull.ends_with(" merged")).count(), 15);
    all("script", &story, |point| point.starts_with("effect/"));
}

#[test]
#[ignore = "two minutes: the commits are the same as those of the declarative shift"]
fn a_script_with_a_check_survives_every_fault_of_commits() {
    let story = Story::new(shifts::script(), "script", &["shift", "apply", "script.yaml", "--wait"]);
    all("script", &story, |point| point.starts_with("commit/"));
}

#[test]
fn closing_survives_every_fault() {
    let story = Story::new(shifts::open(), "open", &["shift", "close", "open"]);
    assert_eq!(story.end.pulls.values().flatten().filter(|pull| pull.ends_with(" closed")).count(), 15);
    assert!(story.end.branches.is_empty(), "{:#?}", story.end);
    all("close", &story, |_| true);
}

#[test]
fn renewing_survives_every_fault() {
    let story = Story::new(shifts::moved(), "open", &["shift", "apply", "open.yaml", "--amend", "--wait"]);
    let pulls = &story.end.pulls;
    let of = |repo: &str| pulls[&format!("acme/{repo}")].join("; ");
    assert_eq!(of("app-01"), "fleetwright/open with 0 comments open");
    assert_eq!(of("app-03"), "fleetwright/open with 1 comments open", "handed over once");
    assert_eq!(of("app-05"), "fleetwright/open with 0 comments closed", "no longer needed");
    assert!(story.points["effect/update-pull"] >= 12, "{:?}", story.points);
    all("renew", &story, |_| true);
}

#[test]
fn trying_again_survives_every_fault() {
    let world = shifts::image("squash");
    world.ends(&APPLY, 3);
    all("retry", &Story::new(world, "image", &["shift", "retry", "image", "--failed"]), |_| true);
}

#[test]
fn a_repository_that_goes_away_survives_every_fault() {
    let world = shifts::image("squash");
    world.ends(&APPLY, 3);
    std::fs::remove_dir_all(world.repository("acme/other")).unwrap();
    all("gone", &Story::new(world, "image", &["repo", "sync"]), |_| true);
}

#[test]
fn merge_commits_and_rebases_survive_faults_of_effects() {
    for method in ["merge", "rebase"] {
        let story = Story::new(shifts::image(method), "image", &APPLY);
        let faults = story.faults(|point| point == "effect/merge");
        assert_eq!(story.disturb_all(&faults), faults.len(), "{method}");
    }
}

#[test]
fn the_status_alone_finishes_what_a_killed_apply_began() {
    let mut story = Story::new(shifts::image("squash"), "image", &APPLY);
    story.again = vec!["shift", "status", "image"];
    let mut faults = story.faults(|point| point.starts_with("effect/"));
    faults.retain(|fault| fault.time == 1);
    assert_eq!(story.disturb_all(&faults), faults.len());
}

#[test]
fn a_second_fault_while_the_first_is_made_good_is_survived() {
    let story = Story::new(shifts::image("squash"), "image", &APPLY);
    let mut faults = story.faults(|point| point.starts_with("effect/") || point == "commit/intent");
    faults.retain(|fault| fault.time == 1);
    let due = story.disturb_twice(&faults);
    assert!(due * 3 >= faults.len() * 2, "only {due} of {} came due twice", faults.len());
}

/// Not at a point of ours, but anywhere: half-written files and locks that nobody gives back.
#[test]
fn a_kill_at_any_moment_is_survived() {
    let story = Story::new(shifts::image("squash"), "image", &APPLY);
    let moments = (0..60).map(|step| Duration::from_millis(5 + 3 * step));
    let killed = story.kill_at(&moments.collect::<Vec<_>>());
    assert!(killed > 10, "only {killed} of 60 were at work when they were killed");
}

#[test]
fn a_lock_of_a_killed_process_is_given_back_and_that_of_a_living_git_is_not() {
    let world = shifts::open();
    let [ours, theirs] = ["acme/app-01", "acme/app-02"];
    for repo in [ours, theirs] {
        world.write(&format!("repos/{repo}.git/refs/heads/fleetwright/open.lock"), "");
    }
    world.write(&format!("repos/{ours}.forge/lock"), "fleetwright/open");
    world.ends(&["shift", "close", "open"], 0);
    let targets = world.targets("open");
    assert!(targets[ours].starts_with("dropped"), "{}", targets[ours]);
    assert!(targets[theirs].contains("open.lock is locked by another process"), "{}", targets[theirs]);
    std::fs::remove_file(world.repository(theirs).join("refs/heads/fleetwright/open.lock")).unwrap();
}
