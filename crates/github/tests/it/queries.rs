//! Every GraphQL text of the adapter, written down for `crates/github/emulator/run.sh`, which holds them
//! against GitHub's published schema.

use fleetwright_core::shift::MergeMethod;
use fleetwright_forge::{ApiFile, Effect, Forge, Look};
use fleetwright_github::Mode;
use serde_json::{Value, json};

use crate::stub::{Came, Say, Stub, not_found, oid, ok};

/// Whatever is asked, there is more of it: an open pull request with a red check and a second page of
/// them, or a closed one for number 2, and no auto-merge yet.
fn answer(came: &Came) -> Say {
    if came.path == "/repos/acme/a/git/refs" {
        return ok(json!({}));
    }
    if came.path.contains("/comments") {
        return ok(json!([{ "id": 1, "body": "m" }]));
    }
    if came.path != "/graphql" {
        return not_found();
    }
    let run =
        json!({ "__typename": "CheckRun", "name": "b", "status": "COMPLETED", "conclusion": "FAILURE" });
    let more = !came.query().contains("after: \"next\"");
    let head = oid('a').to_string();
    let rollup = json!({ "state": "FAILURE", "contexts": { "nodes": [run],
        "pageInfo": { "hasNextPage": more, "endCursor": "next" } } });
    let closed = came.query().contains("number: 2");
    let pull = json!({ "id": "PR_1", "number": 1, "url": "x", "state": if closed { "CLOSED" } else { "OPEN" },
        "headRefOid": head, "headRef": { "target": { "oid": head, "statusCheckRollup": rollup } },
        "isMergeQueueEnabled": came.query().contains("\"queued\"") });
    let whole =
        json!({ "nameWithOwner": "acme/a", "pullRequest": pull, "pullRequests": { "nodes": [pull] } });
    let mut data =
        json!({ "viewer": { "login": "us" }, "repositoryOwner": { "repositories": { "nodes": [] } } });
    data["r0"] = whole;
    let more = json!({ "hasNextPage": more, "endCursor": "next" });
    let people = json!({ "pageInfo": more, "nodes": [] });
    let team = json!({ "slug": "t", "members": people });
    data["repositoryOwner"]["teams"] = json!({ "pageInfo": {}, "nodes": [team] });
    data["repositoryOwner"]["team"] = json!({ "members": { "pageInfo": {}, "nodes": [] } });
    let queued = came.query().contains("\"queued\"");
    if queued {
        data["r0"]["nameWithOwner"] = json!("acme/queued");
    }
    ok(json!({ "data": data }))
}

#[tokio::test]
#[ignore = "needs a place to write to: crates/github/emulator/run.sh"]
async fn queries_are_written_down() {
    let path = std::env::var("GRAPHQL_TEXTS").expect("run.sh says where to");
    let stub = Stub::new(answer).await;
    let forge = stub.forge(Mode::GraphQl);
    let _ = forge.repos().await;
    let _ = forge.teams().await;
    for number in [1, 2] {
        let look = Look { repo: "acme/a".to_owned(), number, mark: None };
        let _ = forge.look(&[look]).await;
    }
    let _ = forge.find(&[("acme/a".to_owned(), "fleet/x".to_owned())]).await;
    let file = ApiFile { path: "a".to_owned(), mode: "100644", content: Some(Vec::new()) };
    let commit = Effect::Commit {
        branch: "fleet/x".to_owned(),
        expected: None,
        base: oid('b'),
        tree: oid('c'),
        message: "m".to_owned(),
        files: vec![file],
    };
    let comment = Effect::Comment { number: 1, marker: "m".to_owned(), body: "m".to_owned() };
    let enqueue = Effect::Enqueue { number: 1, head: oid('a'), method: MergeMethod::Squash };
    let _ = forge.perform("acme/a", &comment).await;
    let _ = forge.perform("acme/a", &enqueue).await;
    let _ = forge.perform("acme/queued", &enqueue).await;
    let _ = forge.perform("acme/a", &commit).await;
    let mut texts: Vec<String> = stub.take().iter().map(|came| came.query().to_owned()).collect();
    texts.retain(|text| !text.is_empty());
    texts.sort();
    texts.dedup();
    let wanted =
        ["repositoryOwner", "timelineItems", "latestOpinionatedReviews", "baseRef {", "after: \"next\""];
    let mutations = ["enqueuePullRequest", "enablePullRequestAutoMerge", "createCommitOnBranch", "viewer"];
    for word in wanted.into_iter().chain(mutations) {
        assert!(texts.iter().any(|text| text.contains(word)), "no text with {word}");
    }
    std::fs::write(path, Value::from(texts).to_string()).unwrap();
}
