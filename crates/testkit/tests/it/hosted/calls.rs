//! What a pull request costs in requests.

use std::time::{Duration, Instant};

use fleetwright_rehearsal::history::Counts;
use fleetwright_rehearsal::script::CiCheck;

use super::gates::opened_once;
use super::place::{APP, Place, Tongue, check, ci, shift};

/// A fleet of GitHub's, whose check takes two minutes.
fn fleet(many: usize) -> Place {
    let slow = |check: &mut CiCheck| check.runs = 120_000;
    let place = Place::new(Tongue::GitHub, |settings| settings.ci = vec![ci("*", check("build", slow))]);
    (0..many).for_each(|n| place.make(&format!("app-{n:05}"), &[("app.yaml", APP)]));
    place.world.ends(&["repo", "sync"], 0);
    place
}

fn counts(place: &Place) -> Counts {
    place.forge.world().counts()
}

fn since(now: &Counts, before: &Counts) -> String {
    let more = now.calls.iter().map(|(kind, calls)| (kind, calls - before.calls.get(kind).unwrap_or(&0)));
    more.filter(|(_, calls)| *calls > 0).map(|(kind, calls)| format!("{calls} {kind}; ")).collect()
}

#[test]
fn a_whole_life_takes_little_more_than_two_requests() {
    const MANY: usize = 60;
    let place = fleet(MANY);
    let before = counts(&place);
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    place.world.ends(&["shift", "plan", "shift.yaml"], 0);
    let ended = place.apply();
    assert_eq!(ended.code, Some(0), "{ended}");
    opened_once(&place, MANY as u64);
    let after = counts(&place);
    assert_eq!(after.merged, MANY as u64);
    assert_eq!(after.content - before.content, MANY as u64, "one request that creates content each");
    let each = (after.requests - before.requests) as f64 / MANY as f64;
    eprintln!("{each:.2} requests for each pull request: {}", since(&after, &before));
    assert!(each <= 2.2, "{each:.2} requests each: {}", since(&after, &before));
}

fn adopt_again(many: usize) {
    let mut place = fleet(many);
    place.world.patience = Duration::from_secs(1_800);
    place.world.write("shift.yaml", &shift(""));
    let ended = place.apply();
    assert_eq!(ended.code, Some(0), "{ended}");
    opened_once(&place, many as u64);
    for file in ["fleet.db", "fleet.db-wal", "fleet.db-shm"] {
        let _ = std::fs::remove_file(place.world.path(".fleetwright").join(file));
    }
    let (before, begun) = (counts(&place), Instant::now());
    place.world.ends(&["repo", "sync"], 0);
    let ended = place.apply();
    assert_eq!(ended.code, Some(0), "{ended}");
    let after = counts(&place);
    eprintln!(
        "{many} adopted again in {:.1?} with {} requests: {}",
        begun.elapsed(),
        after.requests - before.requests,
        since(&after, &before)
    );
    opened_once(&place, many as u64);
    assert_eq!((after.content, after.moved), (before.content, before.moved), "nothing is created or pushed");
    let targets = place.world.targets("bump");
    let open = "open a person merges this one (merge.auto is off)";
    assert_eq!(targets.values().filter(|stands| *stands == open).count(), many, "{targets:#?}");
    let most = 10 + many / 5;
    assert!(after.requests - before.requests <= most as u64, "{}", since(&after, &before));
}

#[test]
fn two_hundred_are_adopted_again_with_the_database_gone() {
    adopt_again(200);
}

#[test]
#[ignore = "some minutes: the same with two thousand"]
fn two_thousand_are_adopted_again_with_the_database_gone() {
    adopt_again(2_000);
}
