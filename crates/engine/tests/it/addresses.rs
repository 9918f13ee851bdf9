//! Addresses in Locations: what they give to the catalog, and what stays when they cannot be had.

use std::fs;
use std::sync::Mutex;

use fleetwright_engine::know::Assembled;
use fleetwright_engine::progress::Progress;
use fleetwright_store::Write;
use fleetwright_testkit::secure::Page;

use crate::named_world::{HOSTS, World, component, location};

/// Hears what is noted.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Progress for Notes {
    fn note(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_and_what_it_leads_to_are_in_the_catalog_and_cost_little_when_unchanged() {
    let start = location("all", "type: url, target: https://a.fetch.example/c/all.yaml");
    let world = World::of(HOSTS, &[("catalog-info.yaml", &start)]).await;
    let all = format!("{}---\n{}", component("first"), location("more", "targets: [./more.yaml]"));
    world.server.put("a.fetch.example/c/all.yaml", Page::text(&all, "1"));
    world.server.put("a.fetch.example/c/more.yaml", Page::text(&component("second"), "1"));
    world.sync().await;
    assert_eq!(world.names().await, ["first", "second"]);
    assert_eq!(world.findings().await, []);
    let second = world.body("component:default/second").await;
    let annotations = &second["metadata"]["annotations"];
    assert_eq!(annotations["backstage.io/managed-by-location"], "url:https://a.fetch.example/c/more.yaml");
    let origin = annotations["backstage.io/managed-by-origin-location"].as_str().unwrap();
    assert_eq!(origin, "file:local/acme/shop/catalog-info.yaml");
    // A page it has; of a host that is no forge, nobody knows where it is edited.
    assert_eq!(annotations["backstage.io/view-url"], "https://a.fetch.example/c/more.yaml");
    assert_eq!(
        annotations.get("backstage.io/edit-url").or(annotations.get("backstage.io/source-location")),
        None
    );
    let row = world.fleet.store.entity("component:default/second").await.unwrap().unwrap();
    assert_eq!((row.repo, row.path.as_str()), (None, "https://a.fetch.example/c/more.yaml"));
    assert_eq!(world.statuses(), [200, 200]);
    assert_eq!(world.sync().await, Assembled::default(), "nothing moved, nothing is put together anew");
    assert_eq!(world.statuses(), [304, 304]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_had_stays_as_it_was_and_is_told_at_its_location() {
    let start = location("all", "target: https://a.fetch.example/all.yaml");
    let world = World::of(HOSTS, &[("catalog-info.yaml", &start)]).await;
    world.server.put("a.fetch.example/all.yaml", Page::text(&component("first"), "1"));
    world.sync().await;
    for (status, words) in [(404, "the server answered 404"), (503, "the server answered 503")] {
        world.server.put("a.fetch.example/all.yaml", Page { status, ..Page::default() });
        world.sync().await;
        let finding = world.finding().await;
        assert_eq!(
            (finding.path.as_str(), finding.line, finding.area.as_str()),
            ("catalog-info.yaml", 4, "assembly")
        );
        assert!(finding.message.contains(words) && finding.message.contains("all.yaml"), "{finding:?}");
        assert_eq!(world.names().await, ["first"]);
        let first = world.body("component:default/first").await;
        assert!(first["status"]["items"][0]["message"].as_str().unwrap().contains(words), "{first}");
        let told = world.body("location:default/all").await;
        assert!(told["status"]["items"][0]["message"].as_str().unwrap().contains(words), "{told}");
    }
    world.server.put("a.fetch.example/all.yaml", Page::text(&component("first"), "1"));
    world.sync().await;
    assert_eq!(world.findings().await, []);
    assert!(world.body("component:default/first").await.get("status").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_version_leaves_the_good_one_until_it_is_mended() {
    let start = location("all", "target: https://a.fetch.example/all.yaml");
    let world = World::of(HOSTS, &[("catalog-info.yaml", &start)]).await;
    let put = |text: &str, tag: &str| world.server.put("a.fetch.example/all.yaml", Page::text(text, tag));
    put(&component("first"), "1");
    world.sync().await;
    put(&component("first").replace("kind: Component\n", "kind: [\n"), "2");
    for _ in 0..2 {
        world.sync().await;
        assert_eq!(world.names().await, ["first"]);
        let finding = world.finding().await;
        assert!(finding.message.contains("https://a.fetch.example/all.yaml: line 4: "), "{finding:?}");
    }
    put(&component("second"), "3");
    world.sync().await;
    assert_eq!((world.names().await, world.findings().await), (vec!["second".to_owned()], vec![]));
    // A first version with one bad document gives its good ones, and says what is wrong in the other.
    let twin = location("twin", "target: https://b.fetch.example/two.yaml");
    let world = World::of(HOSTS, &[("catalog-info.yaml", &twin)]).await;
    let two = format!("{}---\nkind: Nothing\n", component("first"));
    world.server.put("b.fetch.example/two.yaml", Page::text(&two, ""));
    world.sync().await;
    assert_eq!(world.names().await, ["first"]);
    let found = world.findings().await;
    assert!(!found.is_empty());
    assert!(found.iter().all(|row| row.path == "catalog-info.yaml" && row.line == 4), "{found:?}");
    assert!(found[0].message.starts_with("https://b.fetch.example/two.yaml:6: "), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_names_any_more_is_gone_and_what_may_be_missing_is_no_finding() {
    let start = location("all", "presence: optional, targets: [https://a.fetch.example/x.yaml]");
    let world = World::of(HOSTS, &[("catalog-info.yaml", &start)]).await;
    world.sync().await;
    assert_eq!(world.findings().await, []);
    world.server.put("a.fetch.example/x.yaml", Page::text(&component("first"), ""));
    world.sync().await;
    assert_eq!(world.names().await, ["first"]);
    world.server.take("a.fetch.example/x.yaml");
    world.sync().await;
    assert_eq!((world.names().await, world.findings().await), (vec![], vec![]));
    world.server.put("a.fetch.example/x.yaml", Page::text(&component("first"), ""));
    world.sync().await;
    // The repository is gone, and with it what it names.
    let write = Write::Gone { forge: "local".into(), names: vec!["acme/shop".into()] };
    world.fleet.store.write(vec![write], None).await.unwrap();
    world.sync().await;
    assert_eq!((world.names().await, world.fleet.store.fetched().await.unwrap()), (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn placeholders_of_a_fetched_file_are_fetched_too() {
    let start = location("all", "target: https://a.fetch.example/acme/lib/raw/v1/all.yaml");
    let world = World::of(HOSTS, &[("catalog-info.yaml", &start)]).await;
    let api = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: { name: api }\n\
        spec: { type: openapi, lifecycle: production, owner: guests, definition: { $text: ./open.json } }\n";
    world.server.put("a.fetch.example/acme/lib/raw/v1/all.yaml", Page::text(api, "1"));
    world.sync().await;
    assert_eq!(world.names().await, [""; 0]);
    let finding = world.finding().await;
    assert!(
        finding.message.contains("spec.definition: https://a.fetch.example/acme/lib/raw/v1/open.json: "),
        "{finding:?}"
    );
    world.server.put("a.fetch.example/acme/lib/raw/v1/open.json", Page::text("{\"openapi\": 3}", "1"));
    world.sync().await;
    assert_eq!(world.findings().await, []);
    assert_eq!(world.body("api:default/api").await["spec"]["definition"], "{\"openapi\": 3}");
    // Another repository's files are not taken in.
    let foreign = api.replace("./open.json", "https://a.fetch.example/acme/other/raw/v1/x");
    world.server.put("a.fetch.example/acme/lib/raw/v1/all.yaml", Page::text(&foreign, "2"));
    world.server.asked();
    world.sync().await;
    assert!(world.finding().await.message.contains("is not of the same repository"));
    assert!(world.server.asked().iter().all(|asked| !asked.what.contains("other")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_the_fleet_is_read_from_its_mirror_and_never_fetched() {
    let targets = "targets: [https://github.com/acme/lib/blob/main/parts/**/*.yaml, \
        https://github.com/acme/lib/raw/main/one.yaml, https://raw.githubusercontent.com/acme/lib/main/catalog-info.yaml, \
        'https://github.com/acme/lib/blob/main/white%20space/four.yaml', https://github.com/acme/lib/blob/main/none.yaml]";
    let world = World::of("", &[("catalog-info.yaml", &location("all", targets))]).await;
    let one = format!("{}---\n{}", component("one"), location("deeper", "targets: [./sub/*.yaml]"));
    let files = [
        ("catalog-info.yaml", component("own")),
        ("one.yaml", one),
        ("sub/two.yaml", component("two")),
        ("parts/a/three.yaml", component("three")),
        ("white space/four.yaml", component("four")),
        ("unnamed.yaml", component("unnamed")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    world.mirrored("acme/lib", &files).await;
    world.known_local().await;
    world.sync().await;
    assert_eq!(world.names().await, ["four", "one", "own", "three", "two"]);
    let four = world.body("component:default/four").await;
    let view = "https://github.com/acme/lib/blob/main/white%20space/four.yaml";
    assert_eq!(four["metadata"]["annotations"]["backstage.io/view-url"], view);
    let finding = world.finding().await;
    assert!(finding.message.contains("none.yaml: no such file is on the default branch"), "{finding:?}");
    assert_eq!(finding.path, "catalog-info.yaml");
    let two = world.fleet.store.entity("component:default/two").await.unwrap().unwrap();
    let lib = world.fleet.repo("acme/lib").await.unwrap();
    assert_eq!((two.repo, two.path.as_str(), two.tip.is_empty()), (Some(lib.id), "sub/two.yaml", false));
    let body = world.body("component:default/two").await;
    let annotations = &body["metadata"]["annotations"];
    let managed = &annotations["backstage.io/managed-by-location"];
    assert_eq!(managed, "url:https://github.com/acme/lib/blob/main/sub/two.yaml");
    assert_eq!(annotations["backstage.io/view-url"], "https://github.com/acme/lib/blob/main/sub/two.yaml");
    assert_eq!(annotations["backstage.io/edit-url"], "https://github.com/acme/lib/edit/main/sub/two.yaml");
    assert_eq!(annotations["backstage.io/source-location"], "url:https://github.com/acme/lib/tree/main/sub/");
    let start = world.body("location:default/all").await;
    assert_eq!(
        start["metadata"]["annotations"].get("backstage.io/view-url"),
        None,
        "a local forge has no pages"
    );
    assert!(world.book.asked.lock().unwrap().is_empty());
    assert_eq!(world.sync().await, Assembled::default());
    world.mirrored("acme/lib", &[("one.yaml", &component("uno"))]).await;
    world.sync().await;
    let names = world.names().await;
    assert!(names.contains(&"uno".to_owned()) && !names.contains(&"one".to_owned()), "{names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn locations_beside_the_configuration_are_followed_and_what_is_wrong_is_noted() {
    let world = World::of(HOSTS, &[("README.md", "")]).await;
    let folder = world.folder.path().join("catalog");
    fs::create_dir(&folder).unwrap();
    let both = "targets: [https://a.fetch.example/x.yaml, https://b.fetch.example/y.yaml]";
    fs::write(folder.join("all.yaml"), location("all", both)).unwrap();
    world.server.put("a.fetch.example/x.yaml", Page::text(&component("first"), ""));
    let notes = Notes::default();
    world.told(&notes).await;
    assert_eq!(world.names().await, ["first"]);
    let notes = notes.0.into_inner().unwrap();
    assert!(notes.iter().any(|note| note.contains("all.yaml:4") && note.contains("y.yaml")), "{notes:?}");
}
