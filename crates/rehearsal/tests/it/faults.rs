//! Each fault, and that a seed repeats a run.

use fleetwright_rehearsal::World;
use fleetwright_rehearsal::faults::{Faults, HookFaults};
use fleetwright_rehearsal::history::Entry;
use fleetwright_rehearsal::model::pull::ReviewState;
use fleetwright_rehearsal::script::{Act, CiCheck, CiScript, PersonScript};
use fleetwright_rehearsal::seed::Seed;
use fleetwright_rehearsal::world::{HookTarget, NewPull, RepoSpec, Settings, small_repos};
use serde_json::{Value, json};

use crate::support::Place;

async fn with(faults: Faults) -> Place {
    let place = Place::new(|_| {}).await;
    place.push("fleet/a", "app.yaml", "image: app:2\n").await;
    place.world().lock().set_faults(faults);
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_lost_after_its_effect() {
    for (dropped, name) in [(0.0, "a 502"), (1.0, "a dropped connection")] {
        let place = with(Faults { lost_answers: 1.0, dropped, ..Faults::default() }).await;
        let body = json!({ "title": "x", "head": "fleet/a", "base": "main" });
        let got = place.with(&place.token, "POST", "/repos/acme/app/pulls", body).await;
        match got {
            Ok(got) => assert_eq!((got.status, dropped), (502, 0.0), "{name}"),
            Err(_) => assert_eq!(dropped.to_bits(), 1.0_f64.to_bits(), "{name}"),
        }
        let found = place.get("/repos/acme/app/pulls?state=all&head=acme:fleet/a").await;
        assert_eq!(found.body[0]["number"], 1, "it happened, {name}");
        let counts = place.world().counts();
        assert_eq!((counts.opened, counts.answers_lost), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_pages_and_timeouts_come_before_any_effect() {
    let none = Faults::default();
    for faults in [
        Faults { errors: 1.0, ..none.clone() },
        Faults { pages: 1.0, ..none.clone() },
        Faults { timeouts: 1.0, hang: 30, ..none.clone() },
    ] {
        let place = with(faults.clone()).await;
        let body = json!({ "title": "x", "head": "fleet/a", "base": "main" });
        match place.with(&place.token, "POST", "/repos/acme/app/pulls", body).await {
            Ok(got) => {
                assert_eq!(got.status, if faults.errors > 0.0 { 503 } else { 200 });
                assert!(got.text.starts_with("<!DOCTYPE html>"), "{}", got.text);
            }
            Err(_) => assert!(faults.timeouts > 0.0),
        }
        assert_eq!(place.world().counts().opened, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_see_an_older_state_for_a_while() {
    let place = with(Faults { stale: 1.0, stale_for: 5_000, ..Faults::default() }).await;
    assert_eq!(place.open("fleet/a").await.status, 201, "who writes is told the truth");
    assert_eq!(place.get("/repos/acme/app/pulls/1").await.status, 404);
    assert_eq!(place.get("/repos/acme/app/pulls?state=all").await.body, json!([]));
    let again = place.open("fleet/a").await;
    assert_eq!(again.status, 422, "what is there cannot be made, seen or not");
    let now = place.world().now();
    place.world().advance_to(now + 5_000);
    assert_eq!(place.get("/repos/acme/app/pulls/1").await.body["state"], "open");
    place.ask("PATCH", "/repos/acme/app/pulls/1", json!({ "state": "closed" })).await;
    assert_eq!(place.get("/repos/acme/app/pulls/1").await.body["state"], "open");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_of_the_answers_may_be_wrong() {
    let place = with(Faults { clock_skew: -3_600_000, ..Faults::default() }).await;
    assert_eq!(place.get("/user").await.header("date"), Some("Mon, 05 Jan 2026 08:00:00 GMT"));
}

/// Opens a pull request in a world with webhooks and gives what goes out in two minutes: the event,
/// its delivery, and whether the API showed the pull request then.
fn hooked(faults: HookFaults) -> Vec<(String, String, bool)> {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::new(folder.path());
    settings.hooks = Some(HookTarget { url: None, secret: "s".to_owned() });
    settings.faults.hooks = faults;
    let world = World::in_virtual_time(settings);
    world.speak_as(std::sync::Arc::new(fleetwright_rehearsal::github::GitHub), "http://forge.test");
    let repo = world.lock().make_repo(&small_repos("acme", 1).remove(0)).unwrap();
    branch(&world, repo, "fleet/a");
    world.take_deliveries();
    let new = pull("fleet/a");
    world.lock().open_pull(repo, &new).unwrap();
    world.lock().comment(repo, 1, "hello", "ada").unwrap();
    let (start, mut found) = (world.now(), Vec::new());
    for second in 0..=120 {
        world.advance_to(start + second * 1_000);
        let seen = world.lock().seen_pull(repo, 1).is_ok();
        let talk = |event: &str| event == "pull_request" || event == "issue_comment";
        let out = world.take_deliveries().into_iter().filter(|delivery| talk(&delivery.event));
        found.extend(out.map(|delivery| (delivery.event, delivery.id, seen)));
    }
    found
}

fn branch(world: &World, repo: u64, name: &str) {
    let mut state = world.lock();
    let tip = state.repo(repo).unwrap().tip("main").unwrap();
    state.move_branch(repo, name, (None, Some(tip)), "ada").unwrap();
    let order = fleetwright_rehearsal::world::ApiCommit {
        branch: name.to_owned(),
        parent: tip,
        edits: Vec::new(),
        message: "change".to_owned(),
        by: "fleet-bot".to_owned(),
    };
    state.commit(repo, &order).unwrap();
}

fn pull(head: &str) -> NewPull {
    let text = |text: &str| text.to_owned();
    NewPull {
        head: text(head),
        base: text("main"),
        title: text("x"),
        body: text(""),
        draft: false,
        by: text("fleet-bot"),
    }
}

#[test]
fn webhooks_are_lost_doubled_late_or_early() {
    let none = HookFaults::default();
    let events =
        |found: &[(String, String, bool)]| -> Vec<String> { found.iter().map(|one| one.0.clone()).collect() };
    let plain = hooked(none.clone());
    assert_eq!(events(&plain), ["pull_request", "issue_comment"]);
    assert!(plain.iter().all(|one| one.2));
    assert!(hooked(HookFaults { lost: 1.0, ..none.clone() }).is_empty());
    let doubled = hooked(HookFaults { doubled: 1.0, ..none.clone() });
    assert_eq!(doubled.len(), 4);
    assert_eq!(doubled.iter().filter(|one| one.1 == doubled[0].1).count(), 2, "the same delivery twice");
    let early = hooked(HookFaults { early: 1.0, early_by: 5_000, ..none.clone() });
    assert!(!early[0].2, "it is told of before it can be seen");
    let orders =
        (0..8).map(|by| events(&hooked(HookFaults { late: 1.0, late_by: 60_000 + by, ..none.clone() })));
    assert!(
        orders.into_iter().any(|order| order == ["issue_comment", "pull_request"]),
        "younger ones overtake"
    );
}

fn played(seed: u64) -> Vec<Entry> {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::new(folder.path());
    settings.seed = Seed(seed);
    let check = CiCheck { fails: 0.2, flakes: 0.2, jitter: 30_000, red_base: 0.2, ..CiCheck::new("build") };
    settings.ci = vec![CiScript { repos: "*".to_owned(), checks: vec![check] }];
    let person = |act, share| PersonScript {
        who: "ada".to_owned(),
        repos: "*".to_owned(),
        share,
        after: 10_000,
        jitter: 100_000,
        act,
    };
    settings.people = vec![
        person(Act::Review(ReviewState::Approved, String::new()), 0.5),
        person(Act::Close, 0.3),
        person(Act::Comment("/fleet retry".to_owned()), 0.3),
        person(Act::Push { path: "by-hand.txt".to_owned(), content: "x\n".to_owned() }, 0.3),
        person(Act::Label("hold".to_owned()), 0.3),
    ];
    let world = World::in_virtual_time(settings);
    for spec in small_repos("acme", 20) {
        let repo = world.lock().make_repo(&RepoSpec { ..spec }).unwrap();
        branch(&world, repo, "fleet/a");
        world.lock().open_pull(repo, &pull("fleet/a")).unwrap();
    }
    let now = world.now();
    world.advance_to(now + 3_600_000);
    world.lock().history().entries().to_vec()
}

#[test]
fn the_same_seed_is_the_same_history() {
    let (one, again, other) = (played(7), played(7), played(8));
    assert!(one.len() > 100, "{}", one.len());
    assert_eq!(one, again);
    assert_ne!(one, other);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_draws_anew() {
    let place = with(Faults { errors: 0.5, ..Faults::default() }).await;
    let mut statuses = Vec::new();
    for _ in 0..30 {
        statuses.push(place.with(&place.token, "GET", "/user", Value::Null).await.unwrap().status);
    }
    assert!(statuses.contains(&200) && statuses.contains(&503), "{statuses:?}");
}
