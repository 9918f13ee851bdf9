//! Where entities come from, and that nothing is registered here.

use serde_json::json;

use crate::{Running, send};

/// The file that declares [`crate::COMPANY`].
fn company(run: &Running) -> String {
    run.folder.path().join("catalog/company.yaml").display().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn locations_are_what_entities_come_from() {
    let run = Running::start().await;
    let all = run.get("/locations").await.ok();
    assert_eq!(all.as_array().unwrap().len(), 1);
    let location = &all[0]["data"];
    assert_eq!((&location["type"], &location["target"]), (&json!("file"), &json!(company(&run))));
    assert!(location["entityRef"].as_str().unwrap().starts_with("location:default/generated-"));
    let id = location["id"].as_str().unwrap();
    assert_eq!(&run.get(&format!("/locations/{id}")).await.ok(), location);
    assert_eq!(&run.get("/locations/by-entity/component/default/alpha").await.ok(), location);
    run.refused(&run.get("/locations/7").await, (404, "NotFoundError"), "Found no location with ID 7");
    let missing = run.get("/locations/by-entity/component/default/omega").await;
    run.refused(&missing, (404, "NotFoundError"), "found no entity for ref component:default/omega");
    let found = run.post("/locations/by-query", &json!({ "query": { "type": "file" } })).await.ok();
    assert_eq!(found, json!({ "items": [location], "totalItems": 1, "pageInfo": {} }));
    let none =
        run.post("/locations/by-query", &json!({ "query": { "target": { "$hasPrefix": "x" } } })).await.ok();
    assert_eq!(none["totalItems"], 0);
    let wrong = run.post("/locations/by-query", &json!({ "query": { "kind": "x" } })).await;
    run.refused(&wrong, (400, "InputError"), "a location has id, type, target and entityRef");
}

#[tokio::test(flavor = "multi_thread")]
async fn locations_are_walked_in_pages() {
    let run = Running::start().await;
    crate::declare(run.folder.path(), "b.yaml", &crate::component("one", "service", ""));
    crate::declare(run.folder.path(), "c.yaml", &crate::component("two", "service", ""));
    run.known().await;
    run.moved(async || run.get("/locations").await.ok().as_array().unwrap().len() == 3).await;
    let (mut seen, mut body) = (Vec::new(), json!({ "limit": 2 }));
    loop {
        let page = run.post("/locations/by-query", &body).await.ok();
        assert_eq!(page["totalItems"], 3);
        seen.extend(page["items"].as_array().unwrap().iter().map(|row| row["id"].to_string()));
        let Some(cursor) = page["pageInfo"]["nextCursor"].as_str() else { break };
        body = json!({ "cursor": cursor });
    }
    seen.dedup();
    assert_eq!(seen.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_registers_is_told_how() {
    let run = Running::start().await;
    let known = json!({ "type": "file", "target": company(&run) });
    let dry = run.post("/locations?dryRun=true", &known).await;
    assert_eq!(dry.code, 201);
    assert_eq!(dry.json()["exists"], true);
    assert_eq!(dry.json()["entities"].as_array().unwrap().len(), 9);
    let other = json!({ "type": "url", "target": "https://example.org/catalog-info.yaml" });
    let (not_here, dry) =
        (run.post("/locations", &other).await, run.post("/locations?dryRun=true", &other).await);
    run.refused(
        &not_here,
        (403, "NotAllowedError"),
        "is not registered; locations are not registered over this API",
    );
    run.refused(&dry, (400, "InputError"), "is no file of this fleet's catalog");
    run.refused(&run.post("/locations", &known).await, (403, "NotAllowedError"), "is in the catalog already");
    let wrong = run.post("/locations", &json!({ "type": "url", "target": "x", "more": 1 })).await;
    run.refused(&wrong, (400, "InputError"), "Malformed request: Unrecognized key(s) in object: 'more'");
    let wrong = run.post("/locations?onConflict=x", &other).await;
    run.refused(&wrong, (400, "InputError"), "allowed values: refresh, reject");
    let id = run.get("/locations").await.ok()[0]["data"]["id"].as_str().unwrap().to_owned();
    for method in ["DELETE", "PUT"] {
        let kept = send(run.address, method, &format!("/locations/{id}"), &[], b"").await;
        run.refused(&kept, (403, "NotAllowedError"), "stays as it is");
        let missing = send(run.address, method, "/locations/7", &[], b"").await;
        run.refused(&missing, (404, "NotFoundError"), "Found no location with ID 7");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_analyzed_without_being_fetched() {
    let run = Running::start().await;
    let target = "https://github.com/acme/shop/blob/main/x.yaml";
    let told =
        run.post("/analyze-location", &json!({ "location": { "type": "url", "target": target } })).await;
    assert_eq!(
        told.ok(),
        json!({ "existingEntityFiles": [], "generateEntities": [{ "entity": {
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "Component",
            "metadata": { "name": "shop", "annotations": { "github.com/project-slug": "acme/shop" } },
            "spec": { "type": "other", "lifecycle": "unknown" },
        }, "fields": [] }] })
    );
    let wrong =
        run.post("/analyze-location", &json!({ "location": { "type": "url", "target": "shop" } })).await;
    run.refused(&wrong, (400, "InputError"), "The given location.target is not a URL");
}
