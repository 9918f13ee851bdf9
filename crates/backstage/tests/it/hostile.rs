//! What nobody ought to send.

use serde_json::json;

use crate::{Running, send};

#[tokio::test(flavor = "multi_thread")]
async fn cursors_of_strangers_are_refused() {
    let run = Running::start().await;
    // `{}`, `[1]`, a text, what is no text, and one cut off.
    for cursor in ["e30%3D", "WzFd", "ImEi", "%FF%FE", "eyJxdWVyeSI6", "%00"] {
        let answer = run.get(&format!("/entities/by-query?cursor={cursor}")).await;
        run.refused(&answer, (400, "InputError"), "Malformed cursor");
        let answer = run.post("/entities/by-query", &json!({ "cursor": cursor })).await;
        run.refused(&answer, (400, "InputError"), "Malformed cursor");
        let answer = run.post("/locations/by-query", &json!({ "cursor": cursor })).await;
        run.refused(&answer, (400, "InputError"), "Malformed cursor");
    }
    run.refused(&run.get("/entities/by-query?cursor=").await, (400, "InputError"), "Empty value");
    let huge = json!({ "cursor": "A".repeat(300_000) });
    run.refused(&run.post("/entities/by-query", &huge).await, (400, "InputError"), "it is too long");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_beyond_all_are_refused() {
    let run = Running::start().await;
    for path in ["limit=10001", "limit=99999999999999999999", "limit=1e3", "limit=-1", "offset=x", "limit="] {
        let answer = run.get(&format!("/entities/by-query?{path}")).await;
        assert_eq!(answer.code, 400, "{path}: {}", answer.text());
    }
    let last = run.get("/entities/by-query?limit=10000&offset=18446744073709551615").await.ok();
    assert_eq!(last["items"], json!([]));
    for limit in [json!(-1), json!(1.5), json!("2"), json!(1e300), json!(null)] {
        let answer = run.post("/entities/by-query", &json!({ "limit": limit })).await;
        assert_eq!(answer.code, 400, "{limit}: {}", answer.text());
    }
    let after =
        "/entities?after=eyJsaW1pdCI6MTg0NDY3NDQwNzM3MDk1NTE2MTUsIm9mZnNldCI6MTg0NDY3NDQwNzM3MDk1NTE2MTV9";
    assert_eq!(run.get(after).await.ok(), json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn long_and_odd_filters_are_refused() {
    let run = Running::start().await;
    let long = format!("/entities?filter={}", "kind=api,".repeat(9_000));
    assert_eq!(run.get(&long).await.code, 414, "longer than an address may be");
    let deep = format!("{}{{}}{}", "{\"$not\":".repeat(5_000), "}".repeat(5_000));
    let kind = [("content-type", "application/json")];
    let body = format!("{{\"query\":{deep}}}");
    let answer = send(run.address, "POST", "/entities/by-query", &kind, body.as_bytes()).await;
    run.refused(&answer, (400, "InputError"), "recursion limit exceeded");
    let long = json!({ "query": { "kind": "a".repeat(70_000) } });
    run.refused(&run.post("/entities/by-query", &long).await, (400, "InputError"), "more than 65536");
    for query in [json!([]), json!(7), json!(null), json!({ "kind": {} }), json!({ "$all": {} })] {
        let answer = run.post("/entities/by-query", &json!({ "query": query })).await;
        assert_eq!(answer.code, 400, "{query}");
    }
    let found = run.get("/entities?filter=%00%01=%F0%9F%A6%80,a.b.c.d=%22%3B--").await;
    assert_eq!(found.ok(), json!([]));
    let injected = run
        .get("/entities?limit=1&filter=kind=component%0d%0ax-evil:%201&filter=kind=api&filter=kind=user")
        .await;
    assert!(injected.header("x-evil").is_none() && injected.header("link").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_have_a_kind_and_a_size() {
    let run = Running::start().await;
    let post = async |headers: &[(&str, &str)], body: &[u8]| {
        send(run.address, "POST", "/entities/by-refs", headers, body).await
    };
    let json = ("content-type", "application/json");
    let good = br#"{"entityRefs":["user:default/ann"]}"#;
    assert_eq!(post(&[("content-type", "application/JSON; charset=utf-8")], good).await.code, 200);
    run.refused(&post(&[("content-type", "text/plain")], good).await, (400, "InputError"), "text/plain");
    run.refused(&post(&[], good).await, (400, "InputError"), "unsupported media type none");
    run.refused(&post(&[json], b"").await, (400, "InputError"), "required property 'body'");
    run.refused(&post(&[json], b"[]").await, (400, "InputError"), "must be object");
    run.refused(&post(&[json], b"{\"entityRefs\":[").await, (400, "InputError"), "EOF");
    run.refused(&post(&[json], b"\xff\xfe").await, (400, "InputError"), "no JSON: expected value");
    let large = vec![b' '; (1 << 20) + 1];
    run.refused(&post(&[json], &large).await, (413, "PayloadTooLargeError"), "at most 1048576 bytes");
    let told = post(&[json, ("content-length", "99999999999")], b"").await;
    run.refused(&told, (413, "PayloadTooLargeError"), "at most 1048576 bytes");
    let many = serde_json::json!({ "entityRefs": vec!["a"; 10_001] });
    run.refused(&run.post("/entities/by-refs", &many).await, (400, "InputError"), "at most 10000 references");
    let many = serde_json::json!({ "facets": vec!["kind"; 101] });
    run.refused(&run.post("/entity-facets", &many).await, (400, "InputError"), "at most 100 facets");
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_that_lead_nowhere_are_said_so() {
    let run = Running::start().await;
    for (method, path) in [
        ("GET", "/nothing"),
        ("PATCH", "/entities"),
        ("GET", "/refresh"),
        ("GET", "/entities/by-name/component/default"),
        ("DELETE", "/entities/by-name/component/default/alpha"),
    ] {
        let answer = send(run.address, method, path, &[], b"").await;
        run.refused(&answer, (404, "NotFoundError"), "there is no");
    }
    let odd = run.get("/entities/by-name/component/default/%FF%00%0d%0a").await;
    assert!([400, 404].contains(&odd.code), "{}", odd.text());
    let climbing = run.get("/entities/by-name/..%2f..%2f/x/y").await;
    run.refused(&climbing, (404, "NotFoundError"), "No entity named 'y'");
}

#[tokio::test(flavor = "multi_thread")]
async fn deep_entities_are_looked_at_within_limits() {
    let run = Running::start().await;
    let mut deep = json!("x");
    for _ in 0..100 {
        deep = json!({ "a": deep });
    }
    let entity = json!({
        "apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": { "name": "a" },
        "spec": { "type": "x", "lifecycle": "x", "owner": "x", "deep": deep },
    });
    let body = json!({ "entity": entity, "location": "url:https://example.org/a.yaml" });
    let answer = run.post("/validate-entity", &body).await;
    assert_eq!(answer.code, 400);
    assert!(answer.text().contains("too deep"), "{}", answer.text());
}
