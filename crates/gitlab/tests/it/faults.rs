//! What goes wrong: answers lost after their effect, heads that move, wrong tokens, pages instead of JSON.

use fleetwright_core::pull::PullState;
use fleetwright_core::shift::MergeMethod;
use fleetwright_forge::{Effect, ForgeError};
use fleetwright_rehearsal::faults::Faults;
use fleetwright_rehearsal::model::repo::Rules;
use fleetwright_testkit::rehearsed::PERSON;
use fleetwright_testkit::trials::{BRANCH, Trial, opening};

use crate::support::{as_holder, trial};

#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_double_nothing() {
    let told = trial(|_| {}).await.lose_answers(30, 10).await;
    assert!(told.lost > 30 && told.lookups < 2 * 300, "{told:?}");
}

/// The whole promise: 10,000 creates.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
#[allow(clippy::print_stdout, reason = "the figures are of interest")]
async fn ten_thousand_lost_answers_double_nothing() {
    let begin = std::time::Instant::now();
    let told = trial(|_| {}).await.lose_answers(500, 20).await;
    println!("10,000 creates: {told:?} in {:?}", begin.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_head_is_merged_that_was_not_checked() {
    let (merged, moved) = trial(|_| {}).await.move_heads(80).await;
    assert!(merged > 0 && moved > 0, "both happen: {merged} and {moved}");
}

/// The whole promise: 10,000 merges.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
#[allow(clippy::print_stdout, reason = "the figures are of interest")]
async fn ten_thousand_heads_move_and_none_is_merged_that_was_not_checked() {
    let begin = std::time::Instant::now();
    let (merged, moved) = trial(|_| {}).await.move_heads(10_000).await;
    println!("10,000 merges: {merged} merged as checked, {moved} had moved, in {:?}", begin.elapsed());
    assert!(merged > 0 && moved > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_one_clear_fault() {
    let trial = trial(|_| {}).await;
    let repo = trial.place.make("app");
    let wrong = as_holder(&trial, "a-wrong-token");
    let errors = [
        wrong.forge.repos().await.map(drop).unwrap_err(),
        wrong.look(&repo, 1, None).await.map(drop).unwrap_err(),
        wrong.find(&repo, BRANCH).await.map(drop).unwrap_err(),
        wrong.forge.perform(&repo, &opening(BRANCH)).await.map(drop).unwrap_err(),
        wrong.forge.head(&repo).await.map(drop).unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, ForgeError::Access { .. }), "{error:?}");
        assert!(!error.to_string().contains("a-wrong-token"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_may_only_read_is_told_what_it_lacks() {
    let trial = trial(|_| {}).await;
    let repo = trial.place.make("app");
    trial.place.write(&repo, BRANCH, ("app.txt", "changed\n"), PERSON);
    let reading = as_holder(&trial, &trial.place.reading);
    let error = reading.forge.perform(&repo, &opening(BRANCH)).await.unwrap_err();
    let names = matches!(&error, ForgeError::Refused { why, .. } if why.contains("the scope `api`"));
    assert!(names, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_is_no_answer() {
    let trial = trial(|_| {}).await;
    let repo = trial.place.make("app");
    trial.place.world().lock().set_faults(Faults { pages: 1.0, ..Faults::default() });
    for error in [trial.look(&repo, 1, None).await.unwrap_err(), trial.forge.repos().await.unwrap_err()] {
        assert!(error.to_string().contains("web page"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_front_end_that_fails_is_not_known() {
    let trial = trial(|_| {}).await;
    let repo = trial.place.make("app");
    trial.place.write(&repo, BRANCH, ("app.txt", "changed\n"), PERSON);
    let errors = Faults { errors: 1.0, ..Faults::default() };
    let timeouts = Faults { timeouts: 1.0, hang: 20, ..Faults::default() };
    for faults in [errors, timeouts] {
        trial.place.world().lock().set_faults(faults);
        let error = trial.look(&repo, 1, None).await.unwrap_err();
        assert!(matches!(error, ForgeError::Unknown { .. }), "{error:?}");
        let error = trial.forge.perform(&repo, &opening(BRANCH)).await.unwrap_err();
        assert!(matches!(error, ForgeError::Unknown { .. }), "{error:?}");
    }
}

fn rule(trial: &Trial, repo: &str, rules: Rules) {
    let id = trial.place.id(repo);
    trial.place.world().lock().set_repo(id, |settings| settings.rules = Some(rules)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_branch_says_so() {
    let trial = trial(|_| {}).await;
    let repo = trial.place.make("app");
    rule(&trial, &repo, Rules { no_push: true, ..Rules::default() });
    let head = trial.place.write(&repo, BRANCH, ("app.txt", "changed\n"), PERSON);
    let expected = trial.forge.head(&repo).await.unwrap();
    let push = Effect::Push { branch: "main".to_owned(), expected, head, objects: Vec::new() };
    let error = trial.forge.perform(&repo, &push).await.unwrap_err();
    let says = matches!(&error, ForgeError::Refused { why, .. } if why.contains("protected branch"));
    assert!(says, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_the_base_asks_for_is_told_and_kept() {
    let trial = trial(|_| {}).await;
    let repo = trial.place.make("app");
    rule(&trial, &repo, Rules { approvals: 1, ..Rules::default() });
    let (number, head) = trial.open(&repo, BRANCH).await;
    let seen = trial.look(&repo, number, None).await.unwrap().unwrap();
    assert!(seen.blocked.is_some(), "an approval is missing");
    let merge = Effect::Merge { number, head, method: MergeMethod::Squash };
    let error = trial.forge.perform(&repo, &merge).await.unwrap_err();
    assert!(matches!(error, ForgeError::NotMergeable { .. }), "{error:?}");
    let state = trial.look(&repo, number, None).await.unwrap().unwrap().state;
    assert_eq!(state, PullState::Open);
}
