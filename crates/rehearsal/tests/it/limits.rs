//! Each limit, with its headers.

use fleetwright_rehearsal::limits::{Limits, RetryAfter, Rule, Unit};
use serde_json::{Value, json};

use crate::support::{Got, Place};

/// GitHub's limits with one of them so low that a test reaches it.
fn lowered(unit: Unit, window: i64, most: u64) -> Limits {
    let mut limits = Limits::github();
    for rule in limits.rules.iter_mut().filter(|rule| rule.unit == unit && rule.window == window) {
        rule.most = most;
    }
    limits
}

async fn comment(place: &Place) -> Got {
    place.ask("POST", "/repos/acme/app/issues/1/comments", json!({ "body": "x" })).await
}

async fn with_pull(limits: Limits) -> Place {
    let place = Place::new(|_| {}).await;
    place.push("fleet/a", "app.yaml", "image: app:2\n").await;
    place.open("fleet/a").await;
    place.world().lock().set_limits(limits);
    place
}

#[test]
fn githubs_limits_are_the_published_ones() {
    let limits = Limits::github();
    let most = |unit, window| {
        limits.rules.iter().find(|rule| rule.unit == unit && rule.window == window).unwrap().most
    };
    let (minute, hour) = (60_000, 3_600_000);
    assert_eq!((most(Unit::Rest, hour), most(Unit::Graphql, hour)), (5_000, 5_000));
    assert_eq!((most(Unit::RestPoints, minute), most(Unit::GraphqlPoints, minute)), (900, 2_000));
    assert_eq!((most(Unit::Content, minute), most(Unit::Content, hour)), (80, 500));
    assert_eq!(limits.concurrent, Some(100));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hourly_budget_is_told_and_then_refuses() {
    let place = with_pull(lowered(Unit::Rest, 3_600_000, 3)).await;
    let start = place.world().now();
    for left in ["2", "1", "0"] {
        let got = place.get("/repos/acme/app").await;
        assert_eq!((got.status, got.header("x-ratelimit-remaining")), (200, Some(left)));
        assert_eq!(got.header("x-ratelimit-resource"), Some("core"));
        let reset: i64 = got.header("x-ratelimit-reset").unwrap().parse().unwrap();
        assert_eq!(reset, (start + 3_600_000) / 1_000);
    }
    let refused = place.get("/repos/acme/app").await;
    assert_eq!(refused.status, 403);
    assert!(refused.message().starts_with("API rate limit exceeded"), "{}", refused.message());
    assert_eq!((refused.header("x-ratelimit-remaining"), refused.header("retry-after")), (Some("0"), None));
    place.world().advance_to(start + 3_600_000);
    assert_eq!(place.get("/repos/acme/app").await.status, 200);
    assert_eq!(place.world().counts().while_blocked, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_answer_takes_nothing_of_the_hour() {
    let place = with_pull(Limits::github()).await;
    let first = place.get("/repos/acme/app").await;
    let tag = first.header("etag").unwrap().to_owned();
    let url = format!("{}/repos/acme/app", place.forge.url);
    let client = reqwest::Client::new();
    let again = client.get(url).bearer_auth(&place.token).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    let left =
        |headers: &reqwest::header::HeaderMap| headers["x-ratelimit-remaining"].to_str().unwrap().to_owned();
    assert_eq!(left(again.headers()), left(&first.headers));
}

#[tokio::test(flavor = "multi_thread")]
async fn content_is_refused_with_a_time_and_offences_lengthen_it() {
    let place = with_pull(lowered(Unit::Content, 60_000, 2)).await;
    assert_eq!((comment(&place).await.status, comment(&place).await.status), (201, 201));
    let refused = comment(&place).await;
    assert_eq!((refused.status, refused.header("retry-after")), (403, Some("60")));
    assert!(refused.message().contains("secondary rate limit"), "{}", refused.message());
    let offence = comment(&place).await;
    assert_eq!(offence.status, 429);
    assert!(offence.header("retry-after").unwrap().parse::<i64>().unwrap() > 60);
    let start = place.world().now();
    place.world().advance_to(start + 60_000);
    assert_eq!(comment(&place).await.status, 429, "the offence made the wait longer");
    place.world().advance_to(start + 240_000);
    assert_eq!(comment(&place).await.status, 201);
    let counts = place.world().counts();
    assert_eq!((counts.limited, counts.while_blocked, counts.content), (1, 2, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_lower_limit_is_found_only_by_reaching_it() {
    let place = with_pull(Limits::github().with_hidden_content(3)).await;
    for _ in 0..3 {
        assert_eq!(comment(&place).await.status, 201);
    }
    let refused = comment(&place).await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.header("retry-after"), Some("3600"), "when there is room again");
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_and_writes_take_points_by_the_minute() {
    let place = with_pull(lowered(Unit::RestPoints, 60_000, 7)).await;
    assert_eq!(place.ask("PATCH", "/repos/acme/app/pulls/1", json!({ "title": "x" })).await.status, 200);
    assert_eq!((place.get("/user").await.status, place.get("/user").await.status), (200, 200));
    let refused = place.get("/user").await;
    assert_eq!((refused.status, refused.header("retry-after")), (403, Some("60")));
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_costs_points_and_says_so_in_a_200() {
    let place = with_pull(lowered(Unit::Graphql, 3_600_000, 12)).await;
    let query = json!({ "query": "{ rateLimit { cost remaining limit } repository(owner: \"acme\", name: \"app\") \
        { pullRequests(first: 100) { nodes { labels(first: 10) { nodes { name } } reviews(first: 10) { nodes { id } } \
        comments(first: 10) { nodes { id } } } } } }" });
    let got = place.ask("POST", "/graphql", query.clone()).await;
    assert_eq!(got.body["data"]["rateLimit"], json!({ "cost": 3, "remaining": 9, "limit": 12 }));
    assert_eq!(got.header("x-ratelimit-resource"), Some("graphql"));
    for _ in 0..3 {
        assert!(place.ask("POST", "/graphql", query.clone()).await.body["errors"].is_null());
    }
    let refused = place.ask("POST", "/graphql", query).await;
    assert_eq!((refused.status, &refused.body["errors"][0]["type"]), (200, &json!("RATE_LIMITED")));
    assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
    let unbound = place.ask("POST", "/graphql", json!({ "query": "{ viewer { login } }" })).await;
    assert_eq!(unbound.status, 429, "sent while told to wait");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_at_once_are_refused() {
    let place =
        with_pull(Limits { rules: Vec::new(), concurrent: Some(0), retry_after: RetryAfter::Minute }).await;
    let refused = place.get("/user").await;
    assert_eq!((refused.status, refused.header("retry-after")), (403, Some("60")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_may_tell_nothing() {
    let rule = Rule { unit: Unit::Content, most: 0, window: 60_000, told: false };
    let limits = Limits { rules: vec![rule], concurrent: None, retry_after: RetryAfter::Untold };
    let place = with_pull(limits).await;
    let refused = comment(&place).await;
    assert_eq!((refused.status, refused.header("retry-after")), (403, None));
    assert_eq!(place.ask("GET", "/rate_limit", Value::Null).await.status, 200, "to ask for limits is free");
}
