//! Stories of a pull request's life: opened once, found again, closed, vetoed, opened again.

use fleetwright_core::pull::PullState;
use fleetwright_forge::{Done, Effect, ForgeError};

use super::bench::{BODY, BRANCH, Bench, Story, opening, story};

pub(super) const STORIES: &[Story] = &[
    story!(one_is_opened_and_read),
    story!(a_second_one_from_a_branch_is_refused_by_number, Uniqueness),
    story!(a_lost_answer_is_found_again, LostAnswers, Uniqueness),
    story!(nothing_is_opened_from_a_branch_that_is_not_there, Heads),
    story!(title_and_text_are_replaced),
    story!(we_close_one_and_may_open_another),
    story!(a_persons_close_is_told, ClosedBy),
    story!(one_that_is_opened_again_is_open, Reopening),
    story!(a_database_that_was_lost_finds_all_again),
];

async fn one_is_opened_and_read(bench: &Bench, repo: &str) {
    let (head, tree) = bench.branch(repo, BRANCH, "changed\n").await;
    assert_eq!(bench.forge.tip(repo, BRANCH).await, Ok(Some(head)));
    let commit = bench.forge.commit(repo, head).await.unwrap();
    assert_eq!((commit.tree, commit.parents), (tree, vec![bench.head(repo).await]));
    let Ok(Done::Opened(pull)) = bench.perform(repo, &opening()).await else { panic!("opening opens") };
    bench.hands.settle().await;
    let seen = bench.look(repo, pull.number).await;
    assert_eq!((seen.pull.clone(), seen.state.clone(), seen.head), (pull, PullState::Open, head));
    assert!(seen.tree.is_none_or(|told| told == tree));
    assert!(!seen.draft && !seen.behind && !seen.changes_requested && !seen.queued);
    assert_eq!((seen.approvals, seen.labels.len(), seen.comments.len()), (0, 0, 0));
    assert_ne!(seen.mark, "");
    let again = bench.try_look(repo, seen.pull.number, Some(&seen.mark)).await;
    assert_eq!(again, Ok(None), "nothing changed");
}

async fn a_second_one_from_a_branch_is_refused_by_number(bench: &Bench, repo: &str) {
    let (pull, _) = bench.open(repo).await;
    let again = bench.perform(repo, &opening()).await;
    assert_eq!(again, Err(ForgeError::AlreadyOpen { number: pull.number }));
}

async fn a_lost_answer_is_found_again(bench: &Bench, repo: &str) {
    bench.branch(repo, BRANCH, "changed\n").await;
    bench.hands.lose_answers(true).await;
    let lost = bench.perform(repo, &opening()).await;
    bench.hands.lose_answers(false).await;
    assert!(matches!(lost, Err(ForgeError::Unknown { .. })), "{lost:?}");
    let found = bench.find(repo, BRANCH).await;
    assert_eq!(found.len(), 1, "it happened, once");
    assert!(found[0].body.contains("<!-- fleetwright x -->"));
    let number = found[0].seen.pull.number;
    assert_eq!(bench.perform(repo, &opening()).await, Err(ForgeError::AlreadyOpen { number }));
    assert_eq!(bench.find(repo, BRANCH).await.len(), 1);
}

async fn nothing_is_opened_from_a_branch_that_is_not_there(bench: &Bench, repo: &str) {
    let none = bench.perform(repo, &opening()).await;
    assert!(matches!(none, Err(ForgeError::NotFound { .. } | ForgeError::Refused { .. })), "{none:?}");
    assert_eq!(bench.find(repo, BRANCH).await, []);
}

async fn title_and_text_are_replaced(bench: &Bench, repo: &str) {
    let (pull, head) = bench.open(repo).await;
    let body = format!("Anew.\n\n{BODY}");
    let update = Effect::UpdatePull { number: pull.number, title: "Other".to_owned(), body: body.clone() };
    for _ in 0..2 {
        assert_eq!(bench.perform(repo, &update).await, Ok(Done::Done));
    }
    let found = bench.find(repo, BRANCH).await;
    assert_eq!((found[0].body.trim(), found[0].seen.head), (body.as_str(), head));
}

async fn we_close_one_and_may_open_another(bench: &Bench, repo: &str) {
    let (first, head) = bench.open(repo).await;
    let close = Effect::ClosePull { number: first.number, reason: "no longer needed".to_owned() };
    for _ in 0..2 {
        assert_eq!(bench.perform(repo, &close).await, Ok(Done::Done), "closed is closed");
    }
    assert!(matches!(bench.look(repo, first.number).await.state, PullState::Closed { .. }));
    assert_eq!(bench.forge.tip(repo, BRANCH).await, Ok(Some(head)), "the branch stays");
    let Ok(Done::Opened(second)) = bench.perform(repo, &opening()).await else { panic!("opening opens") };
    let found = bench.find(repo, BRANCH).await;
    let numbers: Vec<u64> = found.iter().map(|found| found.seen.pull.number).collect();
    assert_eq!(numbers, [second.number, first.number], "the newest first");
}

async fn a_persons_close_is_told(bench: &Bench, repo: &str) {
    let (pull, _) = bench.open(repo).await;
    let before = bench.look(repo, pull.number).await.mark;
    bench.hands.close(repo, pull.number, false).await;
    bench.hands.settle().await;
    let seen = bench.try_look(repo, pull.number, Some(&before)).await.unwrap().expect("it changed");
    let PullState::Closed { by, .. } = &seen.state else { panic!("{:?}", seen.state) };
    assert_eq!(by, bench.hands.person());
    let found = bench.find(repo, BRANCH).await;
    assert!(matches!(&found[0].seen.state, PullState::Closed { by, .. } if by == bench.hands.person()));
    assert_eq!(bench.try_look(repo, pull.number, Some(&seen.mark)).await, Ok(None));
}

async fn one_that_is_opened_again_is_open(bench: &Bench, repo: &str) {
    let (pull, head) = bench.open(repo).await;
    bench.hands.close(repo, pull.number, false).await;
    let closed = bench.look(repo, pull.number).await.mark;
    bench.hands.close(repo, pull.number, true).await;
    bench.hands.settle().await;
    let seen = bench.try_look(repo, pull.number, Some(&closed)).await.unwrap().expect("it changed");
    assert_eq!((seen.state, seen.head), (PullState::Open, head));
}

async fn a_database_that_was_lost_finds_all_again(bench: &Bench, repo: &str) {
    let mut opened = Vec::new();
    for n in 0..5 {
        let branch = format!("fleet/many-{n}");
        bench.branch(repo, &branch, &format!("{n}\n")).await;
        let Effect::OpenPull { title, body, labels, reviewers, draft, .. } = opening() else {
            panic!("opening opens")
        };
        let open = Effect::OpenPull { branch: branch.clone(), title, body, labels, reviewers, draft };
        let Ok(Done::Opened(pull)) = bench.perform(repo, &open).await else { panic!("opening opens") };
        opened.push((branch, pull.number));
    }
    let asked: Vec<(String, String)> =
        opened.iter().map(|(branch, _)| (repo.to_owned(), branch.clone())).collect();
    let answers = bench.forge.find(&asked).await;
    assert_eq!(answers.len(), asked.len());
    for (answer, (_, number)) in answers.into_iter().zip(&opened) {
        let found = answer.unwrap();
        assert_eq!(found.iter().map(|found| found.seen.pull.number).collect::<Vec<_>>(), [*number]);
        assert!(found[0].body.contains("<!-- fleetwright x -->"));
    }
}
