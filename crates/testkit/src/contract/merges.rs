//! Stories of merging: pinned to the head that was checked, told with commit and tree, once.

use fleetwright_core::Oid;
use fleetwright_core::pull::{PullState, Verdict};
use fleetwright_core::shift::MergeMethod;
use fleetwright_forge::{Done, Effect, ForgeError};

use super::bench::{APP, BRANCH, Bench, README, Story, story};
use super::hands::SetCheck;

pub(super) const STORIES: &[Story] = &[
    story!(a_merge_tells_commit_and_tree_and_is_done_once),
    story!(every_method_merges, EveryMethod),
    story!(another_commit_than_the_head_is_not_merged),
    story!(a_head_that_moved_is_not_merged, Heads),
    story!(a_closed_one_does_not_merge),
    story!(a_conflict_is_told_and_does_not_merge, Conflicts),
    story!(a_forbidden_method_is_refused, MergeMethods),
    story!(checks_are_those_of_the_head, Checks),
    story!(red_on_the_base_is_told, Checks, BaseChecks),
    story!(a_red_check_runs_again, Checks, Rerun),
    story!(an_approval_counts_once, Reviews, Permissions),
    story!(checks_and_reviews_of_an_old_head_are_gone, Checks, Reviews, Permissions, Heads),
];

fn merging(number: u64, head: Oid, method: MergeMethod) -> Effect {
    Effect::Merge { number, head, method }
}

async fn a_merge_tells_commit_and_tree_and_is_done_once(bench: &Bench, repo: &str) {
    let (head, tree) = bench.branch(repo, BRANCH, "changed\n").await;
    let Ok(Done::Opened(pull)) = bench.perform(repo, &super::bench::opening()).await else {
        panic!("opening opens")
    };
    bench.hands.settle().await;
    let merge = merging(pull.number, head, MergeMethod::Squash);
    let done = bench.perform(repo, &merge).await;
    let Ok(Done::Merged { commit, tree: merged }) = done else { panic!("{done:?}") };
    assert_eq!((bench.head(repo).await, merged), (commit, tree));
    assert_eq!(bench.perform(repo, &merge).await, done, "merged already is merged");
    let seen = bench.look(repo, pull.number).await;
    assert!(
        matches!(seen.state, PullState::Merged { commit: at, tree: of, .. } if (at, of) == (commit, tree))
    );
    assert_eq!(bench.try_look(repo, pull.number, Some(&seen.mark)).await, Ok(None));
    let found = bench.find(repo, BRANCH).await;
    assert!(matches!(found[0].seen.state, PullState::Merged { commit: at, .. } if at == commit));
}

async fn every_method_merges(bench: &Bench, repo: &str) {
    for (n, method) in [MergeMethod::Merge, MergeMethod::Squash, MergeMethod::Rebase].into_iter().enumerate()
    {
        let base = bench.head(repo).await;
        let branch = format!("fleet/{n}");
        // Each changes the same file anew: what the base has is what the last one merged.
        let head = match n {
            0 => bench.branch(repo, &branch, "0\n").await.0,
            _ => bench.hands.push(repo, &branch, (APP, &format!("{n}\n"))).await,
        };
        let Effect::OpenPull { title, body, labels, reviewers, draft, .. } = super::bench::opening() else {
            panic!("opening opens")
        };
        let open = Effect::OpenPull { branch, title, body, labels, reviewers, draft };
        let Ok(Done::Opened(pull)) = bench.perform(repo, &open).await else { panic!("opening opens") };
        bench.hands.settle().await;
        let done = bench.perform(repo, &merging(pull.number, head, method)).await;
        let Ok(Done::Merged { commit, .. }) = done else { panic!("{method:?}: {done:?}") };
        let parents = bench.forge.commit(repo, commit).await.unwrap().parents;
        match method {
            MergeMethod::Merge => assert_eq!(parents, [base, head]),
            _ => assert_eq!(parents, [base]),
        }
    }
}

async fn another_commit_than_the_head_is_not_merged(bench: &Bench, repo: &str) {
    let (pull, _) = bench.open(repo).await;
    let base = bench.head(repo).await;
    let merge = bench.perform(repo, &merging(pull.number, base, MergeMethod::Squash)).await;
    assert_eq!(merge, Err(ForgeError::HeadMoved));
    assert_eq!(bench.head(repo).await, base, "nothing was merged");
}

async fn a_head_that_moved_is_not_merged(bench: &Bench, repo: &str) {
    let (pull, head) = bench.open(repo).await;
    let base = bench.head(repo).await;
    let moved = bench.hands.push(repo, BRANCH, (APP, "by hand\n")).await;
    bench.hands.settle().await;
    let merge = bench.perform(repo, &merging(pull.number, head, MergeMethod::Squash)).await;
    assert_eq!(merge, Err(ForgeError::HeadMoved));
    assert_eq!(bench.head(repo).await, base, "nothing was merged");
    let seen = bench.look(repo, pull.number).await;
    assert_eq!((seen.state, seen.head), (PullState::Open, moved));
}

async fn a_closed_one_does_not_merge(bench: &Bench, repo: &str) {
    let (pull, head) = bench.open(repo).await;
    bench.hands.close(repo, pull.number, false).await;
    bench.hands.settle().await;
    let merge = bench.perform(repo, &merging(pull.number, head, MergeMethod::Squash)).await;
    assert!(matches!(merge, Err(ForgeError::NotMergeable { .. })), "{merge:?}");
}

async fn a_conflict_is_told_and_does_not_merge(bench: &Bench, repo: &str) {
    let (pull, head) = bench.open(repo).await;
    bench.hands.push(repo, "main", (APP, "otherwise\n")).await;
    bench.hands.settle().await;
    assert_eq!(bench.look(repo, pull.number).await.mergeable, Some(false));
    let merge = bench.perform(repo, &merging(pull.number, head, MergeMethod::Squash)).await;
    assert!(matches!(merge, Err(ForgeError::NotMergeable { .. })), "{merge:?}");
}

async fn a_forbidden_method_is_refused(bench: &Bench, repo: &str) {
    let (pull, head) = bench.open(repo).await;
    bench.hands.forbid_squash(repo).await;
    let merge = bench.perform(repo, &merging(pull.number, head, MergeMethod::Squash)).await;
    assert!(matches!(merge, Err(ForgeError::Refused { .. })), "{merge:?}");
}

fn set(name: &str, verdict: Verdict) -> SetCheck<'_> {
    SetCheck { name, verdict, status: false }
}

async fn checks_are_those_of_the_head(bench: &Bench, repo: &str) {
    let (pull, head) = bench.open(repo).await;
    let told = |seen: fleetwright_core::pull::PullSeen| {
        let mut told: Vec<_> = seen.checks.into_iter().map(|check| (check.name, check.verdict)).collect();
        told.sort_by(|a, b| a.0.cmp(&b.0));
        told
    };
    let pair = |name: &str, verdict| (name.to_owned(), verdict);
    assert_eq!(told(bench.look(repo, pull.number).await), [], "no check at all is no check");
    bench.hands.check(repo, head, set("build", Verdict::Pending)).await;
    bench.hands.check(repo, head, set("lint", Verdict::Green)).await;
    bench.hands.settle().await;
    let first = bench.look(repo, pull.number).await;
    let mark = first.mark.clone();
    assert_eq!(told(first), [pair("build", Verdict::Pending), pair("lint", Verdict::Green)]);
    bench.hands.check(repo, head, set("build", Verdict::Red)).await;
    bench.hands.settle().await;
    let second = bench.try_look(repo, pull.number, Some(&mark)).await.unwrap().expect("a check changed");
    assert_eq!(told(second), [pair("build", Verdict::Red), pair("lint", Verdict::Green)]);
}

async fn red_on_the_base_is_told(bench: &Bench, repo: &str) {
    let base = bench.head(repo).await;
    let (pull, head) = bench.open(repo).await;
    bench.hands.check(repo, base, set("lint", Verdict::Red)).await;
    bench.hands.check(repo, base, set("build", Verdict::Green)).await;
    for name in ["lint", "build"] {
        bench.hands.check(repo, head, set(name, Verdict::Red)).await;
    }
    bench.hands.settle().await;
    for check in bench.look(repo, pull.number).await.checks {
        assert_eq!(check.red_on_base, Some(check.name == "lint"), "{}", check.name);
    }
}

async fn a_red_check_runs_again(bench: &Bench, repo: &str) {
    let (pull, head) = bench.open(repo).await;
    bench.hands.check(repo, head, set("build", Verdict::Red)).await;
    bench.hands.settle().await;
    let run = bench.look(repo, pull.number).await.checks[0].run.clone().expect("it can run again");
    let rerun = Effect::Rerun { number: pull.number, head, run };
    assert_eq!(bench.perform(repo, &rerun).await, Ok(Done::Done));
}

/// Approvals, and whether changes are asked for.
async fn reviewed(bench: &Bench, repo: &str, number: u64) -> (u32, bool) {
    bench.hands.settle().await;
    let seen = bench.look(repo, number).await;
    (seen.approvals, seen.changes_requested)
}

async fn an_approval_counts_once(bench: &Bench, repo: &str) {
    let (pull, _) = bench.open(repo).await;
    assert_eq!(reviewed(bench, repo, pull.number).await, (0, false));
    for _ in 0..2 {
        bench.hands.review(repo, pull.number, true).await;
        assert_eq!(reviewed(bench, repo, pull.number).await, (1, false), "one person is one person");
    }
    bench.hands.review(repo, pull.number, false).await;
    assert_eq!(reviewed(bench, repo, pull.number).await, (0, true));
    bench.hands.review(repo, pull.number, true).await;
    assert_eq!(reviewed(bench, repo, pull.number).await, (1, false));
}

async fn checks_and_reviews_of_an_old_head_are_gone(bench: &Bench, repo: &str) {
    let (pull, head) = bench.open(repo).await;
    bench.hands.check(repo, head, set("build", Verdict::Green)).await;
    bench.hands.review(repo, pull.number, true).await;
    assert_eq!(reviewed(bench, repo, pull.number).await, (1, false));
    let moved = bench.hands.push(repo, BRANCH, (README.0, "# by hand\n")).await;
    assert_eq!(reviewed(bench, repo, pull.number).await, (0, false), "nobody saw this head");
    let seen = bench.look(repo, pull.number).await;
    assert_eq!((seen.head, seen.checks), (moved, vec![]));
    bench.hands.review(repo, pull.number, false).await;
    bench.hands.push(repo, BRANCH, (README.0, "# once more\n")).await;
    assert_eq!(reviewed(bench, repo, pull.number).await, (0, true), "a wish stays a wish");
}
