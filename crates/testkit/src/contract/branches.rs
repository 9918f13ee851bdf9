//! Stories of branches: moved and removed only from where they were expected.

use fleetwright_forge::{Done, Effect, ForgeError};

use super::bench::{APP, BRANCH, Bench, Story, Way, make, story};

pub(super) const STORIES: &[Story] = &[
    story!(a_branch_is_made_once),
    story!(a_branch_that_somebody_made_is_left_alone),
    story!(a_branch_is_moved_from_where_it_was_expected, Git),
    story!(a_branch_is_removed_from_where_it_was_expected, Git),
];

async fn a_branch_is_made_once(bench: &Bench, repo: &str) {
    let (effect, made) = bench.branching(repo, BRANCH, "changed\n").await;
    let first = bench.perform(repo, &effect).await.unwrap();
    assert_eq!(bench.perform(repo, &effect).await.unwrap(), first, "asked again it is done already");
    let tip = bench.forge.tip(repo, BRANCH).await.unwrap().expect("it is there");
    match bench.way {
        Way::Push => assert_eq!(tip, made.commit),
        Way::Commit => assert_eq!(first, Done::Committed(tip)),
    }
    let seen = bench.forge.commit(repo, tip).await.unwrap();
    assert_eq!((seen.tree, seen.message.trim()), (made.tree, "app.txt: changed"));
}

async fn a_branch_that_somebody_made_is_left_alone(bench: &Bench, repo: &str) {
    let theirs = bench.hands.push(repo, BRANCH, (APP, "by hand\n")).await;
    let (effect, _) = bench.branching(repo, BRANCH, "changed\n").await;
    let moved = bench.perform(repo, &effect).await;
    assert_eq!(moved, Err(ForgeError::BranchMoved { branch: BRANCH.to_owned(), actual: Some(theirs) }));
    assert_eq!(bench.forge.tip(repo, BRANCH).await, Ok(Some(theirs)));
}

async fn a_branch_is_moved_from_where_it_was_expected(bench: &Bench, repo: &str) {
    let (first, _) = bench.branch(repo, BRANCH, "first\n").await;
    let made = make(bench.head(repo).await, APP, "second\n");
    let effect = |expected| match bench.way {
        Way::Push => Effect::Push {
            branch: BRANCH.to_owned(),
            expected: Some(expected),
            head: made.commit,
            objects: made.objects.clone(),
        },
        Way::Commit => Effect::Commit {
            branch: BRANCH.to_owned(),
            expected: Some(expected),
            base: made_base(&made),
            tree: made.tree,
            message: "app.txt: changed\n".to_owned(),
            files: made.files.clone(),
        },
    };
    let wrong = bench.perform(repo, &effect(made.tree)).await;
    assert_eq!(wrong, Err(ForgeError::BranchMoved { branch: BRANCH.to_owned(), actual: Some(first) }));
    bench.perform(repo, &effect(first)).await.unwrap();
    let tip = bench.forge.tip(repo, BRANCH).await.unwrap().expect("it is there");
    assert_eq!(bench.forge.commit(repo, tip).await.unwrap().tree, made.tree);
}

/// The parent of a commit that was made.
fn made_base(made: &super::bench::Made) -> fleetwright_core::Oid {
    let commit = made.objects.last().expect("the commit is the last");
    let text = String::from_utf8_lossy(&commit.data);
    let parent = text.lines().find_map(|line| line.strip_prefix("parent ")).expect("it has a parent");
    parent.parse().unwrap()
}

async fn a_branch_is_removed_from_where_it_was_expected(bench: &Bench, repo: &str) {
    let (head, tree) = bench.branch(repo, BRANCH, "changed\n").await;
    let delete = |expected| Effect::DeleteBranch { branch: BRANCH.to_owned(), expected };
    let wrong = bench.perform(repo, &delete(tree)).await;
    assert_eq!(wrong, Err(ForgeError::BranchMoved { branch: BRANCH.to_owned(), actual: Some(head) }));
    assert_eq!(bench.perform(repo, &delete(head)).await, Ok(Done::Done));
    assert_eq!(bench.forge.tip(repo, BRANCH).await, Ok(None));
    assert_eq!(bench.perform(repo, &delete(head)).await, Ok(Done::Done), "gone is gone");
}
