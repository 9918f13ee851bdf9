//! What only Gitea does: merges when checks have passed, labels by number, names that must be known.

use fleetwright_core::pull::{PullState, Verdict};
use fleetwright_core::shift::MergeMethod;
use fleetwright_forge::{Done, Effect, ForgeError};
use fleetwright_rehearsal::model::repo::Rules;
use fleetwright_rehearsal::script::{CiCheck, CiScript};
use fleetwright_testkit::trials::{BRANCH, opening};

use crate::support::trial;

#[tokio::test(flavor = "multi_thread")]
async fn it_merges_by_itself_when_checks_have_passed() {
    let checks = vec![CiCheck::new("ci/build"), CiCheck::new("lint")];
    let trial = trial(|settings| settings.ci = vec![CiScript { repos: "*".to_owned(), checks }]).await;
    let repo = trial.place.make("app");
    let id = trial.place.id(&repo);
    let rules = Rules { checks: vec!["ci/build".into()], ..Rules::default() };
    trial.place.world().lock().set_repo(id, |settings| settings.rules = Some(rules)).unwrap();
    let (number, head) = trial.open(&repo, BRANCH).await;
    let seen = trial.look(&repo, number, None).await.unwrap().unwrap();
    let told: Vec<_> =
        seen.checks.iter().map(|check| (check.name.as_str(), check.verdict, check.required)).collect();
    assert_eq!(told, [("ci/build", Verdict::Pending, Some(true)), ("lint", Verdict::Pending, Some(false))]);
    let method = MergeMethod::Squash;
    let merge = trial.forge.perform(&repo, &Effect::Merge { number, head, method }).await;
    assert!(matches!(merge, Err(ForgeError::NotMergeable { .. })), "{merge:?}");
    let other = Effect::Enqueue { number, head: fleetwright_core::Oid::from_bytes([7; 20]), method };
    assert_eq!(trial.forge.perform(&repo, &other).await, Err(ForgeError::HeadMoved));
    for _ in 0..2 {
        let enqueue = Effect::Enqueue { number, head, method };
        assert_eq!(trial.forge.perform(&repo, &enqueue).await, Ok(Done::Done), "asked again it is asked for");
    }
    trial.place.pass(120_000);
    let seen = trial.look(&repo, number, Some(&seen.mark)).await.unwrap().unwrap();
    assert!(matches!(seen.state, PullState::Merged { .. }), "{:?}", seen.state);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_comes_with_the_one_request_that_opens_it() {
    let trial = trial(|_| {}).await;
    for n in 0..2 {
        let repo = trial.place.make(&format!("app-{n}"));
        trial.place.write(&repo, BRANCH, ("app.txt", "changed\n"), "fleet-bot");
        let Effect::OpenPull { branch, title, body, .. } = opening(BRANCH) else { panic!("it opens") };
        let open = Effect::OpenPull {
            branch,
            title,
            body,
            labels: vec!["fleet".into(), "log4j".into()],
            reviewers: vec!["ann".into(), "@nobody-at-all".into()],
            draft: true,
        };
        let before = trial.place.world().counts();
        let Ok(Done::Opened(pull)) = trial.forge.perform(&repo, &open).await else { panic!("it opens") };
        let after = trial.place.world().counts();
        assert_eq!(after.content - before.content, 1, "one request creates content");
        let seen = trial.look(&repo, pull.number, None).await.unwrap().unwrap();
        assert_eq!((seen.labels, seen.draft), (vec!["fleet".to_owned(), "log4j".to_owned()], true));
        let id = trial.place.id(&repo);
        let asked = trial.place.world().lock().pull(id, pull.number).unwrap().asked.clone();
        assert_eq!(asked.into_iter().collect::<Vec<_>>(), ["ann"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn repositories_come_in_pages_of_fifty() {
    let trial = trial(|_| {}).await;
    for n in 0..123 {
        trial.place.make(&format!("many-{n:03}"));
    }
    assert_eq!(trial.forge.repos().await.unwrap().len(), 123);
}
