//! The catalog as a whole: conflicts, relations, groups, owners, what is served.

use fleetwright_catalog::{
    Catalog, EDIT_URL, EntityRef, Links, MANAGED_BY, MANAGED_BY_ORIGIN, ORPHAN, Ownership, SOURCE_LOCATION,
    SourceFile, VIEW_URL, assemble, declared, discovered, read, served, yaml,
};

const HEAD: &str = "apiVersion: backstage.io/v1alpha1\n";

fn entity(kind: &str, name: &str, spec: &str) -> String {
    format!("---\n{HEAD}kind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n")
}

fn file(path: &str, text: &str) -> SourceFile {
    let location = format!("url:https://f.example/a/{path}");
    SourceFile { origin: location.clone(), location, rows: read(path, text), ..SourceFile::default() }
}

fn organisation() -> Catalog {
    let groups = [
        entity("Group", "all", "{type: root, children: [pay]}"),
        entity("Group", "pay", "{type: department, children: []}"),
        entity("Group", "cards", "{type: team, parent: pay, children: [], members: [ann]}"),
        entity("User", "ann", "{memberOf: []}"),
    ];
    let parts = [
        entity("Component", "one", "{type: s, lifecycle: x, owner: cards}"),
        entity("Component", "two", "{type: s, lifecycle: x, owner: 'user:ann'}"),
        entity("Component", "three", "{type: s, lifecycle: x, owner: nobody, dependsOn: ['component:four']}"),
        entity("System", "four", "{owner: 'component:one'}"),
    ];
    assemble(vec![file("org.yaml", &groups.concat()), file("parts.yaml", &parts.concat())])
}

fn group(name: &str) -> EntityRef {
    EntityRef::new("group", "default", name)
}

#[test]
fn departments_roll_up_over_the_tree() {
    let catalog = organisation();
    let groups = catalog.groups();
    assert_eq!(groups.ancestors(&group("cards")), ["group:default/pay", "group:default/all"]);
    assert_eq!(groups.descendants(&group("all")), ["group:default/pay", "group:default/cards"]);
    assert_eq!(groups.members(&group("cards")).collect::<Vec<_>>(), ["user:default/ann"]);
    let owned: Vec<&str> = groups.department(&group("all")).into_iter().collect();
    assert_eq!(owned, ["component:default/one", "component:default/two"]);
}

#[test]
fn owners_resolve_or_are_reported() {
    let catalog = organisation();
    let one = catalog.get(&EntityRef::new("Component", "default", "ONE")).unwrap();
    assert_eq!(catalog.owner(one), Ownership::Owned(group("cards")));
    let said: Vec<_> = catalog.unowned.iter().map(|row| (row.line, row.message.as_str())).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert_eq!(said[0], (15, "three has no owner: its owner group:default/nobody is not in the catalog"));
    assert_eq!(said[1].1, "four has no owner: its owner component:default/one is no group and no user");
    let dangling: Vec<_> = catalog.dangling.iter().map(|row| row.message.as_str()).collect();
    assert_eq!(
        dangling,
        ["group:default/nobody is not in the catalog", "component:default/four is not in the catalog"]
    );
}

#[test]
fn the_first_location_wins_and_the_other_is_reported() {
    let text = entity("Domain", "D", "{owner: a}");
    let mut second = file("b.yaml", &text.replace("name: D", "name: d"));
    let asks = entity("Location", "all", "{target: ./b.yaml}");
    second.parent = Some(EntityRef::new("location", "default", "all"));
    let catalog = assemble(vec![file("a.yaml", &text), second, file("all.yaml", &asks)]);
    assert_eq!(catalog.entities().len(), 2);
    let found = &catalog.findings[0];
    assert_eq!((found.file.as_str(), found.line), ("b.yaml", 2));
    assert!(found.message.contains("a.yaml:2 (url:https://f.example/a/a.yaml)"), "{found}");
    let location = served(&catalog.entities()[1]);
    let row = &location["status"]["items"][0];
    assert_eq!((&row["type"], &row["level"]), (&"backstage.io/catalog-processing".into(), &"error".into()));
    assert_eq!(row["message"], format!("InputError: {found}"));
}

#[test]
fn where_an_entity_comes_from_is_annotated() {
    let text = entity("Domain", "d", "{owner: a}");
    let own = text.replace("{name: d}", "{name: e, annotations: {backstage.io/source-location: 'url:x', backstage.io/view-url: '', backstage.io/managed-by-location: fake}}");
    let mut source = file("a.yaml", &(text + &own));
    let some = |text: &str| Some(text.to_owned());
    source.links = Links {
        view: some("https://f.example/a/a.yaml"),
        edit: some("https://f.example/edit"),
        source: some("url:https://f.example/a/"),
    };
    source.origin = "url:https://f.example/root".to_owned();
    source.orphan = true;
    let catalog = assemble(vec![source]);
    let value = |at: usize, key: &str| catalog.entities()[at].annotation(key).unwrap_or_default().to_owned();
    assert_eq!(value(0, MANAGED_BY), "url:https://f.example/a/a.yaml");
    assert_eq!((value(1, MANAGED_BY), value(1, SOURCE_LOCATION)), (value(0, MANAGED_BY), "url:x".to_owned()));
    assert_eq!(value(0, MANAGED_BY_ORIGIN), "url:https://f.example/root");
    assert_eq!(
        (value(0, SOURCE_LOCATION), value(0, ORPHAN)),
        ("url:https://f.example/a/".to_owned(), "true".to_owned())
    );
    assert_eq!(
        [value(0, VIEW_URL), value(0, EDIT_URL)],
        ["https://f.example/a/a.yaml", "https://f.example/edit"]
    );
    assert_eq!(
        [value(1, VIEW_URL), value(1, EDIT_URL)],
        ["", "https://f.example/edit"],
        "the file's own word stands"
    );
    // A file is given back as it was.
    let again = |at: usize| declared(&catalog.entities()[at])["metadata"]["annotations"].clone();
    assert_eq!(again(0), serde_json::Value::Null);
    assert_eq!(again(1), serde_json::json!({ SOURCE_LOCATION: "url:x", VIEW_URL: "" }));
}

#[test]
fn a_circle_of_groups_ends_and_is_named() {
    let ring: String = ["a, parent: c", "b, parent: a", "c, parent: b", "d, parent: a", "e, parent: e"]
        .map(|row| {
            let (name, parent) = row.split_once(", ").unwrap();
            entity("Group", name, &format!("{{type: t, children: [], {parent}}}"))
        })
        .concat();
    let catalog = assemble(vec![file("ring.yaml", &ring)]);
    assert_eq!(catalog.groups().ancestors(&group("d")).len(), 3);
    let said: Vec<_> = catalog.findings.iter().map(|row| row.message.as_str()).collect();
    let names = "group:default/a, group:default/b, group:default/c";
    let expected = [names, "group:default/e"].map(|names| format!("groups are their own ancestors: {names}"));
    assert_eq!(said, expected);
}

#[test]
fn what_is_served_has_relations_and_reads_back() {
    let catalog = organisation();
    let one = served(catalog.get(&EntityRef::new("component", "default", "one")).unwrap());
    let expected = serde_json::json!([
        {"type": "ownedBy", "targetRef": "group:default/cards"},
        {"type": "ownerOf", "targetRef": "system:default/four"},
    ]);
    assert_eq!(one["relations"], expected);
    assert_eq!(one["metadata"]["uid"].as_str().map(str::len), Some(36));
    assert!(one.get("status").is_none());
    for entity in catalog.entities() {
        let text = yaml(&declared(entity));
        let again = read("x.yaml", &text).remove(0).unwrap();
        assert_eq!(declared(&again), declared(entity), "{text}");
    }
}

#[test]
fn a_stale_file_keeps_its_entities_with_what_is_wrong() {
    let mut rows = read("a.yaml", &entity("Domain", "d", "{owner: a}"));
    rows.extend(read("a.yaml", "a: [\n"));
    let stale = SourceFile { rows, stale: true, ..SourceFile::default() };
    let catalog = assemble(vec![stale]);
    assert_eq!(catalog.entities()[0].status().len(), 1);
    assert!(discovered("acme/x", None).status().is_empty());
}
