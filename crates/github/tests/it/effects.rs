//! Changing the outside: one request each, and an answer of its own for each refusal.

use std::sync::{Arc, Mutex};

use fleetwright_core::shift::MergeMethod;
use fleetwright_forge::http::{Plain, Secret};
use fleetwright_forge::{Done, Effect, Forge, ForgeError};
use fleetwright_github::Mode;
use reqwest::Url;
use serde_json::{Value, json};

use crate::stub::{Came, Say, Stub, not_found, oid, ok, say};

fn open() -> Effect {
    Effect::OpenPull {
        branch: "fleet/x".to_owned(),
        title: "X".to_owned(),
        body: "why".to_owned(),
        labels: Vec::new(),
        reviewers: Vec::new(),
        draft: false,
    }
}

fn merge() -> Effect {
    Effect::Merge { number: 7, head: oid('a'), method: MergeMethod::Squash }
}

pub(crate) fn key(came: &Came) -> String {
    format!("{} {}", came.method, came.path)
}

/// A server with one answer for each request it knows.
pub(crate) async fn scripted(answers: Vec<(&'static str, Say)>) -> Stub {
    let answers = Mutex::new(answers);
    Stub::new(move |came| {
        let mut answers = answers.lock().unwrap();
        let at = answers.iter().position(|(wanted, _)| *wanted == key(came));
        match at {
            Some(at) => answers.remove(at).1,
            None => not_found(),
        }
    })
    .await
}

pub(crate) async fn perform(stub: &Stub, effect: &Effect) -> Result<Done, ForgeError> {
    stub.forge(Mode::GraphQl).perform("acme/a", effect).await
}

fn asked(stub: &Stub) -> Vec<String> {
    stub.take().iter().map(key).collect()
}

const REPO: &str = "GET /repos/acme/a";
const PULLS: &str = "POST /repos/acme/a/pulls";
const PULL: &str = "GET /repos/acme/a/pulls/7";
const MERGE: &str = "PUT /repos/acme/a/pulls/7/merge";

fn repo() -> (&'static str, Say) {
    (REPO, ok(json!({ "default_branch": "main" })))
}

#[tokio::test]
async fn opening_is_one_request_that_creates_content() {
    let created = say(201, json!({ "number": 7, "html_url": "https://x/7" }));
    let stub = scripted(vec![repo(), (PULLS, created)]).await;
    let Done::Opened(pull) = perform(&stub, &open()).await.unwrap() else { panic!("not opened") };
    assert_eq!((pull.number, pull.url.as_str()), (7, "https://x/7"));
    let came = stub.take();
    assert_eq!(came.iter().map(key).collect::<Vec<_>>(), [REPO, PULLS]);
    let content = json!({ "title": "X", "body": "why", "head": "fleet/x", "base": "main", "draft": false });
    assert_eq!(came[1].body, content);
    assert_eq!(came[1].header("authorization"), "Bearer ghp_plain");
}

#[tokio::test]
async fn a_listed_default_branch_saves_a_call() {
    let repos = ok(json!([{ "full_name": "acme/a", "owner": { "login": "acme" }, "default_branch": "trunk",
        "language": "Rust", "topics": ["t"], "archived": true, "size": 2 }]));
    let created = say(201, json!({ "number": 7, "html_url": "https://x/7" }));
    let stub =
        scripted(vec![("GET /orgs/acme/repos?type=all&per_page=100&page=1", repos), (PULLS, created)]).await;
    let forge = stub.forge(Mode::RestOnly);
    let listed = forge.repos().await.unwrap();
    let facts = &listed[0].facts;
    assert_eq!((facts.language.as_str(), facts.archived, facts.size), ("rust", true, 2_048));
    stub.take();
    forge.perform("acme/a", &open()).await.unwrap();
    let came = stub.take();
    assert_eq!((came.len(), came[0].body["base"].as_str()), (1, Some("trunk")));
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_never_sent_twice() {
    for status in [500, 502, 503, 504] {
        let stub = scripted(vec![repo(), (PULLS, say(status, Value::Null))]).await;
        assert!(matches!(perform(&stub, &open()).await, Err(ForgeError::Unknown { .. })));
        assert_eq!(asked(&stub), [REPO, PULLS]);
    }
}

#[tokio::test]
async fn one_that_is_open_already_is_named() {
    let exists = json!({ "message": "Validation Failed", "errors": [{ "resource": "PullRequest", "code": "custom",
        "message": "A pull request already exists for acme:fleet/x." }] });
    let found = ok(
        json!([{ "number": 3, "head": { "ref": "fleet/y" } }, { "number": 4, "head": { "ref": "fleet/x" } }]),
    );
    let find = "GET /repos/acme/a/pulls?state=open&head=acme:fleet%2Fx";
    let stub = scripted(vec![repo(), (PULLS, say(422, exists)), (find, found)]).await;
    assert_eq!(perform(&stub, &open()).await, Err(ForgeError::AlreadyOpen { number: 4 }));
}

#[tokio::test]
async fn a_default_branch_that_was_renamed_is_asked_for_again() {
    let invalid =
        json!({ "message": "Validation Failed", "errors": [{ "field": "base", "code": "invalid" }] });
    let created = say(201, json!({ "number": 7, "html_url": "https://x/7" }));
    let main = ok(json!({ "default_branch": "main" }));
    let trunk = ok(json!({ "default_branch": "trunk" }));
    let stub =
        scripted(vec![(REPO, main), (PULLS, say(422, invalid)), (REPO, trunk), (PULLS, created)]).await;
    assert!(perform(&stub, &open()).await.is_ok());
    assert_eq!(stub.take().last().unwrap().body["base"], "trunk");
}

#[tokio::test]
async fn labels_that_fail_are_told_and_the_pull_request_stands() {
    let Effect::OpenPull { branch, title, body, draft, .. } = open() else { panic!("not opening") };
    let (labels, reviewers) = (vec!["a".to_owned()], vec!["ann".to_owned(), "acme/core".to_owned()]);
    let effect = Effect::OpenPull { branch, title, body, labels, reviewers, draft };
    let created = say(201, json!({ "number": 7, "html_url": "https://x/7" }));
    let review = "POST /repos/acme/a/pulls/7/requested_reviewers";
    let no = say(403, json!({ "message": "Resource not accessible by integration" }));
    let labels = "POST /repos/acme/a/issues/7/labels";
    let stub = scripted(vec![repo(), (PULLS, created), (labels, no), (review, say(201, json!({})))]).await;
    let forge = stub.forge(Mode::GraphQl);
    assert!(matches!(forge.perform("acme/a", &effect).await, Ok(Done::Opened(_))));
    let told = forge.complaints();
    assert!(told.len() == 1 && told[0].contains("acme/a#7: to add labels"), "{told:?}");
    let came = stub.take();
    assert_eq!(came.iter().map(key).collect::<Vec<_>>(), [REPO, PULLS, labels, review]);
    assert_eq!(came[3].body, json!({ "reviewers": ["ann"], "team_reviewers": ["core"] }));
}

#[tokio::test]
async fn a_merge_is_pinned_and_tells_commit_and_tree() {
    let done = ok(json!({ "sha": oid('d').to_string(), "merged": true }));
    let commit = "GET /repos/acme/a/git/commits/dddddddddddddddddddddddddddddddddddddddd";
    let told =
        ok(json!({ "tree": { "sha": oid('e').to_string() }, "committer": { "date": "2026-01-01T00:00:00Z" },
        "parents": [], "message": "m" }));
    let stub = scripted(vec![(MERGE, done), (commit, told)]).await;
    assert_eq!(perform(&stub, &merge()).await, Ok(Done::Merged { commit: oid('d'), tree: oid('e') }));
    let came = stub.take();
    assert_eq!(came[0].body, json!({ "sha": oid('a').to_string(), "merge_method": "squash" }));
}

/// What a merge comes to when the forge refuses it with `status` and `message` and the pull request
/// then looks like `pull`.
async fn refused(status: u16, message: &str, pull: Value) -> Result<Done, ForgeError> {
    let commit = "GET /repos/acme/a/git/commits/dddddddddddddddddddddddddddddddddddddddd";
    let told = ok(
        json!({ "tree": { "sha": oid('e').to_string() }, "committer": { "date": "2026-01-01T00:00:00Z" } }),
    );
    let answers = vec![(MERGE, say(status, json!({ "message": message }))), (PULL, ok(pull)), (commit, told)];
    perform(&scripted(answers).await, &merge()).await
}

#[tokio::test]
async fn each_refusal_of_a_merge_is_what_it_is() {
    let at =
        |head: char| json!({ "state": "open", "merged": false, "head": { "sha": oid(head).to_string() } });
    let modified = "Head branch was modified. Review and try the merge again.";
    assert_eq!(refused(409, modified, at('b')).await, Err(ForgeError::HeadMoved));
    let same = refused(409, modified, at('a')).await;
    assert!(matches!(same, Err(ForgeError::NotMergeable { .. })), "the head is where it was: {same:?}");
    let not_yet = refused(405, "Pull Request is not mergeable", at('a')).await;
    assert!(matches!(not_yet, Err(ForgeError::NotMergeable { .. })));
    let forbidden = refused(405, "Squash merges are not allowed on this repository.", at('a')).await;
    assert!(forbidden.unwrap_err().to_string().contains("set another `merge.method`"));
    let merged = |head: char| {
        json!({ "state": "closed", "merged": true, "head": { "sha": oid(head).to_string() },
            "merge_commit_sha": oid('d').to_string() })
    };
    let done = Ok(Done::Merged { commit: oid('d'), tree: oid('e') });
    assert_eq!(refused(405, "Pull Request is not mergeable", merged('a')).await, done, "merged already");
    assert_eq!(refused(405, "no", merged('b')).await, Err(ForgeError::HeadMoved), "with another head");
    assert!(matches!(
        refused(403, "Resource not accessible", at('a')).await,
        Err(ForgeError::Refused { .. })
    ));
    assert!(matches!(refused(502, "", at('a')).await, Err(ForgeError::Unknown { .. })));
}

#[tokio::test]
async fn our_comment_is_replaced_and_theirs_is_left_alone() {
    let list = "GET /repos/acme/a/issues/7/comments?per_page=100&page=1";
    let post = "POST /repos/acme/a/issues/7/comments";
    let patch = "PATCH /repos/acme/a/issues/comments/12";
    let viewer = || ok(json!({ "data": { "viewer": { "login": "fleet[bot]" } } }));
    let effect =
        Effect::Comment { number: 7, marker: "<!-- m -->".to_owned(), body: "new <!-- m -->".to_owned() };
    let theirs = json!({ "id": 11, "user": { "login": "eve" }, "body": "copied <!-- m -->" });
    let ours = |body: &str| json!({ "id": 12, "user": { "login": "fleet[bot]" }, "body": body });
    let come = |comments: Value| {
        vec![
            (list, ok(comments)),
            ("POST /graphql", viewer()),
            (post, say(201, json!({}))),
            (patch, ok(json!({}))),
        ]
    };
    let stub = scripted(come(json!([theirs]))).await;
    perform(&stub, &effect).await.unwrap();
    assert_eq!(asked(&stub), [list, "POST /graphql", post]);
    let stub = scripted(come(json!([theirs, ours("old <!-- m -->")]))).await;
    perform(&stub, &effect).await.unwrap();
    assert_eq!(asked(&stub), [list, "POST /graphql", patch]);
    let stub = scripted(come(json!([ours("new <!-- m -->")]))).await;
    perform(&stub, &effect).await.unwrap();
    assert_eq!(asked(&stub), [list, "POST /graphql"], "it says so already");
}

#[tokio::test]
async fn closing_says_why_in_the_same_request() {
    let patch = "PATCH /repos/acme/a/pulls/7";
    let effect = Effect::ClosePull { number: 7, reason: "no longer\nneeded".to_owned() };
    let stub =
        scripted(vec![(PULL, ok(json!({ "state": "open", "body": "B" }))), (patch, ok(json!({})))]).await;
    perform(&stub, &effect).await.unwrap();
    let came = stub.take();
    assert_eq!(came[1].body, json!({ "state": "closed", "body": "B\n\n> Closed: no longer needed\n" }));
    let stub = scripted(vec![(PULL, ok(json!({ "state": "closed" })))]).await;
    perform(&stub, &effect).await.unwrap();
    assert_eq!(asked(&stub), [PULL], "closed already");
}

#[tokio::test]
async fn a_check_runs_again_in_its_own_way() {
    for (run, path) in [
        ("actions/5", "POST /repos/acme/a/actions/jobs/5/rerun"),
        ("check/5", "POST /repos/acme/a/check-runs/5/rerequest"),
    ] {
        let stub = scripted(vec![(path, Say(201, Vec::new(), String::new()))]).await;
        let effect = Effect::Rerun { number: 7, head: oid('a'), run: run.to_owned() };
        assert_eq!(perform(&stub, &effect).await, Ok(Done::Done));
    }
    let stub = scripted(Vec::new()).await;
    let effect = Effect::Rerun { number: 7, head: oid('a'), run: "../x".to_owned() };
    assert!(matches!(perform(&stub, &effect).await, Err(ForgeError::Refused { .. })));
}

fn enqueue() -> Effect {
    Effect::Enqueue { number: 7, head: oid('a'), method: MergeMethod::Squash }
}

/// A server with a pull request that looks like `pull`, whose mutations fail with `fault`.
async fn queueing(pull: Value, fault: Option<&'static str>) -> Stub {
    Stub::new(move |came| match came.path.as_str() {
        "/graphql" if came.query().starts_with("mutation") => match fault {
            Some(message) => ok(json!({ "data": null, "errors": [{ "message": message, "type": "UNPROCESSABLE" }] })),
            None => ok(json!({ "data": {} })),
        },
        "/graphql" => ok(json!({ "data": { "r0": { "nameWithOwner": "acme/a", "pullRequest": pull } } })),
        "/repos/acme/a/pulls/7/merge" => ok(json!({ "sha": oid('d').to_string() })),
        _ => ok(json!({ "tree": { "sha": oid('e').to_string() }, "committer": { "date": "2026-01-01T00:00:00Z" } })),
    })
    .await
}

#[tokio::test]
async fn the_forge_is_asked_to_merge_by_itself() {
    let pull = |queue: bool, head: char| json!({ "id": "PR_1", "state": "OPEN", "headRefOid": oid(head).to_string(), "isMergeQueueEnabled": queue });
    for (queue, name) in [(true, "enqueuePullRequest"), (false, "enablePullRequestAutoMerge")] {
        let stub = queueing(pull(queue, 'a'), None).await;
        assert_eq!(perform(&stub, &enqueue()).await, Ok(Done::Done));
        let sent = stub.take().pop().unwrap();
        assert!(sent.query().contains(name));
        assert_eq!(sent.body["variables"]["head"], oid('a').to_string());
    }
    assert_eq!(perform(&queueing(pull(true, 'b'), None).await, &enqueue()).await, Err(ForgeError::HeadMoved));
    let clean = queueing(pull(false, 'a'), Some("Pull request Pull request is in clean status")).await;
    let merged = Done::Merged { commit: oid('d'), tree: oid('e') };
    assert_eq!(perform(&clean, &enqueue()).await, Ok(merged), "nothing to wait for: merged, pinned");
    let off = queueing(pull(false, 'a'), Some("Auto merge is not allowed for this repository")).await;
    assert!(matches!(perform(&off, &enqueue()).await, Err(ForgeError::Refused { .. })));
    let forge = queueing(pull(false, 'a'), None).await.forge(Mode::RestOnly);
    assert!(matches!(forge.perform("acme/a", &enqueue()).await, Err(ForgeError::Refused { .. })));
}

#[tokio::test]
async fn each_bad_surrounding_is_one_clear_fault() {
    let fault = |status, headers: Vec<(&'static str, String)>, body: &'static str| async move {
        let stub = Stub::new(move |_| Say(status, headers.clone(), body.to_owned())).await;
        perform(&stub, &Effect::UpdatePull { number: 7, title: "t".to_owned(), body: "b".to_owned() })
            .await
            .unwrap_err()
            .to_string()
    };
    let said = fault(401, vec![], r#"{"message":"Bad credentials"}"#).await;
    assert!(said.contains("acme/a cannot be used: the token is wrong, expired or revoked"), "{said}");
    let wanted = vec![("x-accepted-github-permissions", "pull_requests=write".to_owned())];
    let said = fault(403, wanted, r#"{"message":"Resource not accessible by integration"}"#).await;
    assert!(said.contains("lacks the permission `pull_requests=write` to change a pull request"), "{said}");
    let said = fault(200, vec![], "<!DOCTYPE html><p>Sign in").await;
    assert!(said.contains("a web page instead of JSON"), "{said}");
    let said = fault(404, vec![], r#"{"message":"Not Found"}"#).await;
    assert!(said.starts_with("acme/a is not there"), "{said}");
    let said = fault(403, vec![], r#"{"message":"Repository was archived so is read-only."}"#).await;
    assert!(said.contains("acme/a refuses: it is archived"), "{said}");
}

#[tokio::test]
async fn a_repository_that_moved_says_its_new_name() {
    let moved = |_: &Came| {
        let body =
            json!({ "message": "Moved Permanently", "url": "https://evil.test/repositories/42/pulls/7" });
        Say(301, vec![("location", "https://evil.test/repositories/42/pulls/7".to_owned())], body.to_string())
    };
    let stub = Stub::new(move |came| match came.path.as_str() {
        "/repositories/42" => ok(json!({ "full_name": "acme/new" })),
        _ => moved(came),
    })
    .await;
    let why = perform(&stub, &Effect::ClosePull { number: 7, reason: String::new() }).await.unwrap_err();
    assert!(why.to_string().contains("acme/a is called acme/new now"), "{why}");
}

#[tokio::test]
async fn a_connection_that_is_not_safe_is_a_fault_and_not_a_lost_answer() {
    let plain = Stub::new(|_| ok(json!({}))).await;
    let mut url = Url::parse("https://127.0.0.1").unwrap();
    url.set_port(plain.url.port()).unwrap();
    let stub = Stub { url, came: Arc::default() };
    let why = perform(&stub, &merge()).await.unwrap_err().to_string();
    assert!(why.contains("acme/a cannot be used: the connection is not safe"), "{why}");
}

#[tokio::test]
async fn a_token_never_shows() {
    let stub =
        Stub::new(|came| say(400, json!({ "message": format!("bad {}", came.header("authorization")) })))
            .await;
    let why = perform(&stub, &merge()).await.unwrap_err();
    assert!(!format!("{why:?} {why}").contains("ghp_plain"), "{why}");
    let bad = stub.http(Arc::new(Plain(Secret::new("ghp_a\nb"))));
    assert!(!format!("{:?}", bad.url()).contains("ghp_a"));
}
