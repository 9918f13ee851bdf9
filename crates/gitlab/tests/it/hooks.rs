//! The rehearsal forge's webhooks, taken by the adapter's own reader.

use std::collections::HashSet;

use fleetwright_core::shift::MergeMethod;
use fleetwright_forge::http::Secret;
use fleetwright_forge::webhook::{Delivery, Hint, Refusal};
use fleetwright_forge::{Done, Effect};
use fleetwright_gitlab::webhook::{delivery_id, read};
use fleetwright_rehearsal::model::pull::ReviewState;
use fleetwright_rehearsal::script::{Act, CiCheck, CiScript};
use fleetwright_rehearsal::world::HookTarget;
use fleetwright_testkit::rehearsed::PERSON;
use fleetwright_testkit::trials::{BRANCH, Trial};

use crate::support::trial;

const SECRET: &str = "a-secret-of-ours";

/// What was posted since the last time, read with the right secret; with a wrong one nothing is.
fn hints(trial: &Trial) -> HashSet<Hint> {
    let mut found = HashSet::new();
    for posted in trial.place.world().take_deliveries() {
        let delivery = Delivery { headers: &posted.headers, body: &posted.body };
        assert_eq!(delivery_id(&delivery), Some(posted.id.as_str()));
        let wrong = read(&delivery, &[Secret::new("another")]);
        assert_eq!(wrong, Err(Refusal::Forged));
        found.extend(read(&delivery, &[Secret::new(SECRET)]).unwrap());
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_says_where_to_look() {
    let trial = trial(|settings| {
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
        Act::Review(ReviewState::ChangesRequested, "no".to_owned()),
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
