//! The contract of all forges over a folder of bare repositories.

use std::collections::BTreeMap;
use std::sync::Arc;

use fleetwright_testkit::contract::{Bench, Skill, Way, play};

use crate::support::Place;

/// What is left out, each with what a folder lacks for it: [`crate::support::LACKS`] says why.
const LEFT_OUT: [(&str, Skill); 12] = [
    ("a_forbidden_method_is_refused", Skill::MergeMethods),
    ("a_lost_answer_is_found_again", Skill::LostAnswers),
    ("a_reader_may_not_change_anything", Skill::Readers),
    ("a_reader_is_told_what_it_lacks_for_teams", Skill::Teams),
    ("a_red_check_runs_again", Skill::Checks),
    ("a_renamed_repository_says_its_name", Skill::Renames),
    ("a_team_is_below_another", Skill::Teams),
    ("checks_and_reviews_of_an_old_head_are_gone", Skill::Checks),
    ("checks_are_those_of_the_head", Skill::Checks),
    ("red_on_the_base_is_told", Skill::Checks),
    ("teams_are_told_with_their_people", Skill::Teams),
    ("who_may_give_orders_is_told", Skill::Strangers),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_keeps_the_contract() {
    let place = Arc::new(Place::new(Vec::new()));
    let forge = Arc::new(place.forge.clone());
    let played = play(&Bench { forge, hands: place, way: Way::Push }).await;
    let words = |pairs: &[(&'static str, Skill)]| -> BTreeMap<&str, String> {
        pairs.iter().map(|(story, skill)| (*story, format!("{skill:?}"))).collect()
    };
    assert_eq!(words(&played.left_out), words(&LEFT_OUT), "what is left out is named");
    assert!(played.held.len() >= 25, "{:?}", played.held);
}
