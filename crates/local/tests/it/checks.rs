//! What the contract's stories of checks say, played with commands on merged trees.

use std::fs;

use fleetwright_core::pull::{PullSeen, Verdict};
use fleetwright_forge::{Done, Effect, Forge};
use fleetwright_local::CheckSpec;
use fleetwright_testkit::contract::{Hands, README};

use crate::support::Place;

const BRANCH: &str = "fleet/x";

fn spec(name: &str, run: String, when: Option<&str>) -> CheckSpec {
    CheckSpec { name: name.to_owned(), run, when: when.map(str::to_owned) }
}

/// A pull request from a branch with one file more, in a repository of its own.
async fn open(place: &Place, file: (&str, &str)) -> (String, u64) {
    let repo = place.make_repo("checked").await;
    place.push(&repo, BRANCH, file).await;
    let open = Effect::OpenPull {
        branch: BRANCH.to_owned(),
        title: "Change".to_owned(),
        body: "Why.".to_owned(),
        labels: Vec::new(),
        reviewers: Vec::new(),
        draft: false,
    };
    let Ok(Done::Opened(pull)) = place.forge.perform(&repo, &open).await else { panic!("opening opens") };
    (repo, pull.number)
}

fn told(seen: &PullSeen) -> Vec<(&str, Verdict, Option<bool>)> {
    seen.checks.iter().map(|check| (check.name.as_str(), check.verdict, check.red_on_base)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_are_those_of_the_merged_tree_and_of_the_head_that_stands_there() {
    let has = |path: &str| format!("test -f {path}");
    let place = Place::new(vec![
        spec("builds", has("app.txt"), None),
        spec("signed", has("SIGNED"), None),
        spec("other", "false".to_owned(), Some("other.toml")),
        spec("merged", has("late.txt"), Some("late.txt")),
    ]);
    let (repo, number) = open(&place, ("app.txt", "1\n")).await;
    let first = place.look(&repo, number).await;
    // `signed` is red without the change, too; `other` and `merged` have nothing to do here.
    assert_eq!(told(&first), [("builds", Verdict::Green, None), ("signed", Verdict::Red, Some(true))]);
    place.push(&repo, BRANCH, ("SIGNED", "yes\n")).await;
    let second = place.look(&repo, number).await;
    assert_eq!(told(&second), [("builds", Verdict::Green, None), ("signed", Verdict::Green, None)]);
    assert_ne!(second.mark, first.mark);
    // The base moves: the result of the merge is another tree, at the same head.
    place.push(&repo, "main", ("late.txt", "late\n")).await;
    let third = place.look(&repo, number).await;
    assert_eq!(third.head, second.head);
    assert_eq!(third.checks.last().map(|check| check.name.as_str()), Some("merged"));
}

#[tokio::test(flavor = "multi_thread")]
async fn red_by_the_change_alone_is_told_apart() {
    let place = Place::new(vec![spec("clean", "test ! -f app.txt".to_owned(), None)]);
    let (repo, number) = open(&place, ("app.txt", "1\n")).await;
    assert_eq!(told(&place.look(&repo, number).await), [("clean", Verdict::Red, Some(false))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tree_is_checked_once() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("runs");
    let place = Place::new(vec![spec("counts", format!("echo ran >> {}", log.display()), None)]);
    let (repo, number) = open(&place, ("app.txt", "1\n")).await;
    let runs = || fs::read_to_string(&log).unwrap().lines().count();
    for _ in 0..3 {
        assert_eq!(told(&place.look(&repo, number).await), [("counts", Verdict::Green, None)]);
        assert_eq!(runs(), 1);
    }
    place.push(&repo, BRANCH, ("app.txt", "2\n")).await;
    place.look(&repo, number).await;
    assert_eq!(runs(), 2);
    assert_eq!(fs::read_dir(place.folder().join("scratch")).unwrap().count(), 0, "nothing is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_is_of_its_head_and_a_wish_stays() {
    let place = Place::new(Vec::new());
    let (repo, number) = open(&place, ("app.txt", "1\n")).await;
    place.review(&repo, number, true).await;
    let reviewed = async || {
        let seen = place.look(&repo, number).await;
        (seen.approvals, seen.changes_requested)
    };
    assert_eq!(reviewed().await, (1, false));
    place.push(&repo, BRANCH, (README.0, "# by hand\n")).await;
    assert_eq!(reviewed().await, (0, false), "nobody saw this head");
    place.review(&repo, number, false).await;
    place.push(&repo, BRANCH, (README.0, "# once more\n")).await;
    assert_eq!(reviewed().await, (0, true), "a wish stays a wish");
    place.review(&repo, number, true).await;
    assert_eq!(reviewed().await, (1, false));
}
