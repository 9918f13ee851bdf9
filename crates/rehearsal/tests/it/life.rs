//! The life of a pull request, with a plain client and the real git.

use serde_json::json;

use crate::support::{Place, git, said};
use fleetwright_rehearsal::script::{CiCheck, CiScript};

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_is_pushed_opened_checked_and_merged() {
    let place = Place::new(|settings| {
        settings.ci = vec![CiScript { repos: "*".to_owned(), checks: vec![CiCheck::new("build")] }];
    })
    .await;
    let pushed = place.push("fleet/a", "app.yaml", "image: app:2\n").await;
    assert!(pushed.status.success(), "{}", said(&pushed));
    let opened = place.open("fleet/a").await;
    assert_eq!(opened.status, 201, "{}", opened.text);
    assert_eq!((&opened.body["number"], &opened.body["state"]), (&json!(1), &json!("open")));
    let head = opened.body["head"]["sha"].as_str().unwrap().to_owned();

    let found = place.get("/repos/acme/app/pulls?head=acme:fleet/a&state=all").await;
    assert_eq!(found.body[0]["number"], 1);
    let runs = format!("/repos/acme/app/commits/{head}/check-runs");
    assert_eq!(place.get(&runs).await.body["check_runs"][0]["status"], "queued");
    let now = place.world().now();
    place.world().advance_to(now + 61_000);
    assert_eq!(place.get(&runs).await.body["check_runs"][0]["conclusion"], "success");

    let one = place.get("/repos/acme/app/pulls/1").await;
    assert_eq!((&one.body["mergeable"], &one.body["mergeable_state"]), (&json!(true), &json!("clean")));
    let merge = json!({ "sha": head, "merge_method": "squash" });
    let merged = place.ask("PUT", "/repos/acme/app/pulls/1/merge", merge).await;
    assert_eq!((merged.status, &merged.body["merged"]), (200, &json!(true)), "{}", merged.text);
    let clone = place.clone().await;
    git(&clone, &["fetch", "-q", "origin", "main"]).await;
    let shown = git(&clone, &["show", "FETCH_HEAD:app.yaml"]).await;
    assert_eq!(String::from_utf8_lossy(&shown.stdout), "image: app:2\n");
    let counts = place.world().counts();
    assert_eq!((counts.opened, counts.merged, counts.merged_not_green, counts.doubled), (1, 1, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_in_githubs_words() {
    let place = Place::new(|_| {}).await;
    place.push("fleet/a", "app.yaml", "image: app:2\n").await;
    place.open("fleet/a").await;
    let again = place.open("fleet/a").await;
    assert_eq!((again.status, again.message()), (422, "Validation Failed"));
    let error = json!({ "resource": "PullRequest", "code": "custom",
        "message": "A pull request already exists for acme:fleet/a." });
    assert_eq!(again.body["errors"], json!([error]));
    let nothing = place.open("fleet/none").await;
    let error = json!({ "resource": "PullRequest", "field": "head", "code": "invalid" });
    assert_eq!((nothing.status, &nothing.body["errors"]), (422, &json!([error])));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_head_than_the_named_one_is_not_merged() {
    let place = Place::new(|_| {}).await;
    place.push("fleet/a", "app.yaml", "image: app:2\n").await;
    place.open("fleet/a").await;
    let sha = json!({ "sha": "1".repeat(40) });
    let moved = place.ask("PUT", "/repos/acme/app/pulls/1/merge", sha).await;
    assert_eq!(
        (moved.status, moved.message()),
        (409, "Head branch was modified. Review and try the merge again.")
    );
}
