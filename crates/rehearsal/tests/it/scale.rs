//! Many pull requests in virtual time. `REHEARSAL_SCALE=10000` plays ten thousand.

use std::time::Instant;

use fleetwright_rehearsal::script::{CiCheck, CiScript};
use fleetwright_rehearsal::world::small_repos;
use serde_json::{Value, json};

use crate::support::Place;

const LOOK: &str = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on PullRequest { id number state headRefOid mergeable \
    mergeStateStatus commits(last: 1) { nodes { commit { statusCheckRollup { state } } } } repository { nameWithOwner \
    } } } rateLimit { cost } }";

#[tokio::test(flavor = "multi_thread")]
async fn many_pull_requests_are_played_in_virtual_time() {
    let many = std::env::var("REHEARSAL_SCALE").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    let place = Place::new(|settings| {
        let check = CiCheck { jitter: 600_000, ..CiCheck::new("build") };
        settings.ci = vec![CiScript { repos: "*".to_owned(), checks: vec![check] }];
    })
    .await;
    let mut start = Instant::now();
    for spec in small_repos("many", many) {
        place.world().lock().make_repo(&spec).unwrap();
    }
    say("make repositories", many, &mut start);
    let mut ids = Vec::new();
    for n in 1..=many {
        ids.push(propose(&place, &format!("many/service-{n:05}")).await);
    }
    say("push and open", many, &mut start);
    let mut left = ids;
    while !left.is_empty() {
        let now = place.world().now();
        place.world().advance_to(now + 300_000);
        left = sweep(&place, &left).await;
    }
    say("look and merge", many, &mut start);
    let counts = place.world().counts();
    assert_eq!((counts.opened, counts.merged), (many as u64, many as u64));
    assert_eq!((counts.doubled, counts.merged_not_green), (0, 0));
}

fn say(what: &str, many: usize, start: &mut Instant) {
    let took = start.elapsed();
    eprintln!("{what}: {many} in {took:.1?}, {:.2?} each", took / u32::try_from(many).unwrap());
    *start = Instant::now();
}

/// A branch, a commit and a pull request by the API; the pull request's id.
async fn propose(place: &Place, repo: &str) -> Value {
    let api = format!("/repos/{repo}");
    let main = place.get(&format!("{api}/git/ref/heads/main")).await.body["object"]["sha"].clone();
    let new = json!({ "ref": "refs/heads/fleet/a", "sha": main });
    place.ask("POST", &format!("{api}/git/refs"), new).await;
    let query = "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }";
    let input = json!({
        "branch": { "repositoryNameWithOwner": repo, "branchName": "fleet/a" },
        "expectedHeadOid": main,
        "message": { "headline": "Change" },
        "fileChanges": { "additions": [{ "path": "app.yaml", "contents": "aW1hZ2U6IGFwcDoyCg==" }] },
    });
    place.ask("POST", "/graphql", json!({ "query": query, "variables": { "input": input } })).await;
    let body = json!({ "title": "Change", "head": "fleet/a", "base": "main" });
    let opened = place.ask("POST", &format!("{api}/pulls"), body).await;
    assert_eq!(opened.status, 201, "{}", opened.text);
    opened.body["node_id"].clone()
}

/// Looks at all and merges what is green; gives what is left.
async fn sweep(place: &Place, ids: &[Value]) -> Vec<Value> {
    let mut left = Vec::new();
    for part in ids.chunks(100) {
        let got = place.ask("POST", "/graphql", json!({ "query": LOOK, "variables": { "ids": part } })).await;
        assert_eq!(got.body["data"]["rateLimit"], Value::Null, "limits are off");
        for pull in got.body["data"]["nodes"].as_array().unwrap() {
            let state = &pull["commits"]["nodes"][0]["commit"]["statusCheckRollup"]["state"];
            if state != "SUCCESS" {
                left.push(pull["id"].clone());
                continue;
            }
            let name = pull["repository"]["nameWithOwner"].as_str().unwrap();
            let body = json!({ "sha": pull["headRefOid"], "merge_method": "squash" });
            let path = format!("/repos/{name}/pulls/{}/merge", pull["number"]);
            assert_eq!(place.ask("PUT", &path, body).await.status, 200);
        }
    }
    left
}
