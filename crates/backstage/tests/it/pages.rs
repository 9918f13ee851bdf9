//! Pages with cursors, and facets.

use serde_json::{Value, json};

use crate::{Running, declare, names};

/// All pages from one on: the names on each.
async fn walk(run: &Running, first: Value, post: bool) -> Vec<Vec<String>> {
    let (mut pages, mut at) = (vec![names(&first)], first);
    while let Some(cursor) = at["pageInfo"]["nextCursor"].as_str() {
        at = match post {
            true => run.post("/entities/by-query", &json!({ "cursor": cursor })).await.ok(),
            false => run.get(&format!("/entities/by-query?cursor={}", escaped(cursor))).await.ok(),
        };
        pages.push(names(&at));
    }
    pages
}

fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_one_another_both_ways() {
    let run = Running::start().await;
    let path =
        "/entities/by-query?filter=kind=component&orderField=metadata.name,desc&limit=2&fields=metadata.name";
    let first = run.get(path).await.ok();
    assert_eq!(first["totalItems"], 5);
    assert_eq!(first["pageInfo"].get("prevCursor"), None);
    let pages = [vec!["gamma", "epsilon"], vec!["delta", "Beta"], vec!["alpha"]];
    assert_eq!(walk(&run, first.clone(), false).await, pages);
    assert_eq!(walk(&run, first.clone(), true).await, pages);
    let next = first["pageInfo"]["nextCursor"].as_str().unwrap();
    let second = run.get(&format!("/entities/by-query?cursor={}", escaped(next))).await.ok();
    assert_eq!(second["totalItems"], 5);
    let back = second["pageInfo"]["prevCursor"].as_str().unwrap();
    let back = run.get(&format!("/entities/by-query?cursor={}", escaped(back))).await.ok();
    assert_eq!(names(&back), ["gamma", "epsilon"]);
    assert_eq!(back["pageInfo"].get("prevCursor"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_goes_on_where_it_was_when_the_catalog_changes() {
    let run = Running::start().await;
    let first = run.get("/entities/by-query?filter=kind=component&limit=2").await.ok();
    assert_eq!(names(&first), ["alpha", "Beta"]);
    // What the next page begins after goes, and something comes before it.
    let text = std::fs::read_to_string(run.folder.path().join("catalog/company.yaml")).unwrap();
    declare(run.folder.path(), "company.yaml", &text.replace("name: Beta", "name: aardvark"));
    run.known().await;
    run.moved(async || run.names("/entities?filter=metadata.name=aardvark").await.len() == 1).await;
    assert_eq!(walk(&run, first, false).await[1..], [vec!["epsilon", "gamma"], vec!["delta"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_predicate_is_posted() {
    let run = Running::start().await;
    let ask = json!({
        "query": { "$all": [{ "kind": "component" }, { "$not": { "spec.type": { "$in": ["website", "library"] } } }] },
        "orderBy": [{ "field": "metadata.name", "order": "desc" }],
        "fields": ["metadata.name"],
        "limit": 2,
    });
    let first = run.post("/entities/by-query", &ask).await.ok();
    assert_eq!(first["totalItems"], 3);
    assert_eq!(walk(&run, first, true).await, [vec!["gamma", "epsilon"], vec!["alpha"]]);
    let all = run.post("/entities/by-query", &json!({})).await.ok();
    assert_eq!(all["totalItems"], 9);
    let wrong = run.post("/entities/by-query", &json!({ "query": { "$nor": [] } })).await;
    run.refused(&wrong, (400, "InputError"), "Invalid query: $nor: no such operator");
    let wrong =
        run.post("/entities/by-query", &json!({ "orderBy": [{ "field": "kind", "order": "up" }] })).await;
    run.refused(&wrong, (400, "InputError"), "orderBy/0/order must be equal to one of");
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_searched_and_counting_can_be_left_out() {
    let run = Running::start().await;
    let found = run
        .get("/entities/by-query?fullTextFilterTerm=A&fullTextFilterFields=metadata.name,spec.type&limit=3");
    let found = found.await.ok();
    assert_eq!((found["totalItems"].as_u64(), names(&found).len()), (Some(8), 3));
    let found =
        run.get("/entities/by-query?fullTextFilterTerm=first&fullTextFilterFields=metadata.title").await.ok();
    assert_eq!(names(&found), ["alpha"]);
    let uncounted = run.get("/entities/by-query?totalItems=exclude&limit=2").await.ok();
    assert_eq!(uncounted["totalItems"], 0);
    assert_eq!(walk(&run, uncounted, false).await.len(), 5);
    let none = run.get("/entities/by-query?limit=0").await.ok();
    assert_eq!(none, json!({ "items": [], "totalItems": 9, "pageInfo": {} }));
    let wrong = run.get("/entities/by-query?totalItems=some").await;
    run.refused(&wrong, (400, "InputError"), "allowed values: include, exclude");
    let wrong = run.get("/entities/by-query?orderField=kind,up").await;
    run.refused(&wrong, (400, "InputError"), "must be asc or desc");
}

#[tokio::test(flavor = "multi_thread")]
async fn facets_count_values_as_they_are_written() {
    let run = Running::start().await;
    let facets = run.get(
        "/entity-facets?facet=kind&facet=Metadata.Tags&facet=none&filter=kind=component&filter=kind=api",
    );
    assert_eq!(
        facets.await.ok(),
        json!({ "facets": {
            "kind": [{ "value": "API", "count": 1 }, { "value": "Component", "count": 5 }],
            "Metadata.Tags": [
                { "value": "java", "count": 1 },
                { "value": "public", "count": 1 },
                { "value": "rest", "count": 1 },
            ],
            "none": [],
        }})
    );
    let posted = json!({ "facets": ["spec.type"], "query": { "kind": "group" } });
    let counted = json!([{ "value": "department", "count": 1 }, { "value": "team", "count": 1 }]);
    assert_eq!(run.post("/entity-facets", &posted).await.ok(), json!({ "facets": { "spec.type": counted } }));
    run.refused(&run.get("/entity-facets").await, (400, "InputError"), "required property 'facet'");
    run.refused(
        &run.get("/entity-facets?facet=").await,
        (400, "InputError"),
        "Empty value found for query parameter",
    );
    let none = run.post("/entity-facets", &json!({ "facets": [] })).await;
    run.refused(&none, (400, "InputError"), "Missing or empty facets parameter");
}
