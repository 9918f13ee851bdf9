//! The contract of all forges over the rehearsal forge's GitHub: by GraphQL and by plain REST, by pushes
//! and by commits of the forge's own, as a person and as an app.

use std::sync::Arc;

use fleetwright_forge::http::Tokens;
use fleetwright_github::Mode;
use fleetwright_testkit::contract::{Bench, Way, play};
use fleetwright_testkit::rehearsed::{Players, Rehearsed};

use crate::support::{adapter, app_tokens, place, plain};

async fn keeps(mode: Mode, way: Way, tokens: fn(&Rehearsed) -> Arc<dyn Tokens>) {
    let place = place(|_| {}).await;
    let reader = Arc::new(adapter(&place, mode, plain(&place.reading)));
    let forge = Arc::new(adapter(&place, mode, tokens(&place)));
    let hands = Arc::new(Players { place, reader, lacks: Vec::new() });
    let played = play(&Bench { forge, hands, way }).await;
    assert_eq!(played.left_out, []);
}

fn person(place: &Rehearsed) -> Arc<dyn Tokens> {
    plain(&place.token)
}

#[tokio::test(flavor = "multi_thread")]
async fn rest_and_pushes_keep_the_contract() {
    keeps(Mode::RestOnly, Way::Push, person).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rest_and_its_commits_keep_the_contract() {
    keeps(Mode::RestOnly, Way::Commit, person).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_and_pushes_keep_the_contract() {
    keeps(Mode::GraphQl, Way::Push, person).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_and_its_commits_keep_the_contract() {
    keeps(Mode::GraphQl, Way::Commit, person).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_keeps_the_contract() {
    keeps(Mode::GraphQl, Way::Push, app_tokens).await;
}
