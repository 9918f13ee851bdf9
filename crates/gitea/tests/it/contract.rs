//! The contract of all forges over the rehearsal forge's Gitea, by pushes and by commits of the forge's own.

use std::sync::Arc;

use fleetwright_testkit::contract::{Bench, Skill, Way, play};
use fleetwright_testkit::rehearsed::Players;

use crate::support::{adapter, place};

/// Gitea has no way to ask for a check again, and no teams below teams.
const LACKS: [Skill; 2] = [Skill::Rerun, Skill::TeamsBelow];

async fn keeps(way: Way) {
    let (place, forge) = place(|_| {}).await;
    let reader = Arc::new(adapter(&place, &place.reading));
    let hands = Arc::new(Players { place, reader, lacks: LACKS.to_vec() });
    let played = play(&Bench { forge: Arc::new(forge), hands, way }).await;
    assert!(played.left_out.iter().all(|(_, skill)| LACKS.contains(skill)), "{:?}", played.left_out);
    assert!(played.held.len() >= 30, "{:?}", played.held);
}

#[tokio::test(flavor = "multi_thread")]
async fn pushes_keep_the_contract() {
    keeps(Way::Push).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_own_commits_keep_the_contract() {
    keeps(Way::Commit).await;
}
