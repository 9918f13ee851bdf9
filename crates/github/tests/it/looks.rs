//! Reading in bulk: what it costs by GitHub's published rule, and what it makes of answers.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use fleetwright_core::pull::{PullSeen, PullState, Verdict};
use fleetwright_forge::{Forge, ForgeError, Look};
use fleetwright_github::{GitHub, Mode};
use serde_json::{Value, json};

use crate::points::points;
use crate::stub::{Came, Say, Stub, not_found, oid, ok, say};

/// Pull requests by number, with everything GraphQL could tell of them.
#[derive(Default)]
struct World {
    pulls: Mutex<HashMap<u64, Value>>,
    points: AtomicUsize,
    queries: AtomicUsize,
    /// Queries for more pull requests than this are given up.
    most: AtomicUsize,
    /// The largest and smallest number of pull requests in a query.
    sizes: Mutex<Vec<usize>>,
}

fn open(number: u64) -> Value {
    let head = oid('a').to_string();
    json!({
        "number": number, "url": format!("https://x/{number}"), "state": "OPEN", "isDraft": false,
        "headRefOid": head, "mergeable": "MERGEABLE", "mergeStateStatus": "CLEAN", "reviewDecision": null,
        "updatedAt": "2026-01-01T00:00:00Z", "baseRefOid": oid('b').to_string(),
        "isMergeQueueEnabled": false, "isInMergeQueue": false, "autoMergeRequest": null, "mergeCommit": null,
        "headRef": { "target": { "oid": head, "tree": { "oid": oid('c').to_string() },
            "statusCheckRollup": { "state": "SUCCESS", "contexts": { "totalCount": 1,
                "checkRunCountsByState": [{ "state": "SUCCESS", "count": 1 }],
                "pageInfo": { "hasNextPage": false },
                "nodes": [run("build", "SUCCESS")] } } } },
        "labels": { "nodes": [{ "name": "hold" }] },
        "comments": { "nodes": [] },
        "latestOpinionatedReviews": { "nodes": [] },
    })
}

fn run(name: &str, conclusion: &str) -> Value {
    json!({ "__typename": "CheckRun", "databaseId": 9, "name": name, "status": "COMPLETED",
        "conclusion": conclusion, "isRequired": true, "checkSuite": { "app": { "slug": "github-actions" } } })
}

/// The number after a word of a line.
fn after(line: &str, word: &str) -> Option<u64> {
    let rest = line.split_once(word)?.1;
    rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
}

impl World {
    fn answer(&self, came: &Came) -> Say {
        if came.path != "/graphql" {
            return not_found();
        }
        let query = came.query();
        self.queries.fetch_add(1, Ordering::SeqCst);
        self.points.fetch_add(points(query), Ordering::SeqCst);
        let lines: Vec<&str> = query.lines().filter(|line| line.starts_with('r')).collect();
        self.sizes.lock().unwrap().push(lines.len());
        let most = self.most.load(Ordering::SeqCst);
        if most > 0 && lines.len() > most {
            return say(502, Value::Null);
        }
        let pulls = self.pulls.lock().unwrap();
        let (mut data, mut errors) = (json!({}), Vec::new());
        for line in lines {
            let alias = format!("r{}", after(line, "r").unwrap());
            let name = line.split("name: \"").nth(1).unwrap().split('"').next().unwrap();
            if name == "gone" {
                data[&alias] = Value::Null;
                errors.push(json!({ "type": "NOT_FOUND", "path": [alias], "message": "Could not resolve" }));
                continue;
            }
            let name = if name == "old" { "new" } else { name };
            let pull = after(line, "pullRequest(number: ").and_then(|number| pulls.get(&number)).cloned();
            data[&alias] = json!({ "nameWithOwner": format!("acme/{name}"), "pullRequest": pull });
        }
        match errors.is_empty() {
            true => ok(json!({ "data": data })),
            false => ok(json!({ "data": data, "errors": errors })),
        }
    }
}

async fn world(pulls: u64) -> (Arc<World>, Stub, GitHub) {
    let world = Arc::new(World::default());
    world.pulls.lock().unwrap().extend((1..=pulls).map(|number| (number, open(number))));
    let answering = world.clone();
    let stub = Stub::new(move |came| answering.answer(came)).await;
    let forge = stub.forge(Mode::GraphQl);
    (world, stub, forge)
}

fn look(number: u64, mark: Option<&str>) -> Look {
    Look { repo: format!("acme/r{}", number % 100), number, mark: mark.map(str::to_owned) }
}

async fn one(forge: &GitHub, number: u64) -> PullSeen {
    forge.look(&[look(number, None)]).await.pop().unwrap().unwrap().unwrap()
}

/// How many of an hour's twelve sweeps are played.
const SWEEPS: u64 = 3;

/// The promise: 10,000 open pull requests every five minutes for at most 1,300 points an hour, with as
/// many changes as GitHub lets us open pull requests (500 an hour), four to each.
#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::print_stdout, reason = "the figure is of interest")]
async fn ten_thousand_cost_less_than_1300_points_an_hour() {
    let (world, _stub, forge) = world(10_000).await;
    let mut looks: Vec<Look> = (1..=10_000).map(|number| look(number, None)).collect();
    let see = |looks: &mut Vec<Look>, answers: Vec<Result<Option<PullSeen>, ForgeError>>| {
        let mut seen = 0;
        for (look, answer) in looks.iter_mut().zip(answers) {
            if let Some(pull) = answer.unwrap() {
                (look.mark, seen) = (Some(pull.mark), seen + 1);
            }
        }
        seen
    };
    let answers = forge.look(&looks).await;
    assert_eq!(see(&mut looks, answers), 10_000);
    world.points.store(0, Ordering::SeqCst);
    let mut changed = 0;
    for sweep in 0..SWEEPS {
        for number in (1..=10_000).filter(|number| number % 60 == sweep) {
            let mut pulls = world.pulls.lock().unwrap();
            let pull = pulls.get_mut(&number).unwrap();
            // What only the count of states tells: one more check is red while all were red before.
            pull["headRef"]["target"]["statusCheckRollup"]["contexts"]["checkRunCountsByState"] =
                json!([{ "state": "SUCCESS", "count": sweep + 2 }]);
        }
        let answers = forge.look(&looks).await;
        changed += see(&mut looks, answers);
    }
    let an_hour = 12 / usize::try_from(SWEEPS).unwrap();
    let points = world.points.load(Ordering::SeqCst) * an_hour;
    println!("10,000 open, {} changes and 12 sweeps an hour: {points} points", changed * an_hour);
    assert!(changed * an_hour >= 1_900, "{changed}");
    assert!(points <= 1_300, "{points} points");
}

#[tokio::test]
async fn nothing_new_is_told_as_nothing_and_costs_one_query() {
    let (world, _stub, forge) = world(3).await;
    let mark = one(&forge, 2).await.mark;
    world.queries.store(0, Ordering::SeqCst);
    assert_eq!(forge.look(&[look(2, Some(&mark))]).await, [Ok(None)]);
    assert_eq!(world.queries.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_changed_just_now_is_looked_at_again() {
    let (world, _stub, forge) = world(1).await;
    let at = |seconds_ago: i64| {
        let now = jiff::Timestamp::now().as_second();
        let time = jiff::Timestamp::from_second(now - seconds_ago).unwrap();
        world.pulls.lock().unwrap().get_mut(&1).unwrap()["updatedAt"] = json!(time.to_string());
    };
    at(0);
    let mark = one(&forge, 1).await.mark;
    assert!(forge.look(&[look(1, Some(&mark))]).await[0].as_ref().unwrap().is_some(), "in the same second");
    at(60);
    let mark = one(&forge, 1).await.mark;
    assert_eq!(forge.look(&[look(1, Some(&mark))]).await, [Ok(None)]);
}

#[tokio::test]
async fn each_fault_is_that_answers_alone() {
    let (_world, _stub, forge) = world(3).await;
    let ask = |repo: &str, number| Look { repo: repo.to_owned(), number, mark: None };
    let asked =
        [ask("acme/r1", 1), ask("acme/gone", 1), ask("acme/old", 1), ask("acme/r2", 99), ask("a b", 1)];
    let answers = forge.look(&asked).await;
    assert_eq!(answers[0].as_ref().unwrap().as_ref().unwrap().pull.number, 1);
    let said: Vec<String> =
        answers[1..].iter().map(|answer| answer.as_ref().unwrap_err().to_string()).collect();
    assert!(said[0].starts_with("acme/gone is not there"), "{said:?}");
    assert!(said[1].contains("acme/old is called acme/new now"), "{said:?}");
    assert!(said[2].starts_with("pull request 99 of acme/r2 is not there"), "{said:?}");
    assert!(said[3].starts_with("a b is not there"), "{said:?}");
}

#[tokio::test]
async fn a_query_that_is_too_much_is_halved() {
    let (world, _stub, forge) = world(200).await;
    world.most.store(30, Ordering::SeqCst);
    let looks: Vec<Look> = (1..=200).map(|number| look(number, Some("old"))).collect();
    assert!(forge.look(&looks).await.iter().all(|answer| matches!(answer, Ok(Some(_)))));
    let tried = world.sizes.lock().unwrap()[..4].to_vec();
    assert_eq!(tried, [100, 50, 25, 25]);
}

#[tokio::test]
async fn a_forge_that_is_down_is_given_up_soon() {
    let stub = Stub::new(|_| say(503, Value::Null)).await;
    let forge = stub.forge(Mode::GraphQl);
    let looks: Vec<Look> = (1..=1_000).map(|number| look(number, None)).collect();
    let answers = forge.look(&looks).await;
    assert!(answers.iter().all(|answer| matches!(answer, Err(ForgeError::Unknown { .. }))));
    assert!(stub.take().len() <= 15);
}

#[tokio::test]
async fn a_limit_inside_of_an_answer_blocks() {
    let stub = Stub::new(|_| {
        let body = json!({ "errors": [{ "type": "RATE_LIMITED", "message": "API rate limit exceeded" }] });
        Say(200, vec![("retry-after", "30".to_owned())], body.to_string())
    })
    .await;
    let answers = stub.forge(Mode::GraphQl).look(&[look(1, None), look(2, None)]).await;
    assert!(answers.iter().all(|answer| matches!(answer, Err(ForgeError::Blocked { .. }))), "{answers:?}");
    assert_eq!(stub.take().len(), 1);
}

#[tokio::test]
async fn a_server_without_a_field_is_asked_without_it() {
    let pulls = World::default();
    pulls.pulls.lock().unwrap().insert(1, open(1));
    let stub = Stub::new(move |came| {
        let missing = "Field 'isMergeQueueEnabled' doesn't exist on type 'PullRequest'";
        match came.query().contains("isMergeQueueEnabled") {
            true => ok(json!({ "errors": [{ "message": missing, "path": ["query", "r0"] }] })),
            false => pulls.answer(came),
        }
    })
    .await;
    assert_eq!(one(&stub.forge(Mode::GraphQl), 1).await.state, PullState::Open);
}

#[tokio::test]
async fn only_what_concerns_this_head_counts() {
    let (world, _stub, forge) = world(1).await;
    let review = |state: &str, head: char, may: bool| {
        json!({ "state": state, "author": { "login": format!("p{head}{may}{state}") }, "authorCanPushToRepository": may,
            "commit": { "oid": oid(head).to_string() } })
    };
    let change = |path: &str, value: Value| {
        let mut pulls = world.pulls.lock().unwrap();
        *pulls.get_mut(&1).unwrap().pointer_mut(path).unwrap() = value;
    };
    let approvals =
        json!([review("APPROVED", 'a', true), review("APPROVED", 'f', true), review("APPROVED", 'a', false)]);
    change("/latestOpinionatedReviews/nodes", approvals);
    let seen = one(&forge, 1).await;
    assert_eq!((seen.approvals, seen.changes_requested), (1, false), "an old head's and a stranger's do not");
    assert_eq!((seen.tree, seen.checks.len()), (Some(oid('c')), 1));
    assert_eq!(seen.checks[0].run.as_deref(), Some("actions/9"));
    assert_eq!((seen.checks[0].required, seen.labels), (Some(true), vec!["hold".to_owned()]));
    change("/latestOpinionatedReviews/nodes", json!([review("CHANGES_REQUESTED", 'f', true)]));
    assert!(one(&forge, 1).await.changes_requested, "on an old head too");
    // The branch is ahead of what the pull request knows: checks of another commit are nobody's.
    change("/headRef/target/oid", json!(oid('d').to_string()));
    let seen = one(&forge, 1).await;
    assert_eq!((seen.checks.len(), seen.tree), (0, None));
}

#[tokio::test]
async fn red_is_compared_with_the_base() {
    let (world, _stub, forge) = world(1).await;
    {
        let mut pulls = world.pulls.lock().unwrap();
        let pull = pulls.get_mut(&1).unwrap();
        pull["headRef"]["target"]["statusCheckRollup"]["contexts"]["nodes"] =
            json!([run("lint", "FAILURE"), run("test", "FAILURE"), run("build", "SUCCESS")]);
        pull["baseRef"] = json!({ "target": { "statusCheckRollup": { "contexts": { "nodes": [run("lint", "FAILURE")] } } } });
    }
    let seen = one(&forge, 1).await;
    let told: Vec<_> =
        seen.checks.iter().map(|check| (check.name.as_str(), check.verdict, check.red_on_base)).collect();
    assert_eq!(
        told,
        [
            ("lint", Verdict::Red, Some(true)),
            ("test", Verdict::Red, Some(false)),
            ("build", Verdict::Green, None)
        ]
    );
}

#[tokio::test]
async fn a_closed_one_says_who_and_why() {
    let (world, _stub, forge) = world(2).await;
    for (number, labels) in [(1, json!([{ "name": "fleetwright:not needed" }])), (2, json!([]))] {
        let mut pulls = world.pulls.lock().unwrap();
        let pull = pulls.get_mut(&number).unwrap();
        pull["state"] = json!("CLOSED");
        pull["closedAt"] = json!("2026-01-01T10:00:00Z");
        pull["labels"]["nodes"] = labels;
        pull["timelineItems"] = json!({ "nodes": [{ "actor": { "login": "ann" } }] });
        pull["comments"]["nodes"] = json!([{ "id": "c", "author": { "login": "ann" }, "authorAssociation": "MEMBER",
            "viewerDidAuthor": false, "createdAt": "2026-01-01T09:59:00Z", "body": "we do it by hand" }]);
    }
    let reason = |seen: PullSeen| match seen.state {
        PullState::Closed { by, reason } => (by, reason.unwrap()),
        other => panic!("{other:?}"),
    };
    assert_eq!(reason(one(&forge, 1).await), ("ann".to_owned(), "not needed".to_owned()));
    assert_eq!(reason(one(&forge, 2).await), ("ann".to_owned(), "we do it by hand".to_owned()));
}

#[tokio::test]
async fn the_right_to_give_orders_is_asked_for() {
    let world = World::default();
    let mut pull = open(1);
    let comment = |id: &str, by: &str, association: &str, ours: bool, body: &str| {
        json!({ "id": id, "author": { "login": by }, "authorAssociation": association, "viewerDidAuthor": ours,
            "createdAt": "2026-01-01T00:00:00Z", "body": body })
    };
    pull["comments"]["nodes"] = json!([
        comment("1", "ann", "MEMBER", false, "@fleet rebase"),
        comment("2", "bob", "COLLABORATOR", false, "@Fleet merge"),
        comment("3", "eve", "NONE", false, "@fleet merge"),
        comment("4", "ann", "MEMBER", false, "nice"),
        comment("5", "us", "NONE", true, "@fleet is what we are called"),
    ]);
    world.pulls.lock().unwrap().insert(1, pull);
    let stub = Stub::new(move |came| match came.path.as_str() {
        "/repos/acme/r1/collaborators/ann/permission" => ok(json!({ "permission": "write" })),
        "/repos/acme/r1/collaborators/bob/permission" => ok(json!({ "permission": "read" })),
        _ => world.answer(came),
    })
    .await;
    let seen = one(&stub.forge(Mode::GraphQl), 1).await;
    let told: Vec<_> = seen.comments.iter().map(|said| (said.id.as_str(), said.may_write)).collect();
    assert_eq!(told, [("1", Some(true)), ("2", Some(false)), ("3", Some(false)), ("4", None)]);
}
