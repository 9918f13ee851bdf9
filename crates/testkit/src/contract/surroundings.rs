//! Stories of what is around: listings, bulk questions, rights, repositories that change under us.

use fleetwright_forge::{Effect, ForgeError, Look};

use super::bench::{BRANCH, Bench, Story, opening, story};

pub(super) const STORIES: &[Story] = &[
    story!(a_repository_is_listed),
    story!(one_fault_is_one_answers_fault),
    story!(a_reader_may_not_change_anything, Readers),
    story!(an_archived_repository_refuses, Archives),
    story!(a_renamed_repository_says_its_name, Renames),
    story!(a_removed_repository_is_not_there),
];

async fn a_repository_is_listed(bench: &Bench, repo: &str) {
    let listed = bench.forge.repos().await.unwrap();
    let one = listed.iter().find(|listed| listed.name == repo).expect("it is in scope");
    assert_eq!(one.facts.default_branch, "main");
    assert_eq!(Some(one.facts.owner.as_str()), repo.split('/').next());
    assert!(!one.facts.archived && one.fault.is_none());
    let head = bench.head(repo).await;
    assert!(!matches!(one.tip, fleetwright_forge::Tip::At(tip) if tip != head), "the tip, or nothing");
}

async fn one_fault_is_one_answers_fault(bench: &Bench, repo: &str) {
    let (pull, _) = bench.open(repo).await;
    let gone = format!("{repo}-that-is-not-there");
    let look = |repo: &str, number| Look { repo: repo.to_owned(), number, mark: None };
    let asked = [look(&gone, 1), look(repo, pull.number), look(repo, 9_999), look(repo, pull.number)];
    let answers = bench.forge.look(&asked).await;
    assert_eq!(answers.len(), 4);
    for missing in [&answers[0], &answers[2]] {
        assert!(
            matches!(missing, Err(ForgeError::NotFound { .. } | ForgeError::Access { .. })),
            "{missing:?}"
        );
    }
    for there in [&answers[1], &answers[3]] {
        assert_eq!(there.as_ref().unwrap().as_ref().expect("it is told").pull.number, pull.number);
    }
    let pair = |repo: &str, branch: &str| (repo.to_owned(), branch.to_owned());
    let answers = bench.forge.find(&[pair(&gone, BRANCH), pair(repo, BRANCH), pair(repo, "other")]).await;
    assert!(answers[0].is_err());
    assert_eq!((answers[1].as_ref().unwrap().len(), answers[2].as_ref().unwrap().len()), (1, 0));
    assert!(bench.forge.head(&gone).await.is_err());
}

async fn a_reader_may_not_change_anything(bench: &Bench, repo: &str) {
    let reader = bench.hands.reader().expect("a reader is there");
    bench.branch(repo, BRANCH, "changed\n").await;
    let refused = reader.perform(repo, &opening()).await;
    let error = refused.expect_err("a reader opens nothing");
    assert!(matches!(error, ForgeError::Refused { .. } | ForgeError::Access { .. }), "{error:?}");
    assert_eq!(bench.find(repo, BRANCH).await, []);
}

async fn an_archived_repository_refuses(bench: &Bench, repo: &str) {
    let (pull, _) = bench.open(repo).await;
    bench.hands.archive(repo).await;
    let update = Effect::UpdatePull { number: pull.number, title: "t".to_owned(), body: "b".to_owned() };
    let error = bench.perform(repo, &update).await.expect_err("nothing changes");
    assert!(error.to_string().contains("archived"), "{error}");
    let listed = bench.forge.repos().await.unwrap();
    assert!(listed.iter().any(|listed| listed.name == repo && listed.facts.archived));
}

async fn a_renamed_repository_says_its_name(bench: &Bench, repo: &str) {
    let (pull, _) = bench.open(repo).await;
    let name = bench.hands.rename(repo).await;
    let error = bench.try_look(repo, pull.number, None).await.expect_err("it has another name");
    assert!(error.to_string().contains(&name), "{error}");
    assert_eq!(bench.look(&name, pull.number).await.pull.number, pull.number);
}

async fn a_removed_repository_is_not_there(bench: &Bench, repo: &str) {
    let (pull, _) = bench.open(repo).await;
    bench.hands.remove(repo).await;
    let error = bench.try_look(repo, pull.number, None).await.expect_err("it is gone");
    assert!(matches!(error, ForgeError::NotFound { .. } | ForgeError::Access { .. }), "{error:?}");
    let error = bench.perform(repo, &opening()).await.expect_err("it is gone");
    assert!(matches!(error, ForgeError::NotFound { .. } | ForgeError::Access { .. }), "{error:?}");
}
