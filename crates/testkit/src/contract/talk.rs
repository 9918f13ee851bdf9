//! Stories of comments and labels.

use fleetwright_forge::{Done, Effect};

use super::bench::{Bench, Story, story};

pub(super) const STORIES: &[Story] = &[
    story!(our_comment_is_one, Talk),
    story!(what_people_say_is_told, Talk),
    story!(who_may_give_orders_is_told, Talk, Permissions, Strangers),
    story!(labels_are_told, Talk),
    story!(labels_may_come_with_it, Talk),
];

/// The name that orders to us begin with, in stories.
const MENTION: &str = "@fleetwright";

async fn our_comment_is_one(bench: &Bench, repo: &str) {
    let (pull, _) = bench.open(repo).await;
    let marker = "<!-- fleetwright note -->";
    bench.hands.say(repo, pull.number, (&format!("copied {marker}"), false)).await;
    for text in ["first", "second", "second"] {
        let body = format!("{text} {marker}");
        let effect = Effect::Comment { number: pull.number, marker: marker.to_owned(), body };
        assert_eq!(bench.perform(repo, &effect).await, Ok(Done::Done));
    }
    bench.hands.settle().await;
    let said = bench.look(repo, pull.number).await.comments;
    let said: Vec<&str> = said.iter().map(|said| said.body.as_str()).collect();
    assert_eq!(said, [format!("copied {marker}")], "theirs is left alone, ours is not told");
}

async fn what_people_say_is_told(bench: &Bench, repo: &str) {
    let (pull, _) = bench.open(repo).await;
    let mark = bench.look(repo, pull.number).await.mark;
    bench.hands.say(repo, pull.number, (&format!("{MENTION} rebase"), false)).await;
    bench.hands.settle().await;
    let seen = bench.try_look(repo, pull.number, Some(&mark)).await.unwrap().expect("somebody spoke");
    let said = &seen.comments[0];
    assert_eq!((said.by.as_str(), said.body.as_str()), (bench.hands.person(), "@fleetwright rebase"));
    assert!(said.at > 0 && !said.id.is_empty());
}

async fn who_may_give_orders_is_told(bench: &Bench, repo: &str) {
    let (pull, _) = bench.open(repo).await;
    bench.hands.say(repo, pull.number, (&format!("{MENTION} rebase"), false)).await;
    bench.hands.say(repo, pull.number, (&format!("{MENTION} merge"), true)).await;
    bench.hands.settle().await;
    let said = bench.look(repo, pull.number).await.comments;
    assert_eq!(said.iter().map(|said| said.may_write).collect::<Vec<_>>(), [Some(true), Some(false)]);
}

async fn labels_are_told(bench: &Bench, repo: &str) {
    let (pull, _) = bench.open(repo).await;
    let mark = bench.look(repo, pull.number).await.mark;
    bench.hands.label(repo, pull.number, "hold").await;
    bench.hands.settle().await;
    let seen = bench.try_look(repo, pull.number, Some(&mark)).await.unwrap().expect("a label changed");
    assert_eq!(seen.labels, ["hold"]);
}

async fn labels_may_come_with_it(bench: &Bench, repo: &str) {
    bench.branch(repo, super::bench::BRANCH, "changed\n").await;
    let Effect::OpenPull { branch, title, body, reviewers, .. } = super::bench::opening() else {
        panic!("opening opens")
    };
    let labels = vec!["fleet".to_owned()];
    let open = Effect::OpenPull { branch, title, body, labels, reviewers, draft: true };
    let Ok(Done::Opened(pull)) = bench.perform(repo, &open).await else { panic!("opening opens") };
    bench.hands.settle().await;
    let seen = bench.look(repo, pull.number).await;
    assert_eq!((seen.labels, seen.draft), (vec!["fleet".to_owned()], true));
}
