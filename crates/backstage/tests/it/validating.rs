//! Whether an entity would be taken.

use serde_json::{Value, json};

use crate::Running;

async fn errors(run: &Running, body: Value) -> Vec<String> {
    let answer = run.post("/validate-entity", &body).await;
    if answer.code == 200 {
        assert_eq!(answer.text(), "");
        return Vec::new();
    }
    assert_eq!(answer.code, 400);
    let told = answer.json()["errors"].as_array().unwrap().clone();
    told.iter().map(|error| format!("{}: {}", error["name"].as_str().unwrap(), error["message"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_file_may_say_is_taken() {
    let run = Running::start().await;
    let location = "url:https://example.org/catalog-info.yaml";
    let mut entity = json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "API",
        "metadata": { "name": "a" },
        "spec": { "type": "openapi", "lifecycle": "x", "owner": "me", "definition": { "$text": "./api.yaml" } },
    });
    assert_eq!(errors(&run, json!({ "entity": entity, "location": location })).await, Vec::<String>::new());
    entity["metadata"]["name"] = json!("not a name");
    let told = errors(&run, json!({ "entity": entity, "location": location })).await;
    assert!(told.len() == 1 && told[0].starts_with("InputError: \"metadata.name: "), "{told:?}");
    entity["kind"] = json!("Whatever");
    entity["metadata"]["name"] = json!("a");
    assert_eq!(errors(&run, json!({ "entity": entity, "location": location })).await.len(), 1);
    let told = errors(&run, json!({ "entity": entity, "location": "file:x" })).await;
    assert!(told[0].contains("only 'url:<target>' is supported"), "{told:?}");
    let wrong = run.post("/validate-entity", &json!({ "entity": 7, "location": location })).await;
    run.refused(&wrong, (400, "InputError"), "request/body/entity must be object");
    let told = errors(&run, json!({ "entity": {}, "location": location })).await;
    assert!(!told.is_empty());
}
