//! Every operation is driven once at least. With `REHEARSAL_RECORD` set, every exchange is written
//! there for conformance/check.mjs.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleetwright_rehearsal::github::GitHub;
use fleetwright_rehearsal::http::dialect::Dialect as _;
use fleetwright_rehearsal::limits::Limits;
use fleetwright_rehearsal::model::check::CheckKind;
use fleetwright_rehearsal::model::pull::ReviewState;
use fleetwright_rehearsal::model::repo::Rules;
use fleetwright_rehearsal::model::team::Team;
use fleetwright_rehearsal::script::{Act, CiCheck, CiScript};
use fleetwright_rehearsal::world::{HookTarget, RepoSpec};
use serde_json::{Value, json};

use crate::app::install;
use crate::support::{Got, Place, app};

const APP: &str = "/repos/acme/app";

async fn expect(place: &Place, status: u16, method: &str, path: &str, body: Value) -> Got {
    let path = if path.starts_with("/app/") || !path.starts_with('.') {
        path.to_owned()
    } else {
        format!("{APP}{}", &path[1..])
    };
    let got = place.ask(method, &path, body).await;
    assert_eq!(got.status, status, "{method} {path}: {}", got.text);
    got
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_driven() {
    let record = std::env::var_os("REHEARSAL_RECORD");
    let place = Place::new(|settings| {
        settings.limits = Limits::github();
        settings.record = record.clone().map(Into::into);
        settings.hooks = Some(HookTarget { url: None, secret: "s".to_owned() });
        let status = CiCheck { kind: CheckKind::Status, ..CiCheck::new("ci/legacy") };
        settings.ci = vec![CiScript { repos: "*".to_owned(), checks: vec![CiCheck::new("build"), status] }];
    })
    .await;
    place.world().lock().make_repo(&RepoSpec { name: "acme/second".to_owned(), ..app() }).unwrap();
    for branch in ["fleet/a", "fleet/b", "fleet/c", "fleet/d"] {
        place.push(branch, "app.yaml", &format!("image: {branch}\n")).await;
    }
    for (slug, parent) in [("platform", None), ("payments", Some("platform"))] {
        place.world().lock().put_team(Team {
            id: 0,
            org: "acme".to_owned(),
            slug: slug.to_owned(),
            name: slug.to_owned(),
            description: String::new(),
            parent: parent.map(str::to_owned),
            members: vec!["ann".to_owned()],
        });
    }
    people_and_repos(&place).await;
    git_data(&place).await;
    contents_and_commits(&place).await;
    pulls(&place).await;
    talk(&place).await;
    checks(&place).await;
    endings(&place).await;
    apps(&place).await;
    refusals(&place).await;
    let calls = place.world().counts().calls;
    let missing: Vec<String> =
        GitHub.routes().iter().map(|route| route.kind()).filter(|kind| !calls.contains_key(kind)).collect();
    assert!(missing.is_empty(), "not driven: {missing:?}");
    if let Some(record) = record {
        let mut file = std::fs::OpenOptions::new().append(true).open(record).unwrap();
        for delivery in place.world().take_deliveries() {
            let payload: Value = serde_json::from_slice(&delivery.body).unwrap();
            writeln!(file, "{}", json!({ "webhook": delivery.event, "payload": payload })).unwrap();
        }
    }
}

async fn people_and_repos(place: &Place) {
    for path in [
        "/rate_limit",
        "/user",
        "/user/repos",
        "/user/orgs",
        "/users/fleet-bot",
        "/users/acme/repos",
        "/orgs/acme/teams",
        "/orgs/acme/teams?per_page=1&page=2",
        "/orgs/acme/teams/payments/members",
        "/orgs/acme/repos?per_page=1&page=1&type=all",
        "/search/repositories?q=org:acme+app",
        ".",
        "./languages",
        "./topics",
        "./labels",
        "./collaborators/fleet-bot/permission",
    ] {
        expect(place, 200, "GET", path, Value::Null).await;
    }
    let page = place.get("/orgs/acme/repos?per_page=1").await;
    assert!(page.header("link").unwrap().contains("page=2>; rel=\"next\""), "{:?}", page.header("link"));
    let again = page.header("etag").unwrap().to_owned();
    assert!(again.starts_with("W/\""));
}

async fn git_data(place: &Place) {
    let main = expect(place, 200, "GET", "./git/ref/heads/main", Value::Null).await;
    let tip = text(&main.body["object"]["sha"]);
    expect(place, 200, "GET", "./git/matching-refs/heads/fleet", Value::Null).await;
    let commit = expect(place, 200, "GET", &format!("./git/commits/{tip}"), Value::Null).await;
    let tree = text(&commit.body["tree"]["sha"]);
    expect(place, 200, "GET", &format!("./git/trees/{tree}"), Value::Null).await;
    expect(place, 200, "GET", &format!("./git/trees/{tree}?recursive=1"), Value::Null).await;
    let blob = json!({ "content": STANDARD.encode("made by the API\n"), "encoding": "base64" });
    let blob = text(&expect(place, 201, "POST", "./git/blobs", blob).await.body["sha"]);
    expect(place, 200, "GET", &format!("./git/blobs/{blob}"), Value::Null).await;
    let entry = json!({ "path": "API.md", "mode": "100644", "type": "blob", "sha": blob });
    let made = json!({ "base_tree": tree, "tree": [entry] });
    let made = text(&expect(place, 201, "POST", "./git/trees", made).await.body["sha"]);
    let new = json!({ "message": "by the API", "tree": made, "parents": [tip] });
    let new = text(&expect(place, 201, "POST", "./git/commits", new).await.body["sha"]);
    let reference = json!({ "ref": "refs/heads/api", "sha": tip });
    expect(place, 201, "POST", "./git/refs", reference.clone()).await;
    assert_eq!(
        expect(place, 422, "POST", "./git/refs", reference).await.message(),
        "Reference already exists"
    );
    expect(place, 200, "PATCH", "./git/refs/heads/api", json!({ "sha": new, "force": false })).await;
    let back = expect(place, 422, "PATCH", "./git/refs/heads/api", json!({ "sha": tip })).await;
    assert_eq!(back.message(), "Update is not a fast forward");
    expect(place, 204, "DELETE", "./git/refs/heads/api", Value::Null).await;
    let gone = expect(place, 422, "DELETE", "./git/refs/heads/api", Value::Null).await;
    assert_eq!(gone.message(), "Reference does not exist");
}

async fn contents_and_commits(place: &Place) {
    let file = expect(place, 200, "GET", "./contents/app.yaml", Value::Null).await;
    assert_eq!(STANDARD.decode(text(&file.body["content"])).unwrap(), b"image: app:1\n");
    expect(place, 200, "GET", "./contents/.github?ref=main", Value::Null).await;
    expect(place, 404, "GET", "./contents/none.txt", Value::Null).await;
    let put = json!({ "message": "by contents", "content": STANDARD.encode("x\n"), "branch": "fleet/d" });
    let made = expect(place, 201, "PUT", "./contents/made.txt", put.clone()).await;
    expect(place, 422, "PUT", "./contents/made.txt", put).await;
    let sha = text(&made.body["content"]["sha"]);
    let wrong = json!({ "message": "x", "content": "eA==", "branch": "fleet/d", "sha": "1".repeat(40) });
    expect(place, 409, "PUT", "./contents/made.txt", wrong).await;
    let delete = json!({ "message": "away", "sha": sha, "branch": "fleet/d" });
    expect(place, 200, "DELETE", "./contents/made.txt", delete).await;
    for path in [
        "./branches",
        "./branches/fleet/a",
        "./branches/main",
        "./rules/branches/main",
        "./commits",
        "./commits?sha=fleet/a",
        "./commits/fleet/a",
    ] {
        expect(place, 200, "GET", path, Value::Null).await;
    }
    expect(place, 404, "GET", "./branches/main/protection", Value::Null).await;
}

async fn pulls(place: &Place) {
    for (branch, draft) in [("fleet/a", false), ("fleet/b", true), ("fleet/c", false)] {
        let body = json!({ "title": branch, "head": branch, "base": "main", "body": "why", "draft": draft });
        expect(place, 201, "POST", "./pulls", body).await;
    }
    for path in [
        "./pulls",
        "./pulls?state=all&head=acme:fleet/a&base=main&sort=created&direction=desc&per_page=5",
        "./pulls/1",
        "./pulls/1/files",
        "./pulls/1/commits",
        "./issues/1",
    ] {
        expect(place, 200, "GET", path, Value::Null).await;
    }
    expect(place, 404, "GET", "./pulls/1/merge", Value::Null).await;
    expect(place, 200, "PATCH", "./pulls/1", json!({ "title": "Other", "body": "because" })).await;
    expect(place, 200, "PATCH", "./pulls/3", json!({ "state": "closed" })).await;
    expect(place, 200, "PATCH", "./pulls/3", json!({ "state": "open" })).await;
}

async fn talk(place: &Place) {
    let made = expect(place, 201, "POST", "./issues/1/comments", json!({ "body": "hello" })).await;
    let comment = format!("./issues/comments/{}", made.body["id"]);
    expect(place, 200, "GET", "./issues/1/comments", Value::Null).await;
    expect(place, 200, "GET", &comment, Value::Null).await;
    expect(place, 200, "PATCH", &comment, json!({ "body": "hello again" })).await;
    expect(place, 204, "DELETE", &comment, Value::Null).await;
    expect(place, 200, "POST", "./issues/1/labels", json!({ "labels": ["fleet", "automerge"] })).await;
    expect(place, 200, "PUT", "./issues/1/labels", json!({ "labels": ["fleet"] })).await;
    expect(place, 200, "GET", "./issues/1/labels", Value::Null).await;
    expect(place, 200, "DELETE", "./issues/1/labels/fleet", Value::Null).await;
    let none = expect(place, 404, "DELETE", "./issues/1/labels/fleet", Value::Null).await;
    assert_eq!(none.message(), "Label does not exist");
    expect(place, 201, "POST", "./issues/1/assignees", json!({ "assignees": ["ada"] })).await;
    expect(place, 200, "DELETE", "./issues/1/assignees", json!({ "assignees": ["ada"] })).await;
    expect(place, 201, "POST", "./pulls/1/requested_reviewers", json!({ "reviewers": ["ada", "bob"] })).await;
    expect(place, 200, "GET", "./pulls/1/requested_reviewers", Value::Null).await;
    expect(place, 200, "DELETE", "./pulls/1/requested_reviewers", json!({ "reviewers": ["bob"] })).await;
    expect(place, 200, "POST", "./pulls/1/reviews", json!({ "event": "COMMENT", "body": "hm" })).await;
    let own = expect(place, 422, "POST", "./pulls/1/reviews", json!({ "event": "APPROVE" })).await;
    assert_eq!(own.body["errors"][0], "Can not approve your own pull request");
    let app = place.app();
    let act = |act| place.world().lock().act(app, 1, &act, "ada").unwrap();
    act(Act::Review(ReviewState::ChangesRequested, "no".to_owned()));
    act(Act::Review(ReviewState::Approved, "yes".to_owned()));
    act(Act::Draft(true));
    act(Act::Draft(false));
    expect(place, 200, "GET", "./pulls/1/reviews", Value::Null).await;
    expect(place, 200, "GET", "./issues/1/comments", Value::Null).await;
}

async fn checks(place: &Place) {
    expect(place, 200, "GET", "./commits/fleet/a/check-runs", Value::Null).await;
    let now = place.world().now();
    place.world().advance_to(now + 120_000);
    let runs = expect(place, 200, "GET", "./commits/fleet/a/check-runs?check_name=build", Value::Null).await;
    let run = &runs.body["check_runs"][0]["id"];
    expect(place, 200, "GET", &format!("./check-runs/{run}"), Value::Null).await;
    expect(place, 200, "GET", "./commits/fleet/a/status", Value::Null).await;
    expect(place, 200, "GET", "./commits/fleet/a/statuses", Value::Null).await;
    expect(place, 201, "POST", &format!("./check-runs/{run}/rerequest"), Value::Null).await;
    place.world().advance_to(now + 240_000);
    expect(place, 201, "POST", &format!("./actions/jobs/{run}/rerun"), Value::Null).await;
    place.world().advance_to(now + 360_000);
    let head = text(&place.get("/repos/acme/app/pulls/2").await.body["head"]["sha"]);
    let status = json!({ "state": "success", "context": "outside" });
    expect(place, 201, "POST", &format!("./statuses/{head}"), status).await;
    let begun = json!({ "name": "lint", "head_sha": head, "status": "in_progress" });
    let made = expect(place, 201, "POST", "./check-runs", begun).await;
    let done = json!({ "status": "completed", "conclusion": "success" });
    expect(place, 200, "PATCH", &format!("./check-runs/{}", made.body["id"]), done).await;
    let query = "query { repository(owner: \"acme\", name: \"app\") { pullRequest(number: 1) { number } } }";
    expect(place, 200, "POST", "/graphql", json!({ "query": query })).await;
}

async fn endings(place: &Place) {
    let merged = expect(place, 200, "PUT", "./pulls/1/merge", json!({ "merge_method": "squash" })).await;
    assert_eq!(merged.body["message"], "Pull Request successfully merged");
    expect(place, 204, "GET", "./pulls/1/merge", Value::Null).await;
    expect(place, 405, "PUT", "./pulls/1/merge", json!({})).await;
    let draft = expect(place, 405, "PUT", "./pulls/2/merge", json!({})).await;
    assert_eq!(draft.message(), "Pull Request is still a draft");
    let closed = expect(place, 200, "GET", "./pulls?state=closed", Value::Null).await;
    assert_eq!(closed.body[0]["number"], 1);
    let rules =
        Rules { checks: vec!["build".to_owned()], approvals: 1, strict: true, queue: true, no_push: true };
    let app = place.app();
    place.world().lock().set_repo(app, |settings| settings.rules = Some(rules)).unwrap();
    for path in ["./branches/main", "./branches/main/protection", "./rules/branches/main"] {
        expect(place, 200, "GET", path, Value::Null).await;
    }
}

async fn apps(place: &Place) {
    let signed = install(place);
    for path in [
        "/app",
        "/app/installations",
        "/orgs/acme/installation",
        "/users/acme/installation",
        "/repos/acme/app/installation",
    ] {
        let got = place.with(&signed, "GET", path, Value::Null).await.unwrap();
        assert_eq!(got.status, 200, "{path}: {}", got.text);
    }
    let body =
        json!({ "repositories": ["app"], "permissions": { "contents": "write", "pull_requests": "write" } });
    let path = "/app/installations/77/access_tokens";
    let minted = place.with(&signed, "POST", path, body).await.unwrap();
    let token = text(&minted.body["token"]);
    let listed = place.with(&token, "GET", "/installation/repositories", Value::Null).await.unwrap();
    assert_eq!(listed.status, 200, "{}", listed.text);
    let not_a_person = place.with(&token, "GET", "/user", Value::Null).await.unwrap();
    assert_eq!(not_a_person.message(), "Resource not accessible by integration");
}

async fn refusals(place: &Place) {
    expect(place, 404, "GET", "/repos/acme/none", Value::Null).await;
    let wrong = place.with("ghp_wrong", "GET", "/repos/acme/app", Value::Null).await.unwrap();
    assert_eq!((wrong.status, wrong.message()), (401, "Bad credentials"));
    let again = place.open("fleet/c").await;
    assert_eq!(again.status, 422);
    let second = place.world().lock().repo_named("acme/second").unwrap();
    place.world().lock().rename_repo(second, "renamed").unwrap();
    let moved = expect(place, 301, "GET", "/repos/acme/second", Value::Null).await;
    let to = moved.header("location").unwrap().to_owned();
    let there = place.ask("GET", &to, Value::Null).await;
    assert_eq!(there.body["full_name"], "acme/renamed");
    place.world().lock().archive_repo(second, true).unwrap();
    let body = json!({ "title": "x", "head": "main", "base": "main" });
    let archived = expect(place, 403, "POST", "/repos/acme/renamed/pulls", body).await;
    assert_eq!(archived.message(), "Repository was archived so is read-only.");
    place.world().lock().remove_repo(second).unwrap();
    expect(place, 404, "GET", "/repos/acme/renamed", Value::Null).await;
}
