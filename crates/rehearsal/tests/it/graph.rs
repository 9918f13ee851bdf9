//! GraphQL: bulk by aliases, fragments, pages, mutations, and its errors.

use fleetwright_rehearsal::model::repo::Rules;
use fleetwright_rehearsal::script::{CiCheck, CiScript};
use fleetwright_rehearsal::world::small_repos;
use serde_json::{Value, json};

use crate::support::{Got, Place};

async fn ask(place: &Place, query: &str, variables: Value) -> Got {
    place.ask("POST", "/graphql", json!({ "query": query, "variables": variables })).await
}

async fn opened(rules: Option<Rules>) -> Place {
    let place = Place::new(|settings| {
        settings.ci = vec![CiScript { repos: "*".to_owned(), checks: vec![CiCheck::new("build")] }];
    })
    .await;
    place.push("fleet/a", "app.yaml", "image: app:2\n").await;
    place.open("fleet/a").await;
    let app = place.app();
    place.world().lock().set_repo(app, |settings| settings.rules = rules).unwrap();
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn the_query_of_multi_gitter_is_answered() {
    let place = opened(None).await;
    let query = "fragment repoProperties on Repository { pullRequests(headRefName: $branchName, last: 1) { nodes { \
        number headRefName closed url merged baseRepository { name owner { login } } headRepository { name owner { \
        login } } commits(last: 1) { nodes { commit { statusCheckRollup { state } } } } } } }
        query ($branchName: String!, $owner0: String!, $repo0: String!) { repo0: repository(owner: $owner0, name: \
        $repo0) { ...repoProperties } }";
    let got = ask(&place, query, json!({ "branchName": "fleet/a", "owner0": "acme", "repo0": "app" })).await;
    let pull = &got.body["data"]["repo0"]["pullRequests"]["nodes"][0];
    assert_eq!((&pull["number"], &pull["merged"]), (&json!(1), &json!(false)), "{}", got.text);
    assert_eq!(pull["commits"]["nodes"][0]["commit"]["statusCheckRollup"]["state"], "PENDING");
    assert_eq!(pull["headRepository"]["owner"]["login"], "acme");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_asked_at_once_and_one_that_is_gone_is_only_itself() {
    let place = opened(None).await;
    let query = "{ r0: repository(owner: \"acme\", name: \"app\") { nameWithOwner pullRequest(number: 1) { state \
        mergeable mergeStateStatus reviewDecision headRefOid headRef { target { oid ... on Commit { statusCheckRollup \
        { contexts(first: 5) { totalCount checkRunCountsByState { state count } nodes { __typename ... on CheckRun { \
        name status isRequired(pullRequestNumber: 1) checkSuite { app { slug } } } } } } } } } } } \
        r1: repository(owner: \"acme\", name: \"none\") { id } }";
    let got = ask(&place, query, Value::Null).await;
    let pull = &got.body["data"]["r0"]["pullRequest"];
    assert_eq!(
        (&pull["mergeable"], &pull["mergeStateStatus"]),
        (&json!("MERGEABLE"), &json!("UNSTABLE")),
        "{}",
        got.text
    );
    let contexts = &pull["headRef"]["target"]["statusCheckRollup"]["contexts"];
    assert_eq!(contexts["checkRunCountsByState"], json!([{ "state": "QUEUED", "count": 1 }]));
    assert_eq!(contexts["nodes"][0]["checkSuite"]["app"]["slug"], "github-actions");
    assert_eq!(got.body["data"]["r1"], Value::Null);
    let error = &got.body["errors"][0];
    assert_eq!((&error["type"], &error["path"]), (&json!("NOT_FOUND"), &json!(["r1"])));
    assert_eq!(error["message"], "Could not resolve to a Repository with the name 'acme/none'.");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_field_refuses_the_whole() {
    let place = opened(None).await;
    let got = ask(
        &place,
        "{ viewer { login } repository(owner: \"acme\", name: \"app\") { nonsense } }",
        Value::Null,
    )
    .await;
    assert!(got.body.get("data").is_none());
    assert_eq!(got.body["errors"][0]["message"], "Field 'nonsense' doesn't exist on type 'Repository'");
    assert_eq!(got.body["errors"][0]["extensions"]["code"], "undefinedField");
    let query = "{ repository(owner: \"acme\", name: \"app\") { pullRequests { nodes { id } } } }";
    let got = ask(&place, query, Value::Null).await;
    assert_eq!(got.body["errors"][0]["type"], "MISSING_PAGINATION_BOUNDARIES");
    let got = ask(&place, &query.replace("pullRequests", "pullRequests(first: 101)"), Value::Null).await;
    assert_eq!(got.body["errors"][0]["type"], "EXCESSIVE_PAGINATION");
}

#[tokio::test(flavor = "multi_thread")]
async fn repositories_are_listed_in_pages() {
    let place = opened(None).await;
    for spec in small_repos("many", 23) {
        place.world().lock().make_repo(&spec).unwrap();
    }
    let query = "query($after: String) { organization(login: \"many\") { repositories(first: 10, after: $after) { \
        totalCount pageInfo { hasNextPage endCursor } nodes { nameWithOwner repositoryTopics(first: 5) { nodes { topic \
        { name } } } primaryLanguage { name } defaultBranchRef { name target { oid } } } } } }";
    let (mut names, mut after) = (Vec::new(), Value::Null);
    for _ in 0..3 {
        let got = ask(&place, query, json!({ "after": after })).await;
        let list = got.body["data"]["organization"]["repositories"].clone();
        names.extend(list["nodes"].as_array().unwrap().iter().map(|node| node["nameWithOwner"].clone()));
        assert_eq!(list["totalCount"], 23);
        assert!(list["nodes"][0]["defaultBranchRef"]["target"]["oid"].is_string());
        after = list["pageInfo"]["endCursor"].clone();
    }
    names.dedup();
    assert_eq!(names.len(), 23);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_made_on_a_branch_only_where_it_is_expected() {
    let place = opened(None).await;
    let head = place.get("/repos/acme/app/git/ref/heads/fleet/a").await.body["object"]["sha"].clone();
    let query = "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid \
        parents(first: 1) { nodes { oid } } } } }";
    let input = json!({ "input": {
        "branch": { "repositoryNameWithOwner": "acme/app", "branchName": "fleet/a" },
        "expectedHeadOid": head,
        "message": { "headline": "By the forge" },
        "fileChanges": { "additions": [{ "path": "a.txt", "contents": "eA==" }], "deletions": [{ "path": "app.yaml" }] },
    } });
    let got = ask(&place, query, input.clone()).await;
    let commit = &got.body["data"]["createCommitOnBranch"]["commit"];
    assert_eq!(commit["parents"]["nodes"][0]["oid"], head, "{}", got.text);
    assert_eq!(
        place.get("/repos/acme/app/pulls/1").await.body["head"]["sha"],
        commit["oid"],
        "the head moved"
    );
    let stale = ask(&place, query, input).await;
    assert_eq!(stale.body["errors"][0]["type"], "STALE_DATA");
}

#[tokio::test(flavor = "multi_thread")]
async fn auto_merge_waits_for_the_checks_and_a_queue_for_its_turn() {
    let rules = Rules { checks: vec!["build".to_owned()], ..Rules::default() };
    for queue in [false, true] {
        let place = opened(Some(Rules { queue, ..rules.clone() })).await;
        let id = place.get("/repos/acme/app/pulls/1").await.body["node_id"].clone();
        let query = "mutation($id: ID!) { enablePullRequestAutoMerge(input: { pullRequestId: $id, mergeMethod: SQUASH \
            }) { pullRequest { autoMergeRequest { mergeMethod } } } }";
        let got = ask(&place, query, json!({ "id": id })).await;
        let asked = &got.body["data"]["enablePullRequestAutoMerge"]["pullRequest"]["autoMergeRequest"];
        assert_eq!(asked["mergeMethod"], "SQUASH", "{}", got.text);
        let now = place.world().now();
        place.world().advance_to(now + 61_000);
        let state = |place: &Place| place.world().counts().merged;
        assert_eq!(state(&place), u64::from(!queue), "the queue has its own tests to run");
        place.world().advance_to(now + 200_000);
        let counts = place.world().counts();
        assert_eq!((counts.merged, counts.merged_not_green), (1, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn auto_merge_is_refused_where_nothing_stands_in_the_way() {
    let place = opened(None).await;
    let id = place.get("/repos/acme/app/pulls/1").await.body["node_id"].clone();
    let query = "mutation($id: ID!) { enablePullRequestAutoMerge(input: { pullRequestId: $id }) { clientMutationId } }";
    let got = ask(&place, query, json!({ "id": id })).await;
    assert_eq!(got.body["errors"][0]["message"], "Pull request Pull request is in clean status");
    assert_eq!(got.body["data"]["enablePullRequestAutoMerge"], Value::Null);
}
