//! Stories of teams and the people in them.

use std::collections::BTreeSet;

use fleetwright_core::team::Team;
use fleetwright_forge::{Forge, ForgeError};

use super::bench::{Bench, Story, story};

pub(super) const STORIES: &[Story] = &[
    story!(teams_are_told_with_their_people, Teams),
    story!(a_team_is_below_another, Teams, TeamsBelow),
    story!(a_reader_is_told_what_it_lacks_for_teams, Teams, Readers),
];

/// The teams of the owner of a repository, or why they are not told.
async fn teams_of(forge: &dyn Forge, repo: &str) -> Result<Vec<Team>, ForgeError> {
    let owner = repo.split('/').next().unwrap();
    let told = forge.teams().await;
    told.into_iter().find(|(org, _)| org == owner).expect("the owner is asked").1
}

/// The team whose path ends so.
fn team<'a>(teams: &'a [Team], slug: &str) -> &'a Team {
    let mut fit = teams.iter().filter(|team| team.path.rsplit('/').next() == Some(slug));
    let one = fit.next().expect("the team is told");
    assert!(fit.next().is_none(), "{slug} is told once");
    one
}

fn people(team: &Team) -> BTreeSet<&str> {
    team.members.iter().map(|member| member.login.as_str()).collect()
}

async fn teams_are_told_with_their_people(bench: &Bench, repo: &str) {
    let owner = repo.split('/').next().unwrap();
    // More than a page of any forge.
    let many: Vec<String> = (0..120).map(|n| format!("worker-{n:03}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    bench.hands.make_team("crowd", None, &many).await;
    bench.hands.make_team("pair", None, &["ann", "bob"]).await;
    bench.hands.make_team("nobody", None, &[]).await;
    let told = teams_of(bench.forge.as_ref(), repo).await.unwrap();
    assert_eq!(people(team(&told, "crowd")), many.into_iter().collect());
    assert_eq!(people(team(&told, "nobody")), BTreeSet::new());
    let pair = team(&told, "pair");
    assert_eq!(
        (people(pair), pair.path.as_str()),
        (BTreeSet::from(["ann", "bob"]), &*format!("{owner}/pair"))
    );
    assert_eq!((pair.slug.as_str(), &pair.parent), ("pair", &None));
    assert!(["pair", "The pair"].contains(&pair.name.as_str()), "{pair:?}");
    assert_eq!(pair.description, "What pair does");
}

async fn a_team_is_below_another(bench: &Bench, repo: &str) {
    bench.hands.make_team("top", None, &["ann"]).await;
    bench.hands.make_team("middle", Some("top"), &[]).await;
    bench.hands.make_team("low", Some("middle"), &["bob"]).await;
    let told = teams_of(bench.forge.as_ref(), repo).await.unwrap();
    let parent = |slug| team(&told, slug).parent.as_deref();
    let path = |slug| Some(team(&told, slug).path.as_str());
    assert_eq!((parent("top"), parent("middle"), parent("low")), (None, path("top"), path("middle")));
    let of = |slug| people(team(&told, slug));
    assert_eq!((of("top"), of("middle"), of("low")), (["ann"].into(), [].into(), ["bob"].into()));
}

async fn a_reader_is_told_what_it_lacks_for_teams(bench: &Bench, repo: &str) {
    bench.hands.make_team("secret", None, &["ann"]).await;
    let reader = bench.hands.reader().expect("a reader is there");
    let error = teams_of(reader.as_ref(), repo).await.expect_err("they are not for it to know");
    assert!(matches!(error, ForgeError::Refused { .. }), "{error:?}");
    assert!(error.to_string().contains("the token needs the scope"), "{error}");
}
