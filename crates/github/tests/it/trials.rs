//! What goes wrong, in numbers: answers lost after their effect, heads that move, many at once.

use std::collections::HashSet;

use fleetwright_core::shift::MergeMethod;
use fleetwright_forge::http::Secret;
use fleetwright_forge::webhook::{Delivery, Hint, Refusal};
use fleetwright_forge::{Done, Effect};
use fleetwright_github::{Mode, webhook};
use fleetwright_rehearsal::model::pull::ReviewState;
use fleetwright_rehearsal::script::{Act, CiCheck, CiScript};
use fleetwright_rehearsal::world::HookTarget;
use fleetwright_testkit::rehearsed::PERSON;
use fleetwright_testkit::trials::{BRANCH, Trial};

use crate::support::trial;

#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_double_nothing() {
    for mode in [Mode::GraphQl, Mode::RestOnly] {
        let told = trial(mode, |_| {}).await.lose_answers(50, 10).await;
        assert!(told.lost > 50 && told.lookups < 2 * 500, "{told:?}");
    }
}

/// The whole promise: 10,000 creates.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
#[allow(clippy::print_stdout, reason = "the figures are of interest")]
async fn ten_thousand_lost_answers_double_nothing() {
    let begin = std::time::Instant::now();
    let told = trial(Mode::GraphQl, |_| {}).await.lose_answers(500, 20).await;
    println!("10,000 creates: {told:?} in {:?}", begin.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_head_is_merged_that_was_not_checked() {
    let (merged, moved) = trial(Mode::GraphQl, |_| {}).await.move_heads(200).await;
    assert!(merged > 0 && moved > 0, "both happen: {merged} and {moved}");
}

/// The whole promise: 10,000 merges.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
#[allow(clippy::print_stdout, reason = "the figures are of interest")]
async fn ten_thousand_heads_move_and_none_is_merged_that_was_not_checked() {
    let begin = std::time::Instant::now();
    let (merged, moved) = trial(Mode::GraphQl, |_| {}).await.move_heads(10_000).await;
    println!("10,000 merges: {merged} merged as checked, {moved} had moved, in {:?}", begin.elapsed());
    assert!(merged > 0 && moved > 0);
}

/// One call opens, one merges; all the rest is shared, and git's.
#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::print_stdout, reason = "the figure is of interest")]
async fn a_pull_request_takes_two_calls_and_a_share() {
    let trial = trial(Mode::GraphQl, |_| {}).await;
    let many = 200;
    let names: Vec<String> = (0..many).map(|n| trial.place.make(&format!("r{n}"))).collect();
    trial.forge.repos().await.unwrap();
    let before = trial.place.world().counts().requests;
    let mut looks = Vec::new();
    let mut heads = Vec::new();
    for repo in &names {
        let (number, head) = trial.open(repo, BRANCH).await;
        looks.push(fleetwright_forge::Look { repo: repo.clone(), number, mark: None });
        heads.push(head);
    }
    for _ in 0..3 {
        trial.place.pass(300_000);
        let answers = trial.forge.look(&looks).await;
        for (look, seen) in looks.iter_mut().zip(answers) {
            look.mark = seen.unwrap().map(|seen| seen.mark).or(look.mark.take());
        }
    }
    for (look, head) in looks.iter().zip(heads) {
        let merge = Effect::Merge { number: look.number, head, method: MergeMethod::Squash };
        let done = trial.forge.perform(&look.repo, &merge).await;
        assert!(matches!(done, Ok(Done::Merged { .. })), "{done:?}");
    }
    let calls = trial.place.world().counts().requests - before;
    println!("{many} pull requests, 3 sweeps: {calls} calls, {:.2} each", calls as f64 / many as f64);
    assert!(calls * 10 <= many * 22, "{calls} calls for {many}");
}

const SECRET: &str = "a-secret-of-ours";

/// What was posted since the last time, read with the right secret; with a wrong one nothing is.
fn hints(trial: &Trial) -> HashSet<Hint> {
    let mut found = HashSet::new();
    for posted in trial.place.world().take_deliveries() {
        let delivery = Delivery { headers: &posted.headers, body: &posted.body };
        assert_eq!(webhook::delivery_id(&delivery), Some(posted.id.as_str()));
        let wrong = webhook::read(&delivery, &[Secret::new("another")]);
        assert_eq!(wrong, Err(Refusal::Forged));
        found.extend(webhook::read(&delivery, &[Secret::new(SECRET)]).unwrap());
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_says_where_to_look() {
    let trial = trial(Mode::GraphQl, |settings| {
        settings.hooks = Some(HookTarget { url: None, secret: SECRET.to_owned() });
        settings.ci = vec![CiScript { repos: "*".to_owned(), checks: vec![CiCheck::new("build")] }];
    })
    .await;
    let repo = trial.place.make("app");
    let (number, head) = trial.open(&repo, BRANCH).await;
    let pull = Hint::Pull { repo: repo.clone(), number };
    assert!(hints(&trial).contains(&pull), "opened");
    trial.place.pass(120_000);
    let of_head = Hint::Head { repo: repo.clone(), head };
    assert!(hints(&trial).contains(&of_head), "a check ended");
    for act in [
        Act::Comment("hold".to_owned()),
        Act::Review(ReviewState::Approved, "fine".to_owned()),
        Act::Label("hold".to_owned()),
        Act::Draft(true),
        Act::Draft(false),
    ] {
        trial.place.act(&repo, number, &act);
        assert!(hints(&trial).contains(&pull), "{act:?}");
    }
    let head = trial.place.write(&repo, BRANCH, ("app.txt", "by hand\n"), PERSON);
    let told = hints(&trial);
    assert!(told.contains(&pull) && told.contains(&of_head), "a new head: {told:?}");
    let merge = Effect::Merge { number, head, method: MergeMethod::Squash };
    let done = trial.forge.perform(&repo, &merge).await;
    assert!(matches!(done, Ok(Done::Merged { .. })), "{done:?}");
    let told = hints(&trial);
    let whole = Hint::Repo { repo: repo.clone() };
    assert!(told.contains(&pull) && told.contains(&whole), "merged: {told:?}");
}
