//! One entity, all, and some by their references.

use serde_json::{Value, json};

use crate::{Running, send};

#[tokio::test(flavor = "multi_thread")]
async fn all_are_listed_by_reference_and_in_full() {
    let run = Running::start().await;
    let all = run.names("/entities").await;
    assert_eq!(
        all,
        ["pay", "alpha", "Beta", "epsilon", "gamma", "delta", "payments", "platform", "ann"],
        "by kind, namespace and name in small letters"
    );
    let alpha = &run.get("/entities?filter=metadata.name=alpha").await.ok()[0];
    assert_eq!(alpha["metadata"]["namespace"], "default");
    let location = format!("file:{}/catalog/company.yaml", run.folder.path().display());
    assert_eq!(alpha["metadata"]["annotations"]["backstage.io/managed-by-location"], location);
    assert!(alpha["metadata"]["uid"].is_string() && alpha["metadata"]["etag"].is_string());
    assert_eq!(
        alpha["relations"],
        json!([
            { "type": "ownedBy", "targetRef": "group:default/payments" },
            { "type": "providesApi", "targetRef": "api:default/pay" },
        ])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_and_within_one_and_or_between() {
    let run = Running::start().await;
    let ask = async |filter: &str| run.names(&format!("/entities?{filter}")).await;
    assert_eq!(ask("filter=KIND=component,spec.type=SERVICE").await, ["alpha", "epsilon", "gamma"]);
    assert_eq!(ask("filter=kind=user&filter=kind=group").await, ["payments", "platform", "ann"]);
    assert_eq!(ask("filter=metadata.tags.java").await, ["alpha"]);
    assert_eq!(
        ask("filter=spec.type=service,spec.type=library").await,
        ["alpha", "epsilon", "gamma", "delta"]
    );
    assert_eq!(ask("filter=relations.memberof=group:default/payments").await, ["ann"]);
    assert_eq!(ask("filter=nothing").await, Vec::<String>::new());
    run.refused(&run.get("/entities?filter==x").await, (400, "InputError"), "'=x' is not a valid statement");
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_cut_down_what_is_shown() {
    let run = Running::start().await;
    let shown =
        run.get("/entities?filter=metadata.name=beta&fields=kind,metadata.annotations.example.org/team.mail");
    let expected = json!([{ "kind": "Component", "metadata": { "annotations": { "example.org/team.mail": "a@example.org" } } }]);
    assert_eq!(shown.await.ok(), expected);
    let both = run.get("/entities?filter=kind=user&fields=kind&fields=metadata.name").await.ok();
    assert_eq!(both, json!([{ "kind": "User", "metadata": { "name": "ann" } }]));
    run.refused(&run.get("/entities?fields=spec.x[0]").await, (400, "InputError"), "array type fields");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_all_are_linked_to_the_next() {
    let run = Running::start().await;
    let mut path = "/entities?limit=4&filter=kind=component&fields=metadata.name".to_owned();
    let mut seen = Vec::new();
    loop {
        let answer = run.get(&path).await;
        seen.push(crate::names(&answer.ok()).len());
        let Some(link) = answer.header("link") else { break };
        assert!(link.starts_with("</entities?limit=4&filter=") && link.ends_with(">; rel=\"next\""));
        path = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
    }
    assert_eq!(seen, [4, 1]);
    assert_eq!(run.names("/entities?offset=7").await, ["platform", "ann"]);
    assert_eq!(run.names("/entities?offset=70").await, Vec::<String>::new());
    run.refused(&run.get("/entities?limit=0").await, (400, "InputError"), "must be greater than zero");
    run.refused(&run.get("/entities?limit=x").await, (400, "InputError"), "limit must be integer");
    run.refused(&run.get("/entities?offset=-1").await, (400, "InputError"), "offset must be >= 0");
    run.refused(&run.get("/entities?after=%5B%5D").await, (400, "InputError"), "Malformed after cursor");
    run.refused(
        &run.get("/entities?limits=1").await,
        (400, "InputError"),
        "Unknown query parameter 'limits'",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_leaves_out_what_has_no_value_only_without_pages() {
    let run = Running::start().await;
    let by_title = "order=asc:metadata.title&order=desc:metadata.name";
    assert_eq!(run.names(&format!("/entities?{by_title}")).await, ["alpha"]);
    assert_eq!(
        run.names(&format!("/entities?{by_title}&limit=100&filter=kind=component")).await,
        ["alpha", "gamma", "epsilon", "delta", "Beta"]
    );
    assert_eq!(
        run.names("/entities?order=desc:metadata.name&filter=kind=group").await,
        ["platform", "payments"]
    );
    let wrong = run.get("/entities?order=metadata.name").await;
    run.refused(&wrong, (400, "InputError"), "expected \"<asc or desc>:<field name>\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_found_by_name_and_by_uid() {
    let run = Running::start().await;
    let beta = run.get("/entities/by-name/COMPONENT/default/beta").await.ok();
    assert_eq!(beta["metadata"]["name"], "Beta");
    let uid = beta["metadata"]["uid"].as_str().unwrap();
    assert_eq!(run.get(&format!("/entities/by-uid/{uid}")).await.ok(), beta);
    let missing = run.get("/entities/by-name/component/default/omega").await;
    let words = "No entity named 'omega' found, with kind 'component' in namespace 'default'";
    run.refused(&missing, (404, "NotFoundError"), words);
    run.refused(&run.get("/entities/by-uid/7").await, (404, "NotFoundError"), "No entity with uid 7");
    let gone = send(run.address, "DELETE", &format!("/entities/by-uid/{uid}"), &[], b"").await;
    run.refused(&gone, (403, "NotAllowedError"), "component:default/beta is declared at file:/");
    let gone = send(run.address, "DELETE", "/entities/by-uid/7", &[], b"").await;
    run.refused(&gone, (404, "NotFoundError"), "No entity with uid 7");
}

#[tokio::test(flavor = "multi_thread")]
async fn some_are_found_by_references_in_their_order() {
    let run = Running::start().await;
    let refs = json!({
        "entityRefs": ["user:default/ann", "component:default/omega", "component:default/alpha", "user:default/ann"],
        "fields": ["metadata.name"],
    });
    let found = run.post("/entities/by-refs", &refs).await.ok();
    assert_eq!(crate::names(&found), ["ann", "null", "alpha", "ann"]);
    assert_eq!(found["items"][1], Value::Null);
    let mut users = refs.clone();
    users["query"] = json!({ "kind": "user" });
    assert_eq!(
        crate::names(&run.post("/entities/by-refs", &users).await.ok()),
        ["ann", "null", "null", "ann"]
    );
    let filtered = run.post("/entities/by-refs?filter=kind=component", &refs).await.ok();
    assert_eq!(crate::names(&filtered), ["null", "null", "alpha", "null"]);
    let wrong = run.post("/entities/by-refs", &json!({ "entityRefs": [7] })).await;
    run.refused(&wrong, (400, "InputError"), "request/body/entityRefs/0 must be string");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_catalog_is_not_sent_again() {
    let run = Running::start().await;
    let first = run.get("/entities?filter=kind=user").await;
    let etag = first.header("etag").unwrap().to_owned();
    let again =
        send(run.address, "GET", "/entities?filter=kind=user", &[("if-none-match", &etag)], b"").await;
    assert_eq!((again.code, again.text()), (304, String::new()));
    let other =
        send(run.address, "GET", "/entities?filter=kind=user", &[("if-none-match", "\"x\"")], b"").await;
    assert_eq!(other.code, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn ancestry_names_the_locations_that_led_there() {
    let run = Running::start().await;
    let told = run.get("/entities/by-name/component/default/alpha/ancestry").await.ok();
    assert_eq!(told["rootEntityRef"], "component:default/alpha");
    assert_eq!(told["items"].as_array().unwrap().len(), 1, "the folder's files are roots");
    assert_eq!(told["items"][0]["parentEntityRefs"], json!([]));
    let missing = run.get("/entities/by-name/component/default/omega/ancestry").await;
    run.refused(&missing, (404, "NotFoundError"), "No such entity component:default/omega");
}
