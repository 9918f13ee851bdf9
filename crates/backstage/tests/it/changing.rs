//! A catalog that moves: it is read anew, and a refresh has it looked at again.

use serde_json::json;

use crate::{Running, component, declare};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_served_moves_with_the_catalog() {
    let run = Running::start().await;
    let etag = run.get("/entities").await.header("etag").unwrap().to_owned();
    declare(run.folder.path(), "more.yaml", &component("omega", "service", ""));
    run.known().await;
    run.moved(async || run.get("/entities/by-name/component/default/omega").await.code == 200).await;
    assert_ne!(run.get("/entities").await.header("etag"), Some(etag.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_reads_what_declares_an_entity_again() {
    let run = Running::start().await;
    let text = std::fs::read_to_string(run.folder.path().join("catalog/company.yaml")).unwrap();
    declare(run.folder.path(), "company.yaml", &text.replace("The First", "The Very First"));
    let answer = run.post("/refresh", &json!({ "entityRef": "Component:default/alpha" })).await;
    assert_eq!((answer.code, answer.text()), (200, String::new()));
    let alpha = "/entities/by-name/component/default/alpha";
    run.moved(async || run.get(alpha).await.ok()["metadata"]["title"] == "The Very First").await;
    let missing = run.post("/refresh", &json!({ "entityRef": "component:default/omega" })).await;
    run.refused(&missing, (404, "NotFoundError"), "Entity component:default/omega not found");
    let wrong = run.post("/refresh", &json!({ "ref": "x" })).await;
    run.refused(&wrong, (400, "InputError"), "NOT have additional properties");
    let wrong = run.post("/refresh", &json!({})).await;
    run.refused(&wrong, (400, "InputError"), "required property 'entityRef'");
}
