//! Ways of merging that only GitLab has: one per project, by the pipeline, by a train.

use fleetwright_core::pull::{MergeDoor, PullState, Verdict};
use fleetwright_core::shift::MergeMethod;
use fleetwright_forge::{Done, Effect, ForgeError};
use fleetwright_rehearsal::model::method::Method;
use fleetwright_rehearsal::model::repo::Rules;
use fleetwright_rehearsal::script::{CiCheck, CiScript};
use fleetwright_rehearsal::world::RepoSpec;
use fleetwright_testkit::trials::{BRANCH, Trial, opening};

use crate::support::trial;

fn set(trial: &Trial, repo: &str, methods: &[Method], rules: Option<Rules>) {
    let id = trial.place.id(repo);
    let methods = methods.to_vec();
    let change = |settings: &mut fleetwright_rehearsal::model::repo::RepoSettings| {
        (settings.methods, settings.rules) = (methods, rules);
    };
    trial.place.world().lock().set_repo(id, change).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_has_one_way_and_squashes_or_not() {
    use MergeMethod::{Merge, Rebase, Squash};
    let trial = trial(|_| {}).await;
    let projects: [(&[Method], &[MergeMethod]); 4] = [
        (&[Method::Merge, Method::Squash], &[Merge, Squash]),
        (&[Method::Rebase, Method::Squash], &[Rebase, Squash]),
        (&[Method::Rebase], &[Rebase]),
        (&[Method::Squash], &[Squash]),
    ];
    for (n, (methods, allowed)) in projects.into_iter().enumerate() {
        for method in [Merge, Squash, Rebase] {
            let repo = trial.place.make(&format!("ways-{n}-{method:?}"));
            set(&trial, &repo, methods, None);
            let (number, head) = trial.open(&repo, BRANCH).await;
            let done = trial.forge.perform(&repo, &Effect::Merge { number, head, method }).await;
            match allowed.contains(&method) {
                true => assert!(matches!(done, Ok(Done::Merged { .. })), "{methods:?} {method:?}: {done:?}"),
                false => {
                    assert!(
                        matches!(done, Err(ForgeError::Refused { .. })),
                        "{methods:?} {method:?}: {done:?}"
                    );
                }
            }
        }
    }
}

fn ci() -> Vec<CiScript> {
    vec![CiScript { repos: "*".to_owned(), checks: vec![CiCheck::new("build")] }]
}

#[tokio::test(flavor = "multi_thread")]
async fn it_merges_by_itself_when_the_pipeline_succeeds() {
    let trial = trial(|settings| settings.ci = ci()).await;
    let repo = trial.place.make("app");
    set(
        &trial,
        &repo,
        &[Method::Merge, Method::Squash],
        Some(Rules { checks: vec!["build".into()], ..Rules::default() }),
    );
    let (number, head) = trial.open(&repo, BRANCH).await;
    let moved = Effect::Enqueue {
        number,
        head: fleetwright_core::Oid::from_bytes([7; 20]),
        method: MergeMethod::Squash,
    };
    assert_eq!(trial.forge.perform(&repo, &moved).await, Err(ForgeError::HeadMoved));
    let enqueue = Effect::Enqueue { number, head, method: MergeMethod::Squash };
    assert_eq!(trial.forge.perform(&repo, &enqueue).await, Ok(Done::Done));
    let seen = trial.look(&repo, number, None).await.unwrap().unwrap();
    assert!(
        seen.queued && seen.checks[0].verdict == Verdict::Pending && seen.checks[0].required == Some(true)
    );
    trial.place.pass(120_000);
    let seen = trial.look(&repo, number, Some(&seen.mark)).await.unwrap().unwrap();
    assert!(matches!(seen.state, PullState::Merged { .. }), "{:?}", seen.state);
    assert_eq!(trial.forge.perform(&repo, &enqueue).await, Ok(Done::Done), "merged is what was asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_with_a_train_is_merged_by_it() {
    let trial = trial(|_| {}).await;
    let repo = trial.place.make("app");
    set(&trial, &repo, &[Method::Merge], Some(Rules { queue: true, ..Rules::default() }));
    let (number, head) = trial.open(&repo, BRANCH).await;
    let seen = trial.look(&repo, number, None).await.unwrap().unwrap();
    assert_eq!((seen.door, seen.queued), (MergeDoor::Queue, false));
    let enqueue = Effect::Enqueue { number, head, method: MergeMethod::Merge };
    assert_eq!(trial.forge.perform(&repo, &enqueue).await, Ok(Done::Done));
    assert!(trial.look(&repo, number, None).await.unwrap().unwrap().queued);
    trial.place.pass(120_000);
    let seen = trial.look(&repo, number, None).await.unwrap().unwrap();
    assert!(matches!(seen.state, PullState::Merged { .. }), "{:?}", seen.state);
}

#[tokio::test(flavor = "multi_thread")]
async fn projects_of_subgroups_are_in_scope_with_their_language() {
    let trial = trial(|_| {}).await;
    let spec = |name: &str, language: &str| {
        let mut spec =
            RepoSpec { name: name.into(), files: vec![("a".into(), "b".into())], ..RepoSpec::default() };
        spec.settings.language = Some(language.to_owned());
        spec.settings.topics = vec!["api".to_owned()];
        spec
    };
    for (name, language) in [("acme/tools/deep/app", "Rust"), ("acme/app", "Go"), ("acmeish/app", "Go")] {
        trial.place.world().lock().make_repo(&spec(name, language)).unwrap();
    }
    for n in 0..230 {
        trial.place.make(&format!("many-{n:03}"));
    }
    let listed = trial.forge.repos().await.unwrap();
    assert_eq!(listed.len(), 232, "all pages, and nobody else's");
    let deep = listed.iter().find(|repo| repo.name == "acme/tools/deep/app").unwrap();
    assert_eq!((deep.facts.owner.as_str(), deep.facts.language.as_str()), ("acme/tools/deep", "rust"));
    assert_eq!(deep.facts.topics, ["api"]);
    let (number, _) = trial.open("acme/tools/deep/app", BRANCH).await;
    assert_eq!(trial.look("acme/tools/deep/app", number, None).await.unwrap().unwrap().pull.number, number);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_comes_with_the_one_request_that_opens_it() {
    let trial = trial(|_| {}).await;
    let repo = trial.place.make("app");
    trial.place.write(&repo, BRANCH, ("app.txt", "changed\n"), "fleet-bot");
    let Effect::OpenPull { branch, title, body, .. } = opening(BRANCH) else { panic!("it opens") };
    let open = Effect::OpenPull {
        branch,
        title,
        body,
        labels: vec!["fleet".into(), "log4j".into()],
        reviewers: vec!["ann".into(), "@nobody-at-all".into(), "acme/team".into()],
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
