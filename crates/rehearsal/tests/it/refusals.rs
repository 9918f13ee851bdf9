//! The exact words of refusals, at the API and at git's door.

use fleetwright_rehearsal::model::account::{Credential, Grant, Level, Reach, Scope, TokenKind};
use fleetwright_rehearsal::model::method::Method;
use fleetwright_rehearsal::model::repo::Rules;
use fleetwright_rehearsal::script::{CiCheck, CiScript};
use serde_json::{Value, json};

use crate::support::{Place, git, said};

async fn ruled(rules: Rules) -> Place {
    let place = Place::new(|settings| {
        settings.ci = vec![CiScript { repos: "*".to_owned(), checks: vec![CiCheck::new("build")] }];
    })
    .await;
    place.push("fleet/a", "app.yaml", "image: app:2\n").await;
    place.open("fleet/a").await;
    let app = place.app();
    place.world().lock().set_repo(app, |settings| settings.rules = Some(rules)).unwrap();
    place
}

async fn merge(place: &Place, method: &str) -> (u16, String) {
    let got = place.ask("PUT", "/repos/acme/app/pulls/1/merge", json!({ "merge_method": method })).await;
    (got.status, got.message().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_is_refused_for_each_rule_in_turn() {
    let rules =
        Rules { checks: vec!["build".to_owned()], approvals: 1, strict: false, queue: true, no_push: true };
    let place = ruled(rules).await;
    let app = place.app();
    let refused = |words: &str| (405, words.to_owned());
    assert_eq!(merge(&place, "merge").await, refused("Required status check \"build\" is expected."));
    let now = place.world().now();
    place.world().advance_to(now + 61_000);
    let words = "At least 1 approving review is required by reviewers with write access.";
    assert_eq!(merge(&place, "merge").await, refused(words));
    let approved = fleetwright_rehearsal::model::pull::ReviewState::Approved;
    place.world().lock().review(app, 1, (approved, ""), "ada").unwrap();
    assert_eq!(merge(&place, "merge").await, refused("Changes must be made through the merge queue"));
    let only = |settings: &mut fleetwright_rehearsal::model::repo::RepoSettings| {
        settings.rules = None;
        settings.methods = vec![Method::Rebase];
    };
    place.world().lock().set_repo(app, only).unwrap();
    assert_eq!(merge(&place, "squash").await, refused("Squash merges are not allowed on this repository."));
    assert_eq!(merge(&place, "merge").await, refused("Merge commits are not allowed on this repository."));
    assert_eq!(merge(&place, "rebase").await.0, 200);
    assert_eq!(merge(&place, "rebase").await, refused("Pull Request is not mergeable"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_is_not_mergeable() {
    let place = Place::new(|_| {}).await;
    place.push("fleet/a", "app.yaml", "image: app:2\n").await;
    let clone = place.clone().await;
    git(&clone, &["checkout", "-q", "main"]).await;
    place.open("fleet/a").await;
    let pushed = place.push("main", "app.yaml", "image: app:9\n").await;
    assert!(pushed.status.success(), "{}", said(&pushed));
    let clone = place.clone().await;
    git(&clone, &["checkout", "-q", "-B", "main", "origin/main"]).await;
    std::fs::write(clone.join("app.yaml"), "image: other\n").unwrap();
    git(&clone, &["commit", "-qam", "other"]).await;
    git(&clone, &["push", "-qf", &place.git_url(&place.token), "main"]).await;
    let one = place.get("/repos/acme/app/pulls/1").await;
    assert_eq!((&one.body["mergeable"], &one.body["mergeable_state"]), (&json!(false), &json!("dirty")));
    assert_eq!(merge(&place, "merge").await, (405, "Pull Request is not mergeable".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_branch_takes_no_push() {
    let place = ruled(Rules { no_push: true, ..Rules::default() }).await;
    let clone = place.clone().await;
    git(&clone, &["checkout", "-q", "-B", "main", "origin/main"]).await;
    let pushed = place.push("main", "app.yaml", "image: app:4\n").await;
    assert!(!pushed.status.success());
    let words = said(&pushed);
    assert!(
        words.contains("remote: error: GH006: Protected branch update failed for refs/heads/main."),
        "{words}"
    );
    assert!(words.contains("! [remote rejected] main -> main (protected branch hook declined)"), "{words}");
}

fn token(place: &Place, scopes: &[(Scope, Level)], expires: Option<i64>) -> String {
    let name = format!("github_pat_{}", scopes.len());
    let grant = Grant { reach: Reach::All, scopes: scopes.iter().copied().collect() };
    let credential = Credential { login: "ada".to_owned(), kind: TokenKind::FineGrained, grant, expires };
    place.world().lock().add_token(&name, credential);
    name
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_held_to_its_permissions_and_end() {
    let place = Place::new(|_| {}).await;
    let end = place.world().now() + 1_000;
    let reads = token(&place, &[(Scope::Contents, Level::Read)], Some(end));
    let pushed = place.push_as(&reads, "fleet/a", ("app.yaml", "image: app:2\n")).await;
    assert!(said(&pushed).contains("403"), "{}", said(&pushed));
    let body = json!({ "title": "x", "head": "fleet/a", "base": "main" });
    let lacks = place.with(&reads, "POST", "/repos/acme/app/pulls", body).await.unwrap();
    assert_eq!((lacks.status, lacks.message()), (403, "Resource not accessible by personal access token"));
    let writes = token(&place, &[(Scope::Contents, Level::Write), (Scope::Pulls, Level::Write)], None);
    let pushed = place.push_as(&writes, "fleet/ci", (".github/workflows/ci.yml", "on: pull_request\n")).await;
    let words = "refusing to allow a Personal Access Token to create or update workflow \
        `.github/workflows/ci.yml` without `workflow` scope";
    assert!(said(&pushed).contains(words), "{}", said(&pushed));
    place.world().advance_to(end);
    let ended = place.with(&reads, "GET", "/repos/acme/app", Value::Null).await.unwrap();
    assert_eq!((ended.status, ended.message()), (401, "Bad credentials"));
    let clone = place.clone().await;
    let wrong = git(&clone, &["ls-remote", &place.git_url("wrong")]).await;
    assert!(
        said(&wrong).contains("Authentication failed") || said(&wrong).contains("401"),
        "{}",
        said(&wrong)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn git_follows_a_renamed_repository_and_cannot_write_an_archived_one() {
    let place = Place::new(|_| {}).await;
    let (clone, app) = (place.clone().await, place.app());
    place.world().lock().rename_repo(app, "renamed").unwrap();
    let listed = git(&clone, &["ls-remote", &place.git_url(&place.token)]).await;
    assert!(listed.status.success(), "{}", said(&listed));
    place.world().lock().archive_repo(app, true).unwrap();
    let url = place.git_url(&place.token).replace("app.git", "renamed.git");
    let pushed = git(&clone, &["push", &url, "HEAD:refs/heads/x"]).await;
    assert!(said(&pushed).contains("403"), "{}", said(&pushed));
}
