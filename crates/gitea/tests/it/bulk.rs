//! Many pull requests looked at with few requests.

use std::sync::Arc;

use fleetwright_rehearsal::script::{Act, CiCheck, CiScript};
use fleetwright_testkit::trials::{BRANCH, Ears};

use crate::support::{metered, trial};

/// Checks of a minute for every repository.
fn ci() -> Vec<CiScript> {
    vec![CiScript { repos: "*".to_owned(), checks: vec![CiCheck::new("build")] }]
}

#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::print_stdout, reason = "the figures are of interest")]
async fn those_that_did_not_change_cost_a_page_of_many() {
    let trial = trial(|settings| settings.ci = ci()).await;
    let (looks, first) = trial.open_many(500).await;
    let (told, again) = trial.look_again(&looks).await;
    println!("500: {first} requests for a first look, {again} for the next");
    assert_eq!((told.len(), again), (0, 500 / 50));
    trial.place.act(&looks[7].repo, looks[7].number, &Act::Comment("@fleetwright hold".to_owned()));
    trial.place.act(&looks[8].repo, looks[8].number, &Act::Close);
    trial.place.write(&looks[9].repo, BRANCH, ("app.txt", "by hand\n"), "ann");
    let (told, requests) = trial.look_again(&looks).await;
    assert_eq!(told, looks[7..10], "what changed is told, and nothing else");
    assert!(requests < again + 30, "{requests}");
}

/// Pages that did not change come without their entries, by their tags.
#[tokio::test(flavor = "multi_thread")]
async fn pages_that_did_not_change_are_not_sent_again() {
    let trial = trial(|settings| settings.ci = ci()).await;
    let ears = Arc::new(Ears::default());
    let trial = metered(&trial, ears.clone());
    let (looks, _) = trial.open_many(220).await;
    let look = async || {
        ears.take();
        let (told, _) = trial.look_again(&looks).await;
        // The pages come first, before what is looked at closely.
        let pages = ears.take().into_iter().take(5);
        (told, pages.filter(|answer| answer.status == 304).count())
    };
    assert_eq!(look().await, (vec![], 0), "nothing is kept yet");
    assert_eq!(look().await, (vec![], 5));
    trial.place.act(&looks[10].repo, looks[10].number, &Act::Comment("@fleetwright hold".to_owned()));
    let (told, same) = look().await;
    assert_eq!((told.as_slice(), same), (&looks[10..11], 4));
}

/// The whole promise: 10,000.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
#[allow(clippy::print_stdout, reason = "the figures are of interest")]
async fn ten_thousand_are_a_few_pages() {
    let trial = trial(|settings| settings.ci = ci()).await;
    let (looks, first) = trial.open_many(10_000).await;
    let begin = std::time::Instant::now();
    let (told, again) = trial.look_again(&looks).await;
    println!("10,000: {first} requests for a first look, {again} for the next, in {:?}", begin.elapsed());
    assert_eq!((told.len(), again), (0, 10_000 / 50));
}

/// A check that goes on is seen without any hint, and so is one that is run again by hand after a while.
#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_goes_on_is_seen() {
    let trial = trial(|settings| settings.ci = ci()).await;
    let repo = trial.place.make("app");
    let (number, _) = trial.open(&repo, BRANCH).await;
    let first = trial.look(&repo, number, None).await.unwrap().unwrap();
    assert_eq!(trial.look(&repo, number, Some(&first.mark)).await, Ok(None));
    trial.place.pass(120_000);
    let green = trial.look(&repo, number, Some(&first.mark)).await.unwrap().expect("it ended");
    assert_ne!(first.checks, green.checks);
    assert_eq!(trial.look(&repo, number, Some(&green.mark)).await, Ok(None));
    trial.place.pass(45 * 60_000);
    let later = trial.look(&repo, number, Some(&green.mark)).await.unwrap();
    assert!(later.is_some(), "after a while everything is read again");
}
